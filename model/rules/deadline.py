"""Deadline rule: the time by which a callback must have reached the user, and the order in which alerts are
served if resources are short. Pure.

The deadline is the earlier of the phone's corrected time and the receipt, plus the time allowed; it is never
later than the receipt plus the time allowed. A phone's time more than ten minutes before the receipt is not
believed, and the receipt counts. The app retries for minutes without coverage, and has then called 112 by
itself, which is a deadline truly missed. But a clock that is wrong by an hour, a time zone or a reset to 1970
must not make the center give up a deadline that it can still meet.

Order: real before test; proved before claimed (`model.rules.proof`); users who can still be reached by the
deadline before others; the earliest deadline first. No alert is dropped: an alert whose deadline cannot be
met any more waits behind those that can.
"""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND, Instant
from model.alert.parts import BELIEVED_US
from model.settings import Settings


def deadline(raised_at: Instant | None, received_at: Instant, allowed_s: float) -> Instant:
    """Return when the app calls 112 by itself. `raised_at`: the phone's corrected time, None if unknown."""
    since = received_at
    if raised_at is not None and received_at - BELIEVED_US <= raised_at < received_at:
        since = raised_at
    return Instant(since + round(allowed_s * SECOND))


DIAL_US: Final = Instant(SECOND)
"""Upper estimate of the time from the decision to dial to the dialling."""

Urgency = tuple[bool, int, bool, Instant]


def urgency(test: bool, rank: int, deadline_at: Instant, now_us: Instant, settings: Settings) -> Urgency:
    """Return the sort key of an alert, the most urgent smallest. `rank`: its rank of need, 0 first."""
    return (test, rank, now_us + least_us(settings) > deadline_at, deadline_at)


def least_us(settings: Settings) -> int:
    """Return the least time to make the user's phone ring; an ordinary call takes half the set-up time."""
    return DIAL_US + round(settings.user.setup_time_s * SECOND / 2)
