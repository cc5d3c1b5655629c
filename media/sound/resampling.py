"""Between 8 kHz and a whole multiple of it, with little delay (SIMCom after `AT+CPCMFRM=1` and a headset
speak 16 kHz, sound cards 48).

A linear-phase FIR whose pass band ends at 3.4 kHz, telephony's own limit, and which is 60 dB down from
4.6 kHz: 1.5 ms of delay, and n samples in are always exactly n·ratio out, so that a tick's frame stays a
tick's frame. Stream resamplers for music work in blocks: soxr at its lowest filtered quality holds back up
to 61 ms each way, which is more than the jitter buffer does. Pure arithmetic.

Bands: Sound at 16 kHz in two parts: what everybody can hear at 8 kHz, and what is missing of it.

So one mixer at 8 kHz serves all, and who speaks and hears 16 kHz loses nothing: the missing part of those who
do is summed by the same gains, and added again. Put together, the two are what went in, 3 ms later, whatever
the filters are: the one is what the other leaves (P. Burt, E. Adelson, "The Laplacian Pyramid", 1983). Pure
arithmetic.
"""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from media.sound.frames import FRAME_SAMPLES, FULL_SCALE, SAMPLE_TYPE, samples_of

DELAY_SAMPLES = 12
"""Of each way, in samples at 8 kHz: half of the filter."""
_KAISER_BETA = 6.0


class Resampler(Protocol):
    """A stream of s16le samples in, the same sound at another rate out."""

    def process(self, pcm: bytes) -> bytes:
        """The next part of the stream: whole samples of any number, none included."""
        ...


class Upsampler:
    """From a rate to `ratio` times that rate."""

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
    """From a rate to a `ratio`-th of it; what would fold back into the band is filtered out first."""

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
"""Of down and up again, in samples at 16 kHz."""

Detail = npt.NDArray[np.float32]
"""What of one frame is missing at 8 kHz, in samples at 16 kHz."""


class Bands:
    """Of one leg, either way."""

    def __init__(self) -> None:
        self._down, self._up, self._up_heard = Downsampler(_RATIO), Upsampler(_RATIO), Upsampler(_RATIO)
        self._past: Detail = np.zeros(_DELAY, dtype=np.float32)

    def split(self, frame: bytes) -> tuple[bytes, Detail]:
        """A frame of 640 bytes as one of 320, and what is missing."""
        narrow = self._down.process(frame)
        waiting = np.concatenate((self._past, samples_of(frame).astype(np.float32)))
        self._past = waiting[-_DELAY:]
        return narrow, waiting[:-_DELAY] - samples_of(self._up.process(narrow))

    def join(self, narrow: bytes, missing: Detail | None) -> bytes:
        """A frame of 320 bytes, and what is missing of it if anything is, as one of 640."""
        whole = self._up_heard.process(narrow)
        if missing is None:
            return whole
        both: Detail = np.clip(np.rint(samples_of(whole) + missing), -FULL_SCALE, FULL_SCALE - 1)
        return both.astype(SAMPLE_TYPE).tobytes()
