"""Sounds for tests, and the ear that tells them apart: tones made and found, in s16le mono."""

from __future__ import annotations

import math
from statistics import median

import numpy as np

RATE_HZ = 8000
NOTHING_DB = -200.0


def tone(hz: float, samples: int, *, amplitude: int = 6000, at: int = 0, rate_hz: int = RATE_HZ) -> bytes:
    """So many samples of a sine; `at` is the first sample's place in it, so that frames follow on."""
    phase = 2 * math.pi * hz / rate_hz * np.arange(at, at + samples)
    return bytes(np.rint(amplitude * np.sin(phase)).astype("<i2").tobytes())


def noise(samples: int, *, rms: float, seed: int = 1) -> bytes:
    """White noise, the same for the same seed."""
    drawn = np.random.default_rng(seed).normal(0, rms, samples)
    return np.clip(np.rint(drawn), -32768, 32767).astype("<i2").tobytes()


def level_db(pcm: bytes, hz: float, *, rate_hz: int = RATE_HZ) -> float:
    """How much of one frequency there is, in dB of a full-scale sine at it (Goertzel, Hann window)."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(float)
    window = np.hanning(len(samples) + 1)[:-1]
    turning = np.exp(-2j * math.pi * hz / rate_hz * np.arange(len(samples)))
    amplitude = 2 * abs(np.dot(samples * window, turning)) / window.sum()
    return 20 * math.log10(amplitude / 32767) if amplitude > 0 else NOTHING_DB


def usual_level_db(pcm: bytes, hz: float, *, window_ms: int = 100, rate_hz: int = RATE_HZ) -> float:
    """The median of `level_db` over windows: what was mostly heard, whatever gap a loaded machine made."""
    size = rate_hz * window_ms // 1000 * 2
    parts = [pcm[at : at + size] for at in range(0, len(pcm) - size + 1, size)]
    return median(level_db(part, hz, rate_hz=rate_hz) for part in parts) if parts else NOTHING_DB


def frames(pcm: bytes) -> list[bytes]:
    """The whole 20 ms frames of it, at 8 kHz."""
    return [pcm[at : at + 320] for at in range(0, len(pcm) - 319, 320)]


def is_comfort(pcm: bytes) -> bool:
    """Whether there is nothing in it but silence or the noise that stands for it (−60 dBFS, peaks at 57)."""
    samples = np.frombuffer(pcm, dtype="<i2")
    return not len(samples) or int(np.abs(samples.astype(int)).max()) < 60


def steepest(pcm: bytes) -> int:
    """The largest step from one sample to the next: a click is one."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(int)
    return int(np.abs(np.diff(samples)).max(initial=0))


def likeness(pcm: bytes, sound: np.ndarray[tuple[int], np.dtype[np.int16]]) -> float:
    """How much of this sound there is in it, where most is: 1, nothing but it; about 0, nothing of it."""
    heard = np.frombuffer(pcm, dtype="<i2").astype(float)
    wanted = sound.astype(float)
    if len(heard) < len(wanted):
        return 0.0
    size = 1 << (len(heard) + len(wanted)).bit_length()
    products = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)
    sums = np.concatenate(([0.0], np.cumsum(heard**2)))
    energies = sums[len(wanted) :] - sums[: -len(wanted)]
    scale = np.sqrt(np.maximum(energies, 1.0) * float(wanted @ wanted))
    return float((products[: len(energies)] / scale).max())
