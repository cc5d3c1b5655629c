"""Wrap-up: time for notes after an operator's part in an alert. Pure.

The wrap-up has no state of its own. It lasts while the newest event of the operator's stream is the
`operator.left` of that part, and no longer than the setting. A reservation, a change of the shift and
`operator.wrap_up_ended` end it as newer events.
"""

from __future__ import annotations

from typing import Final

from messages import events as ev
from messages.ids import SECOND, Instant
from messages.journal import Recorded
from model.alert.reasons import LeaveReason
from model.settings import Settings

PART_ENDED: Final = frozenset({LeaveReason.LEFT, LeaveReason.HANDED_OVER})
"""Reasons of `operator.left` with notes to write; an operator who has lost the case is called again."""


def wrap_up_begins_at(newest: Recorded | None) -> Instant | None:
    """Return when the wrap-up of an operator's newest event began, even if over; None if none began."""
    if newest is None or not isinstance(newest.event, ev.OperatorLeft):
        return None
    return newest.at_us


def wrap_up_ends_at(begun_at: Instant | None, settings: Settings) -> Instant | None:
    """Return when the wrap-up ends by itself; None if there is none."""
    if begun_at is None or settings.operator.wrap_up_s <= 0:
        return None
    return Instant(begun_at + round(settings.operator.wrap_up_s * SECOND))


def is_in_wrap_up(begun_at: Instant | None, settings: Settings, now_us: Instant) -> bool:
    """Return True while the wrap-up lasts."""
    until = wrap_up_ends_at(begun_at, settings)
    return until is not None and now_us < until
