"""What a person said about an answer: helpful or not, why not, and a comment, masked.

Entries are only added, so who changes their mind adds another; the last one counts.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from qa.ledger.entries import Entry, Kind, new_entry
from qa.ledger.ledger import Ledger

LONGEST_COMMENT = 500  # characters


class Reason(StrEnum):
    """Why an answer did not help."""

    NOT_MY_QUESTION = "not_my_question"
    WRONG_SOURCE = "wrong_source"
    HARD_TO_UNDERSTAND = "hard_to_understand"
    OUT_OF_DATE = "out_of_date"


class Feedback(NamedTuple):
    """What was said. `comment` is none when there was none or it is forgotten."""

    helpful: bool
    reasons: tuple[Reason, ...]
    comment: str | None


def read_feedback(fields: dict[str, list[str]]) -> Feedback:
    """What the fields of a form say: `helpful` yes or no, any `reason`, a `comment`.

    Raises `ValueError` for anything else, and for a comment that is too long.
    """
    if not fields.keys() <= {"helpful", "reason", "comment"}:
        raise ValueError("the form has unknown fields")
    said = fields.get("helpful", [])
    if said not in (["yes"], ["no"]):
        raise ValueError("the form does not say yes or no")
    reasons = tuple(Reason(value) for value in dict.fromkeys(fields.get("reason", [])))
    comment = " ".join(fields.get("comment", [])).strip()
    if len(comment) > LONGEST_COMMENT:
        raise ValueError(f"the comment is longer than {LONGEST_COMMENT} characters")
    helpful = said == ["yes"]
    return Feedback(helpful, () if helpful else reasons, comment or None)


def feedback_entry(answer_id: str, feedback: Feedback, mask: Callable[[str], str]) -> Entry:
    """The entry that keeps it. `mask` takes out of the comment what tells who wrote it."""
    facts = {"helpful": feedback.helpful, "reasons": list(feedback.reasons)}
    comment = None if feedback.comment is None else mask(feedback.comment)
    return new_entry(Kind.FEEDBACK, answer_id, facts, comment)


def feedback_on(ledger: Ledger, answer_id: str) -> Feedback | None:
    """What counts of what was said about an answer; none when nothing was."""
    entries = ledger.about(answer_id, Kind.FEEDBACK)
    if not entries:
        return None
    last = entries[-1]
    reasons = tuple(Reason(value) for value in last.facts["reasons"])
    return Feedback(last.facts["helpful"], reasons, last.words.said if last.words else None)
