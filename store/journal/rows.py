"""Statements on the journal's rows, and the conversion between rows and events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from sqlalchemy import Select, bindparam, desc, func, insert, select, text

from messages.event_kinds import EMPTY, PERSONAL
from messages.ids import AlertId, Instant, NodeId
from messages.journal import AnyEvent, Recorded, Unreadable, decode_event, encode_event, event_type
from store.database.dialect import Connection
from store.database.query import Query, Row
from store.database.schema import alert_key
from store.database.schema import event as table
from store.journal.sealing import Keys, decode_fields, decrypt_event, encrypt_event, is_encrypted
from store.streams import alert_of

_c = table.c
_STREAM_IS = _c.stream == bindparam("stream")
_k = alert_key.c
_OWN_KEYS: Final = text(
    "alert_key.alert = substr(event.stream, 7) AND event.type IN "
    f"({', '.join(repr(name) for name in PERSONAL)})"
)
"""Join condition: the alert follows `inbox-` or `alert-`, six characters each."""
_COLUMNS: Final = len(table.columns)


def with_keys() -> Select[Row]:
    """Return the selection of event rows, each followed by the present keys of its alert."""
    joined = table.outerjoin(alert_key, _OWN_KEYS)
    return select(table, _k.number, _k.position, _k.words).select_from(joined)


INSERT: Final = Query(insert(table), "seq", "stream", "version", "type", "at_us", "node", "epoch", "data")
LAST_SEQ: Final = Query(select(func.max(_c.seq)))
VERSION: Final = Query(select(func.max(_c.version)).where(_STREAM_IS), "stream")
VERSION_BEFORE: Final = Query(
    select(_c.version).where(_STREAM_IS, _c.at_us < bindparam("at")).order_by(desc(_c.version)).limit(1),
    "stream",
    "at",
)
AT_SEQ: Final = Query(select(table).where(_c.seq == bindparam("seq")), "seq")
STREAM: Final = Query(
    with_keys().where(_STREAM_IS, _c.version > bindparam("after")).order_by(_c.version), "stream", "after"
)
FIRST: Final = Query(select(table).where(_STREAM_IS, _c.version == 1), "stream")
RECEIPT: Final = Query(with_keys().where(_STREAM_IS, _c.version == 1), "stream")
NEWEST_OF_STREAM: Final = Query(with_keys().where(_STREAM_IS).order_by(desc(_c.version)).limit(8), "stream")
NEWEST_OF_TYPE: Final = Query(
    with_keys().where(_STREAM_IS, _c.type == bindparam("type")).order_by(desc(_c.version)).limit(1),
    "stream",
    "type",
)
NEWEST_OF_TYPE_UPTO: Final = Query(
    select(table)
    .where(_STREAM_IS, _c.type == bindparam("type"), _c.version <= bindparam("upto"))
    .order_by(desc(_c.version))
    .limit(1),
    "stream",
    "type",
    "upto",
)
AFTER: Final = Query(
    with_keys().where(_c.seq > bindparam("after")).order_by(_c.seq).limit(bindparam("most")),
    "after",
    "most",
)


def scalar_of(connection: Connection, query: Query, *values: object) -> int:
    """Return the result of LAST_SEQ, VERSION or VERSION_BEFORE; 0 if there is none."""
    row = connection.one(query, *values)
    return 0 if row is None or row[0] is None else int(row[0])


def without_keys(found: Iterable[Row]) -> list[Row]:
    """Return the rows as in the table, without keys."""
    return [row[:_COLUMNS] for row in found]


def row_of(recorded: Recorded, keys_of: Callable[[AlertId], Keys]) -> Row:
    """Return the event as a row, encrypted with the keys of its stream's alert. Raises EncodeError for an
    event that cannot be encoded.
    """
    kind, data = event_type(recorded.event), encode_event(recorded.event)
    personal = any(getattr(recorded.event, field) != no for field, no in EMPTY.get(kind, {}).items())
    if personal and (alert := alert_of(recorded.stream)) is not None:
        data = encrypt_event(kind, data, keys_of(alert))
    return (
        recorded.seq,
        recorded.stream,
        recorded.version,
        kind,
        recorded.at_us,
        recorded.node,
        recorded.epoch,
        data,
    )


def event_from(row: Row) -> Recorded:
    """Return the row as an event; as Unreadable if this version cannot read it.

    Encrypted fields without a key stay empty.
    """
    seq, stream, version, kind, at_us, node, epoch, data, *keys = row
    return Recorded(
        seq=seq,
        stream=stream,
        version=version,
        at_us=Instant(at_us),
        node=NodeId(node),
        epoch=epoch,
        event=_event(kind, data, tuple(keys)),
    )


def _event(kind: str, data: bytes, keys: Keys) -> AnyEvent:
    try:
        return decode_event(decrypt_event(kind, data, keys) if keys and is_encrypted(kind, data) else data)
    except Exception as error:  # a damaged row may hold anything
        damaged = (decode_fields(data) or {}).get("type") != kind
        return Unreadable(kind=kind, fault=str(error), damaged=damaged)


def events_from(rows: Iterable[Row]) -> list[Recorded]:
    """Return the rows as events."""
    return [event_from(row) for row in rows]


def first(rows: Iterable[Row]) -> Recorded | None:
    """Return the first row as an event; None if there are no rows."""
    return next(map(event_from, rows), None)
