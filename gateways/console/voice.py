"""The operators' own voices through their browsers, and the levels of the parties of each alert. All of this
runs on the event loop.

**Headsets** pass frames between an operator's browser and the bridge that has this voice. For each operator
with a connected browser a Unix socket in `run/voice` accepts bridges (`media.ports.unix_port`). A packet is a
frame. Frames are neither mixed, kept nor inspected, and no queue grows: a frame that cannot be passed on at
once is late, and is dropped. Of several bridges the newest that has sent a frame has the voice. The others
receive nothing: an operator has only a single conversation at a time.

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
import os
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
from runtime import logs, unix_address
from runtime.clock import Clock
from runtime.published import readings
from runtime.published.voice_files import headset_socket

FRAME_BYTES: Final = 640
"""20 ms, s16le, 16 kHz, mono."""
WAITING_FRAMES: Final = 3
"""Frames kept for a slow browser (60 ms); then the oldest is dropped."""
_SEND_BUFFER: Final = 1
"""Send buffer towards a bridge: the least the kernel allows, four frames (`media.ports.unix_port`)."""
_BACKLOG: Final = 8
_AT_ONCE: Final = 4
"""Frames read from a bridge before other events are served."""

Changed = Callable[[OperatorId], None]


class Browser(Protocol):
    """An operator's browser, as used by a desk."""

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


class OperatorSocket:
    """The socket of one operator, the bridges connected to the socket, and the browser."""

    def __init__(self, path: Path, browser: Browser) -> None:
        """Listen on `path`, in place of any earlier listener. Raises OSError."""
        self.browser = browser
        self._path = path
        self._bridges: list[socket.socket] = []  # the newest is the last
        self._knocking: set[socket.socket] = set()  # connected, no frame sent yet: a mere probe stays here
        self._listener = _socket()
        unix_address.take(self._listener, path, backlog=_BACKLOG)
        self._file = os.lstat(path).st_ino
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._listener.fileno(), self._accept)

    @property
    def joined(self) -> bool:
        """True if a bridge has the operator's voice."""
        return bool(self._bridges)

    def send(self, frame: bytes) -> None:
        """Send a frame of the operator's microphone to the bridge that has the voice."""
        while self._bridges:
            bridge = self._bridges[-1]
            try:
                bridge.send(frame)
            except BlockingIOError:
                return  # this frame is late: the next frame that the bridge accepts is newer
            except OSError:
                self._gone(bridge)
            else:
                return

    def close(self) -> None:
        """Stop listening. The closed sockets show connected bridges that the operator has gone."""
        self._loop.remove_reader(self._listener.fileno())
        with contextlib.suppress(OSError):
            if os.lstat(self._path).st_ino == self._file:  # else the file belongs to a successor
                self._path.unlink()
        self._listener.close()
        for bridge in (*self._bridges, *self._knocking):
            self._gone(bridge)

    def _accept(self) -> None:
        while True:
            try:
                bridge, _ = self._listener.accept()
            except OSError:
                return
            bridge.setblocking(False)
            bridge.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
            self._knocking.add(bridge)
            self._loop.add_reader(bridge.fileno(), self._read, bridge)

    def _read(self, bridge: socket.socket) -> None:
        for _ in range(_AT_ONCE):
            try:
                frame = bridge.recv(FRAME_BYTES + 1)
            except BlockingIOError:
                return
            except OSError:
                frame = b""
            if not frame:
                self._gone(bridge)
                return
            if len(frame) != FRAME_BYTES:
                continue
            if bridge in self._knocking:
                self._knocking.remove(bridge)
                self._bridges.append(bridge)
            if bridge is self._bridges[-1]:
                self.browser.put(frame)

    def _gone(self, bridge: socket.socket) -> None:
        self._knocking.discard(bridge)
        if bridge in self._bridges:
            self._bridges.remove(bridge)
        self._loop.remove_reader(bridge.fileno())
        bridge.close()


class Headsets:
    """All desks. `changed` is called when an operator's headset has arrived, after bridges can connect, and
    when the headset has left.
    """

    def __init__(self, run: Path, changed: Changed = lambda operator: None) -> None:
        self._run = run
        self._changed = changed
        self._desks: dict[OperatorId, OperatorSocket] = {}
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

    def arrived(self, operator: OperatorId, browser: Browser) -> OperatorSocket:
        """Set the operator's browser, in place of any earlier browser. Raises OSError if no socket can be
        opened.
        """
        desk = self._desks.get(operator)
        if desk is None:
            desk = self._desks[operator] = OperatorSocket(headset_socket(self._run, operator), browser)
            self._changed(operator)
        else:
            before, desk.browser = desk.browser, browser
            before.replaced()
        return desk

    def left(self, operator: OperatorId, browser: Browser) -> None:
        """Close the desk of this browser; no effect if another browser has replaced this browser."""
        desk = self._desks.get(operator)
        if desk is not None and desk.browser is browser:
            self._close(operator)

    def _close(self, operator: OperatorId) -> None:
        self._desks.pop(operator).close()
        self._changed(operator)


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
    made.setblocking(False)
    return made


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

    async def talk(self, desk: OperatorSocket) -> int | None:
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

    async def _listen(self, desk: OperatorSocket) -> None:
        while True:
            frame = await self._socket.receive_data(mode="binary")
            if len(frame) == FRAME_BYTES:
                self._heard_s, self._beats_unheard = self._loop.time(), 0
                desk.send(frame)

    async def _speak(self, desk: OperatorSocket) -> int:
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
