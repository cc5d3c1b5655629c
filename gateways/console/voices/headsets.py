"""The operators' headsets: what goes between an operator's browser and the bridge that has that voice.

For each operator whose browser is there a Unix socket listens in `run/voice`, to which bridges connect
(`media.ports.unix_port`): one packet is one frame. Nothing is mixed, kept or looked into here, and no queue
grows: what cannot be handed on at once is old, and is dropped. Of several bridges the newest to say a frame
has the voice, the others hear nothing of it: one conversation at a time. On the event loop alone.
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

from messages.ids import OperatorId
from runtime import logs, unix_address
from runtime.published.voice_files import headset_socket

FRAME_BYTES: Final = 640
"""20 ms, s16le, 16 kHz, one channel."""
WAITING_FRAMES: Final = 3
"""60 ms wait for a browser that is slow; then the oldest goes."""
_SEND_BUFFER: Final = 1
"""Towards a bridge: the kernel's least, four frames (`media.ports.unix_port`)."""
_BACKLOG: Final = 8
_AT_ONCE: Final = 4
"""So many frames of one bridge are taken before others have their turn."""

Changed = Callable[[OperatorId], None]


class Browser(Protocol):
    """An operator's end, as a desk knows it."""

    def put(self, frame: bytes) -> None:
        """One frame for the operator's ear."""
        ...

    def replaced(self) -> None:
        """Another one is the operator's from now on."""
        ...


class FrameQueue(deque[bytes]):
    """Frames on their way to a browser: the oldest gives way."""

    def __init__(self) -> None:
        super().__init__(maxlen=WAITING_FRAMES)


class Desk:
    """One operator's socket, whoever of the bridges is connected to it, and the browser."""

    def __init__(self, path: Path, browser: Browser) -> None:
        """Listen, in place of whoever has. Raises OSError."""
        self.browser = browser
        self._path = path
        self._bridges: list[socket.socket] = []  # the newest is the last
        self._knocking: set[socket.socket] = set()  # connected, and nothing said: who only looks stays so
        self._listener = _socket()
        unix_address.take(self._listener, path, backlog=_BACKLOG)
        self._file = os.lstat(path).st_ino
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._listener.fileno(), self._accept)

    @property
    def joined(self) -> bool:
        """Whether a bridge has the operator's voice."""
        return bool(self._bridges)

    def say(self, frame: bytes) -> None:
        """What the operator's microphone has heard, to the bridge that has the voice."""
        while self._bridges:
            bridge = self._bridges[-1]
            try:
                bridge.send(frame)
            except BlockingIOError:
                return  # it is late: what it takes next is newer
            except OSError:
                self._gone(bridge)
            else:
                return

    def close(self) -> None:
        """Listen no more. Whoever is connected finds that the operator has gone."""
        self._loop.remove_reader(self._listener.fileno())
        with contextlib.suppress(OSError):
            if os.lstat(self._path).st_ino == self._file:  # else it is a successor's
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
    """All desks. `changed` is told when an operator's headset is there, once bridges can connect; and not."""

    def __init__(self, run: Path, changed: Changed = lambda operator: None) -> None:
        self._run = run
        self._changed = changed
        self._desks: dict[OperatorId, Desk] = {}
        self.log = logs.get("console.headsets")

    @property
    def present(self) -> frozenset[OperatorId]:
        """Whose headsets are there."""
        return frozenset(self._desks)

    def start(self) -> None:
        """Clear away what an earlier web has left: nobody listens on it. Raises OSError."""
        folder = headset_socket(self._run, OperatorId("")).parent
        folder.mkdir(mode=0o700, exist_ok=True)
        for left in folder.iterdir():
            left.unlink(missing_ok=True)

    def stop(self) -> None:
        """No headset is there any more."""
        for operator in list(self._desks):
            self._close(operator)

    def arrived(self, operator: OperatorId, browser: Browser) -> Desk:
        """The operator's browser is there, in place of any before. Raises OSError for want of a socket."""
        desk = self._desks.get(operator)
        if desk is None:
            desk = self._desks[operator] = Desk(headset_socket(self._run, operator), browser)
            self._changed(operator)
        else:
            before, desk.browser = desk.browser, browser
            before.replaced()
        return desk

    def left(self, operator: OperatorId, browser: Browser) -> None:
        """The browser has gone; nothing happens if another one is there in its place."""
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
