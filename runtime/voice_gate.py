"""Where this node's voice gate is: `run/voice-gate.json`, written by the gate."""

from __future__ import annotations

from pathlib import Path


def voice_gate_of(run: Path) -> str | None:
    """`HOST:PORT`; None where it does not listen."""
    del run
    return None
