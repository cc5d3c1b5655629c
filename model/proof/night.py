"""When the night's proof is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from messages.ids import SECOND, Instant

OVERDUE_US: Final = Instant(48 * 3600 * SECOND)
"""A night may be full of alerts; two are too many to know nothing."""


class Night(msgspec.Struct, frozen=True, kw_only=True):
    """From when a proof may begin, and when it has to be over."""

    from_us: Instant
    until_us: Instant


def night(local: datetime, at: str, until: str) -> Night | None:
    """The night that it is now, by this machine's time with its zone; None: it is day, or `at` is empty.

    `at`, `until`: `HH:MM`; a night may have midnight in it.
    """
    if not at:
        return None
    for days_ago in (0, 1):
        day = local - timedelta(days=days_ago)
        begins, ends = _on(day, at), _on(day, until)
        if ends <= begins:
            ends = _on(day + timedelta(days=1), until)
        if begins <= local < ends:
            return Night(from_us=_instant(begins), until_us=_instant(ends))
    return None


def _on(day: datetime, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return day.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)


def _instant(moment: datetime) -> Instant:
    return Instant(round(moment.timestamp() * SECOND))
