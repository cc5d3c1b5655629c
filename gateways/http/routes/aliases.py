"""What is asked and said under the alias of a signal that has joined another sender's alert (decision 136).

Every route of the app answers there as it does of an alert. Nothing of the alert is told, and what is said is
kept for the operator, marked as not proved.
"""

from __future__ import annotations

import asyncio
import contextlib

import msgspec
from litestar import Response

from gateways.http.door.senders import SENDER, Sender
from gateways.http.parts.context import Web
from gateways.http.wire.answers import AlertState, AnyRequest, Kept, answer
from gateways.http.wire.app_state import state_of_signal
from messages.base import Position
from messages.events import SignalNamed
from messages.ids import SECOND, AlertId, ClaimKind, Proof
from store.alerts.claims import add_claim
from store.alerts.known import named_signal


class Alias(msgspec.Struct, frozen=True):
    """The alias of a signal, and what its sender was told."""

    name: AlertId
    signal: SignalNamed


async def alias_of(web: Web, name: AlertId) -> Alias | None:
    """The signal of this alias; None where there is none. Raises JournalError."""
    signal = web.writing.skipped.named(name)
    signal = signal or await asyncio.to_thread(named_signal, web.journal.row, name)
    return None if signal is None else Alias(name, signal)


async def state_under(web: Web, alias: Alias, wait_s: float, since: int | None) -> AlertState:
    """The state of the signal, at its next change or after `wait_s` seconds."""
    told = _now(web, alias)
    if wait_s > 0 and told.version == (told.version if since is None else since):
        left_s = (alias.signal.deadline_at - web.clock.now_us()) / SECOND
        await rest(web, min(wait_s, left_s) if left_s > 0 else wait_s)
        told = _now(web, alias)
    return told


async def rest(web: Web, seconds: float) -> None:
    """Wait so long, or until the web ends."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(web.stopping.wait(), seconds)


async def claimed(
    web: Web,
    request: AnyRequest,
    alias: Alias,
    kind: ClaimKind,
    *,
    position: Position | None = None,
    text: str = "",
) -> Response[bytes]:
    """Keep this for the operator, and answer as of an alert. Raises NotDurable."""
    sender: Sender = request.state[SENDER]
    device = sender.device if sender.proof is Proof.DEVICE else None
    signer = None if device is None or device.is_young(web.clock.now_us()) else device.phone
    alert, name = alias.signal.alert, alias.name
    skipped = web.writing.skipped
    await web.writing.run(
        lambda tx: add_claim(
            tx, alert, name, kind, signer=signer, skipped=skipped, position=position, text=text
        )
    )
    return kept(web, request, name)


def kept(web: Web, request: AnyRequest, name: AlertId) -> Response[bytes]:
    """The answer to what was said of an alert."""
    return answer(request, Kept(alert=name, durable=web.journal.durable), 202)


def _now(web: Web, alias: Alias) -> AlertState:
    return state_of_signal(alias.name, alias.signal, web.clock.now_us(), web.calls_from())
