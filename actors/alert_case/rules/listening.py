"""Call a supervisor who listens in: heard by no party, first to release a line. Pure.

The listener's call decides nothing of the alert: it counts neither as an operator's nor as another party's.
One call is made; when the call fails or ends, the listening is over and may be requested again.
"""

from __future__ import annotations

from typing import Final

from actors.alert_case.pending import NOTHING, OfferRequest, PendingOffers, Step, hang_up
from actors.alert_case.rules.find_operator import free_place, originating_to, place_for
from messages import events as ev
from messages.ids import SECOND, Instant, OperatorLine, Party
from messages.lines import RequestLine
from messages.operators import RequestOperators
from model.alert.case import Case
from model.alert.leg import Leg
from model.alert.parts import Listener
from model.alert.reasons import ReleaseReason
from model.rules.calls.attempts import rings_until
from model.rules.vouching import rank
from model.settings import Settings

WAITS_US: Final = Instant(15 * SECOND)
"""Time that a listener waits for a line, in microseconds; operators who answer alerts have priority."""


def attend_listener(case: Case, pending: PendingOffers, settings: Settings, now_us: Instant) -> Step:
    """Call the listener, and end the call together with the last of the parties."""
    listener = case.listener
    if listener is None:
        return NOTHING
    if listener.leg is None:
        return _call(case, pending, listener, settings, now_us)
    leg = case.listener_leg
    if leg is None or not leg.live:
        return _left(listener, "" if leg is None else leg.reason)
    if not leg.active:
        return NOTHING
    if case.parties_released:
        return Step(events=(hang_up(leg, ReleaseReason.OVER),))
    return NOTHING if leg.answered else _await_answer(case, leg, settings, now_us)


def _call(
    case: Case, pending: PendingOffers, listener: Listener, settings: Settings, now_us: Instant
) -> Step:
    who, until = listener.operator, Instant(listener.since + WAITS_US)
    if case.parties_released or (case.leaving and not case.leave.handed_over):
        return _left(listener, "over")
    takes = case.operator is None and who == case.taking
    if who == case.operator or who in case.reserved or takes:
        return _left(listener, "has the case")
    if now_us >= until:
        return _left(listener, "in vain")
    if (case.operator is None or case.hand_over is not None) and not case.leaving:
        # The search for an operator has priority over the listener for lines.
        return Step(wake_at=until)
    leg, attempt = free_place(case)
    granted = pending.line(leg, attempt)
    offer = next((one for one in pending.offers if one.operator == who), None)
    at = None if offer is None else place_for(case, offer, granted, now_us)
    wants: list[OfferRequest] = []
    if (
        at is None
        and granted is None
        and (offer is not None or settings.operator.line is OperatorLine.ON_DEMAND)
    ):
        wants.append(
            RequestLine(
                alert=case.alert,
                leg=leg,
                attempt=attempt,
                party=Party.LISTENER,
                test=case.test,
                rank=rank(case),
                deadline_at=case.deadline_at,
            )
        )
    if offer is None:
        wants.append(
            RequestOperators(
                alert=case.alert, named=who, test=case.test, rank=rank(case), deadline_at=case.deadline_at
            )
        )
    if at is None or offer is None:
        return Step(wants=tuple(wants), wake_at=until)
    return Step(events=(originating_to(Party.LISTENER, offer, (leg, attempt), at, granted),))


def _await_answer(case: Case, leg: Leg, settings: Settings, now_us: Instant) -> Step:
    silent_at = rings_until(case, leg, settings)
    return (
        Step(events=(hang_up(leg, ReleaseReason.NO_ANSWER),))
        if now_us >= silent_at
        else Step(wake_at=silent_at)
    )


def _left(listener: Listener, reason: str) -> Step:
    return Step(events=(ev.ListenerLeft(operator=listener.operator, reason=reason),))
