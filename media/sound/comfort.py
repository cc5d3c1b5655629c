"""What is heard where nothing is: very soft noise, so that nobody believes the line dead.

White noise at −60 dBFS, made once and cut into frames that follow each other for four seconds, so that no
rhythm is heard. It is never a part of what a leg says: meters, recordings and the search for lines without
sound know nothing of it. Pure arithmetic.
"""

from __future__ import annotations

import numpy as np

from media.sound.frames import FRAME_BYTES, FRAME_SAMPLES, FULL_SCALE, SAMPLE_TYPE

COMFORT_DBFS = -60.0
_FRAMES = 200


def _made() -> tuple[bytes, ...]:
    """The numbers of the samples, each mixed as SplitMix64 does it: the same noise whoever makes it."""
    mixed = np.arange(1, _FRAMES * FRAME_SAMPLES + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    even = (mixed ^ (mixed >> np.uint64(31))) / 2.0**63 - 1.0  # −1 to 1, whose mean square is 1/3
    noise = even * FULL_SCALE * 10.0 ** (COMFORT_DBFS / 20.0) * 3.0**0.5
    pcm = np.rint(noise).astype(SAMPLE_TYPE).tobytes()
    return tuple(pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm), FRAME_BYTES))


_NOISE = _made()


def comfort(number: int) -> bytes:
    """The noise of this tick, one frame."""
    return _NOISE[number % _FRAMES]
