"""Frames on their way between two nodes: each is 20 ms of 8 kHz behind its length and its number.

A packet without sound says only that the other side lives. Numbers go up by one for every packet that was
to be said, those included that the sender had to drop: so the receiver knows what it has missed. TCP keeps
order and bytes; a length or a number that cannot be means that this is no such stream, and nobody looks where
it might begin again. Pure.
"""

from __future__ import annotations

import struct
from typing import Final

from media.sound.frames import FRAME_BYTES

_HEADER: Final = struct.Struct("!HI")
HEADER_BYTES: Final = _HEADER.size
PACKET_BYTES: Final = HEADER_BYTES + FRAME_BYTES
_NUMBERS: Final = 1 << 32


class NoFrames(Exception):
    """What came cannot have been said by the other side of a node port."""


class Packer:
    """Makes packets."""

    def __init__(self, first: int = 0) -> None:
        self._next = first

    def pack(self, frame: bytes = b"") -> bytes:
        """A frame of 320 bytes, or none, as it goes over the wire."""
        number, self._next = self._next, (self._next + 1) % _NUMBERS
        return _HEADER.pack(len(frame), number) + frame


class Unpacker:
    """Finds the frames in what comes, however it was cut."""

    def __init__(self) -> None:
        self._come = bytearray()
        self._next: int | None = None
        self.missed = 0
        """Packets that the other side was to say and has dropped."""

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that are whole now, oldest first. Raises NoFrames; less than a packet is kept."""
        self._come += data
        frames: list[bytes] = []
        at = 0
        while len(self._come) - at >= HEADER_BYTES:
            length, number = _HEADER.unpack_from(self._come, at)
            if length not in (0, FRAME_BYTES):
                raise NoFrames(f"a frame of {length} bytes")
            if len(self._come) - at < HEADER_BYTES + length:
                break
            self._count(number)
            at += HEADER_BYTES + length
            if length:
                frames.append(bytes(self._come[at - length : at]))
        del self._come[:at]
        return frames

    def _count(self, number: int) -> None:
        gap = 0 if self._next is None else (number - self._next) % _NUMBERS
        if gap >= _NUMBERS // 2:
            raise NoFrames("numbers that go backwards")
        self.missed += gap
        self._next = (number + 1) % _NUMBERS
