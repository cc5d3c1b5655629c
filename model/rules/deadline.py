"""The rule of the deadline (case 12): by when a callback must have reached the user. Pure.

The deadline is the earlier of the phone's corrected time and the receipt, plus the time allowed; so it is
never later than the receipt plus the time allowed. A phone's time that lies more than ten minutes before the
receipt is not believed, and the receipt counts: the app retries for minutes where there is no coverage, and
has then called 112 by itself, which is a deadline truly missed; but a clock that is wrong by an hour, a time
zone or a reset to 1970 must not make the center give up a deadline that it can still meet.
"""

from __future__ import annotations

from messages.ids import SECOND, Instant
from model.alert.parts import BELIEVED_US


def deadline(raised_at: Instant | None, received_at: Instant, allowed_s: float) -> Instant:
    """Return when the app calls 112 by itself. `raised_at`: the phone's corrected time, None: unknown."""
    since = received_at
    if raised_at is not None and received_at - BELIEVED_US <= raised_at < received_at:
        since = raised_at
    return Instant(since + round(allowed_s * SECOND))
