"""The Unix socket between the web and the actors: how either end gets at it, and how a hint is framed.

Frames are MessagePack `bin`, each with one envelope.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgpack
import msgspec

from runtime import unix_address

FRAME_MAX: Final = 1 << 20
"""Bytes; a hint has some two hundred."""


class BadFrame(Exception):
    """What came is not framed as the web does."""


def frame(envelope: bytes) -> bytes:
    """The envelope for the wire."""
    return msgspec.msgpack.encode(envelope)


class Frames:
    """Takes bytes as they come, gives envelopes."""

    def __init__(self) -> None:
        self._unpacker = msgpack.Unpacker(raw=True, max_buffer_size=4 * FRAME_MAX, max_bin_len=FRAME_MAX)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The envelopes that are complete with this. Raises BadFrame; nothing more is to be read then."""
        try:
            self._unpacker.feed(data)
            for framed in self._unpacker:
                if not isinstance(framed, bytes):
                    raise BadFrame(f"a {type(framed).__name__} where an envelope was to be")
                yield framed
        except (ValueError, msgpack.UnpackException) as error:
            raise BadFrame(str(error)) from error


def connect(path: Path) -> socket.socket:
    """A connection that does not block. Raises OSError where nobody listens."""
    with unix_address.folder(path) as folder:
        connection = _socket()
        try:
            connection.connect(f"{folder}/{path.name}")
        except OSError:
            connection.close()
            raise
    return connection


def listen(path: Path) -> socket.socket:
    """A listening socket that does not block, in place of whatever was there. Raises OSError."""
    listener = _socket()
    unix_address.take(listener, path, backlog=16)
    return listener


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    made.setblocking(False)
    return made
