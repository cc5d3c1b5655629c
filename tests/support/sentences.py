"""Sentences that one phone says again and again, found in what another has heard."""

from __future__ import annotations

import wave
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

RATE_HZ: Final = 8000
PAUSE: Final = RATE_HZ * 3 // 5
FIRST_WITHIN: Final = RATE_HZ
"""A first sentence is looked for so far after it was said."""
STRAYS: Final = RATE_HZ // 5
"""And each that follows so far around where the one before it was; where it is not there, much further."""
STRAYS_FAR: Final = 2 * RATE_HZ
LOST_BELOW: Final = 0.7
FRAME: Final = 160

Sound = npt.NDArray[np.float64]


class Told(NamedTuple):
    """What is said again and again, and where in it its sentences are."""

    pcm: bytes
    sentences: tuple[tuple[int, int], ...]
    """The first sample of each, and the one after its last."""

    @staticmethod
    def of(sentences: Sequence[bytes]) -> Told:
        """These, with pauses between them."""
        pcm, places = bytearray(), []
        for sentence in sentences:
            pcm += bytes(2 * PAUSE)
            at = len(pcm) // 2
            pcm += sentence
            places.append((at, len(pcm) // 2))
        return Told(bytes(pcm), tuple(places))

    def write(self, path: Path) -> None:
        """As a WAV file."""
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
            file.writeframes(self.pcm)


class Found(NamedTuple):
    """One sentence as it was heard."""

    said: Sound
    heard: Sound
    """As long as what was said, from where it was found on."""
    late: int
    """Samples from when it was said until it was heard."""
    likeness: float
    """1: nothing else was heard; about 0: nothing of it."""

    @property
    def lost(self) -> bool:
        return self.likeness < LOST_BELOW

    @property
    def level_db(self) -> float:
        """How much louder it was heard than said."""
        return float(10 * np.log10(((self.heard**2).mean() + 1e-9) / (self.said**2).mean()))


def find(told: Told, heard: bytes, said_before_s: float) -> Iterator[Found]:
    """Every whole sentence that was said while the other was listening.

    `said_before_s`: so long before the recording of what was heard begins, the first of `told` was said.
    """
    told_sound = np.frombuffer(told.pcm, dtype="<i2").astype(float)
    sound = np.frombuffer(heard, dtype="<i2").astype(float)
    before = round(said_before_s * RATE_HZ)
    late: int | None = None
    for first, end in _said(told, before, before + len(sound) - FIRST_WITHIN):
        size = len(told.pcm) // 2
        said = told_sound[first % size : first % size + end - first]
        at = first - before
        if late is None:
            found = _find(sound, said, at, at, at + FIRST_WITHIN)
        else:
            found = _find(sound, said, at, at + late - STRAYS, at + late + STRAYS)
            if found.lost:
                found = _find(sound, said, at, at + late - STRAYS_FAR, at + late + STRAYS_FAR)
        if not found.lost:
            late = found.late
        yield found


def _find(sound: Sound, said: Sound, at: int, low: int, high: int) -> Found:
    """What was said at this sample, where it is heard most between these two."""
    low = max(0, low)
    place, likeness = _most_like(sound[low : high + len(said)], said)
    here = low + place
    return Found(said, sound[here : here + len(said)], here - at, likeness)


def _said(told: Told, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The places of the sentences that are said between these two samples, counted from the first ever."""
    size = len(told.pcm) // 2
    for turn in range(begin // size, end // size + 1):
        for first, last in told.sentences:
            if begin <= turn * size + first and turn * size + last <= end:
                yield turn * size + first, turn * size + last


def _most_like(sound: Sound, said: Sound) -> tuple[int, float]:
    """Where in the sound what was said is most, and how much of what is there it is."""
    size = 1 << (len(sound) + len(said)).bit_length()
    products = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(said, size)), size)
    sums = np.concatenate(([0.0], np.cumsum(sound**2)))
    energies = sums[len(said) :] - sums[: -len(said)]
    like = products[: len(energies)] / np.sqrt(np.maximum(energies, 1.0) * float(said @ said))
    place = int(np.argmax(like))
    return place, float(like[place])
