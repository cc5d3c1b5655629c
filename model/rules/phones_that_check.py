"""Phones that have stopped their automatic checks of the alert path. Pure.

Not every page can wake by itself, and a phone may lie in a drawer: one silent phone is no alarm. If half of
the phones due have stopped, the path to the center or the app is broken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from messages.ids import SECOND, Instant

DAY_US: Final = Instant(86_400 * SECOND)
FEWEST: Final = 20
"""Least number of late phones for an alarm: below, a holiday of a few makes a half."""


class Checked(StrEnum):
    """State of a phone's checks."""

    LATELY = "lately"
    """The last check is within the present interval, or the day after."""
    LATE = "late"
    """A single check was missed."""
    SILENT = "silent"
    """Two checks were missed."""
    OFF = "off"
    """The user has switched checks off."""
    UNKNOWN = "unknown"
    """Never checked: an older app, or one not opened since."""


class Counted(msgspec.Struct, frozen=True):
    """Number of phones with this day of the last check and this interval in days."""

    checked_on: Instant | None
    every_days: int | None
    phones: int


def standing(checked_on: Instant | None, every_days: int | None, now_us: Instant) -> Checked:
    """Return the state of a phone's checks. Only the day is known, so each interval has one day more."""
    if every_days == 0:
        return Checked.OFF
    if every_days is None or checked_on is None:
        return Checked.UNKNOWN
    rounds = (now_us - checked_on - DAY_US) / (every_days * DAY_US)
    return Checked.LATELY if rounds < 1 else Checked.LATE if rounds < 2 else Checked.SILENT


def counted(found: Iterable[Counted], now_us: Instant) -> dict[Checked, int]:
    """Return the number of phones in each state."""
    many = Counter(dict.fromkeys(Checked, 0))
    for one in found:
        many[standing(one.checked_on, one.every_days, now_us)] += one.phones
    return dict(many)


def stopped(phones: dict[Checked, int]) -> str:
    """Return the fault for the alarm; empty while fewer than half of the checking phones have stopped."""
    late, lately = phones[Checked.LATE], phones[Checked.LATELY]
    if late < FEWEST or late < lately:
        return ""
    return f"{late} of {late + lately} phones that check by themselves have missed their last check"
