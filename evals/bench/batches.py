"""Many questions in one command: `quotewell ask --batch`."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.bench.bench import Bench, Part
from evals.bench.figures import Aim, Figure, alone
from evals.bench.processes import PROGRAM, Run, run
from evals.gold import gold_questions

TIMES = 3


def measure(bench: Bench) -> Iterator[Figure]:
    """Answers a second once the process is there: a long batch less one of a single question."""
    texts = [question.text for question in gold_questions()]
    pairs = [(_batch(bench, texts), _batch(bench, texts[:1])) for _ in range(TIMES)]
    more = len(texts) - 1
    clock = [more / (many.seconds - one.seconds) for many, one in pairs]
    spent = [1000 * (many.processor - one.processor) / more for many, one in pairs]
    yield alone("answers of ask --batch", "a second", clock, Aim(150, at_least=True))
    yield alone("an answer of ask --batch, processors", "ms", spent)


def _batch(bench: Bench, texts: list[str]) -> Run:
    with TemporaryDirectory() as name:
        file = Path(name) / "questions.jsonl"
        file.write_text("".join(json.dumps({"q": text}) + "\n" for text in texts), encoding="utf-8")
        home = str(bench.plain.home)
        return run([*PROGRAM, "ask", "--batch", str(file), "--json", "--home", home])


PART = Part("batch", "All own questions in one command", measure)
