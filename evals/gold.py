"""The project's own questions, and where their answers stand.

A gold answer is kept as the exact words of a starter document and found by them, so that a
changed document is noticed: `resolve` fails when the words are gone.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from evals.rows import Report, Row, made_of, stop
from qa.terminal import BadInput
from sources.document import Document, Span

GOLD = Path(__file__).parent / "gold"
TRAINING_SHARE = 0.5
OTHERS = ("seeds.jsonl", "red_flags.jsonl")  # read by suites of their own


class GoldError(BadInput):
    """The words of a gold answer are not where they were; the message names them."""


class GoldAnswer(NamedTuple):
    """A document and the words in it that answer."""

    doc_id: str
    text: str


class GoldQuestion(NamedTuple):
    """A question with its answers; none for a question the library cannot answer.

    `place` is the file and line that it stands on.
    """

    question_id: str
    text: str
    history: tuple[str, ...]
    kind: str
    answers: tuple[GoldAnswer, ...]
    place: str

    @property
    def answerable(self) -> bool:
        """Whether the library has the answer."""
        return self.kind == "answerable"

    @property
    def for_training(self) -> bool:
        """Whether weights and thresholds may be fitted on it; decided by its id alone."""
        digest = hashlib.sha256(self.question_id.encode()).digest()
        return digest[0] / 256 < TRAINING_SHARE


def gold_questions(folder: Path = GOLD, report: Report = stop) -> Iterator[GoldQuestion]:
    """The questions of every file but `seeds.jsonl`, whose answers lie outside the repository.

    A row that cannot be used ends the reading with a `BadInput`, or is told to `report`.
    """
    for path in sorted(folder.glob("*.jsonl")):
        if path.name not in OTHERS:
            yield from questions_in(path, report)


def questions_in(path: Path, report: Report = stop) -> Iterator[GoldQuestion]:
    """The questions of one file, such as staff make of answers."""
    return made_of(path, _question, report)


def _question(row: Row) -> GoldQuestion:
    answers = tuple(GoldAnswer(one.text("doc_id"), one.text("text")) for one in row.tables("gold"))
    history = tuple(str(turn) for turn in row.values.get("history", ()))
    return GoldQuestion(
        row.text("id"), row.text("q"), history, row.text("kind"), answers, row.place
    )


def resolve(answer: GoldAnswer, documents: Mapping[str, Document]) -> Span:
    """Where the words of a gold answer stand. Raises `GoldError` when they no longer do."""
    document = documents.get(answer.doc_id)
    if document is None:
        raise GoldError(f"there is no document {answer.doc_id}; correct the gold row")
    wanted = " ".join(answer.text.split())
    start = document.text.find(wanted)
    if start < 0:
        raise GoldError(f"{answer.doc_id} no longer says {wanted!r}; correct the gold row")
    return Span(start, start + len(wanted))
