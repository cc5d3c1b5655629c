"""Creation of a SQLite file: with its first page, under a temporary name, and then under its own.

SQLite treats an empty file as no database: at every access it deletes the file with the name of its log. If
another file takes the name meanwhile, the deleted log belongs to that file, and its writers continue with a
log that no other process finds. Therefore no process ever sees an empty file.

The module also maps SQLite's errors to `store.errors` (its result codes: sqlite.org/rescode.html).
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from store.errors import (
    JournalError,
    JournalFull,
    JournalLocked,
    JournalReadOnly,
    JournalTorn,
    JournalUnavailable,
    StoreMisuse,
)

_NO_SPACE_BYTES: Final = 256 * 1024
_NO_TABLE: Final = "no such table"
_TORN: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT)
_LOCKED: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)
_OURS: Final = (
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_TOOBIG,
    sqlite3.SQLITE_ERROR,
    None,
)
"""Result codes that only a defect of the center causes, in the statement itself: the file is intact."""
_REFUSED: Final = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)


def map_error(path: Path, error: sqlite3.Error) -> JournalError | StoreMisuse:
    """Map the driver's error on this file to an error of `store.errors`."""
    text = f"{path}: {error}"
    primary = _primary(error)
    if primary == sqlite3.SQLITE_FULL:
        return JournalFull(text)
    if primary in _LOCKED:
        return JournalLocked(text)
    if primary in _TORN:
        return JournalTorn(text)
    if primary in _REFUSED:
        return JournalReadOnly(text)
    if primary == sqlite3.SQLITE_CANTOPEN and path.exists() and not os.access(path, os.W_OK):
        return JournalReadOnly(text)
    if primary == sqlite3.SQLITE_ERROR and _NO_TABLE in str(error):
        # The file was emptied, or belongs to another program.
        return JournalTorn(text)
    if primary in _OURS:
        return StoreMisuse(text)
    if primary == sqlite3.SQLITE_IOERR and _no_space(path):
        # The index of the WAL cannot grow: SQLITE_IOERR_SHMSIZE, which does not name the reason.
        return JournalFull(text)
    return JournalUnavailable(f"{text} ({getattr(error, 'sqlite_errorname', '?')})")


def is_locked(error: sqlite3.Error) -> bool:
    """Return True if another connection holds the lock."""
    return _primary(error) in _LOCKED


def _no_space(path: Path) -> bool:
    try:
        system = os.statvfs(path)
    except OSError:
        return False
    return system.f_bavail * system.f_frsize < _NO_SPACE_BYTES


def _primary(error: sqlite3.Error) -> int | None:
    """Return the primary result code; None if the driver itself raised the error."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def create_file(path: Path) -> None:
    """Create a file of this name, readable by its owner alone, unless it exists. Raises JournalError."""
    with _errors(path):
        if path.exists():
            # Not opened for the check: closing a file drops all locks of the process on it (POSIX).
            return
        with _log_files(path) as new, suppress(FileExistsError):
            os.link(new, path)
        folder = os.open(path.absolute().parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def replace_file(path: Path) -> None:
    """Replace the file by a new one; processes with the old file open keep it. Raises JournalError."""
    with _errors(path), _log_files(path) as new:
        set_log_aside(path)
        os.replace(new, path)


def set_log_aside(path: Path) -> None:
    """Rename the logs of a replaced file: SQLite would read the new file by them. Raises JournalError."""
    with _errors(path):
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.replace(f"{path}{suffix}", f"{path}.old{suffix}")


def delete_log_aside(path: Path) -> None:
    """Delete the logs that were set aside: they still hold data erased since. Raises JournalError."""
    with _errors(path):
        for suffix in ("-wal", "-shm"):
            Path(f"{path}.old{suffix}").unlink(missing_ok=True)


def inodes(path: Path) -> tuple[int, int]:
    """Return the inodes of the file and its log, which identify both; 0 for a missing one."""
    return _inode(path), _inode(Path(f"{path}-wal"))


def is_empty(path: Path) -> bool:
    """Return True if a file of this name exists and is empty."""
    try:
        return path.stat().st_size == 0
    except OSError:
        return False


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


@contextmanager
def _log_files(path: Path) -> Iterator[Path]:
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.absolute().parent)
    os.close(descriptor)
    try:
        with closing(sqlite3.connect(name, isolation_level=None)) as raw:
            raw.execute("PRAGMA journal_mode = WAL")
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise JournalUnavailable(f"{path} cannot be created: {error.strerror}") from error
    except sqlite3.Error as error:
        raise map_error(path, error) from error
