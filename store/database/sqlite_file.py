"""How a SQLite file comes into being: with its first page, under another name, and then under its own.

An empty file is no database yet, and the library treats it so: at every look it deletes what has the name of
the file's log. Should another file take the name meanwhile, that is the other one's log, which its writers
go on with, and nobody else finds. So nobody is ever shown an empty file.

And SQLite's errors by the names of `store.errors` (its result codes: sqlite.org/rescode.html).
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
"""What only a defect of ours brings about, in the statement that it is: the file is well."""
_REFUSED: Final = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)


def named(path: Path, error: sqlite3.Error) -> JournalError | StoreMisuse:
    """The driver's error with this file as ours."""
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
        # The file was emptied, or is another program's.
        return JournalTorn(text)
    if primary in _OURS:
        return StoreMisuse(text)
    if primary == sqlite3.SQLITE_IOERR and _no_space(path):
        # The WAL's index cannot be enlarged: SQLITE_IOERR_SHMSIZE, which does not say why.
        return JournalFull(text)
    return JournalUnavailable(f"{text} ({getattr(error, 'sqlite_errorname', '?')})")


def is_locked(error: sqlite3.Error) -> bool:
    """Whether somebody else holds the lock."""
    return _primary(error) in _LOCKED


def _no_space(path: Path) -> bool:
    try:
        system = os.statvfs(path)
    except OSError:
        return False
    return system.f_bavail * system.f_frsize < _NO_SPACE_BYTES


def _primary(error: sqlite3.Error) -> int | None:
    """The result code without what extends it; none where the driver itself complains."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def make(path: Path) -> None:
    """A file of this name, readable by its owner alone, unless there is one. Raises JournalError."""
    with _errors(path):
        if path.exists():
            # Not opened to look: closing a file drops all locks that the process has on it (POSIX).
            return
        with _beside(path) as new, suppress(FileExistsError):
            os.link(new, path)
        folder = os.open(path.absolute().parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def replace(path: Path) -> None:
    """A new one in place of the one of this name, which whoever has it open keeps. Raises JournalError."""
    with _errors(path), _beside(path) as new:
        set_log_aside(path)
        os.replace(new, path)


def set_log_aside(path: Path) -> None:
    """Where the file was put in another's place: the library would read it through that one's log.
    Raises JournalError.
    """
    with _errors(path):
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.replace(f"{path}{suffix}", f"{path}.old{suffix}")


def forget_log_aside(path: Path) -> None:
    """Take away what was set aside: it still has what was erased since. Raises JournalError."""
    with _errors(path):
        for suffix in ("-wal", "-shm"):
            Path(f"{path}.old{suffix}").unlink(missing_ok=True)


def inodes(path: Path) -> tuple[int, int]:
    """By which the file and its log are told from others of these names; 0 where there is none."""
    return _inode(path), _inode(Path(f"{path}-wal"))


def is_empty(path: Path) -> bool:
    """Whether there is a file of this name without a byte."""
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
def _beside(path: Path) -> Iterator[Path]:
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
        raise JournalUnavailable(f"{path} cannot be made: {error.strerror}") from error
    except sqlite3.Error as error:
        raise named(path, error) from error
