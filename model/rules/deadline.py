"""The rule of the deadline (case 12): by when a callback must have reached the user; and in which order
alerts are served where there is not enough for all of them (case 10). Pure.

The deadline is the earlier of the phone's corrected time and the receipt, plus the time allowed; so it is
never later than the receipt plus the time allowed. A phone's time that lies more than ten minutes before the
receipt is not believed, and the receipt counts: the app retries for minutes where there is no coverage, and
has then called 112 by itself, which is a deadline truly missed; but a clock that is wrong by an hour, a time
zone or a reset to 1970 must not make the center give up a deadline that it can still meet.

Served is real before test; proved before claimed (`model.rules.proof`); before others those whose user can
still be reached by the deadline; the earliest deadline first. Nothing is dropped: an alert whose deadline
cannot be met any more waits behind those that can.
"""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND, Instant
from model.alert.parts import BELIEVED_US
from model.settings import Settings


def deadline(raised_at: Instant | None, received_at: Instant, allowed_s: float) -> Instant:
    """Return when the app calls 112 by itself. `raised_at`: the phone's corrected time, None: unknown."""
    since = received_at
    if raised_at is not None and received_at - BELIEVED_US <= raised_at < received_at:
        since = raised_at
    return Instant(since + round(allowed_s * SECOND))


DIAL_US: Final = Instant(SECOND)
"""From the decision to dial to the dial itself, generously."""

Urgency = tuple[bool, int, bool, Instant]


def urgency(test: bool, rank: int, deadline_at: Instant, now_us: Instant, settings: Settings) -> Urgency:
    """What alerts are sorted by, the smallest first. `rank`: how far behind others in need."""
    return (test, rank, now_us + least_us(settings) > deadline_at, deadline_at)


def least_us(settings: Settings) -> int:
    """What it takes to have the user's phone ring. Half the set-up time is the ordinary call's."""
    return DIAL_US + round(settings.user.setup_time_s * SECOND / 2)
