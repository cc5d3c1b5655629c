"""Resampling between 8 kHz and a multiple of it, with little delay (SIMCom after `AT+CPCMFRM=1` and headsets
use 16 kHz, sound cards 48). Pure arithmetic.

A linear-phase FIR with a pass band up to 3.4 kHz, telephony's own limit, and 60 dB of attenuation from 4.6
kHz. The delay is 1.5 ms, and n samples in are always exactly n·ratio out, so a frame stays a frame. Stream
resamplers for music work in blocks: soxr at its lowest filtered quality holds back up to 61 ms in each
direction, more than the jitter buffer does.

Bands: sound at 16 kHz in two parts, the part at 8 kHz for all hearers, and the detail that it lacks. One
mixer at 8 kHz serves all legs, and legs at 16 kHz lose nothing: the details of such legs are summed with the
mixer's gains and added again. Both parts together equal the input, 3 ms later, with any filter: the detail is
the remainder of the other part (P. Burt, E. Adelson, "The Laplacian Pyramid", 1983).
"""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from media.sound.frames import FRAME_SAMPLES, FULL_SCALE, SAMPLE_TYPE, samples_of

DELAY_SAMPLES = 12
"""Delay of each direction in samples at 8 kHz: half of the filter."""
_KAISER_BETA = 6.0


class Resampler(Protocol):
    """Converter of a stream of s16le samples to another rate."""

    def process(self, pcm: bytes) -> bytes:
        """Convert the next part of the stream: any number of whole samples."""
        ...


class Upsampler:
    """Converter from a rate to `ratio` times that rate."""

    def __init__(self, ratio: int) -> None:
        self._ratio = ratio
        self._taps = _low_pass(ratio) * ratio
        self._past = np.zeros(len(self._taps) - 1, dtype=np.float32)

    def process(self, pcm: bytes) -> bytes:
        samples = samples_of(pcm)
        if not len(samples):
            return b""
        kept = len(self._past)
        spread = np.zeros(kept + len(samples) * self._ratio, dtype=np.float32)
        spread[:kept] = self._past
        spread[kept :: self._ratio] = samples
        self._past = spread[-kept:]
        return _pcm(np.convolve(spread, self._taps, mode="valid"))


class Downsampler:
    """Converter from a rate to a `ratio`-th of it; frequencies that would alias are filtered first."""

    def __init__(self, ratio: int) -> None:
        self._ratio = ratio
        self._taps = _low_pass(ratio)
        self._past = np.zeros(len(self._taps) - 1, dtype=np.float32)

    def process(self, pcm: bytes) -> bytes:
        waiting = np.concatenate((self._past, samples_of(pcm).astype(np.float32)))
        outputs = max(0, (len(waiting) - len(self._taps)) // self._ratio + 1)
        used = outputs * self._ratio
        self._past = waiting[used:]
        if not outputs:
            return b""
        filtered = np.convolve(waiting[: used + len(self._taps) - 1], self._taps, mode="valid")
        return _pcm(filtered[:: self._ratio])


def _low_pass(ratio: int) -> npt.NDArray[np.float32]:
    half = DELAY_SAMPLES * ratio
    at = np.arange(-half, half + 1) / ratio
    taps = np.sinc(at) * np.kaiser(2 * half + 1, _KAISER_BETA)
    return np.asarray(taps / taps.sum(), dtype=np.float32)


def _pcm(samples: npt.NDArray[np.float32]) -> bytes:
    return np.clip(np.rint(samples), -FULL_SCALE, FULL_SCALE - 1).astype(SAMPLE_TYPE).tobytes()


WIDE_FRAME_SAMPLES: Final = 2 * FRAME_SAMPLES
_RATIO: Final = 2
_DELAY: Final = 2 * _RATIO * DELAY_SAMPLES
"""Delay of down- and upsampling, in samples at 16 kHz."""

Detail = npt.NDArray[np.float32]
"""Part of one frame that 8 kHz lacks, in samples at 16 kHz."""


class Bands:
    """Bands of one leg, in both directions."""

    def __init__(self) -> None:
        self._down, self._up, self._up_heard = Downsampler(_RATIO), Upsampler(_RATIO), Upsampler(_RATIO)
        self._past: Detail = np.zeros(_DELAY, dtype=np.float32)

    def split(self, frame: bytes) -> tuple[bytes, Detail]:
        """Split a frame of 640 bytes into one of 320 and the detail."""
        narrow = self._down.process(frame)
        waiting = np.concatenate((self._past, samples_of(frame).astype(np.float32)))
        self._past = waiting[-_DELAY:]
        return narrow, waiting[:-_DELAY] - samples_of(self._up.process(narrow))

    def join(self, narrow: bytes, missing: Detail | None) -> bytes:
        """Join a frame of 320 bytes and its detail, if any, into one of 640."""
        whole = self._up_heard.process(narrow)
        if missing is None:
            return whole
        both: Detail = np.clip(np.rint(samples_of(whole) + missing), -FULL_SCALE, FULL_SCALE - 1)
        return both.astype(SAMPLE_TYPE).tobytes()
