"""`python -m evals.gate`: own questions on a fixed slice of the starter library, as a guard.

No measure may fall beyond the interval that `gate.toml` recorded, and nothing may be a problem,
a quote that differs from its document least of all. With `--write` the figures of now are
recorded. Times are not: they are the machine's.
"""

import argparse
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.bench_home import documents_by_id
from evals.gold import GoldQuestion, gold_questions
from evals.judged import Judged
from evals.kept_home import Place, place_for
from evals.measures import Estimate, estimate
from evals.suite import Bench
from evals.suites.gold import SUITE, judge_questions
from qa.settings import DEFAULT_HOME, read_settings
from sources.intake import starter_files

SLICE = slice(3, None, 5)  # of the starter library's documents: few texts, many questions
DATA = "slice of the starter library"
RECORD = Path(__file__).with_suffix(".toml")
HEAD = """\
# What own questions on a slice of the starter library reached when this was last recorded, with
# the 95 % interval. `make test` fails when a measure falls beyond it. After a change that is
# meant: `python -m evals.gate --write`, and the reason in the commit.
"""


def slice_estimates(place: Place) -> tuple[dict[str, Estimate], list[str]]:
    """The measures of the slice by name, without times, and what was a problem."""
    bench = Bench(place)
    assistant = bench.assistant(DATA, starter_files()[SLICE])
    questions = _questions(set(documents_by_id(assistant)))
    rows = list(judge_questions(questions, assistant, bench, DATA))
    return _estimates(rows), bench.problems


def _questions(documents: set[str]) -> Iterator[GoldQuestion]:
    """Held-out questions that the slice answers, and those that the whole library does not."""
    for question in gold_questions():
        inside = tuple(answer for answer in question.answers if answer.doc_id in documents)
        if not question.for_training and (inside or not question.answerable):
            yield question._replace(answers=inside)


def _estimates(rows: Sequence[Judged]) -> dict[str, Estimate]:
    found = {measure.name: estimate(measure, rows) for measure in SUITE.measures}
    timeless = {name: one for name, one in found.items() if not name.endswith(" ms")}
    return {name: one for name, one in timeless.items() if one is not None}


def fallen(now: dict[str, Estimate], record: Path = RECORD) -> list[str]:
    """The measures that are beyond their recorded interval, each in a sentence."""
    recorded = tomllib.loads(record.read_text(encoding="utf-8"))
    said = []
    for measure in SUITE.measures:
        was, one = recorded.get(measure.name), now.get(measure.name)
        if was is None:
            continue
        if one is None:
            said.append(f"{measure.name} is no longer measured")
        elif one.value > was["high"] if measure.lower_is_better else one.value < was["low"]:
            bounds = f"{was['low']:.3f} to {was['high']:.3f}"
            said.append(
                f"{measure.name} is {one.value:.3f}, recorded {was['value']:.3f} ({bounds})"
            )
    return said


def as_toml(now: dict[str, Estimate]) -> str:
    """The figures as the record holds them."""
    rows = (
        f'"{name}" = {{ value = {one.value:.4f}, low = {one.low:.4f}, high = {one.high:.4f}, '
        f"n = {one.n} }}\n"
        for name, one in now.items()
    )
    return HEAD + "\n" + "".join(rows)


def main() -> int:
    """Compare with the record, or write it."""
    parser = argparse.ArgumentParser(prog="python -m evals.gate", description=__doc__)
    parser.add_argument("--write", action="store_true", help="record the figures of now")
    parser.add_argument("--home", type=Path, default=DEFAULT_HOME, metavar="DIR")
    chosen = parser.parse_args()
    now, problems = slice_estimates(place_for(read_settings(chosen.home), lambda *_: None))
    if chosen.write:
        RECORD.write_text(as_toml(now), encoding="utf-8")
        print(RECORD.read_text(encoding="utf-8"), end="")
    else:
        problems += fallen(now)
    for problem in problems:
        print(f"gate: {problem}", file=sys.stderr)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
