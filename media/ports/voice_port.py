"""Voice ports: where a leg's sound is read from and written to.

A port never waits: reading gives what is there, writing drops and counts what does not fit. Both sides speak
8 kHz s16le whatever the modem speaks, or 16 kHz where it does and whoever opens the port wants that. Ports
know nothing of calls: a port that carries only silence is a port that works.

Errors::

    VoicePortError
    ├── VoicePortMissing    it cannot be opened now: no such device, or not yet, or no longer
    ├── VoicePortLost       it was open and is gone: unplugged, hung up
    └── VoicePortUnusable   what was asked for can never be a voice port: our mistake or the configuration's

Where a line's voice is and in what format is a spec: plain data, for those who decide and those who open.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

import messages.base
from media.sound.frames import FRAME_BYTES, RATE_HZ
from messages.base import NO_GAINS, Gains, VoicePace


class VoicePortError(Exception):
    """Root of the package's errors. The text is for the person on duty."""


class VoicePortMissing(VoicePortError):
    """There is nothing to open at this path now; trying again makes sense."""


class VoicePortLost(VoicePortError):
    """The open port is gone; close it and open it again."""


class VoicePortUnusable(VoicePortError):
    """Not a terminal, or a rate or kind that this package does not speak."""


class PortCounters(msgspec.Struct, frozen=True, kw_only=True):
    """What a port has carried since it was opened."""

    read_bytes: int = 0
    """In the modem's own format: 0 means that it says nothing at all, not even silence."""
    written_frames: int = 0
    dropped_frames: int = 0
    """Frames that did not fit: the modem does not take sound, or more slowly than we say it."""
    realigned: int = 0
    """How often a lost byte had to be made up for."""
    missed_frames: int = 0
    """Frames that the other node was to say and that did not come in time: its network stood still."""
    xruns: int = 0
    """How often a sound card had nothing to play, or was not read in time, and began anew."""


class VoicePort(Protocol):
    """What the conference needs of a port: used by one thread at a time, closed when none uses it."""

    @property
    def rate_hz(self) -> int:
        """The modem's rate in Hz: as measured, or, until that is known, as its dialect says."""
        ...

    @property
    def wide(self) -> bool:
        """Whether what is read and written is 16 kHz: it may change with a `read`. Otherwise it is 8."""
        ...

    def read(self) -> bytes:
        """Whatever is there, as whole samples; may be empty. Never waits. Raises VoicePortLost."""
        ...

    def write(self, frame: bytes) -> None:
        """Say one frame of 320 bytes, of 640 where it is wide; dropped and counted when full. Never waits.
        Raises VoicePortLost."""
        ...

    def close(self) -> None:
        """Give the port back; harmless when done twice. May wait for a driver: not for the media thread."""
        ...

    def fileno(self) -> int:
        """The descriptor, for those who poll."""
        ...

    def counters(self) -> PortCounters:
        """The figures until now."""
        ...


class VoicePortSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Where a line's voice is and in what format; two specs that are equal are the same port."""

    path: str
    rate_hz: int = RATE_HZ
    frame_bytes: int = FRAME_BYTES
    """The unit in which the modem takes sound, in bytes at its own rate; writes are whole units."""
    kind: str = "tty"
    """`tty`: a terminal; `unix`: a socket of packets, each one frame (`media.ports.unix_port`); `alsa`: a
    sound card, `usb:1-2.3` or its name (`media.ports.cards`); `node`: a voice of another node,
    `HOST:PORT/NAME` (`media.ports.node_port`)."""
    gains: Gains = NO_GAINS
    pace: VoicePace = VoicePace.CLOCK
    """Of a terminal."""


def spec_of(voice: messages.base.VoicePort) -> VoicePortSpec:
    """What is to be opened where a line has said that its voice is there."""
    return VoicePortSpec(
        path=voice.path,
        rate_hz=voice.rate_hz,
        frame_bytes=voice.frame_bytes,
        kind=voice.kind,
        gains=voice.gains,
        pace=voice.pace,
    )
