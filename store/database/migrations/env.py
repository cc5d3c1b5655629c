"""Alembic environment: applies the revisions in the transaction that `store.database.migrate` holds."""

from __future__ import annotations

from alembic import context

from store.database.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # The caller has begun the one transaction, under the write lock, and ends it.
    transactional_ddl=False,
)
context.run_migrations()
