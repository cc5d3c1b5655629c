"""Which of the journal's rows still matter: to a start, and to the spare journal."""

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
"""The types of which the newest event matters beside the stream's newest event."""
NEWEST_ALONE: Final = (streams.StreamKind.SERVICE,)
"""Kinds of streams of which the newest event says all that matters."""


def open_alerts(connection: Connection) -> Iterator[AlertId]:
    """Those that are open."""
    for (alert,) in connection.all(_OPEN):
        yield AlertId(alert)


def still_matters(connection: Connection, kind: streams.StreamKind, stream: str) -> list[Row]:
    """Of an operator's or a line's stream, and of those whose newest event is enough."""
    if kind in NEWEST_ALONE:
        return rows.bare(connection.all(rows.NEWEST_OF_STREAM, stream)[:1])
    found = connection.all(rows.NEWEST_OF_STREAM, stream)[:1]
    for event_type in NEWEST_OF[kind]:
        found += connection.all(rows.NEWEST_OF_TYPE, stream, event_type)
    return rows.bare(found)


def streams_of(connection: Connection, kind: streams.StreamKind) -> Iterator[str]:
    """The streams of a kind, each found by one step in the index."""
    after, end = f"{kind}-", f"{kind}."
    while (row := connection.one(_NEXT_STREAM, after, end)) is not None and row[0] is not None:
        after = str(row[0])
        yield after
