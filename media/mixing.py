"""N−1 mixing: each party hears the sum of all others, and never itself.

The sum is made once in 32 bits and each party's own sound is taken out of it exactly, before saturation:
so nobody hears an echo of herself, however loud the others are. Pure arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from media.frames import FRAME_BYTES, FULL_SCALE, SAMPLE_TYPE, SILENCE, Samples, stack

_ALONE = 1
_PAIR = 2


def mix_minus_own(said: Samples) -> list[bytes]:
    """What each row hears of the other rows, one frame each, in the same order.

    Sums beyond 16 bits saturate; they never wrap, which would be heard as a crack at the loudest moment.
    32 bits hold the sum of 65 536 parties.
    """
    parties = len(said)
    if parties <= _ALONE:
        return [SILENCE] * parties
    if parties == _PAIR:
        return [said[1].tobytes(), said[0].tobytes()]
    heard = said.sum(axis=0, dtype=np.int32) - said
    np.maximum(heard, -FULL_SCALE, out=heard)
    np.minimum(heard, FULL_SCALE - 1, out=heard)
    pcm = heard.astype(SAMPLE_TYPE).tobytes()
    return [pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm), FRAME_BYTES)]


def mix_frames(frames: Sequence[bytes]) -> list[bytes]:
    """`mix_minus_own` for frames as they come from ports: each exactly 320 bytes."""
    return mix_minus_own(stack(frames))
