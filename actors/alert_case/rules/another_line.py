"""Calls that have to go on by another line. Pure.

Operator and user on lines that cannot be joined: one of them is called again beside the other. That happens
where the user was up before anybody else: the user has called on another line, or the deadline left no time
to wait for an operator. A line that gives no voice to the host joins only its own calls.

A call that is to be hung up and does not end: the case goes on without its line (case 9). The CallLeg gives
up a modem that does not end its call; the watchdog has one that says nothing started again. This is for what
is left: whoever was on that line is called on another one. The line stays out of use as long as its modem
holds the call.
"""

from __future__ import annotations

from typing import Final

from actors.alert_case.pending import NOTHING, Decided, PendingOffers, Step, hang_up
from actors.alert_case.reports import released
from messages.base import HangupCause, Joins
from messages.ids import SECOND, Instant, Party
from model.alert.case import Case
from model.alert.leg import Leg, LegState
from model.alert.reasons import ReleaseReason
from model.rules.calls.attempts import gives_up_at
from model.rules.calls.joining import can_be_moved, psap_is_alone
from model.settings import Settings


def _psap_can_join_operator(case: Case, psap: Leg, operator: Leg) -> bool:
    """Whether 112 was called where the others were before they were called anew, or can be where they are.

    On a line of its own trunk that gives no voice it is no better off elsewhere.
    """
    if psap.emergency:
        return False
    trunks = {leg.trunk for leg in case.legs.values() if leg.party is not Party.PSAP}
    return operator.joins is Joins.NETWORK or psap.trunk in trunks


def call_again_on_one_line(case: Case, _pending: PendingOffers, settings: Settings, _now_us: Instant) -> Step:
    """Whose line joins no calls by itself is called again beside the other; if neither's does, the operator.

    The operator's call ends as one that was lost: from then on that one, or whoever is there, is called anew.
    The user's is made anew at once, and counts for nothing; so is 112's, if the others have left its line.
    """
    operator, user = case.operator_leg, case.confirmed_answered(Party.USER)
    if operator is None or case.leaving:
        return NOTHING
    psap = case.answered(Party.PSAP)
    if psap is not None and psap_is_alone(case) and _psap_can_join_operator(case, psap, operator):
        return Step(events=(hang_up(psap, ReleaseReason.ANOTHER_LINE),))
    if user is None or operator.line == user.line:
        return NOTHING
    if operator.joins is user.joins is Joins.HOST:
        return NOTHING
    if user.joins is Joins.HOST and operator.joins is Joins.NETWORK and can_be_moved(case, settings):
        return Step(events=(hang_up(user, ReleaseReason.ANOTHER_LINE),))
    return Step(events=(hang_up(operator, ReleaseReason.APART),))


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
