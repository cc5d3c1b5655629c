"""Sounds of the announcements: the center's own files, else the supplied ones, and spoken names.

Sounds are loaded at first use, never on the media thread, and cached. Time and hearers are decided elsewhere.

Spoken sounds are made by espeak-ng, if installed: a sentence takes some ten milliseconds.
"""

from __future__ import annotations

import subprocess
import tomllib
import wave
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from media.conference.speaks import SPEAKER, SPEAKS_WITHIN_S
from media.sound.frames import FRAME_MS, RATE_HZ, SAMPLE_BYTES, Samples, samples_of
from media.sound.speech import leveled, resampled, trimmed


class SoundError(Exception):
    """Base class for a sound that is unavailable.

    SoundError
    ├── NoSuchSound   missing in all folders and languages
    └── UnfitSound    a file of the wrong format
    """


class NoSuchSound(SoundError):
    """Raised if there is no such announcement."""


class UnfitSound(SoundError):
    """Raised for a file that cannot be played; the text has its path."""


def synthesized(text: str, language: str) -> Samples:
    """Return the text spoken by espeak-ng, at 8 kHz. Raises OSError, SubprocessError or UnfitSound."""
    command = [SPEAKER, "-v", language, "-s", "150", "--stdout", "--stdin"]
    said = subprocess.run(
        command, input=text.encode(), capture_output=True, timeout=SPEAKS_WITHIN_S, check=True
    )
    return at_8_khz(said.stdout)


def at_8_khz(wav: bytes) -> Samples:
    """Convert a WAV as a synthesizer pipes it: 16 bits, one channel, unknown length. Raises UnfitSound."""
    at = wav.find(b"data")
    if wav[:4] != b"RIFF" or at < 0:
        raise UnfitSound("not a WAV file")
    rate_hz = int.from_bytes(wav[24:28], "little")
    return resampled(samples_of(wav[at + 8 :]), rate_hz)


FOLDER: Final = Path(__file__).parents[1] / "announcements"
"""Folder of the supplied announcements."""
SOFT_TONE: Final = "soft_tone"
TEXT: Final = "text"
"""Name of a sound that is spoken instead of loaded from a file."""
ASK: Final = "ask:"
"""Prefix of a question's name: the center's own recording of that name in exactly this language, or else the
spoken words.
"""
FALLBACK: Final = "en"
LONGEST_S: Final = 30.0
SPOKEN_MAX: Final = 60
"""Most characters of a name that are spoken."""
_KEPT: Final = 200


def read_wav(path: Path) -> Samples:
    """Return the file's samples: PCM, 16 bits, one channel, 8 kHz. Raises UnfitSound."""
    try:
        with wave.open(str(path), "rb") as file:
            found = (file.getnchannels(), file.getsampwidth() * 8, file.getframerate())
            pcm = file.readframes(int(LONGEST_S * RATE_HZ) + 1)
    except (OSError, EOFError, wave.Error) as error:
        raise UnfitSound(f"{path}: {error}") from error
    if found != (1, SAMPLE_BYTES * 8, RATE_HZ):
        said = f"{found[0]} channels, {found[1]} bits, {found[2]} Hz"
        raise UnfitSound(f"{path}: {said}; expected 1 channel, 16 bits, {RATE_HZ} Hz")
    samples = samples_of(pcm)
    if len(samples) > LONGEST_S * RATE_HZ:
        raise UnfitSound(f"{path}: longer than {LONGEST_S:g} s")
    if len(samples) < RATE_HZ * FRAME_MS // 1000:
        raise UnfitSound(f"{path}: holds no sound")
    return samples


def texts() -> dict[str, dict[str, str]]:
    """Return the texts of the supplied announcements: name → language → text."""
    with (FOLDER / "announcements.toml").open("rb") as file:
        return tomllib.load(file)


class Sounds:
    """Cache of sounds, for any thread. `own`: the center's folder; `language`: the center's language."""

    def __init__(self, own: Path | None = None, language: str = "it", *, names: bool = True) -> None:
        self._own = own
        self._language = language
        self._names = names
        self._kept: dict[tuple[str, str, str], Samples] = {}

    def load(self, name: str, language: str, text: str) -> Samples:
        """Return the sound in this language, else the center's, else English. Raises NoSuchSound.

        An unfit file of the center counts as missing. A name that cannot be spoken becomes silence; a
        question that cannot be spoken raises NoSuchSound.
        """
        key = (name, language, text if name == TEXT or name.startswith(ASK) else "")
        found = self._kept.get(key)
        if found is None:
            found = self._find(name, language, text)
            if len(self._kept) >= _KEPT:  # by any thread: each conference loads on threads of its own
                self._kept.clear()
            self._kept[key] = found
        return found

    def _find(self, name: str, language: str, text: str) -> Samples:
        if name == SOFT_TONE:
            return soft_tone()
        if name == TEXT:
            wanted = language or self._language
            return spoken(text, wanted) if self._names else np.zeros(0, dtype=np.int16)
        if name.startswith(ASK):
            return self._question(name.removeprefix(ASK), language, text)
        for one in dict.fromkeys((language or self._language, self._language, FALLBACK)):
            for folder in (self._own, FOLDER):
                if (found := _recorded(folder, name, one)) is not None:
                    return found
        raise NoSuchSound(f"{name}.{language or self._language}")

    def _question(self, name: str, language: str, text: str) -> Samples:
        """Return the sound of a question. Raises NoSuchSound: silence would count as a question put to the
        user.
        """
        found = _recorded(self._own, name, language) if name else None
        if found is None:
            try:
                found = leveled(trimmed(synthesized(text, language)))
            except (OSError, subprocess.SubprocessError, SoundError) as error:
                raise NoSuchSound(f"{name}.{language}: {error}") from error
        if not len(found):
            raise NoSuchSound(f"{name}.{language}: the announcement has no sound")
        return found


def _recorded(folder: Path | None, name: str, language: str) -> Samples | None:
    """Return the file's sound if playable; `problems` reports an unplayable file."""
    path = None if folder is None else folder / f"{name}.{language}.wav"
    if path is None or not path.is_file():
        return None
    try:
        return read_wav(path)
    except UnfitSound:
        return None


def problems(own: Path, known: Iterable[str]) -> Iterator[str]:
    """Yield the faults of a center's own folder, each with its path. `known`: names of all sounds in use."""
    if not own.is_dir():
        yield f"{own}: the folder does not exist"
        return
    names = set(known)
    for path in sorted(own.glob("*.wav")):
        name, _, language = path.stem.rpartition(".")
        if name not in names or len(language) != 2:
            known = ", ".join(sorted(names))
            yield f"{path}: is never played; rename it to NAME.LANGUAGE.wav, with NAME one of {known}"
            continue
        try:
            read_wav(path)
        except UnfitSound as error:
            yield str(error)


def spoken(text: str, language: str) -> Samples:
    """Return the words spoken by espeak-ng; silence if not installed or too slow."""
    words = text[:SPOKEN_MAX].strip()
    if not words:
        return np.zeros(0, dtype=np.int16)
    try:
        return leveled(trimmed(synthesized(words, language)))
    except (OSError, subprocess.SubprocessError, SoundError):
        return np.zeros(0, dtype=np.int16)


def soft_tone() -> Samples:
    """Return a low tone of 0.3 s at -36 dBFS: audible at the ear and not in the room."""
    at = np.arange(int(0.3 * RATE_HZ))
    return np.asarray(np.round(520 * np.sin(2 * np.pi * 330 * at / RATE_HZ)), dtype=np.int16)
