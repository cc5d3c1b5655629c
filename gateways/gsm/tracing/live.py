"""An AT trace of a line at work, for as long as somebody wants one: while `run/NAME.trace` exists.

Whoever wants it makes the file, empty; removing it ends the trace. It never disturbs the line: what cannot be
written is left out. A PIN is never written; telephone numbers and what short messages say are.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TextIO

from gateways.gsm.tracing.trace import TraceWriter

LARGEST_BYTES: Final = 20_000_000
"""`run` is in memory, and a trace may be forgotten."""
LONGEST_S: Final = 86_400.0
"""A trace has numbers and texts in it: after a day it ends, and is taken away."""


class Tracing:
    """Of one line."""

    def __init__(self, file: Path) -> None:
        self._path = file
        self._file: TextIO | None = None
        self._writer: TraceWriter | None = None
        self._inode = 0
        self._begun_s = 0.0

    def look(self, dialect: str, now_s: float) -> None:
        """Begin or end, as the file is there or not. To be called every second."""
        try:
            if self._writer is not None and now_s - self._begun_s > LONGEST_S:
                self._path.unlink()
            wanted = self._path.stat() if self._path.exists() else None
            # Removed and made again it is another trace.
            if wanted is None or wanted.st_size >= LARGEST_BYTES or self._inode not in (0, wanted.st_ino):
                self.close()
            if wanted is not None and wanted.st_size < LARGEST_BYTES and self._writer is None:
                self._inode = wanted.st_ino
                self._begun_s = now_s
                self._file = self._path.open("a", encoding="ascii")
                self._writer = TraceWriter(self._file, now_s, dialect)
                self._file.flush()
        except OSError:
            self.close()

    def host(self, data: bytes, now_s: float) -> None:
        """This is being written to the modem."""
        self._write(lambda writer: writer.host(data, now_s))

    def modem(self, data: bytes, now_s: float) -> None:
        """The modem has said this."""
        self._write(lambda writer: writer.modem(data, now_s))

    def lost(self, reason: str, now_s: float) -> None:
        """The port is gone."""
        self._write(lambda writer: writer.lost(reason, now_s))

    def close(self) -> None:
        """End it."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        self._file = self._writer = None
        self._inode = 0

    def _write(self, write: Callable[[TraceWriter], None]) -> None:
        if self._writer is None:
            return
        try:
            write(self._writer)
        except OSError:
            self.close()
