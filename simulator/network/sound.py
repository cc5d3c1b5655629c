"""Sounds of a phone, as samples: tones, a file, a voicemail's greeting, silence.

All sound here is 8 kHz mono s16le. A sound is a function of the sample's index since its speaker began, so
that all listeners hear identical sound and a tone never breaks its phase. Independent of the listeners.
"""

from __future__ import annotations

import array
import functools
import math
import sys
import wave
from pathlib import Path
from typing import Protocol

from simulator.errors import ConfigError

RATE_HZ = 8000
SAMPLE_BYTES = 2
AMPLITUDE = 8000
MAX_FILE_S = 600


class Sound(Protocol):
    """Sound that can be read from any sample on."""

    def at(self, sample: int, n_bytes: int) -> bytes:
        """Return exactly `n_bytes` (even) from the sample on."""
        ...


class Loop:
    """Repeated samples; without samples, silence."""

    def __init__(self, pcm: bytes) -> None:
        self._pcm = pcm

    def at(self, sample: int, n_bytes: int) -> bytes:
        if not self._pcm:
            return bytes(n_bytes)
        start = sample * SAMPLE_BYTES % len(self._pcm)
        piece = self._pcm[start : start + n_bytes]
        while len(piece) < n_bytes:
            piece += self._pcm[: n_bytes - len(piece)]
        return piece


class Once:
    """Samples played once, then silence."""

    def __init__(self, pcm: bytes) -> None:
        self._pcm = pcm

    def at(self, sample: int, n_bytes: int) -> bytes:
        start = sample * SAMPLE_BYTES
        return self._pcm[start : start + n_bytes].ljust(n_bytes, b"\0")


SILENCE = Loop(b"")


@functools.lru_cache(maxsize=64)
def tone(hz: float) -> Loop:
    """Return a sine of amplitude 8000 with a continuous phase; the frequency is kept to 0.1 Hz."""
    tenths = round(hz * 10)
    # Shortest time with whole cycles of tenths/10 Hz: one second for whole hertz, ten at most.
    seconds = 1 if tenths % 10 == 0 else 10
    turn = 2 * math.pi * tenths / 10 / RATE_HZ
    return Loop(_pcm([round(AMPLITUDE * math.sin(turn * n)) for n in range(seconds * RATE_HZ)]))


@functools.lru_cache(maxsize=1)
def ringback() -> Loop:
    """Return the network's ringback while the far end rings: 425 Hz, 1 s on, 4 s off (ITU-T E.180 supplement
    2, Italy).
    """
    return Loop(tone(425).at(0, RATE_HZ * SAMPLE_BYTES) + bytes(4 * RATE_HZ * SAMPLE_BYTES))


@functools.lru_cache(maxsize=1)
def greeting() -> Once:
    """Return a voicemail's greeting: three seconds with the rhythm of speech, a pause, one second of 1 kHz,
    silence.
    """
    speech = [
        round(
            AMPLITUDE
            * abs(math.sin(2 * math.pi * 2.2 * n / RATE_HZ))
            * math.sin(2 * math.pi * 180 * n / RATE_HZ)
        )
        for n in range(3 * RATE_HZ)
    ]
    pause = bytes(RATE_HZ * SAMPLE_BYTES // 2)
    return Once(_pcm(speech) + pause + tone(1000).at(0, RATE_HZ * SAMPLE_BYTES))


def sound(says: str, behaviour: str = "answer") -> Sound:
    """Return the sound that a phone's `says` names; empty: a greeting for a voicemail, silence for others.
    Raises ConfigError.
    """
    kind, _, what = (says or ("greeting" if behaviour == "voicemail" else "silence")).partition(":")
    match kind:
        case "tone":
            return tone(_hertz(says, what))
        case "file":
            return Once(_file(what))
        case "loop":
            return Loop(_file(what))
        case "greeting":
            return greeting()
        case "silence":
            return SILENCE
        case _:
            raise ConfigError(f"says: {says!r} is none of tone:HZ, file:WAV, loop:WAV, greeting, silence")


def check_says(says: str) -> None:
    """Check a phone's sound. Raises ConfigError with a text that begins with `says`."""
    sound(says)


def resolve_says(says: str, directory: Path) -> str:
    """Make the path of a file absolute, relative to the directory; other sounds are unchanged."""
    kind, _, what = says.partition(":")
    return f"{kind}:{(directory / what).absolute()}" if kind in ("file", "loop") else says


def _hertz(says: str, what: str) -> float:
    try:
        hz = float(what)
    except ValueError:
        hz = 0.0
    if not 20 <= hz <= RATE_HZ / 2:
        raise ConfigError(f"says: {says!r}: a tone has 20 to 4000 Hz")
    return hz


@functools.lru_cache(maxsize=32)
def _file(path: str) -> bytes:
    try:
        with wave.open(path, "rb") as file:
            form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            if form != (1, SAMPLE_BYTES, RATE_HZ):
                raise ConfigError(f"says: {path}: not 8 kHz mono 16 bit")
            return file.readframes(MAX_FILE_S * RATE_HZ)
    except (OSError, EOFError, wave.Error) as error:
        raise ConfigError(f"says: {path}: {error}") from error


def _pcm(samples: list[int]) -> bytes:
    numbers = array.array("h", samples)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
