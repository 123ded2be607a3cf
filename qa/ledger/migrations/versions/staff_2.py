"""The tables of the staff pages: accounts, their sessions, and failed tries to sign in."""

import sqlalchemy as sa
from alembic import op

revision = "staff_2"
down_revision = "answers_1"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "staff",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("one_time_until", sa.Double),
        sa.Column("subject", sa.String(), unique=True),
        sa.Column("added_at", sa.String(), nullable=False),
        sa.Column("disabled_at", sa.String()),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("session", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("begun_at", sa.Double, nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False),
    )
    op.create_index("ix_staff_sessions_name", "staff_sessions", ["name"])
    op.create_table(
        "staff_failures",
        sa.Column("who", sa.String(), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_at", sa.Double, nullable=False),
    )
