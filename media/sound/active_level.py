"""How loud somebody has spoken in a whole call, after ITU-T P.56: the level of the voice, not of its pauses.

Twenty milliseconds are counted by their loudness, in steps of one decibel, so that a call of any length is a
hundred numbers. What is said of it is made when it is asked for. Pure arithmetic.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from media.sound.frames import FRAME_BYTES, FRAME_MS, FRAME_SAMPLES, FULL_SCALE, samples_of
from media.sound.levels import FLOOR_DBFS, dbfs_of, power_of
from messages.lines import WayLevel

_BINS: Final = int(-FLOOR_DBFS) + 1
_MARGIN_DB: Final = 15.9
"""P.56: what is softer than the active level by more than this is a pause."""
_OVER_NOISE_DB: Final = 10.0
"""Voice stands out of the quietest tenth of a call by so much; noise and steady tones do not."""
_LEAST_VOICE_MS: Final = 300
_AT_ONCE: Final = 100
CLIPPED: Final = int(FULL_SCALE * 10 ** (-1.1 / 20))
"""A frame with a sample beyond it is clipped, by the modem or the network, or held down by our limiter."""


class ActiveLevel:
    """One way of one call."""

    def __init__(self) -> None:
        self._counts = np.zeros(_BINS, dtype=np.int64)
        self._powers = np.zeros(_BINS)
        self._peak = 0.0
        self._frames = self._clipped = 0
        self._waiting: list[bytes] = []

    def hear(self, frame: bytes) -> None:
        """The next 20 ms. They are counted two seconds at a time, which is much cheaper."""
        self._waiting.append(frame)
        if len(self._waiting) >= _AT_ONCE:
            self.hear_all(b"".join(self._waiting))
            self._waiting.clear()

    def hear_all(self, pcm: bytes) -> None:
        """All whole frames of a sound. Digital silence is a pause and nothing else."""
        frames = samples_of(pcm)[: len(pcm) // FRAME_BYTES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
        self._frames += len(frames)
        wide = frames.astype(np.float32)
        highs, lows = wide.max(axis=1), wide.min(axis=1)
        sounding = highs > lows
        if not sounding.any():
            return
        peaks = np.maximum(highs, -lows)[sounding]
        powers = (np.einsum("ij,ij->i", wide, wide) / FRAME_SAMPLES)[sounding]
        self._peak = max(self._peak, float(peaks.max()))
        self._clipped += int((peaks >= CLIPPED).sum())
        dbfs = np.maximum(FLOOR_DBFS, 10.0 * np.log10(powers / power_of(0.0)))
        places = (dbfs - FLOOR_DBFS).astype(np.int64)
        self._counts += np.bincount(places, minlength=_BINS)
        self._powers += np.bincount(places, weights=powers, minlength=_BINS)

    def report(self) -> WayLevel:
        """What is known by now."""
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
        """How many frames are no pause, and their mean square."""
        count, total = 0, 0.0
        for place in range(_BINS - 1, -1, -1):
            count += int(self._counts[place])
            total += float(self._powers[place])
            if count and dbfs_of(total / count) - (place + FLOOR_DBFS) >= _MARGIN_DB:
                break
        return count, total / count if count else 0.0

    def _noise_dbfs(self, sounding: int) -> float:
        """How loud the quietest tenth of what is no digital silence is, at the most."""
        seen = 0
        for place, count in enumerate(self._counts.tolist()):
            seen += count
            if seen * 10 >= sounding:
                return place + FLOOR_DBFS
        return FLOOR_DBFS
