"""What a terminal's bytes need that carry a modem's voice: whole samples, and no more said than was heard.

Keeps the two bytes of a sample together on a port that may lose one.

A serial driver that overruns drops bytes, not samples. From then on every low byte is read as a high one:
full-scale noise into the ear of everybody, until the port is opened anew. Here the noise is recognised, as
soon as somebody speaks (from about −30 dBFS on), and one byte dropped. Pure arithmetic: bytes in, whole
samples out.

Says to a modem exactly as much as it says. The PCM of some is synchronous, and takes no more sound once
the two have drifted apart (seen on a SIM7600; callpilot, DAWN).

What is to be said waits until the modem has given as many bytes; where it gives more than is there, silence
is said for the rest. Pure arithmetic.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from media.sound.frames import SAMPLE_BYTES, Samples, samples_of

# All three must hold, in three looks running (60 ms). Each alone is met by honest sound: a scream that clips
# is two-valued and looks smooth when misread, which the spread excludes; loud music has the spread, but not
# such steps; white noise has both, but is as rough when read the other way.
_ROUGH = 12_000
"""Mean step between samples. Uniform noise has 21 845, the loudest speech about 5 000."""
_LOUD = 16_384
"""Uniform noise exceeds it in any 120 samples; most honest sound does not, and is spared the closer look."""
_SMOOTHER = 8
"""The other reading must be smoother by this factor: speech at −10 dBFS is by 20 and more."""
_SPREAD = 40
"""Different high bytes among 120 samples: low bytes of speech, read as high ones, give 96 on average."""
_LOOK_SAMPLES = 120
_LOOKS = 3


class SampleAligner:
    """One port's incoming bytes. `realigned` counts the corrections."""

    def __init__(self) -> None:
        self._pending = b""
        self._suspicious = 0
        self.realigned = 0

    def feed(self, data: bytes) -> bytes:
        """Whole samples of what has come so far; half a sample waits for its other half."""
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
    """Whether the newest samples make sense only when read from one byte later."""
    first = (len(pcm) // SAMPLE_BYTES - _LOOK_SAMPLES) * SAMPLE_BYTES
    read = samples_of(pcm[first : first + _LOOK_SAMPLES * SAMPLE_BYTES])
    if int(np.max(read)) < _LOUD:
        return False
    step = _mean_step(read)
    if step < _ROUGH or len(np.unique(read >> 8)) < _SPREAD:
        return False
    other_read = samples_of(pcm[first + 1 : first + _LOOK_SAMPLES * SAMPLE_BYTES])
    return _mean_step(other_read) * _SMOOTHER < step


def _mean_step(samples: Samples) -> float:
    return float(np.abs(np.diff(samples.astype(np.int32))).mean())


MOST_FRAMES: Final = 4
"""So much may wait, or be owed: a modem gives its sound in heaps of up to 64 ms."""


class ModemPace:
    """Of one port."""

    def __init__(self, frame_bytes: int) -> None:
        """`frame_bytes`: of 20 ms at the modem's rate."""
        self._most = MOST_FRAMES * frame_bytes
        self._waiting = b""
        self._owed = 0
        """Bytes that the modem has given, and not been given yet."""
        self.left_out = 0
        """Bytes that were to be said and have waited for too long."""

    def gave(self, n_bytes: int) -> None:
        """The modem has given so much."""
        self._owed += n_bytes

    def not_taken(self, n_bytes: int) -> None:
        """So much of what was to be said now has not reached the modem. Without room it is not owed for ever,
        else it would be paid in silence for the rest of the call."""
        self._owed = min(self._owed + n_bytes, self._most)

    def due(self, said: bytes) -> bytes:
        """What is to be said to the modem now, of this and of what waits."""
        waiting = self._waiting + said
        if (excess := len(waiting) - self._most) > 0:
            self.left_out += excess
            waiting = waiting[excess:]
        now = min(self._owed, len(waiting)) // SAMPLE_BYTES * SAMPLE_BYTES
        self._owed -= now
        # More than that comes of no heap: our clock is slower, or we have stood still.
        missing = max(0, self._owed - self._most) // SAMPLE_BYTES * SAMPLE_BYTES
        self._owed -= missing
        self._waiting = waiting[now:]
        return waiting[:now] + bytes(missing)

    def change(self, frame_bytes: int) -> None:
        """The modem's rate has changed: what waits was for the one before."""
        self._most, self._waiting = MOST_FRAMES * frame_bytes, b""
