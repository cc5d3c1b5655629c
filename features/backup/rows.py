"""Read the blocks of a backup from a database at one moment, and write them to an empty database of either
kind.

The database is first created at the schema revision of the backup and migrated to today's at the end: the
migrations find old rows in the tables that they expect.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import text

from features.backup.form import Begin, Block, End, File, Part, Rows
from store.database.dialect import Connection, is_server, open_connection
from store.database.kept_tables import ERASABLE, LASTING, portions
from store.database.migrate import bring_up_to_date, revision
from store.database.query import Query
from store.errors import TransferError
from store.journal import rows
from store.journal import rows as event_rows
from store.journal.verify import Digest


def origin_of(connection: Connection) -> str:
    """Return the journal's identity: time and node of its first event; empty without events."""
    first = connection.all(rows.AFTER, 0, 1)
    return f"{first[0][5]} {first[0][4]}" if first else ""


def blocks(connection: Connection, begin: Begin, files: Iterable[File]) -> Iterator[Block]:
    """Yield one part, with these files, within one read transaction. Raises JournalError."""
    yield begin
    yield from files
    counts: dict[str, int] = {}
    digest = Digest()
    for table in LASTING if begin.part is Part.LASTING else ERASABLE:
        name = str(table.name)  # MessagePack does not encode SQLAlchemy's own kind of text
        columns = tuple(str(column.name) for column in table.columns)
        counts[name] = 0
        for portion in portions(connection, table):
            counts[name] += len(portion)
            if name == "event":
                digest.take(portion)
            yield Rows(table=name, columns=columns, rows=portion)
    yield End(rows=counts, digest=digest.text() if begin.part is Part.LASTING else "")


_PATIENCE_S: Final = 10.0
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_AT_ONCE: Final = 50
"""Portions in one transaction of a file; more would let the write-ahead log grow as long as the journal."""


class DatabaseWriter:
    """Writer of the lasting part and the optional keys' part. After an error the database is no journal."""

    def __init__(self, url: str) -> None:
        """Open the database. Raises TransferError if it holds events, JournalError."""
        self._url = url
        self._connection: Connection = open_connection(url, patience_s=_PATIENCE_S, create=True)
        self._server = is_server(url)
        self._portions = 0
        self._queries: dict[tuple[str, tuple[str, ...]], Query] = {}
        self._part = Part.LASTING
        if revision(self._connection) is not None and event_rows.scalar_of(
            self._connection, event_rows.LAST_SEQ
        ):
            self._connection.close()
            raise TransferError("the journal holds events; a backup is restored into an empty one")

    def begin(self, begin: Begin) -> None:
        """Create the tables at the backup's schema revision. Raises JournalNewer for a revision of a newer
        version, and TransferError for keys of another center.
        """
        self._part = begin.part
        if begin.part is Part.KEYS and begin.origin and begin.origin != origin_of(self._connection):
            raise TransferError("is of another center's journal")
        bring_up_to_date(self._connection, begin.revision)
        self._connection.close()
        self._connection = open_connection(self._url, patience_s=_PATIENCE_S)
        if not self._server:
            # The index is written at random places: pages outside the cache are written many times.
            self._connection.script("PRAGMA cache_size = -262144")  # type: ignore[attr-defined]
        self._connection.begin_write()

    def rows(self, block: Rows) -> None:
        """Write the rows; some blocks together are one transaction. Raises JournalError."""
        self._connection.write_many(self._query(block), block.rows)
        self._portions += 1
        if not self._server and self._portions % _AT_ONCE == 0:
            self._connection.commit()
            self._connection.begin_write()

    def end(self) -> None:
        """Commit the rows of this part."""
        self._connection.commit()

    def close(self) -> None:
        """Close the database; uncommitted rows are rolled back."""
        self._connection.end()
        self._connection.close()

    def _query(self, block: Rows) -> Query:
        known = self._queries.get((block.table, block.columns))
        if known is not None:
            return known
        if not all(map(_NAME.match, (block.table, *block.columns))):
            raise TransferError("is damaged: it names an unknown table")
        # Rows that a migration of an older journal has just made take precedence.
        conflict = " ON CONFLICT DO NOTHING" if self._part is Part.KEYS else ""
        columns = ", ".join(f'"{name}"' for name in block.columns)
        values = ", ".join(f":{name}" for name in block.columns)
        statement = text(f'INSERT INTO "{block.table}" ({columns}) VALUES ({values}){conflict}')
        made = self._queries[block.table, block.columns] = Query(statement, *block.columns)
        return made
