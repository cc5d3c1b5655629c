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


def heard_of(
    pcm: bytes, sound: np.ndarray[tuple[int], np.dtype[np.int16]], *, rate_hz: int = RATE_HZ
) -> float:
    """How much of a sound was heard, piece by piece of 0.2 s, by energy: a gap of 20 ms, as a loaded machine
    leaves, shifts what follows it, and halves the `likeness` of the whole."""
    size = rate_hz // 5
    pieces = [sound[at : at + size] for at in range(0, len(sound) - size + 1, size)]
    loud = [(float(np.square(piece.astype(float)).sum()), piece) for piece in pieces]
    found = [energy * likeness(pcm, piece) for energy, piece in loud if energy]
    return sum(found) / sum(energy for energy, _ in loud)


_TAPS = 65
_AT = np.arange(_TAPS) - _TAPS // 2
_LOW = 2 * 2500 / RATE_HZ * np.sinc(2 * 2500 / RATE_HZ * _AT) * np.blackman(_TAPS)
_ABOVE = np.where(_AT == 0, 1.0, 0.0) - _LOW / _LOW.sum()


def crackle(pcm: bytes) -> float:
    """The largest of what is above 2.5 kHz: of tones below 1 kHz nothing, of one that is cut off a fifth."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(float)
    return float(np.abs(np.convolve(samples, _ABOVE, "valid")).max()) if len(samples) >= _TAPS else 0.0


def missing_s(pcm: bytes, hz: float, least_db: float) -> float:
    """The longest stretch in which there was less of this frequency than that; to 10 ms."""
    window, step = RATE_HZ * 40 // 1000 * 2, RATE_HZ * 10 // 1000 * 2
    longest = run = 0
    for at in range(0, len(pcm) - window + 1, step):
        run = run + 1 if level_db(pcm[at : at + window], hz) < least_db else 0
        longest = max(longest, run)
    return longest * 0.01


def loudest_db(pcm: bytes, hz: float) -> float:
    """How much of this frequency there ever was, in any 100 ms of it."""
    size = RATE_HZ // 10 * 2
    parts = [pcm[at : at + size] for at in range(0, len(pcm) - size + 1, size // 2)]
    return max((level_db(part, hz) for part in parts), default=NOTHING_DB)
