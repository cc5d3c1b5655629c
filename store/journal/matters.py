"""Rows of the journal that still matter: to a start, and to the fallback journal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import bindparam, func, select

from messages.ids import AlertId
from store import streams
from store.database.dialect import Connection
from store.database.query import Query, Row
from store.database.schema import event, open_alert
from store.journal import rows

_OPEN: Final = Query(select(open_alert.c.alert))
_NEXT_STREAM: Final = Query(
    select(func.min(event.c.stream)).where(
        event.c.stream > bindparam("after"), event.c.stream < bindparam("end")
    ),
    "after",
    "end",
)
NEWEST_OF: Final = {
    streams.StreamKind.OPERATOR: ("operator.reserved", "operator.shift_changed"),
    streams.StreamKind.LINE: ("line.seized", "line.quarantined", "line.returned"),
}
"""Event types of which the newest event matters, in addition to the stream's newest event."""
NEWEST_ALONE: Final = (streams.StreamKind.SERVICE,)
"""Kinds of streams of which only the newest event matters."""


def open_alerts(connection: Connection) -> Iterator[AlertId]:
    """Yield the open alerts."""
    for (alert,) in connection.all(_OPEN):
        yield AlertId(alert)


def relevant_rows(connection: Connection, kind: streams.StreamKind, stream: str) -> list[Row]:
    """Return the rows that still matter of an operator's, line's or service stream."""
    if kind in NEWEST_ALONE:
        return rows.without_keys(connection.all(rows.NEWEST_OF_STREAM, stream)[:1])
    found = connection.all(rows.NEWEST_OF_STREAM, stream)[:1]
    for event_type in NEWEST_OF[kind]:
        found += connection.all(rows.NEWEST_OF_TYPE, stream, event_type)
    return rows.without_keys(found)


def streams_of(connection: Connection, kind: streams.StreamKind) -> Iterator[str]:
    """Yield the streams of a kind, each found by one step in the index."""
    after, end = f"{kind}-", f"{kind}."
    while (row := connection.one(_NEXT_STREAM, after, end)) is not None and row[0] is not None:
        after = str(row[0])
        yield after
