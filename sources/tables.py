"""The tables of the library's database, and how it is opened: SQLite, or PostgreSQL by address."""

from pathlib import Path

import sqlalchemy as sa

tables = sa.MetaData()
versions = sa.Table(
    "versions",
    tables,
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
state = sa.Table(
    "state",
    tables,
    sa.Column("key", sa.String(20), primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)
waiting = sa.Table(  # versions that are not quoted yet, while another may be
    "waiting",
    tables,
    sa.Column("version", sa.String(64), primary_key=True),
    sa.Column("released_by", sa.Text),  # who decided that it takes its place with the next index
)
decisions = sa.Table(  # rows are only ever added
    "decisions",
    tables,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("doc_id", sa.String(120), nullable=False, index=True),
    sa.Column("version", sa.String(64), nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("step", sa.String(40), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("before", sa.Text),  # the metadata before and after, as `dump_source` writes it
    sa.Column("after", sa.Text, nullable=False),
)


class BadAddress(ValueError):
    """An address that no database of ours can have; it goes on from the name of a setting."""


def open_database(home: Path, address: str) -> sa.Engine:
    """`library.db` in the home folder when `address` is empty, or PostgreSQL at that address.

    Raises `BadAddress`.
    """
    return open_postgresql(address) if address else open_engine(home / "library.db")


def open_postgresql(address: str) -> sa.Engine:
    """PostgreSQL at `postgresql://USER@HOST/DATABASE`. Raises `BadAddress`; connects later."""
    try:
        url = sa.make_url(address)
    except sa.exc.ArgumentError as error:
        raise BadAddress("is no address; write postgresql://USER@HOST/DATABASE") from error
    if url.get_backend_name() != "postgresql":
        raise BadAddress(f"names {url.get_backend_name()}; write postgresql://USER@HOST/DATABASE")
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,  # no question gets into an error
        pool_pre_ping=True,  # the server may have gone away and come back
        connect_args={"connect_timeout": 5},
    )


def said_by(error: Exception) -> str:
    """The first line of what a database itself said."""
    return (str(getattr(error, "orig", None) or error).splitlines() or [""])[0]


def open_engine(path: Path) -> sa.Engine:
    """SQLite in the file at `path`, in write-ahead mode, waiting up to 30 s for another writer.

    A connection with the execution option `writes` takes the write lock when it begins.
    Connections stay open: to open one costs ten times what is asked of it.
    """
    options = {"timeout": 30}
    engine = sa.create_engine(f"sqlite:///{path}", connect_args=options, poolclass=sa.QueuePool)
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: "sa.engine.interfaces.DBAPIConnection", _record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin` says, not at a guess
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
