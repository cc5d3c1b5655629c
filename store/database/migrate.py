"""Migration of a database to the present form at program start.

The check takes microseconds; Alembic is loaded only if a migration is needed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import column, select, table

from store.database.dialect import Connection
from store.database.query import Query
from store.errors import JournalNewer, JournalTorn

REVISION: Final = "0001"
"""Newest revision in `migrations/versions`."""

_STEPS: Final = Path(__file__).parent / "migrations"
_FOUND: Final = Query(select(column("version_num")).select_from(table("alembic_version")))


def bring_up_to_date(connection: Connection, to: str = "") -> None:
    """Apply the missing revisions, all or none; concurrent processes apply them once.

    `to`: an earlier revision for a database that receives old rows; empty for the newest. Raises JournalNewer
    for a database, or a revision, of a newer program; JournalTorn for a database that is no journal; and the
    errors of writing.
    """
    to = to or REVISION
    if revision(connection) != to:
        _upgrade(connection, to)


def revision(connection: Connection) -> str | None:
    """Return the revision of the database schema; None for an empty database. Raises JournalTorn if the
    database is no journal.
    """
    tables = connection.tables()
    if "alembic_version" not in tables:
        if "event" in tables:
            raise JournalTorn(f"{connection.name} is not a journal")
        return None
    row = connection.one(_FOUND)
    if row is None:
        raise JournalTorn(f"{connection.name} does not state its schema version")
    return str(row[0])


def _upgrade(connection: Connection, to: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    settings = Config()
    settings.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    known = {step.revision for step in ScriptDirectory.from_config(settings).walk_revisions()}
    with connection.migrating() as on:
        found = revision(connection)
        if found is not None and found not in known:
            raise JournalNewer(
                f"{connection.name} was written by a newer version (form {found}): run that version"
            )
        settings.attributes["connection"] = on
        if to not in known:
            raise JournalNewer(f"rows of a newer version's form ({to})")
        command.upgrade(settings, to)
