"""Transport of a reading to the web: one datagram, lost unless it is taken at once; and the alerts that the
web shows, of which it needs readings often.

The sender never waits, never raises and keeps no state, not even a descriptor: a dead, slow or stopped web
costs a failed system call. See docs/decisions/0026.
"""

from __future__ import annotations

import socket
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from messages.ids import AlertId
from messages.readings import LevelReading, encode_reading
from runtime import unix_address
from runtime.published.file import publish, published

SOCKET: Final = "readings.sock"
SHOWN: Final = "readings.shown"
READING_MAX: Final = 4096
"""Longest reading in bytes; a conference of five needs some two hundred."""


def send_reading(run: Path, reading: LevelReading) -> bool:
    """Send a reading to the web of this `run` folder. Return False if it was not taken."""
    try:
        with _socket() as sender, unix_address.folder(run / SOCKET) as folder:
            sender.sendto(encode_reading(reading), f"{folder}/{SOCKET}")
    except OSError:
        return False
    return True


def open_readings(run: Path) -> socket.socket:
    """Open the socket that receives readings from now on, in place of a previous one. Raises OSError."""
    listener = _socket()
    unix_address.take(listener, run / SOCKET)
    return listener


def write_shown(run: Path, alerts: Collection[AlertId]) -> None:
    """Publish the alerts that are shown. After a failed write only their meters stand still."""
    with suppress(OSError):
        publish(run / SHOWN, _shown_encoder.encode(sorted(alerts)))


def shown_alerts(run: Path) -> frozenset[AlertId]:
    """Return the alerts that are shown."""
    return published(run / SHOWN, _shown_decoder.decode) or frozenset()


_shown_encoder = msgspec.json.Encoder()
_shown_decoder = msgspec.json.Decoder(frozenset[AlertId])


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    made.setblocking(False)
    return made
