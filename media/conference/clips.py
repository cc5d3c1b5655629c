"""Something prepared that is played to some of a conference: what it is, and where in it one is.

Pure arithmetic: time is the number of frames.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from media.sound.frames import FRAME_BYTES, FRAMES_PER_S, Samples
from media.sound.mixing import eased


class ClipSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be played, and to whom."""

    to: frozenset[str]
    """The legs that hear it."""
    names: tuple[str, ...]
    """Sounds by name, one after the other."""
    language: str = ""
    text: str = ""
    """For a sound that is made of words."""
    every_s: float = 0.0
    """Begin again so long after its end; 0: once."""
    softly: bool = False
    """Heard at the ear, and not in the room."""
    begun: bool = False
    """Another conference has begun it: here it is over before it begins."""


class Playing(NamedTuple):
    """One clip in one tick."""

    clip: str
    frame: bytes
    to: frozenset[str]
    """Nobody: it has been withdrawn, and this is what is faded out."""


class Playback:
    """One clip's place in its sound. It stands still while `next` is not called."""

    def __init__(self, sound: Samples, every_s: float) -> None:
        pcm = eased(sound).tobytes()
        self._pcm = pcm + bytes(-len(pcm) % FRAME_BYTES)
        self._at = 0
        self._pause = round(every_s * FRAMES_PER_S)
        self._waits = 0
        self.over = False
        """It has been played to its end and does not begin again."""

    def next(self) -> bytes | None:
        """The next frame; None at its end, and between two times."""
        if self._waits:
            self._waits -= 1
            return None
        frame = self._pcm[self._at : self._at + FRAME_BYTES]
        self._at += FRAME_BYTES
        if self._at >= len(self._pcm):
            self._at = 0
            self._waits = self._pause
            self.over = not self._pause
        return frame or None
