"""Operator and user on lines that cannot be joined: one of them is called again beside the other. Pure.

That happens where the user was up before anybody else: the user has called on another line, or the deadline
left no time to wait for an operator. A line that gives no voice to the host joins only its own calls.
"""

from __future__ import annotations

from actors.alert_case.pending import NOTHING, PendingOffers, Step, hang_up
from messages.base import Joins
from messages.ids import Instant, Party
from model.alert.case import Case
from model.alert.leg import Leg
from model.alert.reasons import ReleaseReason
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
