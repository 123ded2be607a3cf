"""The library: every version of every document, by content. The only truth about words.

Original bytes lie in `originals/<sha256>`; what was read out of them in a database. Nothing
is ever removed: a changed file is a new version, a withdrawn one is no longer quotable.
"""

import fcntl
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from threading import Lock, get_ident
from typing import NamedTuple

import sqlalchemy as sa

from sources.document import Document, Source, Status
from sources.errors import LibraryDamaged, UnknownDocument
from sources.stored import dump_body, dump_source, load_document, load_source
from sources.tables import open_engine, state, tables, versions

CACHED_DOCUMENTS = 256


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


class Look(NamedTuple):
    """The library as it was at one revision, for everything that one answer needs of it.

    `every` and `quotable` lead from versions to entries. A document is read when it is asked for.
    """

    revision: int
    every: Mapping[str, Entry]
    quotable: Mapping[str, Entry]
    read: Callable[[str], Document]

    def entry(self, version: str) -> Entry:
        """The entry of a version that the library holds. Raises `UnknownDocument`."""
        found = self.every.get(version)
        if found is None:
            raise UnknownDocument(f"the library has no version {version}")
        return found

    def source(self, version: str) -> Source:
        """Who answers for a version. Raises `UnknownDocument`."""
        return self.entry(version).source

    def document(self, version: str) -> Document:
        """A version as a document, with the metadata that held. Raises `UnknownDocument`."""
        source, known = self.source(version), self.read(version)
        return known if known.source == source else replace(known, source=source)


class Library:
    """Documents under one home folder. Several processes may read and add at once."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._originals = home / "originals"
        self._originals.mkdir(parents=True, exist_ok=True)
        self._engine = open_engine(home / "library.db")
        self._documents: dict[str, Document] = {}
        self._seen = Look(-1, {}, {}, self._remembered)
        self._lock = Lock()
        with (home / "library.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # two processes may meet in a new home
            self._make_tables()

    def _make_tables(self) -> None:
        with self._connection(writes=True) as connection:
            tables.create_all(connection)
            if connection.execute(sa.select(state.c.value)).first() is None:
                connection.execute(sa.insert(state).values(key="revision", value=0))

    def close(self) -> None:
        """Let go of the database's file."""
        self._engine.dispose()

    @contextmanager
    def _connection(self, *, writes: bool = False) -> Iterator[sa.Connection]:
        """A transaction; one that writes holds the others back from its first statement on."""
        try:
            with self._engine.connect() as connection:
                chosen = connection.execution_options(writes=writes)
                with chosen.begin():
                    yield chosen
        except (sa.exc.DatabaseError, zlib.error, ValueError, KeyError) as error:
            raise LibraryDamaged(
                f"{self.home / 'library.db'} cannot be used ({getattr(error, 'orig', error)}); "
                "restore it from a backup, or point --home at another folder"
            ) from error

    def add(self, document: Document, data: bytes, name: str) -> Added:
        """Keep `document`, read out of `data`. The same bytes again change nothing but metadata."""
        body = dump_body(document)
        self._keep_original(document.version, data)
        with self._connection(writes=True) as connection:
            same = connection.execute(
                sa.select(versions).where(versions.c.version == document.version)
            ).first()
            if same is not None:
                outcome = self._meet_again(connection, same, document)
            else:
                older = sa.update(versions).where(versions.c.doc_id == document.doc_id)
                known = connection.execute(older.values(current=False)).rowcount
                connection.execute(
                    sa.insert(versions).values(
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
                connection.execute(sa.update(state).values(value=state.c.value + 1))
        return outcome

    @staticmethod
    def _meet_again(
        connection: sa.Connection, row: sa.Row[tuple[object, ...]], new: Document
    ) -> Added:
        """The same bytes once more: perhaps with new metadata, perhaps current again."""
        if row.doc_id != new.doc_id:
            return Added.UNCHANGED  # under another name it is no other document
        kept = load_source(row.source)
        # Adding a file again is no decision to quote it again: withdrawn stays withdrawn.
        withdrawn = kept.status is Status.WITHDRAWN
        source = replace(new.source, status=Status.WITHDRAWN) if withdrawn else new.source
        this = sa.update(versions).where(versions.c.version == row.version)
        if not row.current:
            every = sa.update(versions).where(versions.c.doc_id == row.doc_id)
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
        aside = self._originals / f".{version}-{os.getpid()}-{get_ident()}"
        aside.write_bytes(data)
        aside.replace(target)

    def withdraw(self, doc_id: str) -> Entry:
        """Never quote the current version of `doc_id` again; its words stay for the record."""
        entry = self.entry(doc_id)
        source = replace(entry.source, status=Status.WITHDRAWN)
        with self._connection(writes=True) as connection:
            this = sa.update(versions).where(versions.c.version == entry.version)
            connection.execute(this.values(source=dump_source(source)))
            connection.execute(sa.update(state).values(value=state.c.value + 1))
        return entry._replace(source=source)

    @property
    def revision(self) -> int:
        """A number that grows with every change, by any process."""
        with self._connection() as connection:
            return int(connection.execute(sa.select(state.c.value)).scalar_one())

    def entries(self) -> list[Entry]:
        """Every version, oldest first."""
        columns = [column for column in versions.c if column.name != "body"]
        with self._connection() as connection:
            rows = connection.execute(sa.select(*columns).order_by(versions.c.number)).all()
        return [
            Entry(r.doc_id, r.version, r.name, r.format, load_source(r.source), r.added, r.current)
            for r in rows
        ]

    def quotable(self) -> Mapping[str, Entry]:
        """What may be quoted now: version to entry."""
        return self.look().quotable

    def look(self) -> Look:
        """The library as it is now; its entries are read again only after a change."""
        revision = self.revision
        if self._seen.revision != revision:
            every = {entry.version: entry for entry in self.entries()}
            quotable = {version: entry for version, entry in every.items() if entry.quotable}
            self._seen = Look(revision, every, quotable, self._remembered)
        return self._seen

    def entry_of(self, version: str) -> Entry:
        """The entry of a version that the library holds. Raises `UnknownDocument`."""
        return self.look().entry(version)

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
        found = self.look().document(version)
        if found.doc_id != doc_id:
            raise UnknownDocument(f"the library has no document {doc_id} version {version}")
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
            query = sa.select(versions).where(versions.c.version == version)
            row = connection.execute(query).one()
            return load_document(row.doc_id, row.version, row.format, row.source, row.body)

    def original(self, version: str) -> bytes:
        """The bytes a version was read from."""
        path = self._originals / version
        if not path.is_file():
            raise LibraryDamaged(f"{path} is missing; restore it from a backup")
        return path.read_bytes()
