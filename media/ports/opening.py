"""Opening of the voice port that a spec describes, of any kind, with the gains of its line.

A gain changes the level at the very edge of a port, so meters, recording and the detectors of digits and
voices process the audible sound. A port without a gain is unchanged and costs nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from media.ports.node_port import NodePass, NodeVoicePort
from media.ports.tty_port import TtyVoicePort
from media.ports.unix_port import UnixVoicePort
from media.ports.voice_port import PortCounters, VoicePort, VoicePortSpec, VoicePortUnusable
from media.sound.gain import Amplifier
from messages.base import NO_GAINS, Gains, VoicePace


class PortAround:
    """Port that passes everything on to another port; a subclass changes a part."""

    def __init__(self, port: VoicePort) -> None:
        self._port = port

    @property
    def rate_hz(self) -> int:
        return self._port.rate_hz

    @property
    def wide(self) -> bool:
        return self._port.wide

    def read(self) -> bytes:
        return self._port.read()

    def write(self, frame: bytes) -> None:
        self._port.write(frame)

    def close(self) -> None:
        self._port.close()

    def fileno(self) -> int:
        return self._port.fileno()

    def is_wanted(self) -> bool:
        return self._port.is_wanted()

    def counters(self) -> PortCounters:
        return self._port.counters()


class AmplifiedPort(PortAround):
    """Port with gains around another port."""

    def __init__(self, port: VoicePort, gains: Gains) -> None:
        super().__init__(port)
        self._in = Amplifier(gains.in_db, agc=gains.agc) if gains.in_db or gains.agc else None
        self._out = Amplifier(gains.out_db) if gains.out_db else None

    def read(self) -> bytes:
        pcm = self._port.read()
        return pcm if self._in is None else self._in.process(pcm, wide=self._port.wide)

    def write(self, frame: bytes) -> None:
        self._port.write(frame if self._out is None else self._out.process(frame, wide=self._port.wide))


def amplified(port: VoicePort, gains: Gains) -> VoicePort:
    """Return the port with these gains; the port itself if there are none."""
    return port if gains == NO_GAINS else AmplifiedPort(port, gains)


def open_port(
    spec: VoicePortSpec,
    *,
    let_in_by: NodePass | None = None,
    claim: Callable[[int], None] | None = None,
    locks: Path | None = None,
    keeps_wide: bool = False,
    now_s: Callable[[], float] = time.monotonic,
) -> VoicePort:
    """Open the port of a spec: a terminal after `claim` has returned for its descriptor, a sound card after
    `claim` for a file in `locks`.

    `keeps_wide`: keep 16 kHz in both directions (`VoicePort.wide`). `now_s`: clock for measuring a terminal's
    rate. Raises VoicePortMissing or VoicePortUnusable; may wait for a driver. Voices of other nodes need
    `let_in_by`.
    """
    return amplified(_open(spec, let_in_by, claim, locks, keeps_wide=keeps_wide, now_s=now_s), spec.gains)


def _open(
    spec: VoicePortSpec,
    let_in_by: NodePass | None,
    claim: Callable[[int], None] | None,
    locks: Path | None,
    *,
    keeps_wide: bool,
    now_s: Callable[[], float],
) -> VoicePort:
    match spec.kind:
        case "tty":
            return TtyVoicePort(
                spec.path,
                spec.rate_hz,
                spec.frame_bytes,
                claim,
                keeps_wide=keeps_wide,
                by_modem=spec.pace is VoicePace.MODEM,
                now_s=now_s,
            )
        case "unix":
            return UnixVoicePort(spec.path, spec.rate_hz, spec.frame_bytes, keeps_wide=keeps_wide)
        case "alsa":
            from media.ports.alsa_port import AlsaVoicePort  # a sound card is rare

            return AlsaVoicePort(spec.path, spec.rate_hz, keeps_wide=keeps_wide, claim=claim, locks=locks)
        case "node":
            if let_in_by is None:
                raise VoicePortUnusable(
                    f"{spec.path}: this center has one node, and no secret for voice between nodes"
                )
            return NodeVoicePort(spec.path, let_in_by)
        case kind:
            raise VoicePortUnusable(f"{spec.path}: unknown kind of voice port: {kind}")
