"""A journal in SQLite during an upgrade: copied before, and converted back into its older schema.

  journal_copy.py copy STATE TO           copy STATE/journal.db into TO, also during writes
  journal_copy.py back STATE KEPT ASIDE   put KEPT/journal.db, with all later rows, in place of STATE's

This module uses only the standard library: it reads a database of either version, and must not change the
schema.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

_SINCE: Final = {
    "event": "seq > (SELECT coalesce(max(seq), 0) FROM main.event) ORDER BY seq",
    "audit": "number > (SELECT coalesce(max(number), 0) FROM main.audit AS a WHERE a.chain = n.chain) "
    "ORDER BY chain, number",
}
"""Selection and order of the new rows, for the tables that a rule of the database makes append-only."""


def copy(state: Path, to: Path) -> None:
    """Copy the journal; a journal that does not exist yet needs no copy. Raises sqlite3.Error."""
    if not (state / "journal.db").exists():
        return
    with closing(_open(state / "journal.db")) as source, closing(_open(to / "journal.db")) as target:
        source.backup(target)


def back(state: Path, kept: Path, aside: Path) -> None:
    """Replace the newer schema by the older; a journal of the same schema stays.

    Only rows that were not carried over stay in `aside`, because they are about people. Raises sqlite3.Error
    if the rows cannot be carried over: the newer journal then stays in `aside` unchanged, and the older
    journal is put in place without them.
    """
    now, before = state / "journal.db", kept / "journal.db"
    if not before.exists() or _form(now) == _form(before):
        return
    try:
        carry(before, now)
        leave_only_new(now, before)
    finally:
        with closing(_open(now)) as whole:
            whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        now.replace(aside / now.name)
        for rest in ("-wal", "-shm"):
            Path(f"{now}{rest}").unlink(missing_ok=True)
        before.replace(now)
    if not _has_rows(aside / now.name):
        (aside / now.name).unlink()


def carry(into: Path, newer: Path) -> None:
    """Copy all rows of the newer journal, in the columns that the older journal has. Raises sqlite3.Error,
    and changes nothing then.
    """
    with closing(_open(into)) as older:
        older.execute("ATTACH ? AS newer", (str(newer),))
        older.execute("BEGIN IMMEDIATE")
        # Events first: rows derived by their triggers are overwritten by the newer journal's own rows.
        tables = _tables(older, "main") & _tables(older, "newer")
        for table in sorted(tables, key=lambda one: one not in _SINCE):
            columns = _columns(older, "main", table) & _columns(older, "newer", table)
            named = ", ".join(f'"{column}"' for column in sorted(columns))
            rows = f'SELECT {named} FROM newer."{table}" AS n'
            if table in _SINCE:
                rows += f" WHERE {_SINCE[table]}"
            else:
                older.execute(f'DELETE FROM main."{table}"')
            older.execute(f'INSERT INTO main."{table}" ({named}) {rows}')
        older.execute("COMMIT")


def leave_only_new(newer: Path, older: Path) -> None:
    """Drop the tables that the older journal has as well, so that none of their rows can be read from the
    file.
    """
    with closing(_open(older)) as database:
        carried = _tables(database, "main")
    with closing(_open(newer)) as database:
        database.execute("PRAGMA secure_delete = ON")
        for table in carried & _tables(database, "main"):
            database.execute(f'DROP TABLE "{table}"')
        database.execute("VACUUM")


def _has_rows(file: Path) -> bool:
    with closing(_open(file)) as database:
        tables = _tables(database, "main")
        return any(database.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone() for table in tables)


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None, timeout=30)


def _form(file: Path) -> str:
    with closing(_open(file)) as database:
        (form,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(form)


def _tables(database: sqlite3.Connection, schema: str) -> set[str]:
    found = database.execute(
        f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return {str(name) for (name,) in found} - {"alembic_version"}


def _columns(database: sqlite3.Connection, schema: str, table: str) -> set[str]:
    return {str(row[1]) for row in database.execute(f'PRAGMA {schema}.table_info("{table}")')}


def main(arguments: list[str]) -> None:
    """Run the command line of this module."""
    what, *folders = arguments
    paths = [Path(one) for one in folders]
    if what == "copy":
        copy(*paths)
    else:
        back(*paths)


if __name__ == "__main__":
    main(sys.argv[1:])
