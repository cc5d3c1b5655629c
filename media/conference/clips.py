"""Clip for some legs of a conference: its content, and the position of its playback.

Pure arithmetic: time is a number of frames.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from media.sound.frames import FRAME_BYTES, FRAMES_PER_S, Samples
from media.sound.mixing import eased


class ClipSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Content and hearers of a clip."""

    to: frozenset[str]
    """Legs that hear the clip."""
    names: tuple[str, ...]
    """Names of its sounds, in order."""
    language: str = ""
    text: str = ""
    """Words, for a spoken sound."""
    every_s: float = 0.0
    """Pause between its end and the next repetition, in seconds; 0: play once."""
    softly: bool = False
    """True if heard at the ear and not in the room."""
    begun: bool = False
    """True if another conference has begun the clip: it then counts as over here."""


class Playing(NamedTuple):
    """Clip in one tick."""

    clip: str
    frame: bytes
    to: frozenset[str]
    """Hearers; empty for a withdrawn clip, in its last frame, which fades out."""


class Playback:
    """Position of a clip in its sound; stands still while `next` is not called."""

    def __init__(self, sound: Samples, every_s: float) -> None:
        pcm = eased(sound).tobytes()
        self._pcm = pcm + bytes(-len(pcm) % FRAME_BYTES)
        self._at = 0
        self._pause = round(every_s * FRAMES_PER_S)
        self._waits = 0
        self.over = False
        """True once the clip has been played to its end and does not repeat."""

    def next(self) -> bytes | None:
        """Return the next frame; None at the end, and during the pause between repetitions."""
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
