"""`python -m evals seeds FOLDER`: questions on five web pages saved as text, as the whole library.

The pages lie outside the repository. A row of `gold/seeds.jsonl` names the file and a few
fragments that stand together only in the sentence that answers.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from evals.bench_home import open_assistant
from evals.gold import GOLD, GoldError, read_rows
from qa.answer import Answer, Outcome


class SeedQuestion(NamedTuple):
    """A question with the files and fragments that answer it; none when nothing does."""

    text: str
    kind: str
    style: str
    answers: tuple[tuple[str, tuple[str, ...]], ...]


def seed_questions(path: Path = GOLD / "seeds.jsonl") -> list[SeedQuestion]:
    """The questions of the file. Raises `GoldError` for a row that lacks something."""
    found = []
    for number, row in read_rows(path):
        try:
            answers = tuple((str(a["doc"]), tuple(a["has"])) for a in row["answers"])  # type: ignore[attr-defined]
            found.append(SeedQuestion(str(row["q"]), str(row["kind"]), str(row["style"]), answers))
        except (KeyError, TypeError) as error:
            raise GoldError(f"{path.name} line {number} lacks {error}; correct it") from error
    return found


def first_quote_right(answer: Answer, answers: Sequence[tuple[str, tuple[str, ...]]]) -> bool:
    """Whether the first quote comes from a right file and holds all its fragments."""
    if not answer.quotes:
        return False
    first = answer.quotes[0]
    return any(first.doc_id == doc and all(f in first.text for f in has) for doc, has in answers)


def seeds_report(folder: Path) -> Mapping[str, object]:
    """How many first quotes are right by style, how many others stay unanswered, and the misses.

    "plain" questions use the words of the pages, "hard" ones avoid them as patients do.
    """
    with TemporaryDirectory() as home:
        assistant = open_assistant(Path(home), [folder], starter=False)
        rows = [(question, assistant.ask(question.text)) for question in seed_questions()]
    report: dict[str, object] = {}
    missed: list[str] = []
    for style in ("plain", "hard"):
        asked = [(q, a) for q, a in rows if q.style == style]
        right = [first_quote_right(a, q.answers) for q, a in asked]
        shown = [a.outcome is Outcome.ANSWERED for _, a in asked]
        report[f"{style} questions"] = len(asked)
        report[f"{style}: first quote right"] = sum(right)
        report[f"{style}: first quote right and shown as the answer"] = sum(
            r and s for r, s in zip(right, shown, strict=True)
        )
        missed += [_line(q, a) for (q, a), good in zip(asked, right, strict=True) if not good]
    others = [(q, a) for q, a in rows if not q.answers]
    wrongly = [(q, a) for q, a in others if a.outcome is Outcome.ANSWERED]
    report["unanswerable questions"] = len(others)
    report["unanswerable: not answered"] = len(others) - len(wrongly)
    report["misses"] = missed + [_line(q, a) for q, a in wrongly]
    return report


def _line(question: SeedQuestion, answer: Answer) -> str:
    first = answer.quotes[0].text[:90].replace("\n", " / ") if answer.quotes else "-"
    return f"{answer.probability:.2f} {answer.outcome}: {question.text} -> {first}"
