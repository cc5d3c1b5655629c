"""Moves of calls to another line. Pure.

Operator and user may be on lines that cannot be joined: one of them is then called again on the line of the
other. This happens if the user was connected first: the user has called on another line, or the deadline left
no time to wait for an operator. A line without voice to the host joins only its own calls.

A call may not end when it is hung up: the case then continues without that line. The CallLeg stops
waiting for a modem that does not end its call; the watchdog has a silent modem restarted. The rule here
handles the remaining calls: the party on such a line is called on another line. The line stays out of use as
long as its modem holds the call.
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


def _new_psap_call_joins_operator(case: Case, psap: Leg, operator: Leg) -> bool:
    """Return True if a new call to 112 can be joined with the operator, unlike the present one.

    True if 112 was called on the others' former trunk, or if the operator's line joins calls in the network.
    False on an emergency line: another line of that trunk would be no better.
    """
    if psap.emergency:
        return False
    trunks = {leg.trunk for leg in case.legs.values() if leg.party is not Party.PSAP}
    return operator.joins is Joins.NETWORK or psap.trunk in trunks


def call_again_on_one_line(case: Case, _pending: PendingOffers, settings: Settings, _now_us: Instant) -> Step:
    """Call one party again on the line of the other, if lines cannot be joined: the party on a line that
    joins no calls by itself; if neither line does, the operator.

    The operator's call ends as a lost call: this operator, or another, is then called again. The user's call
    is made again at once and does not count as an attempt; so is 112's, if the others have left its line.
    """
    operator, user = case.operator_leg, case.confirmed_answered(Party.USER)
    if operator is None or case.leaving:
        return NOTHING
    psap = case.answered(Party.PSAP)
    if psap is not None and psap_is_alone(case) and _new_psap_call_joins_operator(case, psap, operator):
        return Step(events=(hang_up(psap, ReleaseReason.ANOTHER_LINE),))
    if user is None or operator.line == user.line:
        return NOTHING
    if operator.joins is user.joins is Joins.HOST:
        return NOTHING
    if user.joins is Joins.HOST and operator.joins is Joins.NETWORK and can_be_moved(case, settings):
        return Step(events=(hang_up(user, ReleaseReason.ANOTHER_LINE),))
    return Step(events=(hang_up(operator, ReleaseReason.APART),))


ENDS_WITHIN_US: Final = Instant(25 * SECOND)
"""Longest wait for the end of a call, in microseconds. A CallLeg abandons a modem after 8 s; a silent modem
is restarted after 15 s and then drops its calls. A shorter wait would keep up the call of an ended alert.
"""


def let_go_of_line(case: Case, _pending: PendingOffers, settings: Settings, now_us: Instant) -> Step:
    """Return the event that counts a call as released if its end was requested too long ago."""
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
