"""A call that is to be hung up and does not end: the case goes on without its line (case 9). Pure.

The modem, or the process that speaks for it, has had its time. The line stays out of use as long as its modem
holds that call; whoever was on it is called on another one.
"""

from __future__ import annotations

from typing import Final

from actors.alert_case.hand import Decided, Hand, Step, gives_up_at
from actors.alert_case.hear import released
from messages.base import HangupCause
from messages.ids import SECOND, Instant
from model.case import Case
from model.leg import LegState
from model.policy import Policy

ENDS_WITHIN_US: Final = Instant(8 * SECOND)
"""A CallLeg gives a silent modem up after 6 s, and a modem its call after 5."""


def let_go_of_line(case: Case, hand: Hand, policy: Policy, now_us: Instant) -> Step:
    """Counts as released what has been releasing for too long."""
    made: list[Decided] = []
    wakes: list[Instant] = []
    for leg in case.legs.values():
        if leg.state is not LegState.RELEASING:
            continue
        until = gives_up_at(hand, leg.releasing_at or leg.since, ENDS_WITHIN_US)
        if now_us >= until:
            made += released(case, leg, HangupCause.LINE_LOST, policy, now_us)
        else:
            wakes.append(until)
    return Step(events=tuple(made), wake_at=min(wakes, default=None))
