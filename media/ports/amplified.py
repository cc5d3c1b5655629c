"""A voice port with a gain: what is read from it and written to it is louder, or softer, at its very edge.

So the meters, the recording and whoever recognises digits and voices have what is heard. A port without a
gain is left as it is, and costs nothing.
"""

from __future__ import annotations

from media.ports.ports import PortCounters, VoicePort
from media.sound.gain import Amplifier
from messages.base import NO_GAINS, Gains


class AmplifiedPort:
    """Gives everything on to the port inside."""

    def __init__(self, port: VoicePort, gains: Gains) -> None:
        self._port = port
        self._in = Amplifier(gains.in_db, agc=gains.agc) if gains.in_db or gains.agc else None
        self._out = Amplifier(gains.out_db) if gains.out_db else None

    @property
    def rate_hz(self) -> int:
        return self._port.rate_hz

    @property
    def wide(self) -> bool:
        return self._port.wide

    def read(self) -> bytes:
        pcm = self._port.read()
        return pcm if self._in is None else self._in.process(pcm, wide=self._port.wide)

    def write(self, frame: bytes) -> None:
        self._port.write(frame if self._out is None else self._out.process(frame, wide=self._port.wide))

    def close(self) -> None:
        self._port.close()

    def fileno(self) -> int:
        return self._port.fileno()

    def counters(self) -> PortCounters:
        return self._port.counters()


def amplified(port: VoicePort, gains: Gains) -> VoicePort:
    """The port with these gains; itself where there are none."""
    return port if gains == NO_GAINS else AmplifiedPort(port, gains)
