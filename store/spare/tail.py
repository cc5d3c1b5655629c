"""What was committed to the journal since the spare was last brought up to date, kept in memory.

The spare's copy is up to a second old, and a journal that is torn cannot be asked for the rest. So
every writer, while it holds the write lock, leaves a copy of its rows here: one `write` on a file
in memory, a few microseconds. A record is written before its commit. When the commit fails, a second
one takes it back, and where its writer was killed, the next commit, which has the same place, does.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import struct
from pathlib import Path
from typing import Final

import msgspec

from store.database.query import Row

MOST_BYTES: Final = 64 * 1024 * 1024
"""Without anybody who clears it the file grows no further; what is committed then is not in it."""

_LENGTH: Final = struct.Struct("<I")


class _Record(msgspec.Struct, array_like=True):
    name: str
    rows: list[tuple[int, str, int, str, int, str, int, bytes]]
    """Without any: the record of this name was not committed."""


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(_Record)


class Tail:
    """The file. Nothing here ever fails: it is a help in a case that is rare, not a promise."""

    def __init__(self, file: Path) -> None:
        """Open nothing yet."""
        self._file: Final = file
        self._fd = -1
        self._writer: Final = secrets.token_hex(4)
        self._count = 0

    def add(self, written: list[Row]) -> str:
        """These are about to be committed. Under the journal's write lock. The record's name."""
        self._count += 1
        name = f"{self._writer}{self._count}"
        self._write(_Record(name, written))
        return name

    def take_back(self, name: str) -> None:
        """That record was not committed."""
        self._write(_Record(name, []))

    def rows(self, after: int) -> list[Row]:
        """What was committed after this seq, as far as it is known here, in order."""
        try:
            data = self._file.read_bytes()
        except OSError:
            return []
        records: dict[str, list[Row]] = {}
        for record in _records(data):
            if record.rows:
                records[record.name] = list(record.rows)
            else:
                records.pop(record.name, None)
        found: list[Row] = []
        for rows in records.values():
            while found and found[-1][0] >= rows[0][0]:
                found.pop()
            found.extend(rows)
        return [row for row in found if row[0] > after]

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

    def _write(self, record: _Record) -> None:
        data = _encoder.encode(record)
        try:
            if self._fd < 0:
                flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
                self._fd = os.open(self._file, flags, 0o600)
            if os.fstat(self._fd).st_size < MOST_BYTES:
                os.write(self._fd, _LENGTH.pack(len(data)) + data)
        except OSError:
            return


def _records(data: bytes) -> list[_Record]:
    found: list[_Record] = []
    place = 0
    while place + _LENGTH.size <= len(data):
        (length,) = _LENGTH.unpack_from(data, place)
        place += _LENGTH.size
        try:
            found.append(_decoder.decode(memoryview(data)[place : place + length]))
        except msgspec.MsgspecError:
            # A writer was killed in the middle; nobody else's record can be told from its rest.
            break
        place += length
    return found
