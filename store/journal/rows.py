"""The journal's rows and events: the statements, and the way from one to the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, get_args

from sqlalchemy import bindparam, desc, func, insert, select

from messages.envelope import DecodeError
from messages.events import Event
from messages.ids import Instant, NodeId
from messages.journal import Recorded, decode_event, encode_event, event_type
from store.database.dialect import Connection
from store.database.query import Query, Row
from store.database.schema import event as table
from store.errors import JournalTorn

KNOWN_TYPES: Final = frozenset(str(kind.__struct_config__.tag) for kind in get_args(Event))
"""The types that this version understands; others are stepped over."""

_c = table.c
_STREAM_IS = _c.stream == bindparam("stream")

INSERT: Final = Query(insert(table), "seq", "stream", "version", "type", "at_us", "node", "epoch", "data")
LAST_SEQ: Final = Query(select(func.max(_c.seq)))
VERSION: Final = Query(select(func.max(_c.version)).where(_STREAM_IS), "stream")
AT_SEQ: Final = Query(select(table).where(_c.seq == bindparam("seq")), "seq")
STREAM: Final = Query(
    select(table).where(_STREAM_IS, _c.version > bindparam("after")).order_by(_c.version), "stream", "after"
)
FIRST: Final = Query(select(table).where(_STREAM_IS, _c.version == 1), "stream")
NEWEST_OF_STREAM: Final = Query(select(table).where(_STREAM_IS).order_by(desc(_c.version)).limit(8), "stream")
NEWEST_OF_TYPE: Final = Query(
    select(table).where(_STREAM_IS, _c.type == bindparam("type")).order_by(desc(_c.version)).limit(1),
    "stream",
    "type",
)
AFTER: Final = Query(
    select(table).where(_c.seq > bindparam("after")).order_by(_c.seq).limit(bindparam("most")),
    "after",
    "most",
)


def highest(connection: Connection, query: Query, *values: object) -> int:
    """What LAST_SEQ or VERSION finds; 0 where there is nothing."""
    row = connection.one(query, *values)
    return 0 if row is None or row[0] is None else int(row[0])


def row_of(recorded: Recorded) -> Row:
    """The event as a row. Raises EncodeError for what cannot be said."""
    return (
        recorded.seq,
        recorded.stream,
        recorded.version,
        event_type(recorded.event),
        recorded.at_us,
        recorded.node,
        recorded.epoch,
        encode_event(recorded.event),
    )


def recorded_from(row: Row) -> Recorded | None:
    """The row as an event; none for a type that this version does not know. Raises JournalTorn."""
    seq, stream, version, kind, at_us, node, epoch, data = row
    try:
        event = decode_event(data)
    except DecodeError as error:
        if kind not in KNOWN_TYPES:
            return None
        raise JournalTorn(f"event {seq} ({stream} {version}, {kind}) does not decode: {error}") from error
    return Recorded(
        seq=seq,
        stream=stream,
        version=version,
        at_us=Instant(at_us),
        node=NodeId(node),
        epoch=epoch,
        event=event,
    )


def known(rows: Iterable[Row]) -> list[Recorded]:
    """The rows as events, those of unknown types left out."""
    return [one for row in rows if (one := recorded_from(row)) is not None]


def first_known(rows: Iterable[Row]) -> Recorded | None:
    """The first of them that is of a known type."""
    return next((one for row in rows if (one := recorded_from(row)) is not None), None)
