"""The project's own questions, and where their answers stand.

A gold answer is kept as the exact words of a starter document and found by them, so that a
changed document is noticed: `resolve` fails when the words are gone.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from sources.document import Document, Span

GOLD = Path(__file__).parent / "gold"
TRAINING_SHARE = 0.5
OTHER_FILES = ("seeds.jsonl", "red_flags.jsonl")


class GoldError(Exception):
    """A gold row cannot be used; the message names file and line."""


class GoldAnswer(NamedTuple):
    """A document and the words in it that answer."""

    doc_id: str
    text: str


class GoldQuestion(NamedTuple):
    """A question with its answers; none for a question the library cannot answer."""

    question_id: str
    text: str
    history: tuple[str, ...]
    kind: str
    answers: tuple[GoldAnswer, ...]

    @property
    def answerable(self) -> bool:
        """Whether the library has the answer."""
        return self.kind == "answerable"

    @property
    def for_training(self) -> bool:
        """Whether weights and thresholds may be fitted on it; decided by its id alone."""
        digest = hashlib.sha256(self.question_id.encode()).digest()
        return digest[0] / 256 < TRAINING_SHARE


def gold_questions(folder: Path = GOLD) -> Iterator[GoldQuestion]:
    """The questions of every file but `OTHER_FILES`: answers outside, and messages to triage."""
    for path in sorted(folder.glob("*.jsonl")):
        if path.name not in OTHER_FILES:
            yield from (_question(path, number, row) for number, row in read_rows(path))


def read_rows(path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Line number and row of a JSON-lines file. Raises `GoldError` for a line that is not one."""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise GoldError(f"{path.name} line {number} is not JSON; correct it") from error
        if not isinstance(row, dict):
            raise GoldError(f"{path.name} line {number} is not a row; correct it")
        yield number, row


def _question(path: Path, number: int, row: Mapping[str, object]) -> GoldQuestion:
    try:
        gold = row["gold"]
        answers = tuple(GoldAnswer(str(a["doc_id"]), str(a["text"])) for a in gold)  # type: ignore[attr-defined]
        history = tuple(str(turn) for turn in row.get("history", ()))  # type: ignore[attr-defined]
        return GoldQuestion(str(row["id"]), str(row["q"]), history, str(row["kind"]), answers)
    except (KeyError, TypeError) as error:
        raise GoldError(f"{path.name} line {number} lacks {error}; correct it") from error


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
