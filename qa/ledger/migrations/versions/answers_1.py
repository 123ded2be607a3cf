"""The first tables: the chain, what is searched, words, traces, the head, and re-checks."""

import sqlalchemy as sa
from alembic import op

revision = "answers_1"
down_revision = None


def upgrade() -> None:
    """Make the tables, and the head of an empty chain."""
    _chain()
    _copies()
    _forgettable()
    _rechecks()


def _number() -> sa.Column[int]:
    return sa.Column("number", sa.Integer, primary_key=True, autoincrement=False)


def _chain() -> None:
    op.create_table(
        "entries",
        _number(),
        sa.Column("entry_id", sa.String(), nullable=False, unique=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
    )
    op.create_index("entries_about", "entries", ["about", "kind"])
    op.create_index("entries_kind", "entries", ["kind", "number"])
    head = op.create_table(
        "head",
        sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
    )
    op.bulk_insert(head, [{"one": 1, "number": 0, "hash": "0" * 64}])


def _copies() -> None:
    op.create_table(
        "answers",
        _number(),
        sa.Column("answer_id", sa.String(), nullable=False, unique=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("rule", sa.String()),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("probability", sa.Double, nullable=False),
        sa.Column("took_ms", sa.Double, nullable=False),
    )
    op.create_index("ix_answers_at", "answers", ["at"])
    op.create_index("answers_outcome", "answers", ["outcome", "number"])
    op.create_index("answers_rule", "answers", ["rule", "number"])
    op.create_table(
        "quotes",
        _number(),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("doc_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
    )
    op.create_index("quotes_span", "quotes", ["doc_id", "version", "start", "end", "number"])


def _forgettable() -> None:
    op.create_table(
        "words",
        _number(),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("made", sa.Text, nullable=False),
    )
    op.create_table("traces", _number(), sa.Column("data", sa.LargeBinary, nullable=False))


def _rechecks() -> None:
    op.create_table(
        "rechecks",
        sa.Column("recheck_id", sa.String(), primary_key=True),
        sa.Column("doc_id", sa.String(), nullable=False),
        sa.Column("to_version", sa.String(), nullable=False),
        sa.Column("to_status", sa.String(), nullable=False),
        sa.Column("asked_at", sa.String(), nullable=False),
        sa.Column("spans", sa.Integer, nullable=False),
        sa.Column("done_at", sa.String()),
    )
    op.create_index("ix_rechecks_doc_id", "rechecks", ["doc_id"])
    op.create_table(
        "findings",
        sa.Column("finding_id", sa.String(), primary_key=True),
        sa.Column("recheck_id", sa.String(), nullable=False),
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
    op.create_index("ix_findings_recheck_id", "findings", ["recheck_id"])
