"""Sample format of the center: s16le mono at 8 kHz, in frames of 20 ms.

All sound between two voice ports has this format; the part of 16 kHz above it is carried separately
(`media.sound.resampling`). A port with another rate converts at its own edge. Constants and views only: no
computation.
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
"""Magnitude of the most negative sample: 0 dBFS."""

SILENCE = bytes(FRAME_BYTES)
"""Frame of digital silence."""

SAMPLE_TYPE = np.dtype("<i2")
"""Little-endian on any machine: the byte order of modems."""

Samples = npt.NDArray[np.int16]


def samples_of(pcm: bytes) -> Samples:
    """Return the whole samples as a read-only view; a trailing half sample is omitted."""
    return np.frombuffer(pcm, dtype=SAMPLE_TYPE, count=len(pcm) // SAMPLE_BYTES)


def stack(frames: Sequence[bytes]) -> Samples:
    """Return one row per frame: the shape (parties, 160) for the arithmetic of a tick."""
    return np.frombuffer(b"".join(frames), dtype=SAMPLE_TYPE).reshape(len(frames), FRAME_SAMPLES)


def frame_bytes_of(rate_hz: int) -> int:
    """Return the bytes of one frame at this rate."""
    return rate_hz * FRAME_MS // 1000 * SAMPLE_BYTES
