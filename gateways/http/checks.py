"""A check that a phone raises: taken as an alert is, and put off while alerts are at work."""

from __future__ import annotations

from litestar import Response

from gateways.http.door.budgets import Kind
from gateways.http.door.senders import Sender
from gateways.http.parts.context import Web
from gateways.http.wire.answers import AlertAnswer, AnyRequest, answer, rfc3339
from gateways.http.wire.bodies import AlertBody, alert_id
from gateways.http.wire.errors import BadBody, NotAllowed, TooMany
from messages.ids import AlertId, Channel, Doubt, Proof
from model.rules.signal import Signal
from store.alerts.checks import PutOff, accept_check


async def check(web: Web, request: AnyRequest, body: AlertBody, sender: Sender) -> Response[bytes]:
    """Take it. Raises BadBody, NotAllowed, TooMany, NotDurable.

    The number is the one that the signature proves. A position is no part of it, and stays unread.
    """
    # A phone that only seems enrolled is to see nothing of that: a check calls no operator.
    device = sender.device or sender.seeming
    if device is None or sender.doubt not in (None, Doubt.NONCE):
        raise NotAllowed("a check is signed by its phone", sender.doubt or "unsigned")
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
        proof=Proof.DEVICE,
        key=device.device,
        test=True,
        check=body.check,
    )
    policy = web.settings.policy
    made = await web.writing.run(
        lambda tx: accept_check(tx, signal, policy.deadline_s, policy.live_cases, body.checks_every_days)
    )
    if isinstance(made, PutOff):
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
        proof=Proof.DEVICE,
    )
    response = answer(request, told, 202 if made.created else 200)
    response.headers["location"] = f"/v1/alerts/{made.alert}"
    return response
