"""Brings a database to the present form when a program starts.

Looking costs microseconds; Alembic is loaded only when there is something to change.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import column, select, table

from store.database.dialect import Connection
from store.database.query import Query
from store.errors import JournalNewer, JournalTorn

REVISION: Final = "0001"
"""The newest step in `migrations/versions`."""

_STEPS: Final = Path(__file__).parent / "migrations"
_FOUND: Final = Query(select(column("version_num")).select_from(table("alembic_version")))


def bring_up_to_date(connection: Connection, to: str = "") -> None:
    """Apply the steps that are missing, all or none; two processes at once do it once.

    `to` is an earlier step where a database is made that old rows are put into; empty: the newest. Raises
    JournalNewer for a database, or a step, of a newer program, JournalTorn for one that is not a journal's,
    and whatever writing may raise.
    """
    to = to or REVISION
    if revision(connection) != to:
        _upgrade(connection, to)


def revision(connection: Connection) -> str | None:
    """The step that the database is at; none for an empty one."""
    tables = connection.tables()
    if "alembic_version" not in tables:
        if "event" in tables:
            raise JournalTorn(f"{connection.name} is not a journal")
        return None
    row = connection.one(_FOUND)
    if row is None:
        raise JournalTorn(f"{connection.name} does not say which form it has")
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
            raise JournalNewer(f"{connection.name} was written by a newer version (form {found})")
        settings.attributes["connection"] = on
        if to not in known:
            raise JournalNewer(f"rows of a newer version's form ({to})")
        command.upgrade(settings, to)
