"""Bytes of a terminal with a modem's voice: alignment of samples, and pacing by the modem. Pure arithmetic.

Alignment: an overrun of a serial driver drops bytes, not samples. From then on every low byte is read as a
high one: full-scale noise for all legs, until the port is reopened. The aligner detects this noise as soon as
the party speaks (from about −30 dBFS), and drops one byte. Bytes in, whole samples out.

Pacing: the modem gets exactly as many bytes as it delivers. The PCM of some modems is synchronous, and
refuses sound once both directions have drifted apart (seen on a SIM7600; callpilot, DAWN). Output
waits until the modem has delivered as many bytes; if the modem delivers more, silence fills the rest.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from media.sound.frames import SAMPLE_BYTES, Samples, samples_of

# All three must hold in three checks running (60 ms). Genuine sound can meet each alone: a clipping scream is
# two-valued and looks smooth when misread, which the spread excludes; loud music has the spread but not such
# steps; white noise has both but is as rough when read the other way.
_ROUGH = 12_000
"""Mean step between samples. Uniform noise has 21 845, the loudest speech about 5 000."""
_LOUD = range(16_384 >> 8, 32_768 >> 8)
"""High bytes of samples from 16 384. Uniform noise has some among any 120 samples; most genuine sound has
none, and skips the costly check.
"""
_SOFT = bytes(high for high in range(256) if high not in _LOUD)
_SMOOTHER = 8
"""Required ratio of smoothness of the other reading: speech at −10 dBFS has 20 and more."""
_SPREAD = 40
"""Different high bytes among 120 samples: low bytes of speech, read as high ones, have 96 on average."""
_LOOK_SAMPLES = 120
_LOOKS = 3


class SampleAligner:
    """Incoming bytes of one port. `realigned` counts the corrections."""

    def __init__(self) -> None:
        self._pending = b""
        self._suspicious = 0
        self.realigned = 0

    def feed(self, data: bytes) -> bytes:
        """Return the whole samples received so far; half a sample waits for its other half."""
        self._pending += data
        if len(self._pending) >= _LOOK_SAMPLES * SAMPLE_BYTES:
            self._suspicious = self._suspicious + 1 if _misread(self._pending) else 0
            if self._suspicious == _LOOKS:
                self._suspicious = 0
                self.realigned += 1
                self._pending = self._pending[1:]
        whole = len(self._pending) - len(self._pending) % SAMPLE_BYTES
        pcm, self._pending = self._pending[:whole], self._pending[whole:]
        return pcm


def _misread(pcm: bytes) -> bool:
    """Return True if the newest samples make sense only when read from one byte later."""
    first = (len(pcm) // SAMPLE_BYTES - _LOOK_SAMPLES) * SAMPLE_BYTES
    last = first + _LOOK_SAMPLES * SAMPLE_BYTES
    if not pcm[first + 1 : last : SAMPLE_BYTES].translate(None, _SOFT):
        return False
    read = samples_of(pcm[first:last])
    step = _mean_step(read)
    if step < _ROUGH or len(np.unique(read >> 8)) < _SPREAD:
        return False
    other_read = samples_of(pcm[first + 1 : last])
    return _mean_step(other_read) * _SMOOTHER < step


def _mean_step(samples: Samples) -> float:
    return float(np.abs(np.diff(samples.astype(np.int32))).mean())


MOST_FRAMES: Final = 4
"""Most frames that wait or are pending: a modem delivers its sound in bursts of up to 64 ms."""


class ModemPace:
    """Pacing of one port."""

    def __init__(self, frame_bytes: int) -> None:
        """Start with nothing pending. `frame_bytes`: bytes of 20 ms at the modem's rate."""
        self._most = MOST_FRAMES * frame_bytes
        self._waiting = b""
        self._owed = 0
        """Bytes received from the modem and not yet returned."""
        self.left_out = 0
        """Output bytes dropped after waiting too long."""

    def count_received(self, n_bytes: int) -> None:
        """Count bytes received from the modem."""
        self._owed += n_bytes

    def not_taken(self, n_bytes: int) -> None:
        """Count due bytes that have not reached the modem. The number is bounded: otherwise a full driver
        would be repaid in silence for the rest of the call.
        """
        self._owed = min(self._owed + n_bytes, self._most)

    def due(self, said: bytes) -> bytes:
        """Return the bytes to write to the modem now, from waiting output and this frame."""
        waiting = self._waiting + said
        if (excess := len(waiting) - self._most) > 0:
            self.left_out += excess
            waiting = waiting[excess:]
        now = min(self._owed, len(waiting)) // SAMPLE_BYTES * SAMPLE_BYTES
        self._owed -= now
        # A larger amount is no burst: the host's clock is slower, or this process has stalled.
        missing = max(0, self._owed - self._most) // SAMPLE_BYTES * SAMPLE_BYTES
        self._owed -= missing
        self._waiting = waiting[now:]
        return waiting[:now] + bytes(missing)

    def change(self, frame_bytes: int) -> None:
        """Set the modem's new rate; output that waits had the previous rate and is dropped."""
        self._most, self._waiting = MOST_FRAMES * frame_bytes, b""
