"""Alarms that are cleared by age. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from messages.events import AlarmCleared
from messages.ids import SECOND, Instant
from model.alarms.history import Episode

OF_PINS: Final = ("pin.duress", "pin.refused")
"""Alarms about a single moment that the web raises and never clears."""
PINS_STAND_US: Final = Instant(86_400 * SECOND)


def pins_over(told: Iterable[Episode], now_us: Instant) -> tuple[AlarmCleared, ...]:
    """Return the events that clear alarms about PINs older than PINS_STAND_US."""
    return tuple(
        AlarmCleared(alarm=one.alarm, subject=one.subject)
        for one in told
        if one.alarm in OF_PINS and one.over_us is None and one.since_us <= now_us - PINS_STAND_US
    )
