"""Adaptation of speech to the telephone: rate, band, level. Pure arithmetic."""

from __future__ import annotations

from typing import Final

import numpy as np

from media.sound.frames import FRAME_SAMPLES, FULL_SCALE, RATE_HZ, SAMPLE_TYPE, Samples

LEVEL_DBFS: Final = -20.0
"""RMS of speech without its pauses: the level of a person on the line (ITU-T P.56's active level)."""
PEAK_DBFS: Final = -1.0
SOFT_DBFS: Final = -36.0
"""RMS of speech for a user who hides."""
SPOKEN_DBFS: Final = -45.0
"""Level below which a frame is a pause."""
_BAND_HZ: Final = (100.0, 3600.0)
_EDGE_HZ: Final = 150.0


def resampled(samples: Samples, rate_hz: int) -> Samples:
    """Return the whole sound at 8 kHz, limited to the telephone's band. Uses the spectrum, as the sound is
    short.
    """
    count = round(len(samples) * RATE_HZ / rate_hz)
    if count < 2:
        return np.zeros(0, dtype=SAMPLE_TYPE)
    spectrum = np.fft.rfft(samples.astype(np.float64))
    kept = np.zeros(count // 2 + 1, dtype=np.complex128)
    bins = min(len(kept), len(spectrum))
    kept[:bins] = spectrum[:bins] * (count / len(samples))
    at_hz = np.arange(len(kept)) * RATE_HZ / count
    low, high = _BAND_HZ
    rising = np.clip((at_hz - low) / _EDGE_HZ + 0.5, 0, 1)
    falling = np.clip((high - at_hz) / _EDGE_HZ + 0.5, 0, 1)
    return _samples(np.fft.irfft(kept * rising * falling, count))


def trimmed(samples: Samples) -> Samples:
    """Return the sound without the silence before and after, except one frame of each."""
    spoken = np.flatnonzero(_powers(samples) > _power_of(SPOKEN_DBFS))
    if not len(spoken):
        return samples[:0]
    first, last = max(0, int(spoken[0]) - 1), int(spoken[-1]) + 2
    return samples[first * FRAME_SAMPLES : last * FRAME_SAMPLES]


def leveled(samples: Samples) -> Samples:
    """Return the sound at the level of a person on the line, never clipped."""
    if not len(samples):
        return samples
    loud = samples.astype(np.float64) * 10 ** ((LEVEL_DBFS - spoken_dbfs(samples)) / 20)
    peak = float(np.abs(loud).max()) / (FULL_SCALE * 10 ** (PEAK_DBFS / 20))
    return _samples(loud / max(1.0, peak))


def softened(samples: Samples) -> Samples:
    """Return the sound at the level of the soft tone for a waiting user: audible at the ear and not in the
    room.
    """
    if not len(samples):
        return samples
    return _samples(samples.astype(np.float64) * 10 ** ((SOFT_DBFS - spoken_dbfs(samples)) / 20))


def spoken_dbfs(samples: Samples) -> float:
    """Return the RMS of the frames with speech; -96 if there is none."""
    powers = _powers(samples)
    spoken = powers[powers > _power_of(SPOKEN_DBFS)]
    return float(10 * np.log10(spoken.mean())) if len(spoken) else -96.0


def _powers(samples: Samples) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the power of each whole frame, relative to full scale."""
    whole = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].astype(np.float64) / FULL_SCALE
    powers: np.ndarray[tuple[int], np.dtype[np.float64]] = (whole.reshape(-1, FRAME_SAMPLES) ** 2).mean(
        axis=1
    )
    return powers


def _power_of(dbfs: float) -> float:
    return float(10 ** (dbfs / 10))


def _samples(sound: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Samples:
    return np.clip(np.rint(sound), -FULL_SCALE, FULL_SCALE - 1).astype(SAMPLE_TYPE)
