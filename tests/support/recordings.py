"""Recordings for phones to say and for centers to play."""

from __future__ import annotations

import array
import math
import wave
from pathlib import Path


def write_tone(path: Path, *hz: float, seconds: float, pause_s: float = 0.0) -> Path:
    """A recording of these tones together, with silence after them."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        turns = [2 * math.pi * one / 8000 for one in hz]
        samples = [
            round(sum(6000 * math.sin(turn * at) for turn in turns)) for at in range(int(seconds * 8000))
        ]
        file.writeframes(array.array("h", samples).tobytes() + bytes(2 * int(pause_s * 8000)))
    return path
