"""What is written into the ledger: an entry, with facts that last and words that may be forgotten.

Entries are only ever added. What happens to an answer later (feedback, its being opened again)
is a further entry about it.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

Facts = Mapping[str, Any]
"""Values that `json.dumps` takes."""


class Kind(StrEnum):
    """What an entry tells."""

    ANSWER = "answer"  # shown to a person
    OPENED = "opened"  # an earlier answer was opened again
    FEEDBACK = "feedback"  # what a person said about an answer
    FORGOTTEN = "forgotten"  # words older than a moment were deleted
    RECHECK = "recheck"  # the quotes of a changed document were compared with what it says now
    HANDLED = "handled"  # a person has dealt with a finding of a re-check
    ACT = "act"  # an administrative act


class Words(NamedTuple):
    """What may be forgotten: what a person wrote (masked), and JSON of what was made of it."""

    said: str
    made: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be written. `at` is UTC, ISO 8601 with milliseconds.

    `about` is the id of the answer or finding it is about. `facts` and `trace` last as long as
    the ledger and hold nothing that a person wrote; `words` are deleted after their time.
    """

    entry_id: str
    kind: Kind
    at: str
    about: str
    facts: Facts
    words: Words | None = None
    trace: Facts | None = None


def canonical(value: object) -> str:
    """`value` as JSON in ASCII, keys sorted, no blanks: the same value gives the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def now() -> str:
    """The time, as entries have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def storable(text: str) -> str:
    """`text` without what a database refuses: the character nought and halves of a character."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")


def new_entry(kind: Kind, about: str, facts: Facts, said: str | None = None) -> Entry:
    """An entry of this moment with an id of its own. `said` must be masked already."""
    words = None if said is None else Words(storable(said), canonical({}))
    return Entry(secrets.token_urlsafe(12), kind, now(), about, facts, words)


def entry_to_text(entry: Entry) -> str:
    """The entry as one line of JSON."""
    return canonical(
        {
            "entry_id": entry.entry_id,
            "kind": entry.kind,
            "at": entry.at,
            "about": entry.about,
            "facts": entry.facts,
            "words": entry.words,
            "trace": entry.trace,
        }
    )


def entry_from_text(text: str) -> Entry:
    """What `entry_to_text` wrote. Raises `ValueError`, `KeyError` or `TypeError` for other text."""
    values = json.loads(text)
    words = Words(*values["words"]) if values["words"] is not None else None
    return Entry(
        entry_id=values["entry_id"],
        kind=Kind(values["kind"]),
        at=values["at"],
        about=values["about"],
        facts=values["facts"],
        words=words,
        trace=values["trace"],
    )
