"""GET /v1/voice, the WebSocket: an operator's microphone and speaker, in frames of 20 ms each way.

Binary messages are frames (`headsets.FRAME_BYTES`). The browser says one every 20 ms for as long as it is
there, silence where there is no sound: so a second of nothing is the end of it, whatever TCP still hopes for.
The center says frames while a bridge has the voice, and every quarter of a second, as text, whether one has.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from litestar import websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.handlers import WebsocketRouteHandler

from gateways.console.door import AnySocket, Door
from gateways.console.voices.headsets import FRAME_BYTES, Desk, FrameQueue, Headsets
from messages.ids import OperatorId

BEAT_S: Final = 0.25
"""The longest silence: who hears nothing for three times as long has lost the center."""
_DEAD_BEATS: Final = 4
"""So many beats without a frame are the end. Beats, not time: while this loop itself stands still, and the
frames wait for it, none passes."""
STALLED_S: Final = 0.2
"""So long after its last frame nothing more is sent to a browser: it would wait in TCP, and come late."""
SILENT: Final = 4408
"""Close code: nothing was heard of the browser for a second."""
REPLACED: Final = 4409
"""Close code: another browser of this operator is the headset now."""
NO_SOCKET: Final = 1011
"""Close code: the center has no socket for its bridges; trying again makes sense."""
_BEATS: Final = {joined: f'{{"joined":{"true" if joined else "false"}}}' for joined in (True, False)}


class Connection:
    """One browser."""

    def __init__(self, socket: AnySocket) -> None:
        self._socket = socket
        self._loop = asyncio.get_running_loop()
        self._waiting = FrameQueue()
        self._wake = asyncio.Event()
        self._replaced = False
        self._heard_s = self._loop.time()
        self._beats_unheard = 0
        self._told: bool | None = None

    def put(self, frame: bytes) -> None:
        if self._loop.time() - self._heard_s < STALLED_S:
            self._waiting.append(frame)
            self._wake.set()

    def replaced(self) -> None:
        self._replaced = True
        self._wake.set()

    async def talk(self, desk: Desk) -> int | None:
        """Until either side ends it: the close code, None where the browser has gone by itself."""
        listening = asyncio.create_task(self._listen(desk))
        speaking = asyncio.create_task(self._speak(desk))
        try:
            await asyncio.wait((listening, speaking), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (listening, speaking):
                task.cancel()
            done = await asyncio.gather(listening, speaking, return_exceptions=True)
        for one in done:
            if isinstance(one, Exception) and not isinstance(one, WebSocketDisconnect):
                raise one
        code = done[1]
        return code if isinstance(code, int) else None

    async def _listen(self, desk: Desk) -> None:
        while True:
            frame = await self._socket.receive_data(mode="binary")
            if len(frame) == FRAME_BYTES:
                self._heard_s, self._beats_unheard = self._loop.time(), 0
                desk.say(frame)

    async def _speak(self, desk: Desk) -> int:
        self._turn = self._loop.call_later(BEAT_S, self._beat)
        try:
            while True:
                while self._waiting:
                    await self._socket.send_data(self._waiting.popleft(), mode="binary")
                if self._replaced:
                    return REPLACED
                if self._beats_unheard >= _DEAD_BEATS:
                    return SILENT
                if self._told is not desk.joined:
                    self._told = desk.joined
                    await self._socket.send_data(_BEATS[desk.joined], mode="text")
                await self._wake.wait()
                self._wake.clear()
        finally:
            self._turn.cancel()

    def _beat(self) -> None:
        self._beats_unheard += 1
        self._told = None  # so it is told again
        self._wake.set()
        self._turn = self._loop.call_later(BEAT_S, self._beat)


_WHY: Final = {
    SILENT: "nothing was heard of the browser for a second",
    REPLACED: "another browser of yours is your headset now",
    NO_SOCKET: "no voice can be had now",
}


def voice_route(headsets: Headsets, door: Door) -> WebsocketRouteHandler:
    """The route."""

    async def talk(socket: AnySocket, operator: OperatorId) -> int | None:
        connection = Connection(socket)
        try:
            desk = headsets.arrived(operator, connection)
        except OSError as error:
            headsets.log.error("no socket for a headset", operator=operator, reason=str(error))
            return NO_SOCKET
        try:
            return await connection.talk(desk)
        finally:
            headsets.left(operator, connection)

    @websocket("/v1/voice", audit="the voice of a case that its operator has")
    async def voice(socket: AnySocket) -> None:
        me = await door.let_in(socket)
        if me is None:
            return
        code = await door.while_let_in(socket, me.operator, talk(socket, me.operator))
        if code is not None:
            with contextlib.suppress(WebSocketDisconnect):
                await socket.close(code=code, reason=_WHY[code])

    return voice
