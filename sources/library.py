"""The library: every version of every document, by content. The only truth about words.

Original bytes lie in `originals/<sha256>`; what was read out of them in a database, in the home
or at an address that several machines share. Nothing is ever removed: a changed file is a new
version, a withdrawn one is no longer quotable.
"""

import fcntl
import logging
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Lock, get_ident
from typing import NamedTuple

import sqlalchemy as sa

from sources.document import Document, Source, Status
from sources.errors import LibraryDamaged, LibraryUnreachable, SourceError, UnknownDocument
from sources.history import Change, Decision, Held, Step, decision_from
from sources.policy import Policy
from sources.shelf import Added, Entry, all_entries, keep, set_source
from sources.stored import load_document
from sources.tables import BadAddress, decisions, open_database, said_by, state, tables, versions

__all__ = ["Added", "Entry", "Library", "Look"]  # `add` gives the one, and lists the other

logger = logging.getLogger(__name__)

CACHED_DOCUMENTS = 256
STALE_S = 300.0  # seconds for which the last look still holds while the database is away
AGAIN_S = 2.0  # seconds before a database that was away is asked again for a look
LOCK = 7_305_808_869  # any number that is ours: PostgreSQL holds back others who write
REVISION = str(sa.select(state.c.value))
ADDED = Change(Step.ADDED)
WITHDRAWN = Change(Step.STATUS)
EVERYDAY = Policy()


class Look(NamedTuple):
    """The library as it was at one moment, for everything that one answer needs of it.

    The `moment` is a revision and a day. `every` and `quotable` lead from versions to entries. A
    document is read when it is asked for.
    """

    moment: tuple[int, date]
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
        """Who answers for a version, and its status that day. Raises `UnknownDocument`."""
        return self.entry(version).source_today

    def document(self, version: str) -> Document:
        """A version as a document, with the metadata that held. Raises `UnknownDocument`."""
        source, known = self.source(version), self.read(version)
        return known if known.source == source else replace(known, source=source)


class Library:
    """Documents under one home folder. Several processes may read and add at once.

    `policy` says what is done with documents by the state of their review on the day `today`.
    The database is `library.db` there, or PostgreSQL at `address`.
    """

    def __init__(
        self,
        home: Path,
        policy: Policy = EVERYDAY,
        today: Callable[[], date] = date.today,
        address: str = "",
    ) -> None:
        self.home = home
        self.policy = policy
        self.today = today
        self._originals = home / "originals"
        self._originals.mkdir(parents=True, exist_ok=True)
        try:
            self._engine = open_database(home, address)
        except BadAddress as error:
            raise SourceError(f"the setting `library` {error}") from error
        self.place = self._engine.url.render_as_string(hide_password=True)
        self._shared = self._engine.dialect.name == "postgresql"
        self._documents: dict[str, Document] = {}
        self._seen = Look((-1, date.min), {}, {}, self._remembered)
        self._seen_at = self._away_at = -STALE_S
        self._lock = Lock()
        with (home / "library.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # two processes may meet in a new home
            self._make_tables()

    def _make_tables(self) -> None:
        with self.transaction(writes=True) as connection:
            tables.create_all(connection)
            if connection.execute(sa.select(state.c.value)).first() is None:
                connection.execute(sa.insert(state).values(key="revision", value=0))

    def close(self) -> None:
        """Let go of the database's file."""
        self._engine.dispose()

    @contextmanager
    def transaction(self, *, writes: bool = False) -> Iterator[sa.Connection]:
        """A transaction; one that writes holds the others back from its first statement on.

        Raises `LibraryUnreachable` when a shared database does not answer, or `LibraryDamaged`.
        """
        try:
            with self._engine.connect() as connection:
                chosen = connection.execution_options(writes=writes)
                with chosen.begin():
                    if writes and self._shared:
                        chosen.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
                    yield chosen
        except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
            if not self._shared:
                raise self._damaged(error) from error
            raise LibraryUnreachable(
                f"the library at {self.place} does not answer ({said_by(error)}); see that its "
                "database runs"
            ) from error
        except (sa.exc.DatabaseError, zlib.error, ValueError, KeyError) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> LibraryDamaged:
        place = self.place if self._shared else self.home / "library.db"
        return LibraryDamaged(
            f"{place} cannot be used ({said_by(error)}); restore it from a backup, or point --home "
            "at another folder"
        )

    def add(self, document: Document, data: bytes, name: str, change: Change = ADDED) -> Added:
        """Keep `document`, read out of `data`, and quote it as soon as it is indexed.

        The same bytes again change nothing but metadata.
        """
        self._keep_original(document.version, data)
        with self.transaction(writes=True) as connection:
            return keep(connection, document, name, change, waits=False)

    def put_by(self, document: Document, data: bytes, name: str, change: Change = ADDED) -> Added:
        """Keep `document` as a version that waits: what is quoted stays what it is.

        Bytes that are current or that wait already change nothing.
        """
        self._keep_original(document.version, data)
        with self.transaction(writes=True) as connection:
            return keep(connection, document, name, change, waits=True)

    def _keep_original(self, version: str, data: bytes) -> None:
        """Write the bytes aside and move them into place, so that no half file is ever there."""
        target = self._originals / version
        if target.exists():
            return
        aside = self._originals / f".{version}-{os.getpid()}-{get_ident()}"
        aside.write_bytes(data)
        aside.replace(target)

    def withdraw(self, doc_id: str, change: Change = WITHDRAWN) -> Entry:
        """Never quote the current version of `doc_id` again; its words stay for the record."""
        entry = self.entry(doc_id)
        source = replace(entry.source, status=Status.WITHDRAWN)
        with self.transaction(writes=True) as connection:
            set_source(connection, Held(doc_id, entry.version, entry.source, source), change)
        return self.entry_of(entry.version)

    @property
    def revision(self) -> int:
        """A number that grows with every change, by any process.

        It is asked for before every answer, so in SQLite first past SQLAlchemy, which takes
        twice as long, and in its way where that fails: it knows what went wrong.
        """
        failed = sa.exc.SQLAlchemyError, sqlite3.Error, ValueError, IndexError
        if not self._shared:
            with suppress(*failed), closing(self._engine.raw_connection()) as connection:
                cursor = connection.cursor()
                cursor.execute(REVISION)
                return int(cursor.fetchall()[0][0])
        with self.transaction() as connection:
            return int(connection.exec_driver_sql(REVISION).scalar_one())

    def entries(self) -> list[Entry]:
        """Every version, oldest first."""
        with self.transaction() as connection:
            return all_entries(connection, self.policy, self.today())

    def history(self, doc_id: str) -> list[Decision]:
        """What was decided about a document, oldest first."""
        query = sa.select(decisions).where(decisions.c.doc_id == doc_id)
        with self.transaction() as connection:
            rows = connection.execute(query.order_by(decisions.c.number)).all()
            return [decision_from(row) for row in rows]

    def quotable(self) -> Mapping[str, Entry]:
        """What may be quoted now: version to entry."""
        return self.look().quotable

    def look(self) -> Look:
        """The library as it is now; its entries are read again after a change and on a new day.

        While a shared database is away, the last look holds for `STALE_S`: what was withdrawn
        elsewhere in that time is not known. Then `LibraryUnreachable` is raised.
        """
        now = time.monotonic()
        if now < self._away_at + AGAIN_S and now < self._seen_at + STALE_S:
            return self._seen
        try:
            moment = self.revision, self.today()
            if self._seen.moment != moment:
                every = {entry.version: entry for entry in self.entries()}
                quotable = {version: entry for version, entry in every.items() if entry.quotable}
                self._seen = Look(moment, every, quotable, self._remembered)
        except LibraryUnreachable as error:
            if now >= self._seen_at + STALE_S:
                raise
            logger.warning("%s; what was seen last holds for %d seconds", error, STALE_S)
            self._away_at = now
        else:
            self._seen_at = now
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
        with self.transaction() as connection:
            query = sa.select(versions).where(versions.c.version == version)
            row = connection.execute(query).one()
            return load_document(row.doc_id, row.version, row.format, row.source, row.body)

    def original(self, version: str) -> bytes:
        """The bytes a version was read from."""
        path = self._originals / version
        if not path.is_file():
            raise LibraryDamaged(f"{path} is missing; restore it from a backup")
        return path.read_bytes()
