"""What stands beside the journal so that it can be erased: alerts' keys, and whose streams are whose.

An alert's personal fields are sealed with its keys (`store.journal.sealing`); the stream of a telephone
number or a device is named by chance, and the table `alias` alone knows whose it is.
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
"""Both, by name."""

Ask = Callable[..., Row | None]
"""`row` of a Journal, `one` of a Transaction or a Connection."""


def new_stream(kind: StreamKind, at_us: Instant) -> str:
    """A stream's name that says when it was begun, and nothing else: new ones stand beside each other in each
    index, so that a storm writes few pages.
    """
    return f"{kind}-{at_us:014x}{secrets.token_hex(8)}"


def stream_of(ask: Ask, kind: StreamKind, value: str | None) -> str | None:
    """The stream of this number or device; None where it has raised nothing. Raises JournalError."""
    found = None if not value else ask(STREAM_OF, kind, value)
    return None if found is None else str(found[0])


def kinds_of(ask: Ask, alert: AlertId) -> tuple[PersonalKind, ...]:
    """What of this alert can still be read, where it is sealed."""
    keys = ask(KEYS_OF, alert)
    return () if keys is None else tuple(kind for kind, key in zip(PersonalKind, keys, strict=True) if key)


def streams_of(ask: Ask, phones: Sequence[str | None], devices: Sequence[str | None]) -> list[str]:
    """Those of all these, without the ones that have raised nothing."""
    looked = [(StreamKind.NUMBER, one) for one in phones] + [(StreamKind.DEVICE, one) for one in devices]
    found = dict.fromkeys(stream_of(ask, kind, value) for kind, value in looked)
    return [one for one in found if one is not None]
