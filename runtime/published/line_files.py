"""Files of this node's lines, for those who look and are told nothing.

In the run directory: how every line is (`NAME.line`); where its voice was found to flow (`NAME.voice-port`;
`NAME.voice` is the simulated carrier's own); and that somebody wants the credit of its SIM asked
(`NAME.credit-order`). Each GsmModem writes its own; the web, the doctor and the command line read. A file
outlasts the process that has written it: whether that lives is the directory's to say. The VoiceGate opens
what it reads of voices, and nothing that it is told from outside.

In `lines` of the state directory, which outlasts the center as modem and SIM do: how loud the line's last
call was (`NAME.levels`, written now and then and at the end by the bridge that has its voice); what came of
asking for credit (`NAME.credit`: the line's GsmModem asks once it is free, says how it goes, and removes the
order at the end; the journal has nothing of it); and the PIN that was typed at the console, where the
settings name no `pin_file` (`NAME.pin-typed`).
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


_levels_encoder = msgspec.json.Encoder()
_levels_decoder = msgspec.json.Decoder(LineLevels)
_OUTLASTING = "lines"


def write_levels(state: Path, levels: LineLevels) -> None:
    """Say it. Where that cannot be written nobody is worse off than before."""
    folder = state / _OUTLASTING
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        publish(folder / f"{levels.line}.levels", _levels_encoder.encode(levels))


def levels_of_lines(state: Path) -> dict[LineId, LineLevels]:
    """What is known of the lines' last calls."""
    found = (published(file, _levels_decoder.decode) for file in (state / _OUTLASTING).glob("*.levels"))
    return {one.line: one for one in found if one is not None}


_order = msgspec.json.Decoder(CreditOrder)
_credit = msgspec.json.Decoder(LineCredit)


def order_credit(run: Path, wanted: CreditOrder) -> None:
    """Want it. Raises OSError."""
    publish(run / f"{wanted.line}.credit-order", msgspec.json.encode(wanted))


def credit_order_of(run: Path, line: LineId) -> CreditOrder | None:
    """What is wanted of this line."""
    return published(run / f"{line}.credit-order", _order.decode)


def forget_credit_order(run: Path, line: LineId) -> None:
    """Nothing is wanted of this line any more."""
    with suppress(OSError):
        (run / f"{line}.credit-order").unlink(missing_ok=True)


def tell_credit(state: Path, credit: LineCredit) -> None:
    """Say how it goes. Where that cannot be written it is asked again, by whoever wants it."""
    folder = state / _OUTLASTING
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        publish(folder / f"{credit.line}.credit", msgspec.json.encode(credit))


def credit_of(state: Path, line: LineId) -> LineCredit | None:
    """What is known of this line; None: it was never asked."""
    return published(state / _OUTLASTING / f"{line}.credit", _credit.decode)


def pin_typed(state: Path, line: LineId) -> Path:
    """`lines/NAME.pin-typed` of the state directory."""
    return state / "lines" / f"{line}.pin-typed"
