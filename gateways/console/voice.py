"""The operators' own voices through their browsers, and the levels of the parties of each alert. All of this
runs on the event loop.

**Headsets** pass frames between an operator's browser and the bridge that has this voice. For each operator
with a connected browser a Unix socket in `run/voice` accepts bridges (`runtime.voice_socket`).

**GET /v1/voice**, the WebSocket, carries an operator's microphone and speaker in frames of 20 ms each way.
Binary messages are frames (`FRAME_BYTES`). The browser sends a frame every 20 ms while connected, with
silence if there is no sound; a second without a frame is the end, even if TCP is still open. The center sends
frames while a Mixer has the voice, and every quarter of a second a text that states if a Mixer has the
voice.

**Meters** receive the levels of the parties of each alert and pass them to the screens that show the alert.
Readings are datagrams; late or lost readings are not missed. Nothing is kept, and no process waits for a
reading.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from litestar import websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.handlers import WebsocketRouteHandler

from gateways.console.sessions import AnySocket, Door
from messages.ids import SECOND, Instant, OperatorId
from messages.readings import LevelReading, decode_reading
from runtime import logs
from runtime.clock import Clock
from runtime.published import readings
from runtime.published.voice_files import headset_socket
from runtime.voice_socket import VoiceSocket

FRAME_BYTES: Final = 640
"""20 ms, s16le, 16 kHz, mono."""
WAITING_FRAMES: Final = 3
"""Frames kept for a slow browser (60 ms); then the oldest is dropped."""

Changed = Callable[[OperatorId], None]


class Browser(Protocol):
    """An operator's browser, as used by `Headsets`."""

    def put(self, frame: bytes) -> None:
        """Send a frame to the operator's ear."""
        ...

    def replaced(self) -> None:
        """End this browser: another browser has replaced it."""
        ...


class FrameQueue(deque[bytes]):
    """Frames on their way to a browser; a full queue drops the oldest."""

    def __init__(self) -> None:
        super().__init__(maxlen=WAITING_FRAMES)


class Headsets:
    """All desks. `changed` is called when an operator's headset has arrived, after bridges can connect, and
    when the headset has left.
    """

    def __init__(self, run: Path, changed: Changed = lambda operator: None) -> None:
        self._run = run
        self._changed = changed
        self._desks: dict[OperatorId, VoiceSocket] = {}
        self._browsers: dict[OperatorId, Browser] = {}
        self.log = logs.get("console.headsets")

    @property
    def present(self) -> frozenset[OperatorId]:
        """Operators with a connected headset."""
        return frozenset(self._desks)

    def start(self) -> None:
        """Remove the sockets of an earlier web, which no process listens on. Raises OSError."""
        folder = headset_socket(self._run, OperatorId("")).parent
        folder.mkdir(mode=0o700, exist_ok=True)
        for left in folder.iterdir():
            left.unlink(missing_ok=True)

    def stop(self) -> None:
        """Close all desks."""
        for operator in list(self._desks):
            self._close(operator)

    def arrived(self, operator: OperatorId, browser: Browser) -> VoiceSocket:
        """Set the operator's browser, in place of any earlier browser. Raises OSError if no socket can be
        opened.
        """
        desk = self._desks.get(operator)
        if desk is None:
            desk = VoiceSocket(headset_socket(self._run, operator), browser, FRAME_BYTES)
            self._desks[operator], self._browsers[operator] = desk, browser
            self._changed(operator)
        else:
            before, self._browsers[operator] = self._browsers[operator], browser
            desk.hearer = browser
            before.replaced()
        return desk

    def left(self, operator: OperatorId, browser: Browser) -> None:
        """Close the desk of this browser; no effect if another browser has replaced this browser."""
        if self._browsers.get(operator) is browser:
            self._close(operator)

    def _close(self, operator: OperatorId) -> None:
        del self._browsers[operator]
        self._desks.pop(operator).close()
        self._changed(operator)


BEAT_S: Final = 0.25
"""Longest silence, in seconds; a page treats the connection as lost after three times as long."""
_DEAD_BEATS: Final = 4
"""Beats without a frame until the connection is ended. Beats rather than time: while this loop itself is held
up, frames wait and no beat passes.
"""
STALLED_S: Final = 0.2
"""Age of a browser's last frame, in seconds, after which no frame is sent: the frame would wait in TCP, and
arrive late.
"""
SILENT: Final = 4408
"""Close code: no frame arrived from the browser for a second."""
REPLACED: Final = 4409
"""Close code: another browser of this operator has become the headset."""
NO_SOCKET: Final = 1011
"""Close code: the center has no socket for its bridges; a retry is useful."""
_BEATS: Final = {joined: f'{{"joined":{"true" if joined else "false"}}}' for joined in (True, False)}


class Connection:
    """A connected browser."""

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

    async def talk(self, desk: VoiceSocket) -> int | None:
        """Serve the connection until either side ends it. Return the WebSocket close code; None if the
        browser disconnected.
        """
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

    async def _listen(self, desk: VoiceSocket) -> None:
        while True:
            frame = await self._socket.receive_data(mode="binary")
            if len(frame) == FRAME_BYTES:
                self._heard_s, self._beats_unheard = self._loop.time(), 0
                desk.send(frame)

    async def _speak(self, desk: VoiceSocket) -> int:
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
        self._told = None  # forces the next text
        self._wake.set()
        self._turn = self._loop.call_later(BEAT_S, self._beat)


_WHY: Final = {
    SILENT: "nothing was heard of the browser for a second",
    REPLACED: "another browser of yours is your headset now",
    NO_SOCKET: "no voice can be had now",
}


def voice_route(headsets: Headsets, door: Door) -> WebsocketRouteHandler:
    """Return the route."""

    async def talk(socket: AnySocket, operator: OperatorId) -> int | None:
        connection = Connection(socket)
        try:
            desk = headsets.arrived(operator, connection)
        except OSError as error:
            headsets.log.error(
                "the socket of the headset cannot be opened", operator=operator, reason=str(error)
            )
            return NO_SOCKET
        try:
            return await connection.talk(desk)
        finally:
            headsets.left(operator, connection)

    @websocket("/v1/voice", audit="the voice of a case that its operator has")
    async def voice(socket: AnySocket) -> None:
        me = await door.admit(socket)
        if me is None:
            return
        code = await door.serve_while_admitted(socket, me.operator, talk(socket, me.operator))
        if code is not None:
            with contextlib.suppress(WebSocketDisconnect):
                await socket.close(code=code, reason=_WHY[code])

    return voice


READINGS_AT_ONCE: Final = 64
"""Readings taken before other events are served."""
OLD_US: Final = Instant(SECOND)
"""Age above which a reading is dropped: the web process had been stopped meanwhile."""


class Meters:
    """Levels of the parties of each alert, for the screens."""

    def __init__(self, run: Path, clock: Clock, shown: Callable[[LevelReading], None]) -> None:
        self._run = run
        self._clock = clock
        self._shown = shown
        self._socket: socket.socket | None = None
        self.log = logs.get("console.meters")

    def start(self) -> None:
        """Start receiving readings; no alert is shown yet. Continue without readings if the socket fails: no
        call depends on readings.
        """
        try:
            self._socket = readings.open_readings(self._run)
            readings.write_shown(self._run, ())
        except OSError as error:
            self.log.error("the socket for voice readings cannot be opened", reason=str(error))
            return
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._readable)

    def stop(self) -> None:
        """Stop receiving readings."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def _readable(self) -> None:
        assert self._socket is not None
        for _ in range(READINGS_AT_ONCE):
            try:
                data = self._socket.recv(readings.READING_MAX)
            except OSError:
                return
            reading = decode_reading(data)
            if reading is not None and self._clock.now_us() - reading.at_us <= OLD_US:
                self._shown(reading)
