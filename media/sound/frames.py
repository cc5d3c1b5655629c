"""The one sample format of the center: s16le mono at 8 kHz, in frames of 20 ms.

Everything between two voice ports speaks this, and what of 16 kHz is missing in it goes beside
(`media.sound.resampling`); a port whose modem speaks another rate converts at its own edge. Constants and
views only: nothing here computes sound.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

RATE_HZ = 8000
FRAME_MS = 20
FRAME_US = FRAME_MS * 1000
FRAMES_PER_S = 1000 // FRAME_MS
FRAME_SAMPLES = RATE_HZ * FRAME_MS // 1000
SAMPLE_BYTES = 2
FRAME_BYTES = FRAME_SAMPLES * SAMPLE_BYTES
FULL_SCALE = 32768
"""The magnitude of the most negative sample: 0 dBFS."""

SILENCE = bytes(FRAME_BYTES)
"""One frame of digital silence."""

SAMPLE_TYPE = np.dtype("<i2")
"""Little-endian whatever the machine is: this is what modems send."""

Samples = npt.NDArray[np.int16]


def samples_of(pcm: bytes) -> Samples:
    """Whole samples, seen in place (read-only); a trailing half sample is left out."""
    return np.frombuffer(pcm, dtype=SAMPLE_TYPE, count=len(pcm) // SAMPLE_BYTES)


def stack(frames: Sequence[bytes]) -> Samples:
    """One row per frame: the shape (parties, 160) on which a tick's arithmetic is done at once."""
    return np.frombuffer(b"".join(frames), dtype=SAMPLE_TYPE).reshape(len(frames), FRAME_SAMPLES)


def frame_bytes_of(rate_hz: int) -> int:
    """The bytes of one frame at this rate."""
    return rate_hz * FRAME_MS // 1000 * SAMPLE_BYTES
