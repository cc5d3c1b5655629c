"""Recordings of a backup: `FILE.recordings/`, one signed and encrypted file each, never rewritten.

Recordings deleted by the center are deleted here, too. The file's time is kept: retention counts from it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from application.errors import NotFound
from application.state.state_dir import write_kept
from features.backup import age, signed
from media.sound.sound_file import PART, SoundName

if TYPE_CHECKING:
    from pyrage import Identity, Recipient

    from application.signature import Signer

_AGE: Final = ".age"
_TO: Final = "recipients"
"""File with the recipients, as given, and the signer: if either changes, all recordings are written again."""
_READ_BYTES: Final = 2**16


def folder_of(file: Path) -> Path:
    """Return the folder of the recordings of this backup."""
    return file.with_name(f"{file.name}.recordings")


def write_all(
    recordings: Path, file: Path, to: Sequence[Recipient], to_text: str, signer: Signer
) -> tuple[int, int]:
    """Update the folder; return (number of recordings, number written). Raises CenterError, OSError."""
    found = {path.name: path for path in recordings.iterdir()} if recordings.is_dir() else {}
    wanted = {
        f"{name}{_AGE}": path
        for name, path in found.items()
        if SoundName.of(name) is not None and not name.endswith(PART)
    }
    folder = folder_of(file)
    if not wanted and not folder.is_dir():
        return 0, 0
    folder.mkdir(mode=0o700, exist_ok=True)
    note, to_text = folder / _TO, f"{to_text}# signed by {signer.fingerprint}\n"
    anew = not note.is_file() or note.read_text() != to_text
    there = {path.name for path in folder.iterdir()}
    written = 0
    for name, path in sorted(wanted.items()):
        if name in there and not anew:
            continue
        try:
            with path.open("rb") as source:
                at_ns = os.fstat(source.fileno()).st_mtime_ns
                said = iter(lambda: source.read(_READ_BYTES), b"")
                told = signed.signed(said, signer, signed.recording(path.name))
                age.write(folder / name, told, to, time_ns=at_ns)
        except FileNotFoundError:
            continue  # deleted meanwhile by retention
        age.put_in_place(folder / name)
        written += 1
    for name in there - wanted.keys() - {_TO}:
        (folder / name).unlink(missing_ok=True)
    if anew:
        write_kept(note, to_text.encode())
    return len(wanted), written


def read_all(file: Path, keys: Sequence[Identity], into: Path | None, by: str) -> int:
    """Restore the recordings into a folder, or only verify them if `into` is None; return their number. `by`:
    as in `signed.read`. Raises CenterError, OSError.
    """
    folder = folder_of(file)
    files = sorted(folder.glob(f"*{_AGE}")) if folder.is_dir() else []
    for path in files:
        name = path.name.removesuffix(_AGE)
        if SoundName.of(name) is None:
            raise age.Damaged(f"{path} is not a recording")
        subject = signed.recording(name)
        if into is None:
            with suppress(NotFound):  # a simultaneous backup removes files of deleted recordings
                signed.read(path, keys, _nothing, by=by, subject=subject)
            continue
        target = into / name
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            signed.read(path, keys, out.write, by=by, subject=subject)
            out.flush()
            os.fsync(descriptor)
        at_ns = path.stat().st_mtime_ns
        os.utime(target, ns=(at_ns, at_ns))
    return len(files)


_nothing: Final[Callable[[bytes], object]] = len
