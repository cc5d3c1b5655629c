"""When the night's proof is due."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

import msgspec

from messages.ids import SECOND, Instant

OVERDUE_US: Final = Instant(48 * 3600 * SECOND)
"""A night may be full of alerts; two are too many to know nothing."""


class Night(msgspec.Struct, frozen=True, kw_only=True):
    """From when a proof may begin, and when it has to be over."""

    from_us: Instant
    until_us: Instant


def night(now_us: Instant, at: str, until: str) -> Night | None:
    """The night that it is, by this machine's time; None: it is day, or `at` is empty.

    `at`, `until`: `HH:MM`; a night may have midnight in it, and a change of the clocks.
    """
    if not at:
        return None
    today = datetime.fromtimestamp(now_us / SECOND).date()  # noqa: DTZ006
    for day in (today, today - timedelta(days=1)):
        begins, ends = _on(day, at), _on(day, until)
        if ends <= begins:
            ends = _on(day + timedelta(days=1), until)
        if begins <= now_us < ends:
            return Night(from_us=begins, until_us=ends)
    return None


def _on(day: date, clock: str) -> Instant:
    """Of a time that comes twice the first."""
    return Instant(round(datetime.combine(day, time.fromisoformat(clock)).timestamp() * SECOND))
