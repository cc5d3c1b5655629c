"""The files that a line's process leaves to the next process: the modem's dialect, a mark for firmware that
gives the host no voice, and the count of failed readings of each input.

A short message is on the SIM and is read again at each start: a message that ends its reader would end one
process after the other. An input that has failed twice is not read a third time; the caller puts it aside.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from messages.ids import SECOND, Instant, LineId


class ModemMemory:
    """The dialect of one line's modem and the mark for a modem without voice, in the run directory."""

    def __init__(self, run: Path, line: LineId) -> None:
        self._dialect_file = run / f"{line}.dialect"
        self._voiceless_file = run / f"{line}.voiceless"
        self.voiceless = self._voiceless_file.exists()
        """True if the modem was last noted as having no voice."""

    @property
    def dialect(self) -> str:
        """Key of the dialect; empty if unknown."""
        try:
            return self._dialect_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def note_dialect(self, key: str) -> None:
        """Record the detected dialect of the modem."""
        with suppress(OSError):
            self._dialect_file.write_text(key, encoding="utf-8")

    def note_voiceless(self, voiceless: bool) -> None:
        """Record whether the modem is without voice, at each change. May be called every second."""
        if voiceless == self.voiceless:
            return
        with suppress(OSError):
            if voiceless:
                self._voiceless_file.touch()
            else:
                self._voiceless_file.unlink(missing_ok=True)
            self.voiceless = voiceless


MAX_FAILURES: Final = 2
"""Failures after which an input is given up. The first failure may be due to the cable, or the moment."""
_MAX_KEPT: Final = 64
_FAILURE_KEPT_US: Final = Instant(24 * 3600 * SECOND)
"""Time after which a single failure is forgotten: it was no fault of the input."""


class _FailedRead(msgspec.Struct):
    times: int
    at: Instant


class FailedReads:
    """The inputs of one line that could not be read, as digests only, without their content."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            self._failed = msgspec.json.decode(file.read_bytes(), type=dict[str, _FailedRead])
        except (OSError, msgspec.MsgspecError):
            self._failed = {}

    def is_given_up(self, key: str) -> bool:
        """Return True if the input must not be read again."""
        failed = self._failed.get(key)
        return failed is not None and failed.times >= MAX_FAILURES

    def count_failure(self, key: str, now_us: Instant) -> bool:
        """Count a failure; return True if the input is given up with it."""
        before = self._failed.pop(key, None)
        lately = before is not None and now_us - before.at < _FAILURE_KEPT_US
        self._failed[key] = _FailedRead(1 + (before.times if lately and before is not None else 0), now_us)
        while len(self._failed) > _MAX_KEPT:
            del self._failed[next(iter(self._failed))]
        self._write()
        return self.is_given_up(key)

    def read(self, key: str, reader: Callable[[], object], now_us: Instant) -> Exception | None:
        """Read the input with `reader`; return the exception of the reader, or None.

        The input counts as failed until it is read: a reader that hangs is killed without a report.
        """
        before = self._failed.get(key)
        self.count_failure(key, now_us)
        try:
            reader()
        except Exception as error:
            return error
        self._failed.pop(key)
        if before is not None:
            self._failed[key] = before
        self._write()
        return None

    def _write(self) -> None:
        part = self._file.with_suffix(f".{os.getpid()}")
        # A full disk must not take the line down.
        with suppress(OSError):
            self._file.parent.mkdir(mode=0o700, exist_ok=True)
            part.write_bytes(msgspec.json.encode(self._failed))
            part.replace(self._file)
