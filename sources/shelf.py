"""The versions in the library's tables: what each row means, and the steps that change rows.

Every step runs inside a transaction of the library and is written into the history.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple

import sqlalchemy as sa

from sources.document import Document, Source, Status
from sources.history import Change, Held, Step, write_down
from sources.policy import Policy, Quoting
from sources.stored import dump_body, dump_source, load_source
from sources.tables import decisions, versions, waiting


class Added(StrEnum):
    """What adding a file did."""

    NEW = "new document"
    NEW_VERSION = "new version"
    METADATA = "metadata changed"
    RESTORED = "earlier version made current again"
    UNCHANGED = "already there"


class Entry(NamedTuple):
    """One version as the library lists it. `added` is UTC, ISO 8601.

    `source.status` is what was decided last, `status` where that leaves it today, and `quoting`
    what the policy does with it. A version that is `waiting` is kept and not quoted, while the
    current one of its document is; `released_by` decided that it takes that one's place.
    """

    doc_id: str
    version: str
    name: str
    format: str
    source: Source
    added: str
    current: bool
    status: Status
    quoting: Quoting
    waiting: bool = False
    released_by: str | None = None

    @property
    def quotable(self) -> bool:
        """Whether this version may be quoted today."""
        return self.current and self.quoting is not Quoting.NEVER

    @property
    def source_today(self) -> Source:
        """The metadata, with the status of today."""
        same = self.status is self.source.status
        return self.source if same else replace(self.source, status=self.status)


def all_entries(connection: sa.Connection, policy: Policy, today: date) -> list[Entry]:
    """Every version, oldest first."""
    columns = [column for column in versions.c if column.name != "body"]
    waits = waiting.c.version.is_not(None).label("waiting")
    query = sa.select(*columns, waits, waiting.c.released_by)
    query = query.outerjoin(waiting, waiting.c.version == versions.c.version)
    found = []
    for row in connection.execute(query.order_by(versions.c.number)).mappings():
        values = {name: row[name] for name in Entry._fields if name in row}
        source = values["source"] = load_source(row["source"])
        status = policy.status(source, today)
        found.append(Entry(**values, status=status, quoting=policy.quoting(status)))
    return found


def keep(
    connection: sa.Connection, document: Document, name: str, change: Change, *, waits: bool
) -> Added:
    """Put a version on the shelf: as the current one of its document, or to wait."""
    query = sa.select(versions).where(versions.c.version == document.version)
    same = connection.execute(query).first()
    if same is not None:
        return (_put_by_again if waits else _meet_again)(connection, same, document, change)
    family = versions.c.doc_id == document.doc_id
    known = connection.execute(sa.select(versions.c.number).where(family).limit(1)).first()
    connection.execute(
        sa.insert(versions).values(
            doc_id=document.doc_id,
            version=document.version,
            name=name,
            format=document.format,
            source=dump_source(document.source),
            body=dump_body(document),
            added=datetime.now(UTC).isoformat(timespec="seconds"),
            current=False,
        )
    )
    if waits:
        connection.execute(sa.insert(waiting).values(version=document.version))
    else:
        make_current(connection, document.doc_id, document.version)
    write_down(connection, change, Held(document.doc_id, document.version, None, document.source))
    return Added.NEW_VERSION if known else Added.NEW


def make_current(connection: sa.Connection, doc_id: str, version: str) -> None:
    """Let `version` be the one of its document that holds, and wait no more."""
    every = sa.update(versions).where(versions.c.doc_id == doc_id)
    connection.execute(every.values(current=versions.c.version == version))
    connection.execute(sa.delete(waiting).where(waiting.c.version == version))


def set_source(connection: sa.Connection, held: Held, change: Change) -> None:
    """Give a version the metadata that `held` has after the change."""
    this = sa.update(versions).where(versions.c.version == held.version)
    connection.execute(this.values(source=dump_source(held.after)))
    write_down(connection, change, held)


def _meet_again(
    connection: sa.Connection, row: sa.Row[tuple[object, ...]], new: Document, change: Change
) -> Added:
    """The same bytes once more: perhaps with new metadata, perhaps current again."""
    if row.doc_id != new.doc_id:
        return Added.UNCHANGED  # under another name it is no other document
    kept = load_source(row.source)
    held = Held(row.doc_id, row.version, kept, _as_decided(connection, row.version, kept, new))
    if row.current and held.after == kept:
        return Added.UNCHANGED
    make_current(connection, row.doc_id, row.version)
    step = Step.METADATA if row.current else Step.AGAIN
    set_source(connection, held, change._replace(step=step))
    return Added.METADATA if row.current else Added.RESTORED


def _put_by_again(
    connection: sa.Connection, row: sa.Row[tuple[object, ...]], new: Document, change: Change
) -> Added:
    """The same bytes once more, to wait: only an earlier version can begin to."""
    waits = sa.select(waiting.c.version).where(waiting.c.version == row.version)
    if row.current or row.doc_id != new.doc_id or connection.execute(waits).first():
        return Added.UNCHANGED
    connection.execute(sa.insert(waiting).values(version=row.version))
    kept = load_source(row.source)
    held = Held(row.doc_id, row.version, kept, kept)
    write_down(connection, change._replace(step=Step.AGAIN), held)
    return Added.RESTORED


def _as_decided(connection: sa.Connection, version: str, kept: Source, new: Document) -> Source:
    """Adding a file again is no decision: what people decided of its review stays as it is."""
    decided = sa.select(decisions.c.number).where(
        decisions.c.version == version, decisions.c.step == Step.STATUS
    )
    if kept.status is not Status.WITHDRAWN and connection.execute(decided.limit(1)).first() is None:
        return new.source
    return replace(
        new.source, status=kept.status, reviewed=kept.reviewed, review_due=kept.review_due
    )
