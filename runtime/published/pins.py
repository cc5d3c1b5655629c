"""Where the PIN of a SIM stands that was typed at the console, where the settings name no `pin_file`."""

from __future__ import annotations

from pathlib import Path

from messages.ids import LineId


def pin_typed(state: Path, line: LineId) -> Path:
    """`lines/NAME.pin-typed` of the state directory."""
    return state / "lines" / f"{line}.pin-typed"
