"""POST /v1/heartbeats: another center says that it is well. What is heard is published for this node's
HeartbeatSender, which raises the alarm when nothing is heard any more.
"""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path
from typing import Final

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler

from gateways.heartbeat.ears import Ears
from gateways.heartbeat.envelope import LARGEST
from gateways.http.parts.context import Web
from gateways.http.wire.answers import AnyRequest, Problem, said
from gateways.http.wire.decoding import BODY_MAX
from gateways.http.wire.errors import NotSignedOn
from messages.ids import Instant
from model.watching.beat import NO_PHONE, Answer
from model.watching.hearing import asked, began, take
from runtime.published import heard

CHALLENGE_BYTES: Final = 16
_SEALED: Final = "application/octet-stream"


def heartbeats_route(web: Web) -> HTTPRouteHandler:
    """The route."""
    ears = Ears({center.name: center.key_file for center in web.settings.watched})
    run, lock = Path(web.settings.state) / "run", threading.Lock()

    def hear(sealed: bytes, now_us: Instant) -> bytes | None:
        """The answer; none to who has no key. Raises OSError where it cannot be kept."""
        known = ears.heard(sealed)
        # Of a simulated run the settings were copied: it must not speak for the real one.
        if known is None or known[2].simulated:
            return None
        name, key, beat = known
        with lock:
            before = heard.read(run, name) or began(now_us, probes=False)
            hearing, taken = take(before, beat, now_us, os.urandom(CHALLENGE_BYTES))
            heard.write(run, name, hearing)
        challenge = asked(hearing, beat.node)
        answer = Answer(watcher=web.settings.node, taken=taken, challenge=challenge, roster_version=NO_PHONE)
        return key.answer(answer, sealed)

    @post(
        "/v1/heartbeats",
        summary="Another center is well",
        description="By the key of a `[[watched]]`, with which heartbeat and answer are sealed.",
        operation_id="heartbeats",
        audit="figures of another center, of nobody",
        tags=["health"],
        status_code=200,
        request_max_body_size=LARGEST,
        responses={401: said(Problem, "Sealed by no key that is known here.")},
    )
    async def heartbeats(request: AnyRequest) -> Response[bytes]:
        sealed = b""
        async for part in request.stream():
            sealed += part
            # As much as anybody may send is read of anybody; a roster's worth of who may have a key.
            if len(sealed) > BODY_MAX and await asyncio.to_thread(ears.key_of, sealed) is None:
                raise NotSignedOn("sealed by no key that is known here")
        answer = await asyncio.to_thread(hear, sealed, web.clock.now_us())
        if answer is None:
            raise NotSignedOn("sealed by no key that is known here")
        return Response(answer, media_type=_SEALED)

    return heartbeats
