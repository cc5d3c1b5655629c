"""The blocks of a backup, read from a database as it is at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from features.backup.form import Begin, Block, End, File, Part, Rows
from store.database.dialect import Connection
from store.database.kept import ERASABLE, LASTING, portions
from store.journal import rows
from store.journal.verify import Digest


def origin_of(connection: Connection) -> str:
    """Whose journal it is, by when and where its first event was written; empty where there is none."""
    first = connection.all(rows.AFTER, 0, 1)
    return f"{first[0][5]} {first[0][4]}" if first else ""


def blocks(connection: Connection, begin: Begin, files: Iterable[File]) -> Iterator[Block]:
    """All of one part, with these files, within one read transaction. Raises JournalError."""
    yield begin
    yield from files
    counts: dict[str, int] = {}
    digest = Digest()
    for table in LASTING if begin.part is Part.LASTING else ERASABLE:
        name = str(table.name)  # SQLAlchemy's own kind of text says nothing in MessagePack
        columns = tuple(str(column.name) for column in table.columns)
        counts[name] = 0
        for portion in portions(connection, table):
            counts[name] += len(portion)
            if name == "event":
                digest.take(portion)
            yield Rows(table=name, columns=columns, rows=portion)
    yield End(rows=counts, digest=digest.text() if begin.part is Part.LASTING else "")
