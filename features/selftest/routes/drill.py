"""/v1/drill: a test alert for the phone reserved for drills, begun from the console, and its result.

A test never reaches a real PSAP: the actors guarantee this, not this module.
"""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec

from gateways.console.drills import DrillView, drill_of, last_raised
from gateways.http.parts.context import Web
from gateways.http.routes.admin.error_conversion import refusing
from gateways.http.routing.permissions import ADMIN, OPERATOR, SIGNED_ON, Caller
from gateways.http.routing.route import GET, POST, route
from gateways.http.wire.answers import AlertAnswer, rfc3339
from gateways.http.wire.errors import NotAllowed, Refused, Why
from messages.events import NoteAdded, NumberRaised, ShiftChanged
from messages.ids import E164, Channel, OperatorId, ShiftState
from model.alert.evolve import fold
from model.first_run import Need
from model.orders.refusals import Refusal
from model.rules.signal import Signal
from store import streams
from store.alerts.accepting import Accepted, accept_in
from store.alerts.candidates import is_open
from store.confirmations import confirm
from store.journal.journal import Append, Transaction
from store.registry import numbers
from store.registry.staff import Phone
from store.streams import StreamKind

NOTE: Final = "Esercitazione · Drill"


class OwnDrill(msgspec.Struct, frozen=True, kw_only=True):
    """The telephone to be called; null: the admin's own."""

    phone: Phone | None = None


def begin(
    transaction: Transaction, signal: Signal, by: OperatorId, *, deadline_s: float, live_cases: int
) -> Accepted | Refused:
    """Journal a test alert, or return the refusal, to be raised. Needs the write lock."""
    shift = transaction.last_of_type(streams.operator(by), "operator.shift_changed")
    if shift is None or not isinstance(shift.event, ShiftChanged) or shift.event.state is ShiftState.OFF:
        return Refused(Refusal.OFF_SHIFT)
    assert signal.phone is not None
    last = transaction.last(transaction.stream_of(StreamKind.NUMBER, signal.phone))
    if last is not None and isinstance(last.event, NumberRaised) and is_open(transaction, last.event.alert):
        case = fold(transaction.read(streams.inbox(last.event.alert)))
        return Refused(
            Refusal.DRILL_RUNNING if case is not None and case.test else Refusal.DRILL_PHONE_IN_ALERT
        )
    accepted = accept_in(transaction, signal, deadline_s, live_cases)
    transaction.append(Append(streams.inbox(accepted.alert), None, (NoteAdded(by=by, text=NOTE),)))
    # The success of the last drill is a need of the center.
    confirm(transaction, Need.TEST_ALERT, by, accepted.alert)
    return accepted


@route(
    POST,
    "/v1/drill",
    by=SIGNED_ON,
    audit="a test, of the center's own phone",
    status=202,
    refuses=(Refusal.OFF_SHIFT, Refusal.DRILL_RUNNING, Refusal.NO_DRILL_PHONE, Refusal.DRILL_PHONE_IN_ALERT),
)
async def begin_drill(web: Web, who: Caller) -> AlertAnswer:
    """Begin a drill.

    Raises a test alert of the settings' `drill.phone`. For operators on shift; one at a time.
    """
    if not web.settings.center.drill.phone:
        raise Refused(Refusal.NO_DRILL_PHONE)
    return await _begun(web, who, web.settings.center.drill.phone)


@route(
    POST,
    "/v1/drill/own",
    by=ADMIN,
    audit="a test, of a telephone at hand",
    status=202,
    refuses=(Why.NUMBER_REFUSED, Refusal.OFF_SHIFT, Refusal.DRILL_RUNNING, Refusal.DRILL_PHONE_IN_ALERT),
)
async def begin_own_drill(web: Web, who: Caller, data: OwnDrill) -> AlertAnswer:
    """Begin a drill with the admin's own telephone, or another one.

    The telephone is called like a user's. For admins on shift; one at a time for each telephone.
    """
    operator = await asyncio.to_thread(web.queries.operator, who.operator)
    if operator is None:
        raise NotAllowed("the operator has been removed")
    with refusing():
        region = web.settings.center.region
        phone = numbers.of_a_person(data.phone, region) if data.phone else operator.phone
    return await _begun(web, who, phone)


async def _begun(web: Web, who: Caller, phone: E164) -> AlertAnswer:
    settings = web.settings.center
    signal = Signal(channel=Channel.DATA, received_at=web.clock.now_us(), phone=phone, test=True)
    made = await web.writing.run(
        lambda transaction: begin(
            transaction,
            signal,
            who.operator,
            deadline_s=settings.deadline.seconds,
            live_cases=settings.limits.live_cases,
        )
    )
    if isinstance(made, Refused):
        raise made
    web.metrics.accepted_test.inc()
    return AlertAnswer(
        alert=made.alert,
        received_at=rfc3339(made.received_at),
        deadline_at=rfc3339(made.deadline_at),
        advice=made.advice,
    )


@route(GET, "/v1/drill", by=OPERATOR, audit="a test, of the center's own phone")
def drill(web: Web) -> DrillView:
    """Return the last drill.

    Its state and its result; `alert` is null if there was none.
    """
    wanted = web.settings.center.drill
    if not wanted.phone:
        return DrillView()
    alert = last_raised(web.journal, wanted.phone)
    if alert is None:
        return DrillView()
    return drill_of(web.journal, alert, now_us=web.clock.now_us(), timeout_s=wanted.timeout_s)
