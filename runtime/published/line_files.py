"""How every line of this node is, in `run/NAME.line`: for those who look and are told nothing.

Each GsmModem writes its own; the web, the doctor and the command line read. A file outlasts the process that
has written it: whether that lives is the directory's to say. Where a line's voice was found to flow stands in
`run/NAME.voice-port` (`NAME.voice` is the simulated carrier's own): the VoiceGate opens what it reads there,
and nothing that it is told from outside.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from messages.base import VoicePort
from messages.ids import LineId
from messages.lines import LineReport

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(LineReport)
_voice_decoder = msgspec.json.Decoder(VoicePort)


def write(run: Path, report: LineReport) -> None:
    """Say how a line is now. Where that cannot be written nobody is worse off than before."""
    _write(run, f"{report.line}.line", _encoder.encode(report))


def write_voice(run: Path, line: LineId, voice: VoicePort) -> None:
    """Say where a line's voice is. Where that cannot be written only other nodes do not find it."""
    _write(run, f"{line}.voice-port", _encoder.encode(voice))


def voice_of(run: Path, line: LineId) -> VoicePort | None:
    """Where a line's voice was last; None where it never was anywhere."""
    with suppress(OSError, msgspec.MsgspecError):
        return _voice_decoder.decode((run / f"{line}.voice-port").read_bytes())
    return None


def _write(run: Path, name: str, data: bytes) -> None:
    part = run / f".{name}.{os.getpid()}"
    with suppress(OSError):
        part.write_bytes(data)
        part.replace(run / name)


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
