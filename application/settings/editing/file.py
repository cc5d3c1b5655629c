"""Settings file on disk: one writer at a time, atomic writes, and only texts that can be loaded."""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from application.errors import SettingsError
from application.settings.editing.intended import by_name
from application.settings.editing.layout import edited
from application.settings.file import loaded, text_of
from model.settings import Settings
from model.settings_edits import Edit, EditFaulty, NotWritable


def change(file: Path, edits: Sequence[Edit]) -> Settings:
    """Make all edits, or none; the previous text is kept beside the file as `FILE.before`.

    Raises an EditError (`model.settings_edits`): faults of the result, a value changed meanwhile, or no
    permission to write; SettingsError if the present text is no TOML.
    """
    file = file.resolve()
    with _alone(file):
        before = toml_of(file)
        text = before
        for edit in edits:
            text = edited(text, edit)
        try:
            settings = loaded(text, file)
        except SettingsError as error:
            data = tomllib.loads(text)
            told = [fault.partition(": ") for fault in error.faults]
            raise EditFaulty([(by_name(path, data), reason) for path, _, reason in told]) from error
        if text != before:
            try:
                _write(file.with_name(f"{file.name}.before"), before, like=file)
                _write(file, text, like=file)
            except OSError as error:
                raise NotWritable(f"{file} cannot be written: {error.strerror}") from error
    return settings


def toml_of(file: Path) -> str:
    """Return the text after a check that it is TOML. Raises SettingsError."""
    text = text_of(file)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(str(file), [f"not TOML: {error}"]) from error
    return text


def is_writable(file: Path) -> bool:
    """Return True if this process may replace the file, by the permissions of its folder and its own."""
    file = file.resolve()
    try:
        folder, own = file.parent.stat(), file.stat()
    except OSError:
        return False
    sticky = bool(folder.st_mode & stat.S_ISVTX) and os.geteuid() not in (0, own.st_uid, folder.st_uid)
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK | os.X_OK) and not sticky


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Prevent the center's other processes from changing files of this folder. Raises NotWritable."""
    if not is_writable(file):
        raise NotWritable(f"{file} cannot be written by this process")
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _write(file: Path, text: str, *, like: Path) -> None:
    """Write the file atomically and durably, with owner and mode of `like`. After a power failure the file
    has the old or the new text.
    """
    own = like.stat()
    made, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(made, "w", encoding="utf-8", newline="") as to:
            with suppress(PermissionError):  # only root may set a group that the process does not belong to
                os.fchown(made, own.st_uid, own.st_gid)
            os.fchmod(made, stat.S_IMODE(own.st_mode))
            to.write(text)
            to.flush()
            os.fsync(made)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
