"""Where a node's VoiceGate listens, in `run/voice-gate.json`: for whoever tells the other nodes.

The gate writes it, and leaves it when it ends: its successor listens at the same port, because what has been
written down of calls that are up names it. Whether the gate lives is the directory's to say.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

FILE_NAME: Final = "voice-gate.json"


class _Gate(msgspec.Struct, frozen=True, kw_only=True):
    at: str


def written(host: str, port: int) -> str:
    """`HOST:PORT`, as a voice port's path begins; an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def write(run: Path, at: str) -> None:
    """Say where it listens, at one stroke, for this user alone. Raises OSError."""
    part = run / f".{FILE_NAME}.{os.getpid()}"
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(fd, msgspec.json.encode(_Gate(at=at)))
    finally:
        os.close(fd)
    part.replace(run / FILE_NAME)


def voice_gate_of(run: Path) -> str | None:
    """`HOST:PORT` of the gate of this run directory; None where there has been none."""
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode((run / FILE_NAME).read_bytes(), type=_Gate).at
    return None
