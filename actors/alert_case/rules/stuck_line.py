"""A call that is to be hung up and does not end: the case goes on without its line (case 9). Pure.

The CallLeg gives up a modem that does not end its call; the watchdog has one that says nothing started
again. This is for what is left: whoever was on that line is called on another one. The line stays out of
use as long as its modem holds the call.
"""

from __future__ import annotations

from typing import Final

from actors.alert_case.hear import released
from actors.alert_case.pending import Decided, PendingOffers, Step
from messages.base import HangupCause
from messages.ids import SECOND, Instant
from model.alert.case import Case
from model.alert.leg import LegState
from model.rules.calls.attempts import gives_up_at
from model.settings import Settings

ENDS_WITHIN_US: Final = Instant(25 * SECOND)
"""A CallLeg gives a modem up after 8 s; one that says nothing is started again after 15 s, and holds on to no
call from then on: sooner given up, it would keep up the call of an alert that is over."""


def let_go_of_line(case: Case, _pending: PendingOffers, settings: Settings, now_us: Instant) -> Step:
    """Counts as released what has been releasing for too long."""
    made: list[Decided] = []
    wakes: list[Instant] = []
    for leg in case.legs.values():
        if leg.state is not LegState.RELEASING:
            continue
        until = gives_up_at(case, leg.releasing_at or leg.since, ENDS_WITHIN_US)
        if now_us >= until:
            made += released(case, leg, HangupCause.LINE_LOST, settings, now_us)
        else:
            wakes.append(until)
    return Step(events=tuple(made), wake_at=min(wakes, default=None))
