"""Files of recorded sound: a crash of the writer leaves a file that is readable up to the cut.

During writing a file is `NAME.part`, locked by its writer; when complete it gets its name. An unlocked
`.part` was left by a dead writer and is repaired: its readable part is kept. Both formats reach the disk in
pieces, FLAC in half seconds (4096 samples), Opus in pages of a second, and the pieces are readable without an
end of the file.

A module that only uses names, such as the web, loads neither numpy nor the encoder.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from media.sound.frames import Samples

PART: Final = ".part"
MENDED: Final = ".mended"


class SoundFormat(StrEnum):
    """Format of a recording; also the suffix of the file's name."""

    FLAC = "flac"
    OPUS = "opus"


class SoundName(NamedTuple):
    """Name of a recording: `ALERT.N.flac`, with `.part` appended while written."""

    alert: str
    number: int
    format: SoundFormat
    part: bool = False

    def __str__(self) -> str:
        return f"{self.alert}.{self.number}.{self.format}{PART if self.part else ''}"

    @classmethod
    def of(cls, name: str) -> SoundName | None:
        """Parse a name; None for any other file."""
        whole = name.removesuffix(PART)
        alert, _, rest = whole.rpartition(".")[0].rpartition(".")
        ending = whole.rpartition(".")[2]
        if not alert or not rest.isdecimal() or ending not in set(SoundFormat):
            return None
        return cls(alert, int(rest), SoundFormat(ending), part=name != whole)


def prepare() -> None:
    """Load the encoder in advance. A missing encoder is reported at its first use."""
    with contextlib.suppress(ImportError, OSError):
        import soundfile  # noqa: F401


_AS: Final = {SoundFormat.FLAC: ("FLAC", "PCM_16"), SoundFormat.OPUS: ("OGG", "OPUS")}


class SoundFileFailed(Exception):
    """Raised if a file cannot be written or read. The text is for the person on duty."""


class SoundWriter:
    """File being written. For one thread, which may wait for the disk."""

    def __init__(self, path: Path, channels: int) -> None:
        """Create the file; its suffix sets the format. Raises SoundFileFailed, FileExistsError."""
        try:
            from soundfile import SoundFile, SoundFileError
        except (ImportError, OSError) as error:
            raise SoundFileFailed(f"sound cannot be written on this machine: {error}") from error

        from media.sound.frames import RATE_HZ

        self.path = path
        self._part = path.with_name(path.name + PART)
        self.samples = 0
        """Number of written samples of each channel."""
        container, coding = _AS[SoundFormat(path.suffix.removeprefix("."))]
        try:
            self._fd = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            raise
        except OSError as error:
            raise SoundFileFailed(f"{self._part}: {error.strerror}") from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._file = SoundFile(self._fd, "w", RATE_HZ, channels, coding, format=container, closefd=False)
        except (OSError, SoundFileError) as error:
            os.close(self._fd)
            raise SoundFileFailed(f"{self._part}: {error}") from error

    def write(self, sound: Samples) -> None:
        """Add sound, one column for each channel. Raises SoundFileFailed."""
        import numpy as np
        from soundfile import SoundFileError

        try:
            self._file.write(np.ascontiguousarray(sound, dtype=np.int16))
        except (OSError, SoundFileError) as error:
            raise SoundFileFailed(f"{self._part}: {_words(error)}") from error
        self.samples += len(sound)

    def close(self) -> None:
        """Complete the file on the disk under its name; after a failure it stays for repair. Raises
        SoundFileFailed.
        """
        from soundfile import SoundFileError

        try:
            self._file.close()
            os.fsync(self._fd)
            os.replace(self._part, self.path)
        except (OSError, SoundFileError) as error:
            raise SoundFileFailed(f"{self._part}: {_words(error)}") from error
        finally:
            os.close(self._fd)  # releases the lock too


def take_track(source: Path, track: int, target: Path) -> None:
    """Write one track of a recording, counted from 0, as a file of its own. Raises SoundFileFailed."""
    from soundfile import SoundFile, SoundFileError

    try:
        sound = SoundFile(str(source))
    except SoundFileError as error:
        raise SoundFileFailed(f"{source}: {_words(error)}") from error
    try:
        own = SoundWriter(target, 1)
        while len(piece := sound.read(sound.samplerate, "int16", always_2d=True)):
            own.write(piece[:, [track]])
        own.close()
    finally:
        sound.close()


def mend(part: Path) -> Path | None:
    """Repair a truncated file: keep its readable part under its name. Return None if nothing is readable.

    Also return None for a file that is still being written, which is not touched. Raises SoundFileFailed.
    """
    try:
        fd = os.open(part, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SoundFileFailed(f"{part}: {error.strerror}") from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return _mend(part)
    except BlockingIOError:
        return None
    except OSError as error:
        raise SoundFileFailed(f"{part}: {error.strerror}") from error
    finally:
        os.close(fd)


def _mend(part: Path) -> Path | None:
    from soundfile import SoundFile, SoundFileError

    from media.sound.frames import FRAME_SAMPLES

    path = part.with_name(part.name.removesuffix(PART))
    try:
        cut = SoundFile(str(part))
    except SoundFileError:
        part.unlink()  # without even a header
        return None
    if path.suffix == f".{SoundFormat.OPUS}":
        cut.close()
        os.replace(part, path)  # a truncated Ogg stream is readable, and encoding it again would lose quality
        return path
    whole = path.with_name(path.name + MENDED)
    fd = os.open(whole, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    samples = 0
    try:
        copy = SoundFile(fd, "w", cut.samplerate, cut.channels, cut.subtype, format=cut.format, closefd=False)
        # At the cut the decoder fails and drops the rest of that request: so the requests are small.
        with contextlib.suppress(SoundFileError):
            while len(piece := cut.read(FRAME_SAMPLES, "int16", always_2d=True)):
                copy.write(piece)
                samples += len(piece)
        copy.close()
        os.fsync(fd)
    except SoundFileError as error:
        whole.unlink()
        raise SoundFileFailed(f"{whole}: {_words(error)}") from error
    finally:
        cut.close()
        os.close(fd)
    if not samples:
        whole.unlink()
        part.unlink()
        return None
    os.replace(whole, path)
    part.unlink()
    return path


def _words(error: Exception) -> str:
    """Return the reason of an error; libsndfile reports only that the system has refused."""
    return getattr(error, "strerror", None) or str(error).strip() or "the disk cannot be written"
