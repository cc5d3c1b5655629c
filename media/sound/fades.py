"""Ten milliseconds in which one sound gives way to another: what would be a click is a soft edge.

Whoever comes or goes is a step in the waveform of those who stay, and a step is heard as a crack. Pure
arithmetic.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from media.sound.frames import FRAME_SAMPLES, RATE_HZ, SAMPLE_TYPE, Samples, samples_of

FADE_MS = 10
FADE_SAMPLES = RATE_HZ * FADE_MS // 1000

_RISING = (np.arange(1, FADE_SAMPLES + 1) / (FADE_SAMPLES + 1)).astype(np.float32)
FALLING: npt.NDArray[np.float32] = np.zeros(FRAME_SAMPLES, dtype=np.float32)
"""What is left, over one frame, of that which goes."""
FALLING[:FADE_SAMPLES] = _RISING[::-1]


def joined(before: bytes, after: bytes) -> bytes:
    """The frame `after`, entered without a step from where the frame `before` ended.

    What came before is continued by its mirror image, which begins where it ended: for a sound that has run
    out there is nothing else to fade.
    """
    frame = samples_of(after).astype(np.float32)
    mirrored = samples_of(before)[: -FADE_SAMPLES - 1 : -1]
    frame[:FADE_SAMPLES] *= _RISING
    frame[:FADE_SAMPLES] += mirrored * _RISING[::-1]
    return np.rint(frame).astype(SAMPLE_TYPE).tobytes()


def eased(sound: Samples) -> Samples:
    """The same sound with soft edges; one that is shorter than both has none."""
    if len(sound) < 2 * FADE_SAMPLES:
        return sound
    soft = sound.astype(np.float32)
    soft[:FADE_SAMPLES] *= _RISING
    soft[-FADE_SAMPLES:] *= _RISING[::-1]
    return np.rint(soft).astype(SAMPLE_TYPE)
