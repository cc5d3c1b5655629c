"""Where a line's voice is and in what format: plain data, for those who decide and those who open."""

from __future__ import annotations

import msgspec

from media.sound.frames import FRAME_BYTES, RATE_HZ
from messages.base import NO_GAINS, Gains, VoicePace, VoicePort


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


def spec_of(voice: VoicePort) -> VoicePortSpec:
    """What is to be opened where a line has said that its voice is there."""
    return VoicePortSpec(
        path=voice.path,
        rate_hz=voice.rate_hz,
        frame_bytes=voice.frame_bytes,
        kind=voice.kind,
        gains=voice.gains,
        pace=voice.pace,
    )
