"""Files of this node's lines, for readers that receive no messages.

In the run directory: the state of every line (`NAME.line`), its voice port (`NAME.voice-port`; `NAME.voice`
belongs to the simulated carrier), and the order to request the credit of its SIM (`NAME.credit-order`). Each
GsmModem writes its own files; the web, the doctor and the command line read. A file outlasts the process that
wrote it; the directory of actors shows if that process lives. The VoiceGate opens only voice ports read here,
never a path from outside.

In `lines` of the state directory, which outlasts the center as modem and SIM do: the levels of the line's
last call (`NAME.levels`, written at intervals and at the end by the Mixer with its voice); the result of a
credit request (`NAME.credit`: the line's GsmModem sends the request once free, reports progress, and finally
removes the order; the journal holds nothing of it); and the PIN typed at the console, for a line without
`pin_file` in the settings (`NAME.pin-typed`).
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from messages.base import VoicePort
from messages.credit import CreditOrder, LineCredit
from messages.ids import LineId
from messages.lines import LineLevels, LineReport
from runtime.published.file import publish, published

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(LineReport)
_voice_decoder = msgspec.json.Decoder(VoicePort)


def write(run: Path, report: LineReport) -> None:
    """Write the state of a line. A failed write is ignored."""
    _write(run, f"{report.line}.line", _encoder.encode(report))


def write_voice(run: Path, line: LineId, voice: VoicePort) -> None:
    """Write the voice port of a line. After a failed write only other nodes miss the port."""
    _write(run, f"{line}.voice-port", _encoder.encode(voice))


def voice_of(run: Path, line: LineId) -> VoicePort | None:
    """Return the last voice port of a line; None if there was none."""
    return published(run / f"{line}.voice-port", _voice_decoder.decode)


def _write(run: Path, name: str, data: bytes) -> None:
    with suppress(OSError):
        publish(run / name, data)


def read_all(run: Path) -> dict[LineId, LineReport]:
    """Return the last report of every line."""
    reports = (published(file, _decoder.decode) for file in run.glob("*.line"))
    return {report.line: report for report in reports if report is not None}


_levels_encoder = msgspec.json.Encoder()
_levels_decoder = msgspec.json.Decoder(LineLevels)
_OUTLASTING = "lines"


def write_levels(state: Path, levels: LineLevels) -> None:
    """Write the levels of a line. A failed write is ignored."""
    folder = state / _OUTLASTING
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        publish(folder / f"{levels.line}.levels", _levels_encoder.encode(levels))


def levels_of_lines(state: Path) -> dict[LineId, LineLevels]:
    """Return the levels of the lines' last calls."""
    found = (published(file, _levels_decoder.decode) for file in (state / _OUTLASTING).glob("*.levels"))
    return {one.line: one for one in found if one is not None}


_order = msgspec.json.Decoder(CreditOrder)
_credit = msgspec.json.Decoder(LineCredit)


def order_credit(run: Path, wanted: CreditOrder) -> None:
    """Order a credit request. Raises OSError."""
    publish(run / f"{wanted.line}.credit-order", msgspec.json.encode(wanted))


def credit_order_of(run: Path, line: LineId) -> CreditOrder | None:
    """Return the pending credit order of this line; None if there is none."""
    return published(run / f"{line}.credit-order", _order.decode)


def forget_credit_order(run: Path, line: LineId) -> None:
    """Remove the credit order of this line."""
    with suppress(OSError):
        (run / f"{line}.credit-order").unlink(missing_ok=True)


def write_credit(state: Path, credit: LineCredit) -> None:
    """Write the progress of a credit request. After a failed write the reader orders it again."""
    folder = state / _OUTLASTING
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        publish(folder / f"{credit.line}.credit", msgspec.json.encode(credit))


def credit_of(state: Path, line: LineId) -> LineCredit | None:
    """Return the last credit of this line; None if never requested."""
    return published(state / _OUTLASTING / f"{line}.credit", _credit.decode)


def pin_typed(state: Path, line: LineId) -> Path:
    """Return the path `lines/NAME.pin-typed` in the state directory."""
    return state / "lines" / f"{line}.pin-typed"
