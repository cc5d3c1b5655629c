"""Voice ports: sources and sinks of a leg's sound.

A port never waits: a read returns present data, a write drops and counts surplus frames. Both directions use
8 kHz s16le for any modem, or 16 kHz if the modem does and the opener allows it. Ports know no calls: a port
with nothing but silence works.

Errors::

    VoicePortError
    ├── VoicePortMissing    cannot be opened now: no such device, not yet or no longer
    ├── VoicePortLost       was open and is lost: unplugged, hung up
    └── VoicePortUnusable   can never be a voice port: an error in the center or in the settings

The location and format of a line's voice is a spec: plain data, for deciders and openers.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

import messages.base
from media.sound.frames import FRAME_BYTES, RATE_HZ
from messages.base import NO_GAINS, Gains, VoicePace


class VoicePortError(Exception):
    """Base class of the package's errors. The text is for the person on duty."""


class VoicePortMissing(VoicePortError):
    """Raised if nothing can be opened at this path now; a retry makes sense."""


class VoicePortLost(VoicePortError):
    """Raised if the open port is lost; close the port and open it again."""


class VoicePortUnusable(VoicePortError):
    """Raised for a path that is no terminal, or for an unsupported rate or kind."""


class PortCounters(msgspec.Struct, frozen=True, kw_only=True):
    """Counters of a port since it was opened."""

    read_bytes: int = 0
    """Bytes in the modem's own format: 0 means that the modem sends nothing at all, not even silence."""
    written_frames: int = 0
    dropped_frames: int = 0
    """Frames without room: the modem accepts no sound, or accepts it more slowly than it is written."""
    realigned: int = 0
    """Number of corrections for a lost byte."""
    missed_frames: int = 0
    """Frames of the other node that did not arrive in time: its network stalled."""
    xruns: int = 0
    """Number of restarts of a sound card after an empty or overfull buffer."""


class VoicePort(Protocol):
    """Port as the conference uses it: one thread at a time, closed once unused."""

    @property
    def rate_hz(self) -> int:
        """Rate of the modem in Hz: measured, or the dialect's until then."""
        ...

    @property
    def wide(self) -> bool:
        """True if reads and writes use 16 kHz; may change with a `read`. Otherwise 8 kHz."""
        ...

    def read(self) -> bytes:
        """Return the present input as whole samples; may be empty. Never waits. Raises VoicePortLost."""
        ...

    def write(self, frame: bytes) -> None:
        """Write one frame of 320 bytes, or 640 if wide; without room it is dropped and counted. Never waits.
        Raises VoicePortLost.
        """
        ...

    def close(self) -> None:
        """Close the port; may be repeated. May wait for a driver: not for the media thread."""
        ...

    def fileno(self) -> int:
        """Return the descriptor to poll."""
        ...

    def is_wanted(self) -> bool:
        """Return True if another process waits for this port (`media.ports.claim`)."""
        ...

    def counters(self) -> PortCounters:
        """Return the counters so far."""
        ...


class VoicePortSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Location and format of a line's voice; equal specs are the same port."""

    path: str
    rate_hz: int = RATE_HZ
    frame_bytes: int = FRAME_BYTES
    """Unit in which the modem accepts sound, in bytes at its own rate; writes are whole units."""
    kind: str = "tty"
    """`tty`: a terminal; `unix`: a socket of packets, each one frame (`media.ports.unix_port`); `alsa`: a
    sound card, `usb:1-2.3` or its name (`media.ports.cards`); `node`: a voice of another node,
    `HOST:PORT/NAME` (`media.ports.node_port`).
    """
    gains: Gains = NO_GAINS
    pace: VoicePace = VoicePace.CLOCK
    """Pace of a terminal."""


def spec_of(voice: messages.base.VoicePort) -> VoicePortSpec:
    """Return the spec for a line's reported voice port."""
    return VoicePortSpec(
        path=voice.path,
        rate_hz=voice.rate_hz,
        frame_bytes=voice.frame_bytes,
        kind=voice.kind,
        gains=voice.gains,
        pace=voice.pace,
    )
