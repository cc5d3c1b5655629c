"""What the clock says of each open alert: missed, or about to be (S11; cases 8, 9, 11). Pure.

It owns no case and asks none: the journal shows how far each has got, and a forecast is only
what is still to be done, at the speed that calls are known to have.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from messages.events import AdviceChanged, DeadlineMissed
from messages.ids import SECOND, Advice, AlertId, Instant, Party
from model.case import Case
from model.leg import LegState
from model.policy import MetBy, Policy

DIAL_US: Final = Instant(SECOND)
"""From the decision to dial to the dial itself, generously."""
ANSWER_US: Final = Instant(5 * SECOND)
"""From the first ring to the answer, where the answer is what counts."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be written into an alert's inbox."""

    alert: AlertId
    events: tuple[DeadlineMissed | AdviceChanged, ...]


def look(cases: Iterable[Case], policy: Policy, now_us: Instant) -> tuple[Verdict, ...]:
    """The verdicts that are due. Asked every second and at every deadline."""
    found = ((case, _events(case, policy, now_us)) for case in cases)
    return tuple(Verdict(alert=case.alert, events=events) for case, events in found if events)


def next_deadline(cases: Iterable[Case], now_us: Instant) -> Instant | None:
    """The next moment at which a deadline passes."""
    ahead = (
        case.deadline_at
        for case in cases
        if case.reached_at is None and case.closed_at is None and case.deadline_at > now_us
    )
    return min(ahead, default=None)


def _events(case: Case, policy: Policy, now_us: Instant) -> tuple[DeadlineMissed | AdviceChanged, ...]:
    if case.reached_at is not None or case.closed_at is not None:
        return ()
    made: list[DeadlineMissed | AdviceChanged] = []
    missed = now_us >= case.deadline_at
    if missed and case.missed_at is None:
        made.append(DeadlineMissed())
    if case.advice is Advice.WAIT and (missed or forecast(case, policy, now_us) > case.deadline_at):
        made.append(AdviceChanged(advice=Advice.CALL_112_NOW, reason="deadline" if missed else "forecast"))
    return tuple(made)


def forecast(case: Case, policy: Policy, now_us: Instant) -> Instant:
    """When the user will be reached, at the earliest that can be hoped for."""
    setup_us = round(policy.user_setup_time_s * SECOND)
    if policy.met_by is MetBy.ANSWERED:
        setup_us += ANSWER_US
    user = case.going(Party.USER)
    if user is None:
        # Half the set-up time is the ordinary call's; she is dialled while the whole of it is left.
        return Instant(now_us + DIAL_US + setup_us // 2)
    if user.state is LegState.RINGING:
        ringing_at = user.ringing_at or now_us
        return Instant(max(now_us, ringing_at + ANSWER_US))
    return Instant(max(now_us, user.since + setup_us))
