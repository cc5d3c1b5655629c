"""The way of a reading from whoever measures to the web: one datagram, lost where nobody takes it at once.

The sender never waits, never raises and keeps nothing, not even a descriptor: a web that is dead, slow or
stopped costs it a failed system call. See docs/decisions/0019-readings.md.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Final

from messages.readings import LevelReading, encode_reading
from runtime import unix_address

SOCKET: Final = "readings.sock"
READING_MAX: Final = 4096
"""Bytes; a conference of five has some two hundred."""


def tell(run: Path, reading: LevelReading) -> bool:
    """Say it to the web whose `run` folder this is; False where nobody takes it now."""
    try:
        with _socket() as sender, unix_address.folder(run / SOCKET) as folder:
            sender.sendto(encode_reading(reading), f"{folder}/{SOCKET}")
    except OSError:
        return False
    return True


def listen(run: Path) -> socket.socket:
    """The socket that readings come to from now on, whoever has had them before. Raises OSError."""
    listener = _socket()
    unix_address.take(listener, run / SOCKET)
    return listener


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    made.setblocking(False)
    return made
