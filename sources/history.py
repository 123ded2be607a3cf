"""What people decided about documents, oldest first. Nothing here is ever changed or removed."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

import sqlalchemy as sa

from sources.document import Source
from sources.stored import dump_source, load_source
from sources.tables import decisions, state

PROGRAM = "command line"  # who did it, where nobody signed in


class Step(StrEnum):
    """What was done to a version."""

    ADDED = "added"
    AGAIN = "earlier version added again"
    RELEASED = "to be quoted with the next index"
    CURRENT = "made the version that holds"
    STATUS = "review decided"
    METADATA = "metadata changed"
    DISCARDED = "set aside"


class Change(NamedTuple):
    """A step, who took it, and what they noted. `at` is set when it is written."""

    step: Step
    who: str = PROGRAM
    note: str = ""


class Decision(NamedTuple):
    """A change of one version as it was written down. `at` is UTC, ISO 8601.

    `before` is none for a version that was not there before.
    """

    number: int
    at: str
    doc_id: str
    version: str
    step: Step
    who: str
    note: str
    before: Source | None
    after: Source


class Held(NamedTuple):
    """A version, by its document, and its metadata before and after a change."""

    doc_id: str
    version: str
    before: Source | None
    after: Source


def write_down(connection: sa.Connection, change: Change, held: Held) -> None:
    """Add a row to the history, and let every process know that the library has changed."""
    connection.execute(
        sa.insert(decisions).values(
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            doc_id=held.doc_id,
            version=held.version,
            who=change.who,
            step=change.step.value,
            note=change.note,
            before=held.before and dump_source(held.before),
            after=dump_source(held.after),
        )
    )
    connection.execute(sa.update(state).values(value=state.c.value + 1))


def decision_from(row: sa.Row[tuple[object, ...]]) -> Decision:
    """A row of the table as a decision."""
    values = row._asdict()
    values["step"] = Step(values["step"])
    values["before"] = values["before"] and load_source(values["before"])
    values["after"] = load_source(values["after"])
    return Decision(**values)
