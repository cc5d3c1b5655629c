"""N−1 mixing: each party hears the sum of all others, and never itself.

The sum is made once in 32 bits and each party's own sound is taken out of it exactly, before saturation:
so nobody hears an echo of what they say, however loud the others are. Where not everybody hears everybody, or
somebody hears a clip, the same is done with gains. Pure arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from media.sound.fades import FALLING
from media.sound.frames import FRAME_BYTES, FULL_SCALE, SAMPLE_TYPE, SILENCE, Samples, stack

_ALONE = 1
_PAIR = 2

Wide = npt.NDArray[np.float32]
"""Samples or gains, in 32 bits of which 24 count: whole samples are exact up to 512 parties."""

_FALLING_WIDE = np.repeat(FALLING, 2)


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
    return _frames(heard.astype(SAMPLE_TYPE))


def mix_frames(frames: Sequence[bytes]) -> list[bytes]:
    """`mix_minus_own` for frames as they come from ports: each exactly 320 bytes."""
    return mix_minus_own(stack(frames))


class Blend:
    """How loud each hearer hears each source. No gain changes in a step: the way takes 10 ms of one frame."""

    def __init__(self) -> None:
        """Nobody hears anybody."""
        self._hearers: tuple[str, ...] = ()
        self._sources: tuple[str, ...] = ()
        self._gains: Wide = np.zeros((0, 0), dtype=np.float32)
        self._going: Wide | None = None
        self._plain = False

    def set(self, hearers: tuple[str, ...], sources: tuple[str, ...], gains: Wide) -> None:
        """From the next frame on: one row of gains per hearer, one column per source."""
        was = {
            (hearer, source): gain
            for hearer, row in zip(self._hearers, self._gains.tolist(), strict=True)
            for source, gain in zip(self._sources, row, strict=True)
        }
        before = [[was.get((hearer, source), 0.0) for source in sources] for hearer in hearers]
        self._going = np.asarray(before, dtype=np.float32).reshape(gains.shape) - gains
        self._hearers, self._sources, self._gains = hearers, sources, gains
        everybody = 1.0 - np.eye(len(hearers), dtype=np.float32)
        self._plain = hearers == sources and np.array_equal(gains, everybody)

    def mix_details(self, details: Sequence[Wide | None]) -> dict[int, Wide]:
        """What those who have a detail (`media.sound.bands`) hear of the others', by their place.

        `details` are the first sources', in order. Asked before `mix`, which ends a way of the gains.
        """
        places = [place for place, detail in enumerate(details) if detail is not None]
        hearers = [place for place in places if place < len(self._hearers)]
        if len(places) < _PAIR or not hearers:
            return {}
        said = np.stack([detail for detail in details if detail is not None])
        heard = self._gains[np.ix_(hearers, places)] @ said
        if self._going is not None:
            heard += self._going[np.ix_(hearers, places)] @ (said * _FALLING_WIDE)
        return dict(zip(hearers, heard, strict=True))

    def mix(self, said: Samples, wide: Wide) -> list[bytes]:
        """What each hearer hears of one frame of each source; `wide` is the same samples."""
        if self._going is None and self._plain:
            return mix_minus_own(said)
        heard = self._gains @ wide
        if self._going is not None:
            heard += self._going @ (wide * FALLING)
            self._going = None
        np.rint(heard, out=heard)
        np.maximum(heard, -FULL_SCALE, out=heard)
        np.minimum(heard, FULL_SCALE - 1, out=heard)
        return _frames(heard.astype(SAMPLE_TYPE))


def _frames(heard: Samples) -> list[bytes]:
    pcm = heard.tobytes()
    return [pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm), FRAME_BYTES)]
