"""Level of a leg, presence of a voice, and digital silence. Pure arithmetic: time is a number of frames.

The three results differ in use: the level moves the console's meter. Voice proves a person on a dialect with
early answers. Digital silence (all samples equal, which no microphone delivers) distinguishes a line without
audio from a quiet room.

`ActiveLevel` is the level of speech in a whole call, after ITU-T P.56: the level of the voice without its
pauses. Frames of 20 ms are counted by their level, in steps of one decibel, so a call of any length is a
hundred numbers; the result is computed on request.
"""

from __future__ import annotations

from math import log10
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from media.sound.frames import FRAME_BYTES, FRAME_MS, FRAME_SAMPLES, FULL_SCALE, Samples, samples_of
from messages.lines import WayLevel

FLOOR_DBFS = -100.0
"""Reported level of no sound at all, in dBFS; 16 bits end at −90.3 dBFS."""

_FULL_POWER = float(FULL_SCALE) ** 2


def power_of(dbfs: float) -> float:
    """Return the mean square of samples with this RMS in dBFS."""
    return _FULL_POWER * float(10.0 ** (dbfs / 10.0))


_FLOOR_POWER = power_of(FLOOR_DBFS)


def dbfs_of(power: float) -> float:
    """Return a mean square in dB relative to full scale, never below `FLOOR_DBFS`."""
    # Compared as power: for a smoothed power that has fallen for minutes the quotient is 0, without a
    # logarithm.
    return 10.0 * log10(power / _FULL_POWER) if power > _FLOOR_POWER else FLOOR_DBFS


class Loudness(NamedTuple):
    """Measures of one frame: its highest and lowest sample (16-bit values), and the mean square of its
    samples.
    """

    high: int
    low: int
    power: float


NOTHING = Loudness(0, 0, 0.0)


def measure(said: Samples, wide: npt.NDArray[np.float32]) -> list[Loudness]:
    """Return the measures of each row; `wide`: the samples as floats."""
    highs, lows = said.max(axis=1).tolist(), said.min(axis=1).tolist()
    return [Loudness(*one) for one in zip(highs, lows, powers(wide), strict=True)]


def powers(wide: npt.NDArray[np.float32]) -> list[float]:
    """Return the mean square of each row of samples."""
    found: list[float] = (np.vecdot(wide, wide) / FRAME_SAMPLES).tolist()
    return found


def peak_of(pcm: bytes) -> int:
    """Return the largest magnitude of the samples, 0 to 32768."""
    samples = samples_of(pcm)
    return max(int(np.max(samples)), -int(np.min(samples))) if len(samples) else 0


class LevelReport(msgspec.Struct, frozen=True, kw_only=True):
    """Present sound of a leg."""

    peak_dbfs: float = FLOOR_DBFS
    """Highest sample, decaying by 20 dB a second."""
    rms_dbfs: float = FLOOR_DBFS
    """Level over about the last 200 ms."""
    voice: bool = False
    """True while a voice (or a sound as lively) is heard; held for 200 ms."""
    voice_ms: int = 0
    """Total voice since the leg joined, in milliseconds."""
    digital_silence_ms: int = 0
    """Duration of the present digital silence, in milliseconds; 0 as soon as any sample differs."""


_PEAK_DECAY = 10.0 ** (-20.0 * FRAME_MS / 1000.0 / 20.0)
_SMOOTHING = FRAME_MS / 200.0
# The noise floor follows the quietest sound: down at once, up by 1 dB a second, so that a long scream does
# not become the floor. The floor is at most −40 dBFS, so that loud sound always counts. The floor starts
# there: noise present from the first moment is not voice. Digital silence does not change the floor.
_NOISE_RISE = 10.0 ** (1.0 * FRAME_MS / 1000.0 / 10.0)
_NOISE_LEAST = power_of(-65.0)
_NOISE_MOST = power_of(-40.0)
_VOICE_OVER_NOISE = 10.0 ** (9.0 / 10.0)
_VOICE_LEAST = power_of(-45.0)
_VOICE_HELD_FRAMES = 200 // FRAME_MS
_SPOKEN_FRAMES = 300 // FRAME_MS
"""Voice of this length without a long pause is a person: a cough is shorter, a word is not."""


class LevelMeter:
    """Meter of one leg, frame by frame."""

    def __init__(self) -> None:
        self._peak = 0.0
        self._power = 0.0
        self._noise = _NOISE_MOST
        self._held_frames = 0
        self._voice_frames = 0
        self._run_frames = 0
        self.silent_frames = 0
        """Present run of frames with digital silence."""
        self.spoken = False
        """True once a voice was heard for 300 ms."""

    def update(self, frame: Loudness, *, artificial: bool = False, least: float = 0.0) -> None:
        """Process the next 20 ms.

        A frame with a network's tone (`artificial`), or with a power of at most `least`, is no voice.
        """
        self._peak = max(frame.high, -frame.low, self._peak * _PEAK_DECAY)
        self._power += (frame.power - self._power) * _SMOOTHING
        if frame.high == frame.low:
            self.silent_frames += 1
        else:
            self.silent_frames = 0
            self._noise = min(max(min(frame.power, self._noise * _NOISE_RISE), _NOISE_LEAST), _NOISE_MOST)
        if artificial:
            # The first and last frames of a tone, half filled, must not add up to a voice.
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
        """Return the present state of the meter."""
        return LevelReport(
            peak_dbfs=dbfs_of(self._peak**2),
            rms_dbfs=dbfs_of(self._power),
            voice=self._held_frames > 0,
            voice_ms=self._voice_frames * FRAME_MS,
            digital_silence_ms=self.silent_frames * FRAME_MS,
        )


_BINS: Final = int(-FLOOR_DBFS) + 1
_MARGIN_DB: Final = 15.9
"""P.56: sound that is softer than the active level by more than this is a pause."""
_OVER_NOISE_DB: Final = 10.0
"""Required distance between voice and the quietest tenth of a call; noise and steady tones lack it."""
_LEAST_VOICE_MS: Final = 300
_AT_ONCE: Final = 100
CLIPPED: Final = int(FULL_SCALE * 10 ** (-1.1 / 20))
"""A frame with a sample beyond this value was clipped by the modem or the network, or limited here."""


class ActiveLevel:
    """Active level of one direction of a call."""

    def __init__(self) -> None:
        self._counts = np.zeros(_BINS, dtype=np.int64)
        self._powers = np.zeros(_BINS)
        self._peak = 0.0
        self._frames = self._clipped = 0
        self._waiting: list[bytes] = []

    def hear(self, frame: bytes) -> None:
        """Add the next 20 ms; counted two seconds at a time, which is much cheaper."""
        self._waiting.append(frame)
        if len(self._waiting) >= _AT_ONCE:
            self.hear_all(b"".join(self._waiting))
            self._waiting.clear()

    def hear_all(self, pcm: bytes) -> None:
        """Add all whole frames of a sound. Digital silence counts only as a pause."""
        frames = samples_of(pcm)[: len(pcm) // FRAME_BYTES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
        self._frames += len(frames)
        wide = frames.astype(np.float32)
        highs, lows = wide.max(axis=1), wide.min(axis=1)
        sounding = highs > lows
        if not sounding.any():
            return
        peaks = np.maximum(highs, -lows)[sounding]
        powers = (np.vecdot(wide, wide) / FRAME_SAMPLES)[sounding]
        self._peak = max(self._peak, float(peaks.max()))
        self._clipped += int((peaks >= CLIPPED).sum())
        dbfs = np.maximum(FLOOR_DBFS, 10.0 * np.log10(powers / power_of(0.0)))
        places = (dbfs - FLOOR_DBFS).astype(np.int64)
        self._counts += np.bincount(places, minlength=_BINS)
        self._powers += np.bincount(places, weights=powers, minlength=_BINS)

    def report(self) -> WayLevel:
        """Return the result so far."""
        sounding = int(self._counts.sum())
        active, power = self._active()
        dbfs = dbfs_of(power)
        voice = active * FRAME_MS >= _LEAST_VOICE_MS and dbfs - self._noise_dbfs(sounding) >= _OVER_NOISE_DB
        return WayLevel(
            ms=self._frames * FRAME_MS,
            sound_ms=sounding * FRAME_MS,
            voice_ms=active * FRAME_MS if voice else 0,
            dbfs=round(dbfs, 1),
            peak_dbfs=round(dbfs_of(self._peak**2), 1),
            clipped=round(self._clipped / self._frames, 4) if self._frames else 0.0,
        )

    def _active(self) -> tuple[int, float]:
        """Return the number of frames that are no pause, and their mean square."""
        count, total = 0, 0.0
        for place in range(_BINS - 1, -1, -1):
            count += int(self._counts[place])
            total += float(self._powers[place])
            if count and dbfs_of(total / count) - (place + FLOOR_DBFS) >= _MARGIN_DB:
                break
        return count, total / count if count else 0.0

    def _noise_dbfs(self, sounding: int) -> float:
        """Return the upper bound of the level of the quietest tenth, digital silence excluded."""
        seen = 0
        for place, count in enumerate(self._counts.tolist()):
            seen += count
            if seen * 10 >= sounding:
                return place + FLOOR_DBFS
        return FLOOR_DBFS
