"""What was said, laid out in time: one track for each party, silence wherever there is nothing. Pure.

A tick's number says where its 20 ms belong, so that left-out ticks, frames that were lost on the way and
parties who come later shift nothing. Who shares a track is added up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from media.sound.frames import FRAME_SAMPLES, FRAMES_PER_S, Samples, samples_of

_AT_ONCE: Final = 10 * FRAMES_PER_S
"""Ticks that are laid out together: a gap of an hour needs no more memory than one of ten seconds."""


class Heard(NamedTuple):
    """One tick: its number, and the frames of those who were there, by track."""

    tick: int
    frames: tuple[tuple[int, bytes], ...]


class Tracks:
    """The sound of one file as it grows."""

    def __init__(self, tracks: int) -> None:
        self._tracks = tracks
        self._next: int | None = None

    def lay(self, heard: Sequence[Heard]) -> Iterator[Samples]:
        """The sound up to the end of the last of these ticks, one column for each track, piece by piece.

        Ticks are given in order; one that has been laid already is left out.
        """
        for one in heard:
            if self._next is None:
                self._next = one.tick
        begin = 0
        while begin < len(heard):
            assert self._next is not None
            limit = self._next + _AT_ONCE
            end = begin
            while end < len(heard) and heard[end].tick < limit:
                end += 1
            # With nothing in the next ten seconds they are a gap.
            until = heard[end - 1].tick + 1 if end > begin else limit
            if until > self._next:
                yield self._piece(heard[begin:end], self._next, until)
                self._next = until
            begin = end

    def _piece(self, heard: Sequence[Heard], first: int, until: int) -> Samples:
        sound = np.zeros(((until - first) * FRAME_SAMPLES, self._tracks), dtype=np.int32)
        for one in heard:
            at = (one.tick - first) * FRAME_SAMPLES
            if at < 0:
                continue
            for track, frame in one.frames:
                sound[at : at + FRAME_SAMPLES, track] += samples_of(frame)
        return np.clip(sound, -32768, 32767).astype(np.int16)
