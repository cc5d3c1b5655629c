"""POST /v1/alerts: the receipt of an alert, on the shortest path from the bytes to the disk.

An alert is refused only if it cannot be understood; the user is identified later.
"""

from __future__ import annotations

import asyncio
from hashlib import sha256

from litestar.datastructures import ResponseHeader

from gateways.http.parts.context import Web
from gateways.http.routes.app.alerts import OWN
from gateways.http.routing.permissions import APP, Caller
from gateways.http.routing.route import POST, Answer, route
from gateways.http.security.budgets import Kind
from gateways.http.security.senders import UNSIGNED, Sender
from gateways.http.wire.answers import AlertAnswer, Problem, rfc3339
from gateways.http.wire.bodies import AlertBody, alert_id, e164, instant
from gateways.http.wire.errors import BadBody, BodyTooLarge, NotAllowed, NotDurable, TooMany, WrongMediaType
from messages.ids import Advice, AlertId, Assurance, Channel, Doubt, Instant
from model.rules.messages.advice import advice_for_app
from model.rules.signal import Signal
from store.alerts.accepting import Accepted
from store.alerts.checks import CheckPostponed, accept_check
from store.registry.devices import DeviceAppearance


@route(
    POST,
    "/v1/alerts",
    by=APP,
    audit=OWN,
    status=202,
    says="A new alert, durable.",
    also={200: "The alert that was there, or the name of a signal that has joined one."},
    answers=AlertAnswer,
    headers=(ResponseHeader(name="location", description="The alert.", documentation_only=True),),
    refuses=(
        BodyTooLarge,
        WrongMediaType,
        (403, "A check that its phone has not signed; `code` says why."),
        (429, "A check, and it has to wait; `Retry-After` says for how many seconds."),
        (503, "Not durable: call 112 now. It is handled all the same."),
    ),
)
async def raise_alert(web: Web, who: Caller, data: AlertBody) -> Answer[AlertAnswer | Problem]:
    """Raise an alert.

    The alert is durable before the response. The same `id` with the same phone again is the existing alert:
    200. Another signal of a phone with an open alert joins that alert: 200, with a name of its own, which
    gives no access to the alert. A `check` is put off while alerts are at work (429); an alert never waits.
    """
    sender = who.sender
    if data.check is not None and data.test:
        return await _check(web, data, sender)
    late_s = web.senders.wait_s(Kind.ALERT, sender, data.phone or data.device or "")
    heard = signal(data, sender, web.clock.now_us(), over_budget=late_s > 0)
    accepted = await web.writing.accept(heard)
    if accepted.created:
        (web.metrics.accepted_test if data.test else web.metrics.accepted_real).inc()
        advice = accepted.advice
        if advice is Advice.CALL_112_NOW and web.journal.durable:
            web.metrics.advised_at_once.inc()
    else:
        web.metrics.repeated.inc()
        advice = await _advice(web, accepted)
    # Checked after the commit: alerts moved back to the disk meanwhile are durable, too.
    if not web.journal.durable:
        web.metrics.not_durable.inc()
        problem = Problem(
            reason="not durable: the disk cannot be written; the alert is handled from memory",
            advice=Advice.CALL_112_NOW,
            alert=accepted.told,
            received_at=rfc3339(accepted.received_at),
            deadline_at=rfc3339(accepted.deadline_at),
        )
        return Answer(problem, status=NotDurable.status)
    proof, doubt = assurance_of(heard, sender)
    return _answer(
        AlertAnswer(
            alert=accepted.told,
            received_at=rfc3339(accepted.received_at),
            deadline_at=rfc3339(accepted.deadline_at),
            advice=advice,
            nodes=web.nodes.addresses(),
            calls_from=web.calls_from(),
            proof=proof,
            doubt=doubt,
        ),
        created=accepted.created,
    )


def _answer(told: AlertAnswer, *, created: bool) -> Answer[AlertAnswer | Problem]:
    location = {"location": f"/v1/alerts/{told.alert}"}
    return Answer(told, status=202 if created else 200, headers=location)


def signal(body: AlertBody, sender: Sender, received_at: Instant, *, over_budget: bool = False) -> Signal:
    """Return the signal of a body. Raises BadBody."""
    path = "$.id"
    try:
        given = None if body.id is None else alert_id(body.id)
        path = "$.phone"
        phone = None if body.phone is None else e164(body.phone)
        path = "$.raised_at"
        raised_at = None if body.raised_at is None else instant(body.raised_at)
        path = "$.position.at"
        position = None if body.position is None else body.position.position(received_at)
    except ValueError as error:
        raise BadBody(str(error), path) from error
    proved, named = sender.device, sender.device or sender.seeming
    # A signature proves the number of its own phone only. A repeated nonce means the same alert again.
    doubt = None if sender.doubt is Doubt.NONCE else sender.doubt
    if proved is not None and phone not in (None, proved.phone):
        proved, doubt = None, Doubt.NUMBER
    phone = phone or (None if named is None else named.phone)
    if proved is not None and proved.is_young(received_at):
        proved, doubt = None, Doubt.YOUNG
    if proved is not None:
        phone, given = proved.phone, given or _of_nonce(proved.device, sender.nonce)
    return Signal(
        channel=Channel.DATA,
        received_at=received_at,
        phone=phone,
        device=body.device,
        id=given,
        proof=Assurance.APP if proved is None else Assurance.DEVICE,
        key="" if proved is None else proved.device,
        key_enrolled_at=None if proved is None else proved.created_at,
        doubt=Doubt.BUDGET if over_budget else doubt,
        raised_at=raised_at,
        position=position,
        test=body.test,
        silent=body.silent,
        battery_pct=body.battery_pct,
    )


def assurance_of(heard: Signal, sender: Sender) -> tuple[Assurance, Doubt | None]:
    """Return the assurance level and the doubt published to the app. A phone that only seems enrolled, or
    only seems revoked, gets the values of a phone that is.
    """
    phone = sender.seeming or sender.device
    if phone is None or phone.seeming is DeviceAppearance.NOTHING:
        return heard.proof or Assurance.APP, heard.doubt
    if phone.seeming is DeviceAppearance.REVOKED:
        return Assurance.APP, heard.doubt or Doubt.UNKNOWN_KEY
    if heard.phone not in (None, phone.phone):
        return Assurance.APP, heard.doubt or Doubt.NUMBER
    if phone.is_young(heard.received_at):
        return Assurance.APP, heard.doubt or Doubt.YOUNG
    return (Assurance.APP if heard.doubt not in (None, Doubt.BUDGET) else Assurance.DEVICE), heard.doubt


def _of_nonce(device: str, nonce: str) -> AlertId:
    """Return the id of a signed alert without an id: a repetition by any sender is the same alert."""
    return AlertId(f"s{sha256(f'{device}:{nonce}'.encode()).hexdigest()[:24]}")


async def _advice(web: Web, accepted: Accepted) -> Advice:
    """Return the published advice of an existing alert; under an alias, by the signal's own deadline."""
    if accepted.alias is not None:
        late = web.clock.now_us() >= accepted.deadline_at
        return Advice.CALL_112_NOW if late else Advice.WAIT
    known = web.following.read_model.alerts.get(accepted.alert)
    if known is not None:
        return advice_for_app(known.case)
    sheet = await asyncio.to_thread(web.following.read_sheet_now, accepted.alert)
    return Advice.WAIT if sheet is None else advice_for_app(sheet.case)


async def _check(web: Web, body: AlertBody, sender: Sender) -> Answer[AlertAnswer | Problem]:
    """Accept a check raised by a phone, as an alert is accepted; a check is put off while alerts are at work.
    Raises BadBody, NotAllowed, TooMany, NotDurable.

    The number is the number proved by the signature. A position is no part of a check, and is ignored.
    """
    # A phone that only seems enrolled must not notice: a check calls no operator.
    device = sender.device or sender.seeming
    if device is None or sender.doubt not in (None, Doubt.NONCE):
        raise NotAllowed("a check must be signed by its phone", sender.doubt or UNSIGNED)
    web.senders.spend(Kind.CHECK, sender, "")
    try:
        named = AlertId(sender.nonce) if body.id is None else alert_id(body.id)
    except ValueError as error:
        raise BadBody(str(error), "$.id") from error
    signal = Signal(
        channel=Channel.DATA,
        received_at=web.clock.now_us(),
        phone=device.phone,
        id=named,
        proof=Assurance.DEVICE,
        key=device.device,
        test=True,
        check=body.check,
    )
    settings = web.settings.center
    made = await web.writing.run(
        lambda tx: accept_check(
            tx, signal, settings.deadline.seconds, settings.limits.live_cases, body.checks_every_days
        )
    )
    if isinstance(made, CheckPostponed):
        web.metrics.checks_put_off.inc()
        raise TooMany(f"{made.reason}: try again in {made.again_s} s", made.again_s)
    (web.metrics.checks_taken if made.created else web.metrics.repeated).inc()
    told = AlertAnswer(
        alert=made.alert,
        received_at=rfc3339(made.received_at),
        deadline_at=rfc3339(made.deadline_at),
        advice=made.advice,
        nodes=web.nodes.addresses(),
        calls_from=web.calls_from(),
        proof=Assurance.DEVICE,
    )
    return _answer(told, created=made.created)
