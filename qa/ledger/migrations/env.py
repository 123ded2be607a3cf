"""Alembic's way in: run the migrations in the transaction that `qa.ledger.schema` has begun."""

from alembic import context

from qa.ledger.tables import tables

context.configure(connection=context.config.attributes["connection"], target_metadata=tables)
with context.begin_transaction():
    context.run_migrations()
