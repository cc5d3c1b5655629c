"""POST /v1/heartbeats: another center says that it is well. What is heard is published for this node's
HeartbeatSender, which raises the alarm when nothing is heard any more.
"""

from __future__ import annotations

import asyncio
import os
import threading
from functools import partial
from pathlib import Path
from typing import Final

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler

from gateways.heartbeat.envelope import LARGEST, Key, NotSealed, key_at, key_id_of
from gateways.http.answers import AnyRequest, Problem, said
from gateways.http.context import Web
from gateways.http.decoding import BODY_MAX
from gateways.http.errors import NotSignedOn
from messages.ids import Instant
from model.watching.beat import NO_PHONE, Answer
from model.watching.hearing import asked, began, take
from model.watching.targets import WatchedCenter
from runtime import logs
from runtime.published import heard

log = logs.get("http.heartbeats")

CHALLENGE_BYTES: Final = 16
_SEALED: Final = "application/octet-stream"


def heartbeats_route(web: Web) -> HTTPRouteHandler:
    """The route."""
    ears = _Ears(Path(web.settings.state) / "run", web.settings.node, web.settings.watched)

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
            if len(sealed) > BODY_MAX and not await asyncio.to_thread(ears.knows, sealed):
                raise NotSignedOn("sealed by no key that is known here")
        answer = await asyncio.to_thread(partial(ears.hear, sealed, web.clock.now_us()))
        if answer is None:
            raise NotSignedOn("sealed by no key that is known here")
        return Response(answer, media_type=_SEALED)

    return heartbeats


class _Ears:
    """The centers that are watched from here."""

    def __init__(self, run: Path, node: str, watched: tuple[WatchedCenter, ...]) -> None:
        self._run, self._node, self._watched = run, node, watched
        self._lock = threading.Lock()
        self._unread: dict[str, str] = {}
        """Why a center's key could not be read, as it was said last."""

    def knows(self, sealed: bytes) -> bool:
        """Whether it says that it is sealed by a key that is known here."""
        keys = (self._key_of(center) for center in self._watched)
        return any(key is not None and key.id == key_id_of(sealed) for key in keys)

    def hear(self, sealed: bytes, now_us: Instant) -> bytes | None:
        """The answer; none to who has no key. Raises OSError where it cannot be kept."""
        for center in self._watched:
            key = self._key_of(center)
            if key is None or key.id != key_id_of(sealed):
                continue
            try:
                beat = key.beat_in(sealed)
            except NotSealed:
                continue
            if beat.simulated:
                # Its settings were copied: it must not speak for the real one.
                continue
            with self._lock:
                before = heard.read(self._run, center.name) or began(now_us, probes=False)
                hearing, taken = take(before, beat, now_us, os.urandom(CHALLENGE_BYTES))
                heard.write(self._run, center.name, hearing)
            answer = Answer(
                watcher=self._node,
                taken=taken,
                challenge=asked(hearing, beat.node),
                roster_version=NO_PHONE,
            )
            return key.answer(answer, sealed)
        return None

    def _key_of(self, center: WatchedCenter) -> Key | None:
        """Its file is read each time, so that another one is good at once."""
        try:
            key = key_at(Path(center.key_file))
        except (OSError, ValueError) as error:
            # Once: whoever knocks would fill the log.
            if self._unread.get(center.name) != str(error):
                self._unread[center.name] = str(error)
                log.error("the key of a watched center cannot be read", center=center.name, reason=str(error))
            return None
        self._unread.pop(center.name, None)
        return key
