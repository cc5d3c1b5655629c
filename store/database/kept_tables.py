"""Tables that a backup or a move of a center includes: all except NOT_KEPT."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Boolean, Table, bindparam, select, tuple_

from store.database import schema
from store.database.dialect import Connection
from store.database.query import Query, Row

NOT_KEPT: Final = (
    # Rebuilt from the events.
    schema.open_alert,
    schema.alert_row,
    schema.alert_rows_kept,
    # Valid only for live nodes.
    schema.member,
    schema.lease,
    # Sessions and enrolments are not kept: they begin again.
    schema.session,
    schema.enrolment,
)
KEPT: Final = tuple(table for table in schema.metadata.sorted_tables if table not in NOT_KEPT)
LASTING: Final = tuple(table for table in KEPT if table.name in ("event", "audit"))
"""Tables that are append-only."""
# A text that was unsent when the backup was made is not sent after a restore (decision 81).
ERASABLE: Final = tuple(table for table in KEPT if table not in (*LASTING, schema.outbox))
"""Tables with erasable data of persons and the keys of the remaining events; includes any new table."""

_PORTION: Final = 2000


class _Pages:
    """Queries that read a table in portions by its primary key, so that no table has to fit into memory."""

    def __init__(self, table: Table) -> None:
        keys = list(table.primary_key.columns)
        places = {column.name: place for place, column in enumerate(table.columns)}
        self.key: Final = [places[column.name] for column in keys]
        # SQLite stores booleans as 0 and 1.
        self.truths: Final = [
            place for place, column in enumerate(table.columns) if isinstance(column.type, Boolean)
        ]
        page = select(table).order_by(*keys).limit(bindparam("most"))
        after = [bindparam(f"after_{column.name}", type_=column.type) for column in keys]
        self.first: Final = Query(page, "most")
        self.next: Final = Query(
            page.where(tuple_(*keys) > tuple_(*after)), *(f"after_{column.name}" for column in keys), "most"
        )


_PAGES: Final = {table.name: _Pages(table) for table in KEPT}


def portions(connection: Connection, table: Table) -> Iterator[list[Row]]:
    """Yield all rows of the table in the order of its key, each value with the type of its column."""
    pages = _PAGES[table.name]
    found = connection.all(pages.first, _PORTION)
    while found:
        yield [_typed(row, pages.truths) for row in found] if pages.truths else found
        found = connection.all(pages.next, *(found[-1][place] for place in pages.key), _PORTION)


def _typed(row: Row, truths: list[int]) -> Row:
    values: list[Any] = list(row)
    for place in truths:
        values[place] = bool(values[place])
    return tuple(values)
