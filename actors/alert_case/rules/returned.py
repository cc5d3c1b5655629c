"""Take back the calls that the modems of a lost node still hold, once the node is back. Pure.

The case had abandoned such a call; its party may have been called again meanwhile and been busy. If the line
reports that it still has the call, the leg takes it over; nothing is dialled.
"""

from __future__ import annotations

from actors.alert_case.pending import NOTHING, PendingOffers, Step, hang_up
from messages import events as ev
from messages.ids import Instant, Party
from messages.lines import LineGranted, RequestLine
from messages.operators import RequestOperators
from model.alert.case import Case
from model.alert.leg import Leg
from model.alert.reasons import ReleaseReason
from model.rules.calls.own_line import mode_of
from model.rules.vouching import rank
from model.settings import Settings


def request_surviving_calls(
    case: Case, pending: PendingOffers, party: Party
) -> tuple[Step, Leg | None, LineGranted | None]:
    """Return the requests for the party's calls; once a line is granted, also the former leg and the grant.

    All such calls are requested: of several lost nodes, one may return and another may not. 112 alone can be
    on two calls at once: the first is requested while the second is up.
    """
    asks: list[RequestLine] = []
    for before in case.calls_on_lost_nodes.values():
        now = case.legs.get(before.leg)
        if before.party is not party or now is None or (now.live and party is not Party.PSAP):
            continue
        attempt = now.attempt + 1
        granted = pending.line(before.leg, attempt)
        if granted is not None and granted.line == before.line:
            return NOTHING, before, granted
        ask = RequestLine(
            alert=case.alert,
            leg=before.leg,
            attempt=attempt,
            party=party,
            emergency=before.emergency,
            test=case.test,
            rank=rank(case),
            deadline_at=case.deadline_at,
            held=True,
        )
        asks.append(ask)
    return Step(wants=tuple(asks)), None, None


def attempt_on_surviving_call(case: Case, before: Leg, granted: LineGranted) -> ev.LegOriginating:
    """Return the next attempt of the leg: the attempt takes over the abandoned call."""
    return ev.LegOriginating(
        leg=before.leg,
        party=before.party,
        number=before.number,
        line=granted.line,
        attempt=case.legs[before.leg].attempt + 1,
        trunk=granted.trunk,
        joins=granted.joins,
        operator=before.operator,
        emergency=before.emergency,
    )


def take_back_operator(case: Case, pending: PendingOffers, _settings: Settings, _now_us: Instant) -> Step:
    """Take back the operator's former call while the case is unassigned; the operator is reserved as by any
    offer.
    """
    if case.operator is not None or case.leaving:
        return NOTHING
    asked, before, line = request_surviving_calls(case, pending, Party.OPERATOR)
    if before is None or line is None or before.operator is None:
        return asked
    operator, number = before.operator, before.number
    if number is None or case.has_live_leg(operator):
        # The operator is being called, and the phone will be busy with this very call.
        return NOTHING
    if operator in case.reserved:
        return Step(events=(attempt_on_surviving_call(case, before, line),))
    if any(offer.operator == operator for offer in pending.offers):
        mode = mode_of(before.line)
        reserved = ev.OperatorReserved(operator=operator, alert=case.alert, number=number, mode=mode)
        return Step(events=(reserved, attempt_on_surviving_call(case, before, line)))
    ask = RequestOperators(
        alert=case.alert,
        wanted=1,
        named=operator,
        test=case.test,
        rank=rank(case),
        deadline_at=case.deadline_at,
    )
    return Step(wants=(ask,))


def take_back_psap(case: Case, pending: PendingOffers) -> Step:
    """Take back the first of two calls to 112 while neither the user nor an operator is on the second; end
    the second.

    The user is in the first call, and its call-taker knows the case already.
    """
    asked, before, line = request_surviving_calls(case, pending, Party.PSAP)
    if before is None or line is None or before.number is None:
        return asked
    second = case.legs[before.leg]
    if second.active:
        return Step(events=(hang_up(second, ReleaseReason.TAKEN_BACK),))
    if second.live:
        return asked
    taken = attempt_on_surviving_call(case, before, line)
    if case.psap is None:
        # The second call-taker was alone on the line and has hung up.
        return Step(events=(ev.PsapRequested(by=None, number=before.number), taken))
    return Step(events=(taken,))
