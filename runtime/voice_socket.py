"""Listening side of a voice over a Unix socket: a headset's, or the microphone's of an alert.

A packet is a frame. Frames are neither mixed, kept nor inspected, and no queue grows: a frame that cannot be
passed on at once is late, and is dropped. Of several bridges the newest that has sent a frame has the voice.
The others receive nothing: a voice has only a single conversation at a time. `media.ports.unix_port` is the
bridge's side. All of this runs on the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from pathlib import Path
from typing import Final, Protocol

from runtime import unix_address

_SEND_BUFFER: Final = 1
"""Send buffer towards a bridge: the least the kernel allows, four frames (`media.ports.unix_port`)."""
_BACKLOG: Final = 8
_AT_ONCE: Final = 4
"""Frames read from a bridge before other events are served."""


class Hearer(Protocol):
    """Receiver of what the conference plays."""

    def put(self, frame: bytes) -> None:
        """Play a frame."""
        ...


class VoiceSocket:
    """The socket of one voice, and the bridges connected to the socket."""

    def __init__(self, path: Path, hearer: Hearer, frame_bytes: int) -> None:
        """Listen on `path`, in place of any earlier listener. Raises OSError."""
        self.hearer = hearer
        self._frame_bytes: Final = frame_bytes
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
        """True if a bridge has the voice."""
        return bool(self._bridges)

    def send(self, frame: bytes) -> None:
        """Send a frame of the microphone to the bridge that has the voice."""
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
        """Stop listening. The closed sockets show connected bridges that the voice has ended."""
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
                frame = bridge.recv(self._frame_bytes + 1)
            except BlockingIOError:
                return
            except OSError:
                frame = b""
            if not frame:
                self._gone(bridge)
                return
            if len(frame) != self._frame_bytes:
                continue
            if bridge in self._knocking:
                self._knocking.remove(bridge)
                self._bridges.append(bridge)
            if bridge is self._bridges[-1]:
                self.hearer.put(frame)

    def _gone(self, bridge: socket.socket) -> None:
        self._knocking.discard(bridge)
        if bridge in self._bridges:
            self._bridges.remove(bridge)
        self._loop.remove_reader(bridge.fileno())
        bridge.close()


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
    made.setblocking(False)
    return made
