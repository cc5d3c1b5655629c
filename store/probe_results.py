"""Results of the watchers' probes of this center's intake, minute by minute: one row per day and watcher, for
400 days. A minute that is reported again changes nothing. A day takes 360 bytes: no minute has to be summed
up before its month is requested.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, insert, select

from messages.base import MALFORMED
from messages.ids import Instant
from model.availability import DAY_MINUTES, MINUTE_US, ProbeResult, WatchedDay
from store.database.query import Query
from store.database.schema import watched_day
from store.journal.journal import Journal, Transaction

KEPT_DAYS: Final = 400
_EARLY: Final = 2
"""Number of minutes that a watcher's clock may be ahead."""

_w = watched_day.c
_ONE: Final = Query(
    select(_w.data).where(_w.watcher == bindparam("who"), _w.day == bindparam("which")), "who", "which"
)
_DROP: Final = Query(
    delete(watched_day).where(_w.watcher == bindparam("who"), _w.day == bindparam("which")), "who", "which"
)
_ADD: Final = Query(insert(watched_day), *watched_day.columns.keys())
_DAYS: Final = Query(
    select(_w.day, _w.data)
    .where(_w.day >= bindparam("first"), _w.day <= bindparam("last"))
    .order_by(_w.day, _w.watcher),
    "first",
    "last",
)
_OLD: Final = Query(delete(watched_day).where(_w.day < bindparam("before")), "before")
_decoder: Final = msgspec.msgpack.Decoder(WatchedDay)


def store_results(tx: Transaction, watcher: str, minutes: Iterable[ProbeResult]) -> int:
    """Store the probe results of this watcher; minutes that are too old or in the future are left out. Return
    the newest minute that the watcher need not report again, 0 if it has reported none. The result is never
    in the future: all minutes before it would otherwise be lost.
    """
    now = tx.at_us // MINUTE_US
    days: dict[int, WatchedDay] = {}
    newest = 0
    for one in minutes:
        newest = max(newest, one.minute)
        if not now - KEPT_DAYS * DAY_MINUTES < one.minute <= now + _EARLY:
            continue
        day = one.minute // DAY_MINUTES
        if day not in days:
            row = tx.one(_ONE, watcher, day)
            days[day] = WatchedDay() if row is None else _read(row[0]) or WatchedDay()
        days[day] = days[day].with_minute(one)
    for day, found in days.items():
        tx.write(_DROP, watcher, day)
        tx.write(_ADD, watcher, day, msgspec.msgpack.encode(found))
    if days:
        tx.write(_OLD, now // DAY_MINUTES - KEPT_DAYS)
    return min(newest, now + _EARLY)


def results_by_day(journal: Journal, begins: Instant, ends: Instant) -> dict[int, list[WatchedDay]]:
    """Return each watcher's results by day since 1970, without unreadable days. Raises JournalError."""
    found: dict[int, list[WatchedDay]] = {}
    per_day = DAY_MINUTES * MINUTE_US
    for day, data in journal.rows(_DAYS, begins // per_day, ends // per_day):
        if (one := _read(data)) is not None:
            found.setdefault(int(day), []).append(one)
    return found


def _read(data: bytes) -> WatchedDay | None:
    try:
        return _decoder.decode(data)
    except MALFORMED:
        return None
