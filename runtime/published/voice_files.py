"""Voices in the run directory: the headsets' sockets, how each operator's own line is, and where the
VoiceGate listens.

The web listens on `voice/OPERATOR.sock` for as long as the browser has its voice connected. How the lines of
all operators are, the actor that keeps them writes; those who look and are told nothing read it.

Where a node's VoiceGate listens stands in `voice-gate.json`, for whoever tells the other nodes. The gate
writes it, and leaves it when it ends: its successor listens at the same port, because what has been written
down of calls that are up names it. Whether the gate lives is the directory's to say.
"""

from __future__ import annotations

import socket
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from messages.ids import OperatorId
from messages.operators import OperatorVoice, OperatorVoices
from runtime import unix_address
from runtime.published.file import Newest, publish, published

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(OperatorVoices)
FILE_NAME: Final = "operator-voices"
HEADSET: Final = "headset"
"""Which kind of thing the notifier tells of where a headset comes or goes; no stream is called so."""
LOOK_AGAIN_S: Final = 5.0
"""A socket that somebody listened on is believed in for so long: each look is a connection to the web."""


def headset_socket(run: Path, operator: OperatorId) -> Path:
    """Where an operator's headset listens, if it does."""
    return run / "voice" / f"{operator}.sock"


def headset_name(operator: OperatorId) -> str:
    """By which name bridges of other nodes find it at this node's VoiceGate."""
    return f"voice/{operator}.sock"


class Headsets:
    """Which headsets are there."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._listened: dict[OperatorId, tuple[int, float]] = {}
        """The socket that was last found to be listened on, and when."""

    def path(self, operator: OperatorId) -> str:
        """Where its voice is opened."""
        return str(headset_socket(self._run, operator))

    def is_there(self, operator: OperatorId, now_s: float, *, in_use: bool) -> bool:
        """Whether somebody listens on it. `in_use`: not to be connected to, which could disturb a call."""
        path = headset_socket(self._run, operator)
        try:
            found = path.lstat()
        except OSError:
            self._listened.pop(operator, None)
            return False
        if not stat.S_ISSOCK(found.st_mode):
            return False
        before, at_s = self._listened.get(operator, (0, 0.0))
        if before == found.st_ino and (in_use or now_s - at_s < LOOK_AGAIN_S):
            return True
        # The file of a web that was killed stays; nobody listens on it.
        if not _listens(path):
            self._listened.pop(operator, None)
            return False
        self._listened[operator] = found.st_ino, now_s
        return True


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK) as probe:
        try:
            with unix_address.folder(path) as folder:
                probe.connect(f"{folder}/{path.name}")
        except BlockingIOError:
            return True  # so many connect that this one would have to wait
        except OSError:
            return False
    return True


def write(run: Path, voices: OperatorVoices) -> None:
    """Say how the lines are now. Where that cannot be written nobody is worse off than before."""
    with suppress(OSError):
        publish(run / FILE_NAME, _encoder.encode(voices))


def newest(run: Path) -> Newest[dict[OperatorId, OperatorVoice]]:
    """What was said of them last; whether whoever said it lives is the directory's to say."""
    return Newest(run / FILE_NAME, _decode)


def read(run: Path) -> dict[OperatorId, OperatorVoice]:
    """The same, for who asks once."""
    return published(run / FILE_NAME, _decode) or {}


def _decode(data: bytes) -> dict[OperatorId, OperatorVoice]:
    return {one.operator: one for one in _decoder.decode(data).voices}


GATE_FILE: Final = "voice-gate.json"


class _Gate(msgspec.Struct, frozen=True, kw_only=True):
    at: str


def host_and_port(host: str, port: int) -> str:
    """`HOST:PORT`, as a voice port's path begins; an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def write_gate(run: Path, at: str) -> None:
    """Say where it listens. Raises OSError."""
    publish(run / GATE_FILE, msgspec.json.encode(_Gate(at=at)))


def voice_gate_of(run: Path) -> str | None:
    """`HOST:PORT` of the gate of this run directory; None where there has been none."""
    gate = published(run / GATE_FILE, msgspec.json.Decoder(_Gate).decode)
    return None if gate is None else gate.at
