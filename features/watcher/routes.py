"""POST /v1/heartbeats: heartbeats of other centers, published for this node's HeartbeatSender.

The HeartbeatSender raises the alarm if heartbeats stop.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from threading import Lock
from typing import Final

from litestar import Response

from features.watcher.beat import NO_PHONE, Answer
from features.watcher.ears import HeartbeatReceiver, publish_state, state_of
from features.watcher.envelope import LARGEST
from features.watcher.heartbeat_state import apply_heartbeat, challenge_of, initial_state
from features.watcher.settings import WatchedCenter
from gateways.http.parts.context import Web, once
from gateways.http.routing.permissions import Caller, Permission
from gateways.http.routing.route import POST, route
from gateways.http.wire.decoding import BODY_MAX
from gateways.http.wire.errors import NotSignedOn
from messages.ids import Instant

CHALLENGE_BYTES: Final = 16
_SEALED: Final = "application/octet-stream"
_BY_KEY: Final = Permission(
    who="another center's key", tags=("health",), unknown="Sealed by no key that is known here."
)


@once
def _ears(web: Web) -> HeartbeatReceiver:
    return HeartbeatReceiver(
        {center.name: center.key_file for center in WatchedCenter.of(web.settings.center)}
    )


@once
def _hearing(_: Web) -> Lock:
    return Lock()


@route(
    POST,
    "/v1/heartbeats",
    by=_BY_KEY,
    audit="figures of another center, of nobody",
    status=200,
    largest=LARGEST,
)
async def heartbeats(web: Web, who: Caller) -> Response[bytes]:
    """Receive another center's heartbeat.

    Heartbeat and answer are encrypted with the key of a `[[watched]]`.
    """
    sealed = b""
    async for part in who.request.stream():
        sealed += part
        # Strangers may send as much as any body; a sender that may have a key, a roster's worth.
        if len(sealed) > BODY_MAX and await asyncio.to_thread(_ears(web).key_of, sealed) is None:
            raise NotSignedOn("the heartbeat is not sealed by a key known here")
    answer = await asyncio.to_thread(_answer, web, sealed, web.clock.now_us())
    if answer is None:
        raise NotSignedOn("the heartbeat is not sealed by a key known here")
    return Response(answer, media_type=_SEALED)


def _answer(web: Web, sealed: bytes, now_us: Instant) -> bytes | None:
    """Return the answer; None if the sender has no key. Raises OSError if the state cannot be stored."""
    known = _ears(web).open_heartbeat(sealed)
    # A simulated run has a copy of the settings, and must not speak for the real center.
    if known is None or known[2].simulated:
        return None
    name, key, beat = known
    run = Path(web.settings.state) / "run"
    with _hearing(web):
        before = state_of(run, name) or initial_state(now_us, probes=False)
        hearing, taken = apply_heartbeat(before, beat, now_us, os.urandom(CHALLENGE_BYTES))
        publish_state(run, name, hearing)
    challenge = challenge_of(hearing, beat.node)
    answer = Answer(watcher=web.settings.node, taken=taken, challenge=challenge, roster_version=NO_PHONE)
    return key.answer(answer, sealed)
