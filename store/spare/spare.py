"""The spare journal: where the journal goes on, in memory, while its disk cannot be written.

    RUN/                     a folder on a file system in memory
    ├── spare.db             the same tables, kept warm by the JournalKeeper (`store.spare.warm`)
    ├── spare.state          two counters, mapped by every process
    ├── spare.lock           held for the moment of every commit (shared) and of every switch (exclusive)
    └── spare.tail           what was committed to the journal since the last copy (`Tail`)

The first counter is the generation: even, the journal is in use; odd, the spare. It is read before
every use of the journal, which costs a fraction of a microsecond, so that all processes of a node
change over with their next step. The second counts the returns after which something has another
place in the journal than it had in the spare.

What is in the spare is not durable. It outlives every process, and no machine.

The spare's copy is up to a second old, and a journal that is torn cannot be asked for the rest. So every
writer, while it holds the write lock, leaves a copy of its rows in the tail: one `write` on a file in memory,
a few microseconds, before the commit. Where the commit came to nothing the next one has the same places, and
takes the place of what stands there; where it is done again in the spare it is found there.
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
"""Without anybody who clears it the file grows no further; what is committed then is not in it."""

_Rows = list[tuple[int, str, int, str, int, str, int, bytes]]
_Beside = list[tuple[str, tuple[Any, ...]]]


class Tail:
    """The file. Nothing here ever fails: it is a help in a case that is rare, not a promise."""

    def __init__(self, file: Path) -> None:
        """Open nothing yet."""
        self._file: Final = file
        self._fd = -1

    def add(self, written: list[Row], beside: list[tuple[str, Row]]) -> None:
        """These are about to be committed, and rows of tables that stand beside the journal with them. Under
        the journal's write lock.
        """
        with contextlib.suppress(OSError):
            if self._fd < 0:
                flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
                self._fd = os.open(self._file, flags, 0o600)
            if os.fstat(self._fd).st_size < MOST_BYTES:
                os.write(self._fd, msgspec.msgpack.encode((written, beside)))

    def rows(self, after: int) -> tuple[list[Row], list[tuple[str, Row]]]:
        """What was committed after this seq, as far as it is known here, in order; and what stands beside it,
        be it older.
        """
        found: list[Row] = []
        others: list[tuple[str, Row]] = []
        # Where a writer was killed in the middle nobody else's rows can be told from its rest.
        with contextlib.suppress(OSError, ValueError, msgspec.ValidationError), self._file.open("rb") as file:
            for record in msgpack.Unpacker(file):
                written, beside = msgspec.convert(record, tuple[_Rows, _Beside])
                while found and found[-1][0] >= written[0][0]:
                    found.pop()
                found.extend(written)
                others.extend(beside)
        return [row for row in found if row[0] > after], others

    def size(self) -> int:
        """Bytes in it."""
        try:
            return os.stat(self._file).st_size
        except OSError:
            return 0

    def clear(self) -> None:
        """All of it is in the spare. Under the journal's write lock."""
        with contextlib.suppress(OSError):
            os.truncate(self._file, 0)

    def let_go(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


_STATE: Final = struct.Struct("<QQ")
_STATE_NAME: Final = "spare.state"
_FIRST_PAUSE_S: Final = 20e-6
_LONGEST_PAUSE_S: Final = 1e-3


class Spare:
    """One process's hold on the spare journal of a node. Not to be carried across a fork while locked."""

    def __init__(self, folder: Path) -> None:
        """Take part in what `make` has made. Raises OSError."""
        self.folder: Final = folder
        self.file: Final = folder / "spare.db"
        self._lock_file: Final = folder / "spare.lock"
        self._fd = -1
        fd = os.open(folder / _STATE_NAME, os.O_RDWR | os.O_CLOEXEC)
        try:
            self._map = mmap.mmap(fd, _STATE.size)
        finally:
            os.close(fd)
        self.tail: Final = Tail(folder / "spare.tail")

    @classmethod
    def make(cls, folder: Path) -> None:
        """Have a spare in this folder from now on; nothing where there is one. Raises OSError."""
        fd = os.open(folder / _STATE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # Never made shorter, nor zero: another process may have mapped it.
            if os.fstat(fd).st_size < _STATE.size:
                os.ftruncate(fd, _STATE.size)
        finally:
            os.close(fd)

    @classmethod
    def at(cls, folder: Path) -> Spare | None:
        """The spare of this folder; none where nobody has made one."""
        try:
            return cls(folder)
        except (OSError, ValueError):
            return None

    # -------------------------------------------------------------------------------- counters

    @property
    def generation(self) -> int:
        """Grows with every switch and every return; odd while the spare is in use."""
        return int(_STATE.unpack_from(self._map)[0])

    @property
    def in_use(self) -> bool:
        """Whether the journal goes on here."""
        return self.generation % 2 == 1

    @property
    def renumbered(self) -> int:
        """How often a return has given something another place."""
        return int(_STATE.unpack_from(self._map)[1])

    def flip(self, *, renumbered: bool = False) -> None:
        """Change over. The exclusive lock has to be held."""
        generation, count = _STATE.unpack_from(self._map)
        _STATE.pack_into(self._map, 0, generation + 1, count + renumbered)

    # ------------------------------------------------------------------------------------ lock

    @contextmanager
    def writing(self, patience_s: float) -> Iterator[None]:
        """For the moment of a commit: nobody changes over meanwhile. Raises JournalLocked.

        Taken after the database's own write lock, so that whoever waits for that one holds nothing here.
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
        """Alone: nobody of ours is within a commit. Raises JournalLocked."""
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

    def let_go(self) -> None:
        """Before a fork, and at the end: a child must not inherit the lock's descriptor."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        self.tail.let_go()


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
