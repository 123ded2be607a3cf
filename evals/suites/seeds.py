"""Questions on five web pages saved as text, as the whole library.

The pages lie outside the repository: `--data` names their folder. A row of `gold/seeds.jsonl`
names the file and a few fragments that stand together only in the sentence that answers.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from evals.gold import GOLD
from evals.judged import OURS, Judged
from evals.measures import discrimination, share, times
from evals.rows import Row, made_of
from evals.suite import Bench, Suite
from qa.answer import Answer, Outcome
from sources.intake import files_in

QUESTIONS = GOLD / "seeds.jsonl"
DATA = "five pages"


class SeedQuestion(NamedTuple):
    """A question with the files and fragments that answer it; none when nothing does."""

    question_id: str
    text: str
    style: str
    answers: tuple[tuple[str, tuple[str, ...]], ...]


def seed_question(row: Row) -> SeedQuestion:
    """A row of the file."""
    answers = tuple(
        (one.text("doc"), tuple(map(str, one.nested("has")))) for one in row.tables("answers")
    )
    return SeedQuestion(row.text("id"), row.text("q"), row.text("style"), answers)


def judge(bench: Bench) -> Iterator[Judged]:
    """Every question, asked of the pages."""
    assistant = bench.assistant(DATA, list(files_in([bench.folder("seeds")])))
    bench.read_from(DATA, [QUESTIONS])
    for question in made_of(QUESTIONS, seed_question, bench.problems.append):
        answer = bench.ask(assistant, question.text)
        yield _judged(question, answer)


def _judged(question: SeedQuestion, answer: Answer) -> Judged:
    answered = float(answer.outcome is Outcome.ANSWERED)
    right = float(first_quote_right(answer, question.answers))
    style = question.style
    if question.answers:
        figures = {
            f"{style}: first quote right": right,
            f"{style}: right and answered": right * answered,
        }
    else:
        figures = {"unanswerable: answered": answered}
    return Judged(
        suite="seeds",
        data=DATA,
        system=OURS,
        question_id=question.question_id,
        question=question.text,
        group=style if question.answers else "unanswerable",
        values={
            "answerable": float(bool(question.answers)),
            "probability": answer.probability,
            "ms": answer.took_ms,
            **figures,
        },
        right=bool(right) if question.answers else not answered,
        shown=f"{answer.outcome}: {answer.quotes[0].text}" if answer.quotes else answer.outcome,
    )


def first_quote_right(answer: Answer, answers: Sequence[tuple[str, tuple[str, ...]]]) -> bool:
    """Whether the first quote comes from a right file and holds all its fragments."""
    if not answer.quotes:
        return False
    first = answer.quotes[0]
    return any(first.doc_id == doc and all(f in first.text for f in has) for doc, has in answers)


SUITE = Suite(
    name="seeds",
    about="Questions on five web pages saved as text",
    measures=(
        share("plain: first quote right"),
        share("plain: right and answered"),
        share("hard: first quote right"),
        share("hard: right and answered"),
        share("unanswerable: answered", lower_is_better=True),
        *discrimination("answerable", "probability", "answerable "),
        *times(),
    ),
    judge=judge,
)
