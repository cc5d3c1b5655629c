"""A file of rows, a line of JSON each, that only grows at its end: a row costs a row, however many there are.

A line that cannot be read (a power cut has torn the last one, a card has lost a block) is left out, and said
in the log. Rows that could not be written are written with the next ones; so a row may stand there twice.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec

from application.state.state_dir import write_kept
from messages.base import MALFORMED
from runtime import logs

T = TypeVar("T")

SPARE: Final = 1_000
"""Stale lines that may stay, so that the file is not written anew for a few."""


class AppendedFile(Generic[T]):
    """One such file. Not for two threads at once."""

    def __init__(self, path: Path, row: type[T], most: int) -> None:
        """Read nothing yet. `most`: as many rows as ever wait to be written."""
        self._path = path
        self._decoder = msgspec.json.Decoder(row)
        self._lines = 0
        self._waiting: deque[bytes] = deque(maxlen=most)
        self._torn = False

    def read(self) -> list[T]:
        """The rows, the oldest first; none where there is no file."""
        try:
            lines = self._path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            self._unread(str(error))
            return []
        found: list[T] = []
        faults: list[str] = []
        for line in filter(None, lines):
            try:
                found.append(self._decoder.decode(line))
            except MALFORMED as error:
                faults.append(str(error))
        self._lines = len(found) + len(faults)
        self._torn = lines[-1] != b""
        if faults:
            self._unread(faults[0], lines=len(faults))
        return found

    def append(self, rows: Iterable[T], needed: int, whole: Callable[[], Iterable[T]]) -> None:
        """Write these rows behind the others, in one flush; the file anew where most of it is of no more use.

        `needed`: how many rows a next start has to find, these among them; `whole`: those rows. Raises
        OSError: the rows wait then.
        """
        self._waiting.extend(msgspec.json.encode(row) for row in rows)
        if not self._waiting:
            return
        if self._lines + len(self._waiting) > 2 * needed + SPARE:
            lines = [msgspec.json.encode(row) for row in whole()]
            write_kept(self._path, b"".join(line + b"\n" for line in lines))
            self._lines, self._torn = len(lines), False
        else:
            self._append(b"".join(line + b"\n" for line in self._waiting))
            self._lines += len(self._waiting)
        self._waiting.clear()

    def _append(self, lines: bytes) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        # Behind half a line these would be lost with it.
        content = b"\n" + lines if self._torn else lines
        with os.fdopen(os.open(self._path, flags, 0o600), "wb", buffering=0) as file:
            self._torn = True
            if file.write(content) != len(content):
                raise OSError(f"{self._path}: the disk is full")
            os.fsync(file.fileno())
        self._torn = False

    def _unread(self, fault: str, lines: int | None = None) -> None:
        logs.get("watch").error("rows cannot be read", file=str(self._path), lines=lines, error=fault)
