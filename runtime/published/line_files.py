"""How every line of this node is, in `run/NAME.line`: for those who look and are told nothing.

Each GsmModem writes its own; the web, the doctor and the command line read. A file outlasts the process that
has written it: whether that lives is the directory's to say. Where a line's voice was found to flow stands in
`run/NAME.voice-port` (`NAME.voice` is the simulated carrier's own): the VoiceGate opens what it reads there,
and nothing that it is told from outside.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from messages.base import VoicePort
from messages.ids import LineId
from messages.lines import LineReport
from runtime.published.file import publish, published

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
    return published(run / f"{line}.voice-port", _voice_decoder.decode)


def _write(run: Path, name: str, data: bytes) -> None:
    with suppress(OSError):
        publish(run / name, data)


def read_all(run: Path) -> dict[LineId, LineReport]:
    """What the lines have said last."""
    reports = (published(file, _decoder.decode) for file in run.glob("*.line"))
    return {report.line: report for report in reports if report is not None}
