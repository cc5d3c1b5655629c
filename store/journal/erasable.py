"""Erasable data beside the journal: keys of alerts, and owners of the streams of numbers and devices.

The personal fields of an alert are encrypted with its keys (`store.journal.sealing`). The stream of a
telephone number or device has a random name, and only the table `alias` links the two.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import BindParameter, Table, bindparam, func, insert, select, update

from messages.ids import AlertId, Instant, PersonalKind
from store.database.query import Query, Row
from store.database.schema import alert_key, alias, merged
from store.streams import StreamKind

_k, _a = alert_key.c, alias.c
KEYS_OF: Final = Query(
    select(_k.number, _k.position, _k.words).where(_k.alert == bindparam("alert")), "alert"
)
ADD_KEYS: Final = Query(insert(alert_key), *alert_key.columns.keys())
KEY_ROW: Final = Query(select(alert_key).where(_k.alert == bindparam("alert")), "alert")
_WHO: Final[BindParameter[str]] = bindparam("who")
_NOW: Final = func.coalesce(select(merged.c.kept).where(merged.c.person == _WHO).scalar_subquery(), _WHO)
SET_PERSON: Final = Query(
    update(alert_key).where(_k.alert == bindparam("of")).values(person=_NOW), "who", "of"
)
STREAM_OF: Final = Query(
    select(_a.stream).where(_a.kind == bindparam("kind"), _a.value == bindparam("value")), "kind", "value"
)
ALIAS_ROW: Final = Query(select(alias).where(_a.stream == bindparam("stream")), "stream")
ADD_ALIAS: Final = Query(insert(alias), *alias.columns.keys())

TABLES: Final[dict[str, Table]] = {table.name: table for table in (alert_key, alias)}
"""Both tables, by name."""

Ask = Callable[..., Row | None]
"""`row` of a Journal, or `one` of a Transaction or a Connection."""


def new_stream(kind: StreamKind, at_us: Instant) -> str:
    """Return a new stream name that reveals its time of creation and nothing else. New names are adjacent in
    each index, so that a burst of alerts writes few pages.
    """
    return f"{kind}-{at_us:014x}{secrets.token_hex(8)}"


def stream_of(ask: Ask, kind: StreamKind, value: str | None) -> str | None:
    """Return the stream of this number or device; None if it has raised no alert. Raises JournalError."""
    found = None if not value else ask(STREAM_OF, kind, value)
    return None if found is None else str(found[0])


def kinds_of(ask: Ask, alert: AlertId) -> tuple[PersonalKind, ...]:
    """Return the kinds of personal data of this alert with an existing key."""
    keys = ask(KEYS_OF, alert)
    return () if keys is None else tuple(kind for kind, key in zip(PersonalKind, keys, strict=True) if key)


def streams_of(ask: Ask, phones: Sequence[str | None], devices: Sequence[str | None]) -> list[str]:
    """Return the streams of these numbers and devices; those without an alert are left out."""
    looked = [(StreamKind.NUMBER, one) for one in phones] + [(StreamKind.DEVICE, one) for one in devices]
    found = dict.fromkeys(stream_of(ask, kind, value) for kind, value in looked)
    return [one for one in found if one is not None]
