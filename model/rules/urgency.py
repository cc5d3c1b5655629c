"""In which order alerts are served where there is not enough for all of them (case 10). Pure.

Real before test; proved before claimed (`model.rules.proof`); before others those whose user can still be
reached by the deadline; the earliest deadline first. Nothing is dropped: an alert whose deadline cannot be
met any more waits behind those that can.
"""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND, Instant
from model.settings import Settings

DIAL_US: Final = Instant(SECOND)
"""From the decision to dial to the dial itself, generously."""

Urgency = tuple[bool, int, bool, Instant]


def urgency(test: bool, rank: int, deadline_at: Instant, now_us: Instant, settings: Settings) -> Urgency:
    """What alerts are sorted by, the smallest first. `rank`: how far behind others in need."""
    return (test, rank, now_us + least_us(settings) > deadline_at, deadline_at)


def least_us(settings: Settings) -> int:
    """What it takes to have the user's phone ring. Half the set-up time is the ordinary call's."""
    return DIAL_US + round(settings.user.setup_time_s * SECOND / 2)
