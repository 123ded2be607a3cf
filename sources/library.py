"""The library: every version of every document, by content. The only truth about words.

Original bytes lie in `originals/<sha256>`; what was read out of them in a database. Nothing
is ever removed: a changed file is a new version, a withdrawn one is no longer quotable.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import sqlalchemy as sa

from sources.document import Document, Source, Status
from sources.errors import LibraryDamaged, UnknownDocument
from sources.stored import dump_body, dump_source, load_document, load_source

CACHED_DOCUMENTS = 256

_tables = sa.MetaData()
_versions = sa.Table(
    "versions",
    _tables,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("doc_id", sa.String(120), nullable=False, index=True),
    sa.Column("version", sa.String(64), nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("format", sa.String(20), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("added", sa.String(32), nullable=False),
    sa.Column("current", sa.Boolean, nullable=False),
)
_state = sa.Table(
    "state",
    _tables,
    sa.Column("key", sa.String(20), primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)


class Added(StrEnum):
    """What adding a file did."""

    NEW = "new document"
    NEW_VERSION = "new version"
    METADATA = "metadata changed"
    RESTORED = "earlier version made current again"
    UNCHANGED = "already there"


class Entry(NamedTuple):
    """One version as the library lists it. `added` is UTC, ISO 8601."""

    doc_id: str
    version: str
    name: str
    format: str
    source: Source
    added: str
    current: bool

    @property
    def quotable(self) -> bool:
        """Whether this version may be quoted today."""
        return self.current and self.source.status.quotable


class Library:
    """Documents under one home folder. Several processes may read and add at once."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._originals = home / "originals"
        self._originals.mkdir(parents=True, exist_ok=True)
        self._engine = sa.create_engine(
            f"sqlite:///{home / 'library.db'}", connect_args={"timeout": 30}
        )
        sa.event.listen(self._engine, "connect", _prepare)
        self._documents: dict[str, Document] = {}
        self._seen: tuple[int, dict[str, Entry]] = (-1, {})
        self._lock = Lock()
        with self._connection() as connection:
            _tables.create_all(connection)
            if connection.execute(sa.select(_state.c.value)).first() is None:
                connection.execute(sa.insert(_state).values(key="revision", value=0))

    def close(self) -> None:
        """Let go of the database's file."""
        self._engine.dispose()

    @contextmanager
    def _connection(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.DatabaseError as error:
            raise LibraryDamaged(
                f"{self.home / 'library.db'} cannot be used ({error.orig}); "
                "restore it from a backup, or point --home at another folder"
            ) from error

    def add(self, document: Document, data: bytes, name: str) -> Added:
        """Keep `document`, read out of `data`. The same bytes again change nothing but metadata."""
        body = dump_body(document)
        self._keep_original(document.version, data)
        with self._connection() as connection:
            same = connection.execute(
                sa.select(_versions).where(_versions.c.version == document.version)
            ).first()
            if same is not None:
                outcome = self._meet_again(connection, same, document)
            else:
                older = sa.update(_versions).where(_versions.c.doc_id == document.doc_id)
                known = connection.execute(older.values(current=False)).rowcount
                connection.execute(
                    sa.insert(_versions).values(
                        doc_id=document.doc_id,
                        version=document.version,
                        name=name,
                        format=document.format,
                        source=dump_source(document.source),
                        body=body,
                        added=datetime.now(UTC).isoformat(timespec="seconds"),
                        current=True,
                    )
                )
                outcome = Added.NEW_VERSION if known else Added.NEW
            if outcome is not Added.UNCHANGED:
                connection.execute(sa.update(_state).values(value=_state.c.value + 1))
        return outcome

    @staticmethod
    def _meet_again(
        connection: sa.Connection, row: sa.Row[tuple[object, ...]], new: Document
    ) -> Added:
        """The same bytes once more: perhaps with new metadata, perhaps current again."""
        kept = load_source(row.source)
        # Adding a file again is no decision to quote it again: withdrawn stays withdrawn.
        withdrawn = kept.status is Status.WITHDRAWN
        source = replace(new.source, status=Status.WITHDRAWN) if withdrawn else new.source
        this = sa.update(_versions).where(_versions.c.version == row.version)
        if not row.current:
            every = sa.update(_versions).where(_versions.c.doc_id == row.doc_id)
            connection.execute(every.values(current=False))
            connection.execute(this.values(current=True, source=dump_source(source)))
            return Added.RESTORED
        if source != kept:
            connection.execute(this.values(source=dump_source(source)))
            return Added.METADATA
        return Added.UNCHANGED

    def _keep_original(self, version: str, data: bytes) -> None:
        """Write the bytes aside and move them into place, so that no half file is ever there."""
        target = self._originals / version
        if target.exists():
            return
        handle, aside = tempfile.mkstemp(dir=self._originals)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(aside).replace(target)

    def withdraw(self, doc_id: str) -> Entry:
        """Never quote the current version of `doc_id` again; its words stay for the record."""
        entry = self.entry(doc_id)
        source = replace(entry.source, status=Status.WITHDRAWN)
        with self._connection() as connection:
            this = sa.update(_versions).where(_versions.c.version == entry.version)
            connection.execute(this.values(source=dump_source(source)))
            connection.execute(sa.update(_state).values(value=_state.c.value + 1))
        return entry._replace(source=source)

    @property
    def revision(self) -> int:
        """A number that grows with every change, by any process."""
        with self._connection() as connection:
            return int(connection.execute(sa.select(_state.c.value)).scalar_one())

    def entries(self) -> list[Entry]:
        """Every version, oldest first."""
        columns = [column for column in _versions.c if column.name != "body"]
        with self._connection() as connection:
            rows = connection.execute(sa.select(*columns).order_by(_versions.c.number)).all()
        return [
            Entry(r.doc_id, r.version, r.name, r.format, load_source(r.source), r.added, r.current)
            for r in rows
        ]

    def quotable(self) -> Mapping[str, Entry]:
        """What may be quoted now: version to entry. Looked up again only after a change."""
        revision = self.revision
        if self._seen[0] != revision:
            self._seen = (revision, {e.version: e for e in self.entries() if e.quotable})
        return self._seen[1]

    def entry(self, doc_id: str, version: str | None = None) -> Entry:
        """One version of a document: the current one, or that which `version` begins."""
        entries = [entry for entry in self.entries() if entry.doc_id == doc_id]
        if version is None:
            found = [entry for entry in entries if entry.current]
        else:
            found = [entry for entry in entries if entry.version.startswith(version)]
        if len(found) != 1:
            what = doc_id if version is None else f"{doc_id} version {version}"
            raise UnknownDocument(
                f"the library has no document {what}; see `quotewell sources list`"
            )
        return found[0]

    def document(self, doc_id: str, version: str) -> Document:
        """One version as a document, with the metadata that holds now."""
        return self.documents([(doc_id, version)])[0]

    def documents(self, wanted: Sequence[tuple[str, str]]) -> list[Document]:
        """One document for each (doc_id, version), with the metadata that holds now."""
        latest = self.quotable()
        found = []
        for doc_id, version in wanted:
            known = self._remembered(version)
            if known.doc_id != doc_id:
                raise UnknownDocument(f"the library has no document {doc_id} version {version}")
            entry = latest.get(version)
            if entry and entry.source != known.source:
                known = replace(known, source=entry.source)
            found.append(known)
        return found

    def _remembered(self, version: str) -> Document:
        """A version from memory, or read now and kept there, the oldest going when it is full."""
        with self._lock:
            known = self._documents.get(version)
        if known is None:
            known = self._read(version)
            with self._lock:
                if len(self._documents) >= CACHED_DOCUMENTS:
                    self._documents.pop(next(iter(self._documents)))
                self._documents[version] = known
        return known

    def _read(self, version: str) -> Document:
        with self._connection() as connection:
            row = connection.execute(
                sa.select(_versions).where(_versions.c.version == version)
            ).first()
        if row is None:
            raise UnknownDocument(f"the library has no version {version}")
        return load_document(row.doc_id, row.version, row.format, row.source, row.body)

    def original(self, version: str) -> bytes:
        """The bytes a version was read from."""
        path = self._originals / version
        if not path.is_file():
            raise LibraryDamaged(f"{path} is missing; restore it from a backup")
        return path.read_bytes()


def _prepare(connection: "sa.engine.interfaces.DBAPIConnection", _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()
