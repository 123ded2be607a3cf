"""Decisions about documents: their review, their metadata, and which version holds.

Each is taken about what the person who takes it has seen; when somebody else has changed it
meanwhile, it is refused, so that no decision is lost or taken blindly.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import sqlalchemy as sa

from sources.document import Source, Status
from sources.errors import BadMetadata, ChangedMeanwhile
from sources.history import Change, Held, Step, write_down
from sources.library import Entry, Library
from sources.read import check_sections
from sources.shelf import all_entries, make_current, set_source
from sources.tables import waiting

REVIEW_DAYS = 365  # from one review to the next, unless the reviewer names a day


def decided(source: Source, status: Status, today: date, due: date | None = None) -> Source:
    """`source` after the decision `status`. Approving sets the days of this review and the next.

    Raises `BadMetadata` for `DUE`, which follows from the calendar, and a next review not to come.
    """
    if status is Status.DUE:
        raise BadMetadata("nobody decides that a review is due; set the day of the next review")
    if status is not Status.APPROVED:
        return replace(source, status=status)
    due = due or today + timedelta(days=REVIEW_DAYS)
    if due <= today:
        raise BadMetadata(
            f"the next review is due on {due}, which is not to come; name a later day"
        )
    return replace(source, status=status, reviewed=today, review_due=due)


def set_metadata(library: Library, seen: Entry, source: Source, change: Change) -> Entry:
    """Give the version `seen` other metadata; the same metadata changes nothing.

    Raises `ChangedMeanwhile`, and `BadMetadata` for wordings of a section that is not there.
    """
    check_sections(source, library.document(seen.doc_id, seen.version).blocks, seen.name)
    with library.transaction(writes=True) as connection:
        held = _as_seen(connection, library, seen)
        if source != held.source:
            set_source(connection, Held(held.doc_id, held.version, held.source, source), change)
    return library.entry_of(seen.version)


def release(library: Library, seen: Entry, who: str) -> Entry:
    """Let the waiting version `seen` take its place with the next index. Twice does no harm."""
    with library.transaction(writes=True) as connection:
        held = _as_seen(connection, library, seen)
        if held.waiting and held.released_by is None:
            this = sa.update(waiting).where(waiting.c.version == held.version)
            connection.execute(this.values(released_by=who))
            row = Held(held.doc_id, held.version, held.source, held.source)
            write_down(connection, Change(Step.RELEASED, who), row)
    return library.entry_of(seen.version)


def set_aside(library: Library, seen: Entry, change: Change) -> Entry:
    """Let a version wait no more without ever having been quoted; it is kept for the record."""
    with library.transaction(writes=True) as connection:
        held = _as_seen(connection, library, seen)
        if held.waiting:
            connection.execute(sa.delete(waiting).where(waiting.c.version == held.version))
            row = Held(held.doc_id, held.version, held.source, held.source)
            write_down(connection, change._replace(step=Step.DISCARDED), row)
    return library.entry_of(seen.version)


def coming(library: Library) -> list[Entry]:
    """The versions that were released, the last one of each document."""
    released = {e.doc_id: e for e in library.entries() if e.waiting and e.released_by is not None}
    return list(released.values())


def take_their_place(library: Library, indexed: Sequence[Entry]) -> None:
    """Make each of these versions the one that holds, in one step, unless it waits no more."""
    with library.transaction(writes=True) as connection:
        held = {e.version: e for e in all_entries(connection, library.policy, library.today())}
        for entry in (held[e.version] for e in indexed):
            if entry.waiting and entry.released_by is not None:
                make_current(connection, entry.doc_id, entry.version)
                row = Held(entry.doc_id, entry.version, entry.source, entry.source)
                write_down(connection, Change(Step.CURRENT, entry.released_by), row)


def _as_seen(connection: sa.Connection, library: Library, seen: Entry) -> Entry:
    """The version as it is now, if that is how it was seen."""
    every = all_entries(connection, library.policy, library.today())
    held = next(entry for entry in every if entry.version == seen.version)
    if (held.source, held.current, held.waiting) != (seen.source, seen.current, seen.waiting):
        raise ChangedMeanwhile(
            f"somebody has changed {seen.doc_id!r} since you opened it; look at it again"
        )
    return held
