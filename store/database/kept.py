"""Which tables are kept of a center, for a backup and for a move: all but those that are named here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Boolean, Table, bindparam, select, tuple_

from store.database import schema
from store.database.dialect import Connection
from store.database.query import Query, Row

NOT_KEPT: Final = (
    # Made anew from the events.
    schema.open_alert,
    schema.alert_row,
    schema.alert_rows_kept,
    # True only of nodes that live.
    schema.member,
    schema.lease,
    # Who was signed on, or about to prove a number, begins again.
    schema.session,
    schema.enrolment,
)
KEPT: Final = tuple(table for table in schema.metadata.sorted_tables if table not in NOT_KEPT)
LASTING: Final = tuple(table for table in KEPT if table.name in ("event", "audit"))
"""What is only ever added to."""
# A text that was not sent when a backup was made is not sent by whoever restores it (decision 81).
ERASABLE: Final = tuple(table for table in KEPT if table not in (*LASTING, schema.outbox))
"""What goes with a person, and what opens the events that are left: also any new table."""

_PORTION: Final = 2000


class _Pages:
    """A table by its primary key, portion by portion, so that no table has to fit into memory."""

    def __init__(self, table: Table) -> None:
        keys = list(table.primary_key.columns)
        places = {column.name: place for place, column in enumerate(table.columns)}
        self.key: Final = [places[column.name] for column in keys]
        # SQLite has 0 and 1 for them.
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
    """All rows of the table in the order of its key, each value of its column's type."""
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
