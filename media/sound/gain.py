"""Gain in dB, never beyond full scale: a line's gain, its limiter, and slow automatic gain control.

The limiter looks 2.5 ms ahead within its input, so that it is down when a peak comes, without an audible
edge. If the very first sample is such a peak, the part beyond the ceiling is cut for that time. The release
is 40 dB a second. n samples in are n samples out, without delay. Pure arithmetic: time is a number of
samples.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np
import numpy.typing as npt

from media.sound.frames import (
    FRAME_BYTES,
    FRAME_MS,
    FRAME_SAMPLES,
    FRAMES_PER_S,
    FULL_SCALE,
    SAMPLE_TYPE,
    samples_of,
)
from media.sound.levels import dbfs_of, power_of

CEILING_DBFS: Final = -1.0
_CEILING = FULL_SCALE * 10.0 ** (CEILING_DBFS / 20.0)
_STEP = 20
"""Samples between two checks of the peak: 2.5 ms at 8 kHz."""
_RELEASE = 10.0 ** (0.1 / 20.0)

AGC_TARGET_DBFS: Final = -20.0
"""Level of the center's announcements."""
AGC_MOST_DB: Final = 18.0
AGC_DB_PER_S: Final = 3.0
_AGC_STEP_DB = AGC_DB_PER_S * FRAME_MS / 1000.0
_AGC_LEAST = power_of(-60.0)
# Voice falls by 10 dB between two syllables, noise does not; the absolute level proves nothing.
_VOICE_OVER_FLOOR = 10.0
_SMOOTHING = 1.0 / FRAMES_PER_S


def factor_of(gain_db: float) -> float:
    """Return the factor of a gain in dB."""
    return float(10.0 ** (gain_db / 20.0))


class Agc:
    """Automatic gain of a voice in dB: 0 to 18, changed only during speech."""

    def __init__(self) -> None:
        self.gain_db = 0.0
        self._recent: deque[float] = deque(maxlen=FRAMES_PER_S)
        self._level = 0.0
        self._rest = b""

    def hear(self, pcm: bytes, factor: float, ratio: int) -> None:
        """Process the next samples, at `ratio` times 8 kHz; the factor is the fixed gain applied in front of
        this one.
        """
        data = self._rest + pcm
        unit = FRAME_SAMPLES * ratio
        whole = len(data) // (FRAME_BYTES * ratio) * FRAME_BYTES * ratio
        self._rest = data[whole:]
        frames = samples_of(data[:whole]).reshape(-1, unit).astype(np.float32) * factor
        for power in (np.vecdot(frames, frames) / unit).tolist():
            self._frame(power)

    def _frame(self, power: float) -> None:
        if power <= 0:  # digital silence proves nothing about the line's noise
            return
        self._recent.append(power)
        if len(self._recent) < FRAMES_PER_S or power < max(_AGC_LEAST, min(self._recent) * _VOICE_OVER_FLOOR):
            return
        self._level = self._level + (power - self._level) * _SMOOTHING if self._level else power
        wanted_db = min(AGC_MOST_DB, max(0.0, AGC_TARGET_DBFS - dbfs_of(self._level)))
        self.gain_db += min(_AGC_STEP_DB, max(-_AGC_STEP_DB, wanted_db - self.gain_db))


class Amplifier:
    """Amplifier for one direction of a line: s16le in, s16le out."""

    def __init__(self, gain_db: float, *, agc: bool = False) -> None:
        self._factor = self._now = factor_of(gain_db)
        self._agc = Agc() if agc else None

    def process(self, pcm: bytes, *, wide: bool = False) -> bytes:
        """Process the next part of the stream: any number of whole samples. `wide`: at 16 kHz."""
        samples = samples_of(pcm)
        if not len(samples):
            return b""
        wanted, ratio = self._factor, 2 if wide else 1
        if self._agc is not None:
            self._agc.hear(pcm, self._factor, ratio)
            wanted *= factor_of(self._agc.gain_db)
        loud = samples.astype(np.float32)
        if self._now == wanted and float(np.abs(loud).max()) * wanted <= _CEILING:
            loud *= wanted
        else:
            loud *= self._curve(loud, wanted, _STEP * ratio)
            np.clip(loud, -_CEILING, _CEILING, out=loud)
        return np.rint(loud).astype(SAMPLE_TYPE).tobytes()

    def _curve(self, loud: npt.NDArray[np.float32], wanted: float, step: int) -> npt.NDArray[np.float64]:
        """Return the factor of each sample: interpolated between steps, never above the limit of a step's
        peak.
        """
        starts = np.arange(0, len(loud), step)
        peaks = np.maximum(np.maximum.reduceat(np.abs(loud), starts), 1.0)
        allowed = np.minimum(wanted, _CEILING / peaks).tolist()
        knots = [self._now]
        for this, following in zip(allowed, [*allowed[1:], allowed[-1]], strict=True):
            knots.append(min(this, following, knots[-1] * _RELEASE))
        self._now = knots[-1]
        return np.interp(np.arange(1, len(loud) + 1), np.append(starts, len(loud)), knots)
