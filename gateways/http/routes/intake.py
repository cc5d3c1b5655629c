"""POST /v1/alerts: an alert comes in (S1). The shortest way from the bytes to the disk.

It refuses what cannot be understood and nothing else; whose alert it is, is asked later.
"""

from __future__ import annotations

import asyncio
from hashlib import sha256

from litestar import Response, post
from litestar.datastructures import ResponseHeader
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from gateways.http.checks import check
from gateways.http.door.budgets import Kind
from gateways.http.door.senders import SENDER, Sender
from gateways.http.parts.context import Web
from gateways.http.wire.answers import AlertAnswer, AnyRequest, Problem, answer, rfc3339, said
from gateways.http.wire.bodies import AlertBody, alert_id, e164, instant
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody, NotDurable
from messages.ids import Advice, AlertId, Channel, Doubt, Instant, Proof
from model.rules.said.advice import told_to_app
from model.rules.signal import Signal
from store.alerts.accepting import Accepted
from store.registry.devices import Seeming


def signal(body: AlertBody, sender: Sender, received_at: Instant, *, over_budget: bool = False) -> Signal:
    """The signal in a body. Raises BadBody."""
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
    # What a signature proves is its own phone's number. A nonce that comes again is the same alert again.
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
        proof=Proof.APP if proved is None else Proof.DEVICE,
        key="" if proved is None else proved.device,
        key_enrolled_at=None if proved is None else proved.created_at,
        doubt=Doubt.BUDGET if over_budget else doubt,
        raised_at=raised_at,
        position=position,
        test=body.test,
        silent=body.silent,
        battery_pct=body.battery_pct,
    )


def told_of_proof(heard: Signal, sender: Sender) -> tuple[Proof, Doubt | None]:
    """Return the level and the doubt that the app is told: of a phone that only seems enrolled, or only seems
    revoked, those of a phone that is.
    """
    phone = sender.seeming or sender.device
    if phone is None or phone.seeming is Seeming.NOTHING:
        return heard.proof or Proof.APP, heard.doubt
    if phone.seeming is Seeming.REVOKED:
        return Proof.APP, heard.doubt or Doubt.UNKNOWN_KEY
    if heard.phone not in (None, phone.phone):
        return Proof.APP, heard.doubt or Doubt.NUMBER
    if phone.is_young(heard.received_at):
        return Proof.APP, heard.doubt or Doubt.YOUNG
    return (Proof.APP if heard.doubt not in (None, Doubt.BUDGET) else Proof.DEVICE), heard.doubt


def _of_nonce(device: str, nonce: str) -> AlertId:
    """The id of a signed alert that has none: what is sent again, by anybody, is that alert for ever."""
    return AlertId(f"s{sha256(f'{device}:{nonce}'.encode()).hexdigest()[:24]}")


def intake_route(web: Web) -> HTTPRouteHandler:
    """The route."""

    @post(
        "/v1/alerts",
        guards=[web.senders.guard],
        dto=Strict[AlertBody],
        return_dto=None,
        status_code=202,
        summary="Raise an alert",
        description="Durable before it is answered. The same `id` again with the same phone is the "
        "alert that is there: 200. Another signal of a phone with an open alert joins it: 200, with a name "
        "of its own, by which nothing of the alert is read or changed. A `check` waits while alerts are "
        "at work, and is never refused an answer that says so; an alert never waits.",
        operation_id="raise_alert",
        audit="the user's own, by the app, and in the journal",
        tags=["app"],
        security=[{"appKey": []}],
        response_headers=[ResponseHeader(name="location", description="The alert.", documentation_only=True)],
        responses={
            202: said(AlertAnswer, "A new alert, durable."),
            200: said(AlertAnswer, "The alert that was there, or the name of a signal that has joined one."),
            400: said(Problem, "Not understood."),
            401: said(Problem, "No app key of this center."),
            413: said(Problem, "Too large."),
            415: said(Problem, "Neither JSON nor MessagePack."),
            403: said(Problem, "A check that its phone has not signed; `code` says why."),
            429: said(Problem, "A check, and it has to wait; `Retry-After` says for how many seconds."),
            503: said(Problem, "Not durable: call 112 now. It is handled all the same."),
        },
    )
    async def raise_alert(request: AnyRequest, data: JSONBody[AlertBody]) -> Response[bytes]:
        sender: Sender = request.state[SENDER]
        if data.check is not None and data.test:
            return await check(web, request, data, sender)
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
        # Asked after the commit: what has come back to the disk by now is durable, too.
        if not web.journal.durable:
            web.metrics.not_durable.inc()
            problem = Problem(
                reason="not durable: the disk cannot be written; the alert is handled from memory",
                advice=Advice.CALL_112_NOW,
                alert=accepted.told,
                received_at=rfc3339(accepted.received_at),
                deadline_at=rfc3339(accepted.deadline_at),
            )
            return answer(request, problem, NotDurable.status)
        proof, doubt = told_of_proof(heard, sender)
        told = AlertAnswer(
            alert=accepted.told,
            received_at=rfc3339(accepted.received_at),
            deadline_at=rfc3339(accepted.deadline_at),
            advice=advice,
            nodes=web.nodes.addresses(),
            calls_from=web.calls_from(),
            proof=proof,
            doubt=doubt,
        )
        response = answer(request, told, 202 if accepted.created else 200)
        response.headers["location"] = f"/v1/alerts/{accepted.told}"
        return response

    return raise_alert


async def _advice(web: Web, accepted: Accepted) -> Advice:
    """Return the advice of an alert that was there, as far as it is shown here; under an alias, the advice of
    the signal's own deadline.
    """
    if accepted.alias is not None:
        late = web.clock.now_us() >= accepted.deadline_at
        return Advice.CALL_112_NOW if late else Advice.WAIT
    known = web.following.picture.alerts.get(accepted.alert)
    if known is not None:
        return told_to_app(known.case)
    case = await asyncio.to_thread(web.following.fresh, accepted.alert)
    return Advice.WAIT if case is None else told_to_app(case)
