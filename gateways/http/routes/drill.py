"""/v1/drill: a test alert for the phone that is kept for drills, begun from the console, and what came of it.

What has become of the last drill is read from the journal, so that one that `securwoman drill` has begun
is known here too. A test never reaches a real PSAP: that is the actors' rule, and not this module's.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Web
from gateways.http.routes.admin.refusing import refusing
from gateways.http.wire.answers import (
    OPERATORS,
    AlertAnswer,
    AnyRequest,
    Problem,
    answer,
    no_store,
    rfc3339,
    said,
)
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import NotAllowed, Refused
from messages.events import AlertReceived, NoteAdded, NumberRaised, PsapRequested, ShiftChanged
from messages.ids import E164, SECOND, AlertId, Channel, Instant, OperatorId, Outcome, ShiftState
from messages.journal import Recorded
from model.alert.evolve import fold
from model.first_run import Need
from model.orders.refusals import Refusal
from model.rules.drilling import Step, judged
from model.rules.signal import Signal
from store import streams
from store.alerts.accepting import Accepted, accept_in
from store.alerts.known import is_open
from store.confirmations import confirm
from store.journal.erasable import stream_of
from store.journal.journal import Append, Journal, Transaction
from store.registry import numbers
from store.registry.people import StaffRole
from store.registry.staff_changes import Phone
from store.streams import StreamKind

NOTE: Final = "Esercitazione · Drill"


class DrillView(msgspec.Struct, frozen=True, kw_only=True):
    """The last drill: what its phone raised last, where that was a test."""

    alert: AlertId | None = None
    begun_us: Instant | None = None
    running: bool = False
    overdue: bool = False
    """It should have ended, and has not."""
    ok: bool = False
    """It has ended, in time, and everybody has spoken to everybody."""
    deadline_met: bool = False
    outcome: Outcome | None = None
    steps: tuple[Step, ...] = ()


class OwnDrill(msgspec.Struct, frozen=True, kw_only=True):
    """Which telephone is to ring; none: that of who asks."""

    phone: Phone | None = None


def begin(
    transaction: Transaction, signal: Signal, by: OperatorId, *, deadline_s: float, live_cases: int
) -> Accepted | Refused:
    """Journal a test alert, or say why not, to be raised. Within the write lock."""
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
    # Whether the last one went well is a need of the center's.
    confirm(transaction, Need.TEST_ALERT, by, accepted.alert)
    return accepted


def last_drill(journal: Journal, phone: E164, *, now_us: Instant, timeout_s: float) -> DrillView:
    """The last one of this phone. Raises JournalError."""
    alert = _last_raised(journal, phone)
    return DrillView() if alert is None else drill_of(journal, alert, now_us=now_us, timeout_s=timeout_s)


def drill_of(journal: Journal, alert: AlertId, *, now_us: Instant, timeout_s: float) -> DrillView:
    """This one; as where there was none for what is no test. Raises JournalError."""
    recorded = journal.read_streams(streams.inbox(alert), streams.case(alert))
    case = fold(recorded)
    if case is None or not case.test:
        return DrillView()
    found = judged(case, recorded, with_psap=_psap_was_asked(recorded))
    return DrillView(
        alert=alert,
        begun_us=case.received_at,
        running=not found.closed,
        overdue=not found.closed and now_us > case.received_at + timeout_s * SECOND,
        ok=found.closed and found.ok,
        deadline_met=found.deadline_met,
        outcome=case.outcome,
        steps=found.steps,
    )


def last_begun(journal: Journal, phone: E164) -> Instant | None:
    """When this phone last raised a test, where it has raised nothing else since. Raises JournalError."""
    alert = _last_raised(journal, phone)
    first = None if alert is None else next(iter(journal.read(streams.inbox(alert))), None)
    event = None if first is None else first.event
    return event.received_at if isinstance(event, AlertReceived) and event.test else None


def _last_raised(journal: Journal, phone: E164) -> AlertId | None:
    stream = stream_of(journal.row, StreamKind.NUMBER, phone)
    last = None if stream is None else journal.last(stream)
    return last.event.alert if last is not None and isinstance(last.event, NumberRaised) else None


def _psap_was_asked(recorded: list[Recorded]) -> bool:
    return any(isinstance(one.event, PsapRequested) for one in recorded)


def drill_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""
    drill, policy = web.settings.drill, web.settings.policy
    common: dict[int, Any] = {
        401: said(Problem, "No operator's token, no session."),
        403: said(Problem, "No operator any more; a session without its CSRF token."),
    }

    async def begun(request: AnyRequest, phone: E164) -> Response[bytes]:
        by: OperatorId = request.state[OPERATOR]
        signal = Signal(channel=Channel.DATA, received_at=web.clock.now_us(), phone=phone, test=True)
        made = await web.writing.run(
            lambda transaction: begin(
                transaction, signal, by, deadline_s=policy.deadline_s, live_cases=policy.live_cases
            )
        )
        if isinstance(made, Refused):
            raise made
        web.metrics.accepted_test.inc()
        told = AlertAnswer(
            alert=made.alert,
            received_at=rfc3339(made.received_at),
            deadline_at=rfc3339(made.deadline_at),
            advice=made.advice,
        )
        return answer(request, told, 202)

    @post(
        "/v1/drill",
        guards=[web.auth.operator],
        status_code=202,
        summary="Begin a drill",
        description="A test alert of the settings' `drill.phone`. For operators on shift; one at a time.",
        operation_id="begin_drill",
        audit="a test, of the center's own phone",
        tags=["operator"],
        security=OPERATORS,
        responses={
            202: said(AlertAnswer, "In the journal."),
            409: said(Problem, "Not on shift, one is running, or there is no phone for it."),
            503: said(Problem, "It could not be made durable."),
            **common,
        },
    )
    async def begin_drill(request: AnyRequest) -> Response[bytes]:
        if drill.phone is None:
            raise Refused(Refusal.NO_DRILL_PHONE)
        return await begun(request, drill.phone)

    @post(
        "/v1/drill/own",
        dto=Strict[OwnDrill],
        return_dto=None,
        guards=[web.auth.require_role(StaffRole.ADMIN)],
        status_code=202,
        summary="A test alert of one's own telephone, or of one at hand",
        description="It is called as a user's. For admins on shift; one at a time for each telephone.",
        operation_id="begin_own_drill",
        audit="a test, of a telephone at hand",
        tags=["operator"],
        security=OPERATORS,
        responses={
            202: said(AlertAnswer, "In the journal."),
            400: said(Problem, "No telephone, or an emergency number: `number_refused`."),
            409: said(Problem, "Not on shift, or an alert of this telephone is open."),
            503: said(Problem, "It could not be made durable."),
            **common,
        },
    )
    async def begin_own_drill(request: AnyRequest, data: JSONBody[OwnDrill]) -> Response[bytes]:
        operator = await asyncio.to_thread(web.passwords.operator, request.state[OPERATOR])
        if operator is None:
            raise NotAllowed("no operator any more")
        with refusing():
            phone = numbers.of_a_person(data.phone, policy.region) if data.phone else operator.phone
        return await begun(request, phone)

    @get(
        "/v1/drill",
        guards=[web.auth.require_role(StaffRole.OPERATOR)],
        summary="The last drill",
        description="Whether it runs, and what came of it; `alert` is null where there was none.",
        operation_id="drill",
        audit="a test, of the center's own phone",
        tags=["operator"],
        security=OPERATORS,
        responses={200: said(DrillView, "As the journal says."), **common},
    )
    async def show_drill(request: AnyRequest) -> Response[bytes]:
        if drill.phone is None:
            return no_store(answer(request, DrillView()))
        view = await asyncio.to_thread(
            last_drill, web.journal, drill.phone, now_us=web.clock.now_us(), timeout_s=drill.timeout_s
        )
        return no_store(answer(request, view))

    return [begin_drill, begin_own_drill, show_drill]
