"""Where a node's VoiceGate listens, in `run/voice-gate.json`: for whoever tells the other nodes.

The gate writes it, and leaves it when it ends: its successor listens at the same port, because what has been
written down of calls that are up names it. Whether the gate lives is the directory's to say.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from runtime.published.file import publish, published

FILE_NAME: Final = "voice-gate.json"


class _Gate(msgspec.Struct, frozen=True, kw_only=True):
    at: str


def written(host: str, port: int) -> str:
    """`HOST:PORT`, as a voice port's path begins; an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def write(run: Path, at: str) -> None:
    """Say where it listens. Raises OSError."""
    publish(run / FILE_NAME, msgspec.json.encode(_Gate(at=at)))


def voice_gate_of(run: Path) -> str | None:
    """`HOST:PORT` of the gate of this run directory; None where there has been none."""
    gate = published(run / FILE_NAME, msgspec.json.Decoder(_Gate).decode)
    return None if gate is None else gate.at
