"""The ledger: entries are appended to a chain, and read back. Nothing is ever changed.

Several processes may append at once. The last link is locked while a new one is forged, so
that numbers have no gap and every link follows one other.
"""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import sqlalchemy as sa

from qa.ledger import tables
from qa.ledger.chain import GENESIS, Link, copies_of, forge, new_salt, packed_trace, unpacked_trace
from qa.ledger.entries import Entry, Facts, Kind, Words
from qa.ledger.errors import LedgerDamaged, LedgerError, LedgerUnreachable, UnknownAnswer
from qa.ledger.schema import bring_up_to_date
from qa.ledger.seal import Head, Witness
from qa.ledger.tables import open_ledger_engine
from sources.tables import said_by

logger = logging.getLogger(__name__)

NOTHING = Head(0, GENESIS)
"""The head of a chain without a link."""
Change = Callable[[sa.Connection], object]
"""Something done to the database in a transaction that is open already."""


class Recorded(NamedTuple):
    """An entry as it is found again. `words` are none when there were none or they are forgotten.

    `salt` goes with the words; `trace` is none when there is none.
    """

    link: Link
    kind: Kind
    at: str
    about: str
    facts: Facts
    salt: str | None
    words: Words | None
    trace: Facts | None


class Ledger:
    """The ledger of one home folder: `ledger.db` there, or PostgreSQL at `address`.

    Raises a `LedgerError` when it cannot be used; not for a database that is away when
    `may_be_away`: then each transaction says so until it is there.
    """

    def __init__(self, home: Path, address: str = "", *, may_be_away: bool = False) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.witness = Witness(home)
        self._engine = open_ledger_engine(home, address)
        self.place = self._engine.url.render_as_string(hide_password=True)
        self._preparing, self._prepared = Lock(), False
        try:
            self._prepare()
        except LedgerUnreachable as error:
            if not may_be_away:
                self.close()
                raise
            logger.warning("%s; answers are kept and written later", error)
        except LedgerError:
            self.close()
            raise

    def _prepare(self) -> None:
        """Bring the tables up to date, once."""
        with self._preparing:
            if self._prepared:
                return
            with self.witness.alone(), self._begun(writes=True) as connection:
                bring_up_to_date(connection)
            self._prepared = True
        if not self.witness.path.exists() and self.head() == NOTHING:
            self.witness.note(NOTHING)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def transaction(self, *, writes: bool = False, frozen: bool = False) -> Iterator[sa.Connection]:
        """A transaction, which with `frozen` sees one moment of the database.

        With `writes` other writers wait from its start. What the database reports is raised as
        `LedgerUnreachable` or `LedgerDamaged`.
        """
        if not self._prepared:
            self._prepare()
        with self._begun(writes=writes, frozen=frozen) as connection:
            yield connection

    @contextmanager
    def _begun(self, *, writes: bool = False, frozen: bool = False) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection:
                chosen = connection.execution_options(writes=writes)
                if frozen and chosen.dialect.name == "postgresql":  # SQLite always sees one moment
                    chosen = chosen.execution_options(isolation_level="REPEATABLE READ")
                with chosen.begin():
                    yield chosen
        except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
            raise LedgerUnreachable(
                f"the ledger at {self.place} does not answer ({said_by(error)}); see that its "
                "database runs, is not locked and has space"
            ) from error
        except sa.exc.SQLAlchemyError as error:
            raise LedgerDamaged(
                f"the ledger at {self.place} cannot be used ({said_by(error)}); run `quotewell "
                "ledger verify`, or restore it from a backup"
            ) from error

    def append(self, new: Sequence[Entry], also: Change | None = None) -> list[int]:
        """Write entries, all or none; the number of each. One that is there already stays as it is.

        So an append that was cut off may be done again without writing anything twice. `also` is
        done with them or not at all, and is the only one at work while it is done.
        """
        with self.transaction(writes=True) as connection:
            before = self._locked_head(connection)
            if also is not None:
                also(connection)
            sound = self._continues_witness(connection, before)
            numbers = _numbers_of(connection, new)
            fresh: dict[str, Entry] = {}
            for entry in new:
                if entry.entry_id not in numbers:
                    fresh.setdefault(entry.entry_id, entry)
            head = _write(connection, before, list(fresh.values()))
        numbers |= {name: before.number + at for at, name in enumerate(fresh, start=1)}
        if sound and head.number > before.number:
            self.witness.note(head)
        return [numbers[entry.entry_id] for entry in new]

    @staticmethod
    def _locked_head(connection: sa.Connection) -> Head:
        row = connection.execute(
            sa.select(tables.head.c.number, tables.head.c.hash).with_for_update()
        ).one()
        return Head(row.number, row.hash)

    def _continues_witness(self, connection: sa.Connection, head: Head) -> bool:
        """Whether the chain still holds the link that the witness saw last.

        When it does not, entries are still recorded, and the witness keeps what it saw.
        """
        try:
            seen = self.witness.read()
        except LedgerDamaged as error:
            logger.warning("%s; run `quotewell ledger verify`", error)
            return False
        if seen in (None, NOTHING, head):
            return True
        entries = tables.entries
        query = sa.select(entries.c.hash).where(entries.c.number == seen.number)
        if connection.execute(query).scalar() == seen.hash:
            return True
        logger.warning("the ledger lacks entries it had; run `quotewell ledger verify`")
        return False

    def scrub(self) -> None:
        """Let go of what was deleted: SQLite empties its log, PostgreSQL frees the dead rows."""
        if self._engine.dialect.name == "sqlite":
            raw = self._engine.raw_connection()
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raw.close()
            return
        with self._engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.execute(sa.text("VACUUM words"))

    def head(self) -> Head:
        """The number and hash of the last entry; 0 and `GENESIS` while there is none."""
        with self.transaction() as connection:
            row = connection.execute(sa.select(tables.head.c.number, tables.head.c.hash)).first()
        return NOTHING if row is None else Head(row.number, row.hash)

    def entry(self, entry_id: str) -> Recorded:
        """One entry with all that is kept of it. Raises `UnknownAnswer`."""
        with self.transaction() as connection:
            e, w, t = tables.entries, tables.words, tables.traces
            query = (
                sa.select(e, w.c.salt, w.c.said, w.c.made, t.c.data)
                .outerjoin(w, w.c.number == e.c.number)
                .outerjoin(t, t.c.number == e.c.number)
                .where(e.c.entry_id == entry_id)
            )
            row = connection.execute(query).first()
        if row is None:
            raise UnknownAnswer(f"the ledger has no answer {entry_id!r}; check the id")
        return Recorded(
            link=Link(row.number, row.body, row.previous, row.hash),
            kind=Kind(row.kind),
            at=row.at,
            about=row.about,
            facts=json.loads(row.body)["facts"],
            salt=row.salt,
            words=None if row.salt is None else Words(row.said, row.made),
            trace=None if row.data is None else unpacked_trace(row.data),
        )

    def about(self, subject: str, kind: Kind | None = None) -> list[Recorded]:
        """What happened later to an answer or finding, oldest first: opened, feedback, handled."""
        with self.transaction() as connection:
            entries = tables.entries
            query = (
                sa.select(entries.c.entry_id)
                .where(entries.c.about == subject, entries.c.entry_id != subject)
                .order_by(entries.c.number)
            )
            found = connection.execute(
                query if kind is None else query.where(entries.c.kind == kind)
            ).scalars()
            ids = list(found)
        return [self.entry(entry_id) for entry_id in ids]


def _write(connection: sa.Connection, head: Head, new: Sequence[Entry]) -> Head:
    """Forge a link for each entry and write all rows; the new head."""
    rows: dict[sa.Table, list[dict[str, object]]] = {}
    for entry in new:
        salt, trace = new_salt(), packed_trace(entry)
        link = forge(head.number + 1, head.hash, entry, salt, trace)
        copies = copies_of(link.body)
        rows.setdefault(tables.entries, []).append({**link._asdict(), **copies.entry})
        if copies.answer:
            rows.setdefault(tables.answers, []).append(copies.answer)
        rows.setdefault(tables.quotes, []).extend(copies.quotes)
        if entry.words:
            kept = {"number": link.number, "salt": salt, **entry.words._asdict()}
            rows.setdefault(tables.words, []).append(kept)
        if trace:
            rows.setdefault(tables.traces, []).append({"number": link.number, "data": trace})
        head = Head(link.number, link.hash)
    for table, several in rows.items():
        if several:
            connection.execute(sa.insert(table), several)
    connection.execute(sa.update(tables.head).values(**head._asdict()))
    return head


def _numbers_of(connection: sa.Connection, new: Sequence[Entry]) -> dict[str, int]:
    """The numbers of those entries that are written already, by id."""
    entries, ids = tables.entries, [entry.entry_id for entry in new]
    query = sa.select(entries.c.entry_id, entries.c.number).where(entries.c.entry_id.in_(ids))
    return {row.entry_id: row.number for row in connection.execute(query)}
