"""An AT trace of a working line, while the file `run/NAME.trace` exists.

Creating the file, empty, starts the trace; removing the file ends the trace. A trace never disturbs the line:
bytes that cannot be written are left out. A PIN is never written; telephone numbers and the text of short
messages are.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TextIO

from gateways.gsm.tracing.trace import TraceWriter

MAX_BYTES: Final = 20_000_000
"""Largest size of a trace: `run` is in memory, and a trace may be left running."""
MAX_DURATION_S: Final = 86_400.0
"""Longest duration of a trace, in seconds: with its numbers and texts it is deleted after a day."""


class LineTrace:
    """The trace of one line."""

    def __init__(self, file: Path) -> None:
        self._path = file
        self._file: TextIO | None = None
        self._writer: TraceWriter | None = None
        self._inode = 0
        self._begun_s = 0.0

    def start_or_end(self, dialect: str, now_s: float) -> None:
        """Start or end the trace, depending on the file. Call every second."""
        try:
            if self._writer is not None and now_s - self._begun_s > MAX_DURATION_S:
                self._path.unlink()
            wanted = self._path.stat() if self._path.exists() else None
            # A file removed and created again is a new trace.
            if wanted is None or wanted.st_size >= MAX_BYTES or self._inode not in (0, wanted.st_ino):
                self.close()
            if wanted is not None and wanted.st_size < MAX_BYTES and self._writer is None:
                self._inode = wanted.st_ino
                self._begun_s = now_s
                self._file = self._path.open("a", encoding="ascii")
                self._writer = TraceWriter(self._file, now_s, dialect)
                self._file.flush()
        except OSError:
            self.close()

    def record_host(self, data: bytes, now_s: float) -> None:
        """Record bytes that are being written to the modem."""
        self._write(lambda writer: writer.record_host(data, now_s))

    def record_modem(self, data: bytes, now_s: float) -> None:
        """Record bytes from the modem."""
        self._write(lambda writer: writer.record_modem(data, now_s))

    def record_loss(self, reason: str, now_s: float) -> None:
        """Record the loss of the port."""
        self._write(lambda writer: writer.record_loss(reason, now_s))

    def close(self) -> None:
        """End the trace."""
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
