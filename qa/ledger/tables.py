"""The tables of the ledger's database, and how it is opened: SQLite, or PostgreSQL by address."""

from pathlib import Path

import sqlalchemy as sa

from qa.ledger.errors import LedgerError
from sources.tables import BadAddress, open_engine, open_postgresql

REVISION = "staff_2"  # of the tables below; `migrations/versions` leads up to it

tables = sa.MetaData()
entries = sa.Table(
    "entries",
    tables,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry_id", sa.String(), nullable=False, unique=True),
    sa.Column("kind", sa.String(), nullable=False),
    sa.Column("at", sa.String(), nullable=False),
    sa.Column("about", sa.String(), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("previous", sa.String(), nullable=False),
    sa.Column("hash", sa.String(), nullable=False),
    sa.Index("entries_about", "about", "kind"),
    sa.Index("entries_kind", "kind", "number"),
)
answers = sa.Table(
    "answers",
    tables,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("answer_id", sa.String(), nullable=False, unique=True),
    sa.Column("at", sa.String(), nullable=False, index=True),
    sa.Column("outcome", sa.String(), nullable=False),
    sa.Column("rule", sa.String()),
    sa.Column("reader", sa.String(), nullable=False),
    sa.Column("language", sa.String(), nullable=False),
    sa.Column("probability", sa.Double, nullable=False),
    sa.Column("took_ms", sa.Double, nullable=False),
    sa.Index("answers_outcome", "outcome", "number"),
    sa.Index("answers_rule", "rule", "number"),
)
quotes = sa.Table(
    "quotes",
    tables,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("doc_id", sa.String(), nullable=False),
    sa.Column("version", sa.String(), nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(), nullable=False),
    sa.Index("quotes_span", "doc_id", "version", "start", "end", "number"),
)
words = sa.Table(
    "words",
    tables,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("salt", sa.String(), nullable=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.Column("made", sa.Text, nullable=False),
)
traces = sa.Table(
    "traces",
    tables,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
head = sa.Table(
    "head",
    tables,
    sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(), nullable=False),
)
rechecks = sa.Table(
    "rechecks",
    tables,
    sa.Column("recheck_id", sa.String(), primary_key=True),
    sa.Column("doc_id", sa.String(), nullable=False, index=True),
    sa.Column("to_version", sa.String(), nullable=False),
    sa.Column("to_status", sa.String(), nullable=False),
    sa.Column("asked_at", sa.String(), nullable=False),
    sa.Column("spans", sa.Integer, nullable=False),
    sa.Column("done_at", sa.String()),
)
findings = sa.Table(
    "findings",
    tables,
    sa.Column("finding_id", sa.String(), primary_key=True),
    sa.Column("recheck_id", sa.String(), nullable=False, index=True),
    sa.Column("version", sa.String(), nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("state", sa.String(), nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("new_start", sa.Integer),
    sa.Column("new_end", sa.Integer),
    sa.Column("similarity", sa.Double, nullable=False),
    sa.Column("diff", sa.Text, nullable=False),
)

staff = sa.Table(
    "staff",
    tables,
    sa.Column("name", sa.String(), primary_key=True),
    sa.Column("shown", sa.String(), nullable=False),
    sa.Column("role", sa.String(), nullable=False),
    sa.Column("password", sa.String(), nullable=False),  # as argon2 writes it; empty: has none
    sa.Column("one_time_until", sa.Double),  # until then a one-time password holds
    sa.Column("subject", sa.String(), unique=True),  # who it is at the provider of sign-on
    sa.Column("added_at", sa.String(), nullable=False),
    sa.Column("disabled_at", sa.String()),
)
staff_sessions = sa.Table(
    "staff_sessions",
    tables,
    sa.Column("session", sa.String(), primary_key=True),  # SHA-256 of its id
    sa.Column("name", sa.String(), nullable=False, index=True),
    sa.Column("begun_at", sa.Double, nullable=False),
    sa.Column("seen_at", sa.Double, nullable=False),
)
staff_failures = sa.Table(
    "staff_failures",
    tables,
    sa.Column("who", sa.String(), primary_key=True),  # keyed hash of a name or an address
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("last_at", sa.Double, nullable=False),
)


def open_ledger_engine(home: Path, address: str) -> sa.Engine:
    """`ledger.db` in the home folder when `address` is empty, or PostgreSQL at that address.

    A commit is on the disk when it returns, and what is deleted is overwritten.
    """
    if not address:
        engine = open_engine(home / "ledger.db")
        sa.event.listen(engine, "connect", _prepare)
        engine.hide_parameters = True
        return engine
    try:
        return open_postgresql(address)
    except BadAddress as error:
        raise LedgerError(f"the setting `ledger` {error}") from error


def _prepare(connection: "sa.engine.interfaces.DBAPIConnection", _record: object) -> None:
    connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _lower(text: str | None) -> str | None:
    """SQLite's own `lower` knows ASCII only."""
    return None if text is None else text.lower()
