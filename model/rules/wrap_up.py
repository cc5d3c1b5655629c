"""Wrap-up: the time after an operator's part in an alert for writing notes. Pure.

Nobody keeps it. It stands as long as the newest event of the operator's stream is the `operator.left` with
which that part ended, and no longer than the setting says: a reservation, a change of the shift and
`operator.wrap_up_ended` end it by being newer.
"""

from __future__ import annotations

from typing import Final

from messages import events as ev
from messages.ids import SECOND, Instant
from messages.journal import Recorded
from model.alert.reasons import LeaveReason
from model.settings import Settings

PART_ENDED: Final = frozenset({LeaveReason.LEFT, LeaveReason.HANDED_OVER})
"""Reasons of `operator.left` after which there is something to write. Who lost the case is called again."""


def begun(newest: Recorded | None) -> Instant | None:
    """When the wrap-up began that the newest event of an operator's stream tells of, be it over or not."""
    if newest is None or not isinstance(newest.event, ev.OperatorLeft):
        return None
    return newest.at_us


def ends_at(begun_at: Instant | None, settings: Settings) -> Instant | None:
    """When it is over by itself; None where there is none."""
    if begun_at is None or settings.operator.wrap_up_s <= 0:
        return None
    return Instant(begun_at + round(settings.operator.wrap_up_s * SECOND))


def stands(begun_at: Instant | None, settings: Settings, now_us: Instant) -> bool:
    """Whether it lasts at this moment."""
    until = ends_at(begun_at, settings)
    return until is not None and now_us < until
