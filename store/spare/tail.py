"""What was committed to the journal since the spare was last brought up to date, kept in memory.

The spare's copy is up to a second old, and a journal that is torn cannot be asked for the rest. So
every writer, while it holds the write lock, leaves a copy of its rows here: one `write` on a file
in memory, a few microseconds, before the commit. Where the commit came to nothing the next one has the
same places, and takes the place of what stands here; where it is done again in the spare it is found there.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any, Final

import msgpack
import msgspec

from store.database.query import Row

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
