"""What a line's process leaves in files to the next one: the dialect that the modem speaks, whether its
firmware gives the host no voice, and how often each input has made its reader fail.

A short message lies on the SIM and is read again at each start: one that ends its reader would end each
process after the other. What has failed twice is not read a third time, and taken aside by the caller.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from messages.ids import SECOND, Instant, LineId


class Remembered:
    """The dialect of one line's modem and whether it gives a voice, in the run directory."""

    def __init__(self, run: Path, line: LineId) -> None:
        self._dialect_file = run / f"{line}.dialect"
        self._voiceless_file = run / f"{line}.voiceless"
        self.voiceless = self._voiceless_file.exists()
        """As it was noted last."""

    @property
    def dialect(self) -> str:
        """The dialect's key; empty where none is known."""
        try:
            return self._dialect_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def note_dialect(self, key: str) -> None:
        """The modem was found to speak it."""
        with suppress(OSError):
            self._dialect_file.write_text(key, encoding="utf-8")

    def note_voiceless(self, voiceless: bool) -> None:
        """As soon as it is known, or known better; may be said every second."""
        if voiceless == self.voiceless:
            return
        with suppress(OSError):
            if voiceless:
                self._voiceless_file.touch()
            else:
                self._voiceless_file.unlink(missing_ok=True)
            self.voiceless = voiceless


TWICE: Final = 2
"""The first time may be the cable, or the moment."""
_KEPT: Final = 64
_KEPT_US: Final = Instant(24 * 3600 * SECOND)
"""What has failed once and not again within this was no fault of the input."""


class _Failed(msgspec.Struct):
    times: int
    at: Instant


class FailedReads:
    """The inputs of one line that could not be read, by their digests alone: not what they were."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            self._failed = msgspec.json.decode(file.read_bytes(), type=dict[str, _Failed])
        except (OSError, msgspec.MsgspecError):
            self._failed = {}

    def is_given_up(self, key: str) -> bool:
        """Whether the input is not to be read any more."""
        failed = self._failed.get(key)
        return failed is not None and failed.times >= TWICE

    def failed(self, key: str, now_us: Instant) -> bool:
        """Count a failure; return whether the input is given up with it."""
        before = self._failed.pop(key, None)
        lately = before is not None and now_us - before.at < _KEPT_US
        self._failed[key] = _Failed(1 + (before.times if lately and before is not None else 0), now_us)
        while len(self._failed) > _KEPT:
            del self._failed[next(iter(self._failed))]
        self._write()
        return self.is_given_up(key)

    def read(self, key: str, reader: Callable[[], object], now_us: Instant) -> Exception | None:
        """Have the input read; return what its reader has raised.

        It counts as failed until it is read: a reader that hangs is killed and says nothing.
        """
        before = self._failed.get(key)
        self.failed(key, now_us)
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
