"""An answer becomes a gold question: one line in `gold.jsonl` in the home, as `evals/` reads it.

A gold question is kept for good: its words do not go when the ledger forgets them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from qa.answer import Outcome
from qa.staff.shown import ShownAnswer

GOLD_FILE = "gold.jsonl"
_writing = Lock()


class GoldKind(StrEnum):
    """What is true of a question, whatever was answered."""

    ANSWERABLE = "answerable"
    NOT_IN_LIBRARY = "not_in_library"
    OTHER_SUBJECT = "other_subject"
    FALSE_PREMISE = "false_premise"


class NotGold(Exception):
    """An answer cannot become this gold question; the message says why and what to do."""


class GoldRow(NamedTuple):
    """A question with the words that answer it: document and text, none when nothing does."""

    gold_id: str
    question: str
    kind: GoldKind
    answers: Sequence[tuple[str, str]]

    def as_line(self) -> Mapping[str, Any]:
        """The row as `evals/gold/*.jsonl` has it."""
        gold = [{"doc_id": doc_id, "text": text} for doc_id, text in self.answers]
        return {
            "id": self.gold_id,
            "q": self.question,
            "history": [],
            "kind": self.kind.value,
            "gold": gold,
        }


def likely_kind(shown: ShownAnswer) -> GoldKind:
    """What one click takes a question for: answerable when it was answered."""
    answered = shown.recorded.facts["outcome"] == Outcome.ANSWERED
    return GoldKind.ANSWERABLE if answered else GoldKind.NOT_IN_LIBRARY


def gold_row(shown: ShownAnswer, kind: GoldKind, numbers: Iterable[int]) -> GoldRow:
    """The question of an answer, answered by the quotes of these numbers. Raises `NotGold`.

    What answers is the part of a quote that stood out.
    """
    if shown.question is None:
        raise NotGold("the question is forgotten; only a remembered one can become a gold question")
    chosen = set(numbers) if kind is GoldKind.ANSWERABLE else set()
    words = [
        (quote.facts["doc_id"], line.strip())
        for quote in shown.quotes
        if quote.number in chosen and quote.words
        for line in quote.words.focus.splitlines()  # a gold answer is found as it stands in a line
        if line.strip()
    ]
    if kind is GoldKind.ANSWERABLE and not words:
        raise NotGold("an answerable question needs words that answer it; tick at least one quote")
    return GoldRow(f"staff-{shown.answer_id}", shown.question, kind, words)


def gold_rows(home: Path) -> list[Mapping[str, Any]]:
    """The rows of the file, in order; none when there is no file. Raises `NotGold`."""
    path = home / GOLD_FILE
    if not path.exists():
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise NotGold(f"{path} cannot be read ({error}); mend it or move it away") from error


def put_gold(home: Path, row: GoldRow) -> None:
    """Write a row into the file, in place of an earlier one of the same answer."""
    with _writing:
        _write(home, [*_others(home, row.gold_id), row.as_line()])


def take_gold(home: Path, gold_id: str) -> None:
    """Take a row out of the file; nothing happens when it is not there."""
    with _writing:
        _write(home, _others(home, gold_id))


def _others(home: Path, gold_id: str) -> list[Mapping[str, Any]]:
    return [row for row in gold_rows(home) if row.get("id") != gold_id]


def _write(home: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """The whole file, aside and then in one step: it is never half there."""
    path = home / GOLD_FILE
    aside = path.with_suffix(".part")
    lines = [f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows]
    aside.write_text("".join(lines), encoding="utf-8")
    aside.replace(path)
