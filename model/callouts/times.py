"""Conversion between times of day at a place and instants. Pure, except for the time zone database.

A local time skipped by a change of the clocks takes the offset before the change; a local time that occurs
twice is the first of the two (RFC 5545, 3.3.5).
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
    """Return the time zone of this name (IANA); None if unknown."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # Unknown name (ZoneInfoNotFoundError), a path, or a folder.
        return None


def date_of(text: str) -> date | None:
    """Return the date of a text such as `2026-12-25`; None if invalid."""
    try:
        return date.fromisoformat(text) if _DATE.match(text) else None
    except ValueError:
        return None


def instant_in(zone: ZoneInfo, day: date, at: str) -> Instant:
    """Return the instant of a local time `HH:MM`. Raises ValueError for an invalid time of day."""
    there = datetime.combine(day, time.fromisoformat(at), tzinfo=zone)
    return Instant((there.astimezone(UTC) - _EPOCH) // timedelta(seconds=1) * SECOND)


def local_in(zone: ZoneInfo, at: Instant) -> datetime:
    """Return the local time in the zone."""
    return (_EPOCH + timedelta(microseconds=at)).astimezone(zone)


def instant_of(zone: str, day: date, at: str) -> Instant:
    """Return the instant of a local time in a named zone. Raises ValueError for an invalid zone or time."""
    return instant_in(_known(zone), day, at)


def instant_at(zone: str, at: datetime) -> Instant:
    """Return the instant of `at`, in whole seconds; a time without an offset is local to the zone. Raises
    ValueError for an unknown zone, OverflowError beyond the calendar.
    """
    if at.tzinfo is None:
        return Instant(instant_of(zone, at.date(), at.strftime("%H:%M")) + at.second * SECOND)
    return Instant(int(at.timestamp()) * SECOND)


def local(zone: str, at: Instant) -> datetime:
    """Return the local time in the zone of this name. Raises ValueError for an unknown zone."""
    return local_in(_known(zone), at)


def midnight_of(zone: str, at: Instant) -> Instant:
    """Return the start of the local day; for an unknown zone the UTC day."""
    known = zone_of(zone) or ZoneInfo("UTC")
    return instant_in(known, local_in(known, at).date(), "00:00")


def _known(zone: str) -> ZoneInfo:
    if (known := zone_of(zone)) is None:
        raise ValueError(f"no time zone: {zone}")
    return known
