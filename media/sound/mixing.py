"""N−1 mixing: each party hears the sum of all others, and never itself. Pure arithmetic.

The sum is computed once in 32 bits, and each party's own sound is subtracted exactly, before saturation: no
party hears its own echo, however loud the others are. If hearers are restricted or a clip is played, gains
are used.

Fades: a transition of 10 ms between two sounds. A member that joins or leaves would otherwise be a step in
the waveform of the others, audible as a click.

Comfort noise: very soft noise in place of silence, so that the line does not seem dead. White noise at −60
dBFS, made once and cut into frames that repeat after four seconds, without an audible rhythm. Comfort noise
is never part of a leg's input: meters, recordings and the search for lines without sound do not see it.
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
"""Factors of the fading sound over one frame."""
FALLING[:FADE_SAMPLES] = _RISING[::-1]


def joined(before: bytes, after: bytes) -> bytes:
    """Return the frame `after`, starting without a step at the end of the frame `before`.

    The old sound continues as its mirror image, which starts at its end: after an interruption there is no
    other sound to fade.
    """
    frame = samples_of(after).astype(np.float32)
    mirrored = samples_of(before)[: -FADE_SAMPLES - 1 : -1]
    frame[:FADE_SAMPLES] *= _RISING
    frame[:FADE_SAMPLES] += mirrored * _RISING[::-1]
    return np.rint(frame).astype(SAMPLE_TYPE).tobytes()


def eased(sound: Samples) -> Samples:
    """Return the sound with soft edges; unchanged if shorter than both edges."""
    if len(sound) < 2 * FADE_SAMPLES:
        return sound
    soft = sound.astype(np.float32)
    soft[:FADE_SAMPLES] *= _RISING
    soft[-FADE_SAMPLES:] *= _RISING[::-1]
    return np.rint(soft).astype(SAMPLE_TYPE)


COMFORT_DBFS = -60.0
_FRAMES = 200


def _made() -> tuple[bytes, ...]:
    """Return the frames: numbers mixed as in SplitMix64, so the noise is identical on any machine."""
    mixed = np.arange(1, _FRAMES * FRAME_SAMPLES + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    even = (mixed ^ (mixed >> np.uint64(31))) / 2.0**63 - 1.0  # −1 to 1; the mean square is 1/3
    noise = even * FULL_SCALE * 10.0 ** (COMFORT_DBFS / 20.0) * 3.0**0.5
    pcm = np.rint(noise).astype(SAMPLE_TYPE).tobytes()
    return tuple(pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm), FRAME_BYTES))


_NOISE = _made()


def comfort(number: int) -> bytes:
    """Return the noise of this tick, one frame."""
    return _NOISE[number % _FRAMES]


_ALONE = 1
_PAIR = 2

Wide = npt.NDArray[np.float32]
"""Samples or gains in 32-bit floats with 24 significant bits: whole samples are exact up to 512 parties."""

_FALLING_WIDE = np.repeat(FALLING, 2)


def mix_minus_own(said: Samples) -> list[bytes]:
    """Return the sum of all other rows for each row, one frame each, in the order of the rows.

    Sums beyond 16 bits saturate and never wrap, which would be a crack at the loudest moment. 32 bits hold
    the sum of 65 536 parties.
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
    """Apply `mix_minus_own` to frames from ports: each exactly 320 bytes."""
    return mix_minus_own(stack(frames))


class Blend:
    """Gains of each source for each hearer. A gain changes within 10 ms of one frame, never in a step."""

    def __init__(self) -> None:
        """Start without hearers."""
        self._hearers: tuple[str, ...] = ()
        self._sources: tuple[str, ...] = ()
        self._gains: Wide = np.zeros((0, 0), dtype=np.float32)
        self._going: Wide | None = None
        self._plain = False

    def set(self, hearers: tuple[str, ...], sources: tuple[str, ...], gains: Wide) -> None:
        """Set the gains from the next frame on: one row per hearer, one column per source."""
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
        """Return the mixed details (`media.sound.resampling`) for each hearer that has a detail, by its
        place.

        `details` belong to the first sources, in order. Must precede `mix`, which ends a transition of the
        gains.
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
        """Return the mix for each hearer from one frame of each source; `wide`: the samples as floats."""
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
