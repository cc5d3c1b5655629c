"""Words made into sound by espeak-ng, where that is installed.

Never on the media thread: a sentence takes it some ten milliseconds.
"""

from __future__ import annotations

import subprocess

from media.conference.speaks import SPEAKER, SPEAKS_WITHIN_S
from media.sound.frames import Samples, samples_of
from media.sound.speech import resampled


class SoundError(Exception):
    """A sound that cannot be had, and why.

    SoundError
    ├── NoSuchSound   in no folder, in no language
    └── UnfitSound    a file that is not what it should be
    """


class NoSuchSound(SoundError):
    """There is no such announcement."""


class UnfitSound(SoundError):
    """The file cannot be played, with its path."""


def synthesized(text: str, language: str) -> Samples:
    """What espeak-ng makes of it, at 8 kHz. Raises OSError, SubprocessError or UnfitSound."""
    command = [SPEAKER, "-v", language, "-s", "150", "--stdout", "--stdin"]
    said = subprocess.run(
        command, input=text.encode(), capture_output=True, timeout=SPEAKS_WITHIN_S, check=True
    )
    return at_8_khz(said.stdout)


def at_8_khz(wav: bytes) -> Samples:
    """A WAV as a synthesizer writes it to a pipe: 16 bits, one channel, its length unknown."""
    at = wav.find(b"data")
    if wav[:4] != b"RIFF" or at < 0:
        raise UnfitSound("no WAV")
    rate_hz = int.from_bytes(wav[24:28], "little")
    return resampled(samples_of(wav[at + 8 :]), rate_hz)
