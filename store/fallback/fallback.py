"""Fallback journal: the journal continues in memory while its disk cannot be written.

    RUN/                     a folder on a file system in memory
    ├── fallback.db          the same tables, kept up to date by the FallbackKeeper (`store.fallback.replica`)
    ├── fallback.state       two counters, mapped by every process
    ├── fallback.lock        held during every commit (shared) and every switch (exclusive)
    └── fallback.log         rows committed to the journal since the last copy (`CommitLog`)

The first counter is the generation: even while the journal is in use, odd while the fallback is. The
generation is read before every use of the journal, which takes a fraction of a microsecond, so that all
processes of a node switch with their next step. The second counter is the number of returns after which a row
has another position in the journal than it had in the fallback.

Data in the fallback is not durable. It survives every process, but not the machine.

The fallback's copy is up to a second old, and a damaged journal cannot supply the rest. Therefore every
writer, under the write lock, appends a copy of its rows to the log of recent commits: one `write` to a file
in memory, a few microseconds, before the commit. If the commit fails, the next one has the same positions and
replaces the rows in the log; if it is repeated in the fallback, the rows are found there.
"""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgpack
import msgspec

from store.database.query import Row
from store.errors import JournalLocked

MOST_BYTES: Final = 64 * 1024 * 1024
"""Size limit of the log if it is not cleared; later commits are missing from it."""

_Rows = list[tuple[int, str, int, str, int, str, int, bytes]]
_AccompanyingRows = list[tuple[str, tuple[Any, ...]]]


class CommitLog:
    """Log of recent commits. Its methods never raise: it helps in a rare case and promises nothing."""

    def __init__(self, file: Path) -> None:
        """Set the path; opens nothing yet."""
        self._file: Final = file
        self._fd = -1

    def add(self, written: list[Row], beside: list[tuple[str, Row]]) -> None:
        """Append rows about to be committed, and rows of other tables. Call under the journal's lock."""
        with contextlib.suppress(OSError):
            if self._fd < 0:
                flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
                self._fd = os.open(self._file, flags, 0o600)
            if os.fstat(self._fd).st_size < MOST_BYTES:
                os.write(self._fd, msgspec.msgpack.encode((written, beside)))

    def rows(self, after: int) -> tuple[list[Row], list[tuple[str, Row]]]:
        """Return the logged rows after this seq, in order, and all logged rows of other tables."""
        found: list[Row] = []
        others: list[tuple[str, Row]] = []
        # If a writer was killed within a record, later records cannot be separated from the fragment.
        with contextlib.suppress(OSError, ValueError, msgspec.ValidationError), self._file.open("rb") as file:
            for record in msgpack.Unpacker(file):
                written, beside = msgspec.convert(record, tuple[_Rows, _AccompanyingRows])
                while found and found[-1][0] >= written[0][0]:
                    found.pop()
                found.extend(written)
                others.extend(beside)
        return [row for row in found if row[0] > after], others

    def size(self) -> int:
        """Return the size in bytes."""
        try:
            return os.stat(self._file).st_size
        except OSError:
            return 0

    def clear(self) -> None:
        """Clear the log, after all rows were copied to the fallback. Call under the journal's write lock."""
        with contextlib.suppress(OSError):
            os.truncate(self._file, 0)

    def close(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


_STATE: Final = struct.Struct("<QQ")
_STATE_NAME: Final = "fallback.state"
_FIRST_PAUSE_S: Final = 20e-6
_LONGEST_PAUSE_S: Final = 1e-3


class Fallback:
    """Handle of one process on the fallback journal of a node. The handle must not cross a fork while
    locked.
    """

    def __init__(self, folder: Path) -> None:
        """Open the fallback made by `make`. Raises OSError."""
        self.folder: Final = folder
        self.file: Final = folder / "fallback.db"
        self._lock_file: Final = folder / "fallback.lock"
        self._fd = -1
        fd = os.open(folder / _STATE_NAME, os.O_RDWR | os.O_CLOEXEC)
        try:
            self._map = mmap.mmap(fd, _STATE.size)
        finally:
            os.close(fd)
        self.log: Final = CommitLog(folder / "fallback.log")

    @classmethod
    def make(cls, folder: Path) -> None:
        """Make a fallback in this folder; does nothing if it exists. Raises OSError."""
        fd = os.open(folder / _STATE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # Never shortened or cleared: another process may have mapped it.
            if os.fstat(fd).st_size < _STATE.size:
                os.ftruncate(fd, _STATE.size)
        finally:
            os.close(fd)

    @classmethod
    def at(cls, folder: Path) -> Fallback | None:
        """Return the fallback of this folder; None if there is none."""
        try:
            return cls(folder)
        except (OSError, ValueError):
            return None

    # -------------------------------------------------------------------------------- counters

    @property
    def generation(self) -> int:
        """Counter of switches and returns; odd while the fallback is in use."""
        return int(_STATE.unpack_from(self._map)[0])

    @property
    def in_use(self) -> bool:
        """True while the journal continues in memory."""
        return self.generation % 2 == 1

    @property
    def renumbered(self) -> int:
        """Number of returns that gave a row another position."""
        return int(_STATE.unpack_from(self._map)[1])

    def switch_over(self, *, renumbered: bool = False) -> None:
        """Switch over. The caller must hold the exclusive lock."""
        generation, count = _STATE.unpack_from(self._map)
        _STATE.pack_into(self._map, 0, generation + 1, count + renumbered)

    # ------------------------------------------------------------------------------------ lock

    @contextmanager
    def writing(self, patience_s: float) -> Iterator[None]:
        """Prevent a switch during a commit. Raises JournalLocked.

        Taken after the database's own write lock, so that a process that waits for that lock holds no lock
        here.
        """
        if self._fd < 0:
            self._fd = self._open_lock()
        _lock(self._fd, fcntl.LOCK_SH, patience_s, self._lock_file)
        try:
            yield
        finally:
            fcntl.flock(self._fd, fcntl.LOCK_UN)

    @contextmanager
    def switching(self, patience_s: float) -> Iterator[None]:
        """Hold the exclusive lock: no process of the center is within a commit. Raises JournalLocked."""
        fd = self._open_lock()
        try:
            _lock(fd, fcntl.LOCK_EX, patience_s, self._lock_file)
            yield
        finally:
            os.close(fd)

    def _open_lock(self) -> int:
        try:
            return os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise JournalLocked(f"{self._lock_file} cannot be opened: {error.strerror}") from error

    def close(self) -> None:
        """Close the files, before a fork and at the end: a child must not inherit the lock's descriptor."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        self.log.close()


def _lock(fd: int, kind: int, patience_s: float, file: Path) -> None:
    deadline = time.monotonic() + patience_s
    pause = _FIRST_PAUSE_S
    while True:
        try:
            fcntl.flock(fd, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise JournalLocked(f"{file} is held by another process") from None
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_S)
        else:
            return
