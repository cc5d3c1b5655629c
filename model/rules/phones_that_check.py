"""Which phones have been silent: they check by themselves that an alert would arrive, and have not. Pure.

A page cannot wake by itself everywhere, and a phone may lie in a drawer: one that is silent is no alarm.
Where half of those that are due have stopped, the way to the center has, or its app.
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
"""Below it a holiday of a few is half of them."""


class Checked(StrEnum):
    """How a phone's checks stand."""

    LATELY = "lately"
    """Its last one is of its present round, or of the day after."""
    LATE = "late"
    """It has missed one."""
    SILENT = "silent"
    """It has missed two."""
    OFF = "off"
    """Its user wants none."""
    UNKNOWN = "unknown"
    """It has never checked: an older app, or one that was not opened since."""


class Counted(msgspec.Struct, frozen=True):
    """So many phones whose last check was on that day, and that check each so many days."""

    checked_on: Instant | None
    every_days: int | None
    phones: int


def standing(checked_on: Instant | None, every_days: int | None, now_us: Instant) -> Checked:
    """How one stands. The day alone is known, so that each round has one day more."""
    if every_days == 0:
        return Checked.OFF
    if every_days is None or checked_on is None:
        return Checked.UNKNOWN
    rounds = (now_us - checked_on - DAY_US) / (every_days * DAY_US)
    return Checked.LATELY if rounds < 1 else Checked.LATE if rounds < 2 else Checked.SILENT


def counted(found: Iterable[Counted], now_us: Instant) -> dict[Checked, int]:
    """How many phones stand how."""
    many = Counter(dict.fromkeys(Checked, 0))
    for one in found:
        many[standing(one.checked_on, one.every_days, now_us)] += one.phones
    return dict(many)


def stopped(phones: dict[Checked, int]) -> str:
    """What is wrong, for the alarm; empty while fewer than half of those that checked have stopped."""
    late, lately = phones[Checked.LATE], phones[Checked.LATELY]
    if late < FEWEST or late < lately:
        return ""
    return f"{late} of {late + lately} phones that check by themselves have missed their last check"
