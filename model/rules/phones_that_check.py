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


class PhoneCheckState(StrEnum):
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


class PhoneCount(msgspec.Struct, frozen=True):
    """Number of phones with this day of the last check and this interval in days."""

    checked_on: Instant | None
    every_days: int | None
    phones: int


def check_state(checked_on: Instant | None, every_days: int | None, now_us: Instant) -> PhoneCheckState:
    """Return the state of a phone's checks. Only the day is known, so each interval has one day more."""
    if every_days == 0:
        return PhoneCheckState.OFF
    if every_days is None or checked_on is None:
        return PhoneCheckState.UNKNOWN
    rounds = (now_us - checked_on - DAY_US) / (every_days * DAY_US)
    return (
        PhoneCheckState.LATELY
        if rounds < 1
        else PhoneCheckState.LATE
        if rounds < 2
        else PhoneCheckState.SILENT
    )


def count_by_state(found: Iterable[PhoneCount], now_us: Instant) -> dict[PhoneCheckState, int]:
    """Return the number of phones in each state."""
    many = Counter(dict.fromkeys(PhoneCheckState, 0))
    for one in found:
        many[check_state(one.checked_on, one.every_days, now_us)] += one.phones
    return dict(many)


def silent_phones_fault(phones: dict[PhoneCheckState, int]) -> str:
    """Return the fault for the alarm; empty while fewer than half of the checking phones have stopped."""
    late, lately = phones[PhoneCheckState.LATE], phones[PhoneCheckState.LATELY]
    if late < FEWEST or late < lately:
        return ""
    return f"{late} of {late + lately} phones that check by themselves have missed their last check"
