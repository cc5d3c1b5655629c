"""POST /v1/heartbeats: another center says that it is well. What is heard is published for this node's
HeartbeatSender, which raises the alarm when nothing is heard any more.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from threading import Lock
from typing import Final

from litestar import Response

from features.watcher.beat import NO_PHONE, Answer
from features.watcher.ears import Ears, hearing_of, publish_hearing
from features.watcher.envelope import LARGEST
from features.watcher.hearing import asked, began, take
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
def _ears(web: Web) -> Ears:
    return Ears({center.name: center.key_file for center in WatchedCenter.of(web.settings.center)})


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
    """Another center is well.

    By the key of a `[[watched]]`, with which heartbeat and answer are sealed.
    """
    sealed = b""
    async for part in who.request.stream():
        sealed += part
        # As much as anybody may send is read of anybody; a roster's worth of who may have a key.
        if len(sealed) > BODY_MAX and await asyncio.to_thread(_ears(web).key_of, sealed) is None:
            raise NotSignedOn("sealed by no key that is known here")
    answer = await asyncio.to_thread(_answer, web, sealed, web.clock.now_us())
    if answer is None:
        raise NotSignedOn("sealed by no key that is known here")
    return Response(answer, media_type=_SEALED)


def _answer(web: Web, sealed: bytes, now_us: Instant) -> bytes | None:
    """The answer; none to who has no key. Raises OSError where it cannot be kept."""
    known = _ears(web).heard(sealed)
    # Of a simulated run the settings were copied: it must not speak for the real one.
    if known is None or known[2].simulated:
        return None
    name, key, beat = known
    run = Path(web.settings.state) / "run"
    with _hearing(web):
        before = hearing_of(run, name) or began(now_us, probes=False)
        hearing, taken = take(before, beat, now_us, os.urandom(CHALLENGE_BYTES))
        publish_hearing(run, name, hearing)
    challenge = asked(hearing, beat.node)
    answer = Answer(watcher=web.settings.node, taken=taken, challenge=challenge, roster_version=NO_PHONE)
    return key.answer(answer, sealed)
