"""Bringing a ledger's tables up to date when it is opened, by Alembic."""

from pathlib import Path

import sqlalchemy as sa

from qa.ledger.errors import LedgerTooNew
from qa.ledger.tables import REVISION

MIGRATIONS = Path(__file__).with_name("migrations")
LOCK = 7_305_808_868  # any number that is ours: PostgreSQL holds back others who open the ledger


def bring_up_to_date(connection: sa.Connection) -> None:
    """Run the migrations that are missing. The connection is in a transaction that writes.

    Raises `LedgerTooNew` for a ledger that this version of the program does not know.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    found = revision_of(connection)
    if found == REVISION:
        return
    from alembic import command  # noqa: PLC0415  slow to import, and seldom needed
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise LedgerTooNew(
            f"the ledger was made by a newer version of this program (its tables are {found!r}, "
            f"this version knows {REVISION!r}); install that version to open it"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def revision_of(connection: sa.Connection) -> str | None:
    """The revision of the tables that are there; none in a new database."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)
