"""SQLite's errors by the names of `store.errors` (its result codes: sqlite.org/rescode.html)."""

from __future__ import annotations

import os
import sqlite3
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
