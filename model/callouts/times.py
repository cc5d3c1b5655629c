"""Times of day of a place, as moments, and the way back. Pure, but for the time zones' own table.

A time that a change of the clocks leaves out is read with the offset from before it, one that comes twice is
the first of the two (RFC 5545, 3.3.5).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from messages.ids import SECOND, Instant

DATE: Final = r"^\d{4}-\d{2}-\d{2}$(?!\n)"
_DATE: Final = re.compile(DATE)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def zone_of(name: str) -> ZoneInfo | None:
    """The time zone of this name (IANA); None where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # None such (ZoneInfoNotFoundError), a path, a folder.
        return None


def date_of(text: str) -> date | None:
    """The date, `2026-12-25`; None where there is none such."""
    try:
        return date.fromisoformat(text) if _DATE.match(text) else None
    except ValueError:
        return None


def instant_in(zone: ZoneInfo, day: date, at: str) -> Instant:
    """The moment at which the clock on the wall shows `HH:MM` there. Raises ValueError for no time of day."""
    there = datetime.combine(day, time.fromisoformat(at), tzinfo=zone)
    return Instant((there.astimezone(UTC) - _EPOCH) // timedelta(seconds=1) * SECOND)


def local_in(zone: ZoneInfo, at: Instant) -> datetime:
    """What the clock on the wall shows there."""
    return (_EPOCH + timedelta(microseconds=at)).astimezone(zone)


def instant_of(zone: str, day: date, at: str) -> Instant:
    """As `instant_in`, by the zone's name. Raises ValueError for no zone, too."""
    return instant_in(_known(zone), day, at)


def instant_at(zone: str, at: datetime) -> Instant:
    """That moment, in whole seconds; without an offset it is a time of the zone. Raises ValueError for no
    zone, OverflowError for what no calendar there has.
    """
    if at.tzinfo is None:
        return Instant(instant_of(zone, at.date(), at.strftime("%H:%M")) + at.second * SECOND)
    return Instant(int(at.timestamp()) * SECOND)


def local(zone: str, at: Instant) -> datetime:
    """As `local_in`, by the zone's name. Raises ValueError for no zone."""
    return local_in(_known(zone), at)


def midnight_of(zone: str, at: Instant) -> Instant:
    """When the day began there; of no zone UTC's."""
    known = zone_of(zone) or ZoneInfo("UTC")
    return instant_in(known, local_in(known, at).date(), "00:00")


def _known(zone: str) -> ZoneInfo:
    if (known := zone_of(zone)) is None:
        raise ValueError(f"no time zone: {zone}")
    return known
