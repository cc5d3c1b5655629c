"""/v1/drill: a test alert for the phone that is kept for drills, begun from the console, and what came of it.

What has become of the last drill is read from the journal, so that one that `securwoman drill` has begun
is known here too. A test never reaches a real PSAP: that is the actors' rule, and not this module's.
"""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec

from gateways.http.parts.context import Web
from gateways.http.routes.admin.refusing import refusing
from gateways.http.routing.permissions import ADMIN, OPERATOR, SIGNED_ON, Caller
from gateways.http.routing.route import GET, POST, route
from gateways.http.wire.answers import AlertAnswer, rfc3339
from gateways.http.wire.errors import NotAllowed, Refused, Why
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

    A test alert of the settings' `drill.phone`. For operators on shift; one at a time.
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
    """A test alert of one's own telephone, or of one at hand.

    It is called as a user's. For admins on shift; one at a time for each telephone.
    """
    operator = await asyncio.to_thread(web.queries.operator, who.operator)
    if operator is None:
        raise NotAllowed("no operator any more")
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
    """The last drill.

    Whether it runs, and what came of it; `alert` is null where there was none.
    """
    wanted = web.settings.center.drill
    if not wanted.phone:
        return DrillView()
    return last_drill(web.journal, wanted.phone, now_us=web.clock.now_us(), timeout_s=wanted.timeout_s)
