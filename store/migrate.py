"""Brings a database to the present form when a program starts.

Looking costs microseconds; Alembic is loaded only when there is something to change.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import column, select, table

from store.dialect import Connection
from store.errors import JournalNewer, JournalTorn
from store.query import Query

REVISION: Final = "0003"
"""The newest step in `migrations/versions`."""

_STEPS: Final = Path(__file__).parent / "migrations"
_FOUND: Final = Query(select(column("version_num")).select_from(table("alembic_version")))
_TABLES: Final = (
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('event', 'alembic_version')"
)


def bring_up_to_date(connection: Connection) -> None:
    """Apply the steps that are missing, all or none; two processes at once do it once.

    Raises JournalNewer for a database of a newer program, JournalTorn for one that is not
    a journal's, and whatever writing may raise.
    """
    if revision(connection) != REVISION:
        _upgrade(connection)


def revision(connection: Connection) -> str | None:
    """The step that the database is at; none for an empty one."""
    try:
        row = connection.one(_FOUND)
    except JournalTorn:
        # No such table, or a file that cannot be read; then this cannot be, either.
        if connection.script(_TABLES)[0][0] == 0:
            return None
        raise JournalTorn(f"{connection.path} is not a journal") from None
    if row is None:
        raise JournalTorn(f"{connection.path} does not say which form it has")
    return str(row[0])


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import StaticPool

    settings = Config()
    settings.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    known = {step.revision for step in ScriptDirectory.from_config(settings).walk_revisions()}
    # Never disposed of: the driver's connection is ours and goes on.
    engine = create_engine(
        "sqlite://", creator=lambda: connection.raw, poolclass=StaticPool, pool_reset_on_return=None
    )
    try:
        # In this order: the engine's first connection rolls back whatever was begun before it.
        with engine.connect() as on, on.begin():
            connection.begin_write()
            found = revision(connection)
            if found is not None and found not in known:
                raise JournalNewer(f"{connection.path} was written by a newer version (form {found})")
            settings.attributes["connection"] = on
            command.upgrade(settings, "head")
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise connection.named(error.orig) from error
        raise
    finally:
        connection.end()
