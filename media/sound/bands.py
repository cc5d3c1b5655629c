"""Sound at 16 kHz in two parts: what everybody can hear at 8 kHz, and what is missing of it.

So one mixer at 8 kHz serves all, and who speaks and hears 16 kHz loses nothing: the missing part of those who
do is summed by the same gains, and added again. Put together, the two are what went in, 3 ms later, whatever
the filters are: the one is what the other leaves (P. Burt, E. Adelson, "The Laplacian Pyramid", 1983). Pure
arithmetic.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from media.sound.frames import FRAME_SAMPLES, FULL_SCALE, SAMPLE_TYPE, samples_of
from media.sound.resampling import DELAY_SAMPLES, Downsampler, Upsampler

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
