"""How loud a leg is, whether somebody speaks on it, and whether it carries nothing at all.

The three answers differ in use: the level moves the console's meter, voice proves on a dialect with early
answers that a person is there, and digital silence (every sample equal, which no microphone gives) is how a
line without audio is told from a quiet room. Pure arithmetic: time is the number of frames.
"""

from __future__ import annotations

from math import log10
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from media.sound.frames import FRAME_MS, FRAME_SAMPLES, FULL_SCALE, Samples, samples_of

FLOOR_DBFS = -100.0
"""What is reported for no sound at all; 16 bits end at −90.3 dBFS."""

_FULL_POWER = float(FULL_SCALE) ** 2


def power_of(dbfs: float) -> float:
    """The mean square of samples whose RMS is so many dBFS."""
    return _FULL_POWER * float(10.0 ** (dbfs / 10.0))


_FLOOR_POWER = power_of(FLOOR_DBFS)


def dbfs_of(power: float) -> float:
    """dB relative to full scale of a mean square, never below `FLOOR_DBFS`."""
    # Compared as power: of a smoothed power that has fallen for minutes the quotient is 0, which has no
    # logarithm.
    return 10.0 * log10(power / _FULL_POWER) if power > _FLOOR_POWER else FLOOR_DBFS


class Loudness(NamedTuple):
    """One frame's measures: its extreme samples and its mean square."""

    high: int
    low: int
    power: float


NOTHING = Loudness(0, 0, 0.0)


def measure(said: Samples, wide: npt.NDArray[np.float32]) -> list[Loudness]:
    """The loudness of each row; `wide` is the same samples."""
    highs, lows = said.max(axis=1).tolist(), said.min(axis=1).tolist()
    return [Loudness(*one) for one in zip(highs, lows, powers(wide), strict=True)]


def powers(wide: npt.NDArray[np.float32]) -> list[float]:
    """The mean square of each row of samples."""
    found: list[float] = (np.einsum("ij,ij->i", wide, wide) / FRAME_SAMPLES).tolist()
    return found


def peak_of(pcm: bytes) -> int:
    """The largest magnitude among the samples, 0 to 32768."""
    samples = samples_of(pcm)
    return max(int(np.max(samples)), -int(np.min(samples))) if len(samples) else 0


class LevelReport(msgspec.Struct, frozen=True, kw_only=True):
    """A leg's sound as it is now."""

    peak_dbfs: float = FLOOR_DBFS
    """Highest sample, falling by 20 dB a second after it."""
    rms_dbfs: float = FLOOR_DBFS
    """Loudness over about the last 200 ms."""
    voice: bool = False
    """Somebody (or something as lively) is heard now; held for 200 ms."""
    voice_ms: int = 0
    """How much voice there has been since the leg joined."""
    digital_silence_ms: int = 0
    """How long every sample has been the same, until now; 0 as soon as anything moves."""


_PEAK_DECAY = 10.0 ** (-20.0 * FRAME_MS / 1000.0 / 20.0)
_SMOOTHING = FRAME_MS / 200.0
# The noise floor follows the quietest sound: down at once, up by 1 dB a second, so that a long scream does
# not become the floor; and it is never believed to be above −40 dBFS, so that what is loud always counts.
# It begins there: noise that is there from the first moment is not voice. Digital silence says nothing of it.
_NOISE_RISE = 10.0 ** (1.0 * FRAME_MS / 1000.0 / 10.0)
_NOISE_LEAST = power_of(-65.0)
_NOISE_MOST = power_of(-40.0)
_VOICE_OVER_NOISE = 10.0 ** (9.0 / 10.0)
_VOICE_LEAST = power_of(-45.0)
_VOICE_HELD_FRAMES = 200 // FRAME_MS
_SPOKEN_FRAMES = 300 // FRAME_MS
"""So much voice, with no pause that would end it, is a person: a cough is shorter, a word is not."""


class LevelMeter:
    """Follows one leg, frame by frame."""

    def __init__(self) -> None:
        self._peak = 0.0
        self._power = 0.0
        self._noise = _NOISE_MOST
        self._held_frames = 0
        self._voice_frames = 0
        self._run_frames = 0
        self.silent_frames = 0
        """How many frames have been digital silence, until now."""
        self.spoken = False
        """Somebody has been heard for 300 ms at some time."""

    def update(self, frame: Loudness, *, artificial: bool = False, least: float = 0.0) -> None:
        """Take the next 20 ms.

        What is known to be artificial, a network's tone, is no voice, nor is what has no more power than
        `least`.
        """
        self._peak = max(frame.high, -frame.low, self._peak * _PEAK_DECAY)
        self._power += (frame.power - self._power) * _SMOOTHING
        if frame.high == frame.low:
            self.silent_frames += 1
        else:
            self.silent_frames = 0
            self._noise = min(max(min(frame.power, self._noise * _NOISE_RISE), _NOISE_LEAST), _NOISE_MOST)
        if artificial:
            # Its first and last frames, which it fills by halves, are not to add up to a voice.
            self._held_frames = self._run_frames = 0
        elif frame.power > max(self._noise * _VOICE_OVER_NOISE, _VOICE_LEAST, least):
            self._held_frames = _VOICE_HELD_FRAMES
            self._voice_frames += 1
            self._run_frames += 1
            self.spoken = self.spoken or self._run_frames >= _SPOKEN_FRAMES
        elif self._held_frames:
            self._held_frames -= 1
        else:
            self._run_frames = 0

    def report(self) -> LevelReport:
        """What the meter shows now."""
        return LevelReport(
            peak_dbfs=dbfs_of(self._peak**2),
            rms_dbfs=dbfs_of(self._power),
            voice=self._held_frames > 0,
            voice_ms=self._voice_frames * FRAME_MS,
            digital_silence_ms=self.silent_frames * FRAME_MS,
        )
