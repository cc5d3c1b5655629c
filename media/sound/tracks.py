"""Layout of recorded frames in time: one track for each party, silence in gaps. Pure.

A tick's number is the place of its 20 ms, so skipped ticks, lost frames and late parties shift nothing.
Parties with a common track are added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from media.sound.frames import FRAME_SAMPLES, FRAMES_PER_S, Samples, samples_of

_AT_ONCE: Final = 10 * FRAMES_PER_S
"""Ticks laid out at a time: a gap of an hour needs the memory of ten seconds only."""


class TrackTick(NamedTuple):
    """Tick with its number, and the frames of present parties by track."""

    tick: int
    frames: tuple[tuple[int, bytes], ...]


class Tracks:
    """Growing sound of one file."""

    def __init__(self, tracks: int) -> None:
        self._tracks = tracks
        self._next: int | None = None

    def lay(self, heard: Sequence[TrackTick]) -> Iterator[Samples]:
        """Yield the sound up to the end of the last tick in pieces, one column for each track.

        Ticks must be in order; a tick that was laid out before is ignored.
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
            # The next ten seconds without a tick are a gap.
            until = heard[end - 1].tick + 1 if end > begin else limit
            if until > self._next:
                yield self._piece(heard[begin:end], self._next, until)
                self._next = until
            begin = end

    def _piece(self, heard: Sequence[TrackTick], first: int, until: int) -> Samples:
        sound = np.zeros(((until - first) * FRAME_SAMPLES, self._tracks), dtype=np.int32)
        for one in heard:
            at = (one.tick - first) * FRAME_SAMPLES
            if at < 0:
                continue
            for track, frame in one.frames:
                sound[at : at + FRAME_SAMPLES, track] += samples_of(frame)
        return np.clip(sound, -32768, 32767).astype(np.int16)
