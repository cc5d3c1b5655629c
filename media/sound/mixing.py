"""N−1 mixing: each party hears the sum of all others, and never itself.

The sum is made once in 32 bits and each party's own sound is taken out of it exactly, before saturation:
so nobody hears an echo of what they say, however loud the others are. Where not everybody hears everybody, or
somebody hears a clip, the same is done with gains. Pure arithmetic.

Fades: Ten milliseconds in which one sound gives way to another: what would be a click is a soft edge.

Whoever comes or goes is a step in the waveform of those who stay, and a step is heard as a crack. Pure
arithmetic.

Comfort noise: What is heard where nothing is: very soft noise, so that nobody believes the line dead.

White noise at −60 dBFS, made once and cut into frames that follow each other for four seconds, so that no
rhythm is heard. It is never a part of what a leg says: meters, recordings and the search for lines without
sound know nothing of it. Pure arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from media.sound.frames import (
    FRAME_BYTES,
    FRAME_SAMPLES,
    FULL_SCALE,
    RATE_HZ,
    SAMPLE_TYPE,
    SILENCE,
    Samples,
    samples_of,
    stack,
)

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
        """What those who have a detail (`media.sound.resampling`) hear of the others', by their place.

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
