"""How every line of this node is, in `run/NAME.line`: for those who look and are told nothing.

Each GsmModem writes its own; the web, the doctor and the command line read. A file outlasts the process that
has written it: whether that lives is the directory's to say.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from messages.ids import LineId
from messages.lines import LineReport

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(LineReport)


def write(run: Path, report: LineReport) -> None:
    """Say how a line is now. Where that cannot be written nobody is worse off than before."""
    part = run / f".{report.line}.line.{os.getpid()}"
    with suppress(OSError):
        part.write_bytes(_encoder.encode(report))
        part.replace(run / f"{report.line}.line")


class LineReports:
    """Reads them for whoever asks often: at most once a second."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._read_s = float("-inf")
        self._reports: dict[LineId, LineReport] = {}

    def read(self) -> dict[LineId, LineReport]:
        """What the lines have said, a second ago at the most."""
        now_s = time.monotonic()
        if now_s - self._read_s >= 1.0:
            self._read_s, self._reports = now_s, read_all(self._run)
        return self._reports


def read_all(run: Path) -> dict[LineId, LineReport]:
    """What the lines have said last."""
    found: dict[LineId, LineReport] = {}
    for file in run.glob("*.line"):
        with suppress(OSError, msgspec.MsgspecError):
            report = _decoder.decode(file.read_bytes())
            found[report.line] = report
    return found
