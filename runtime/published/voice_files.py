"""Voices in the run directory: sockets of the headsets, state of each operator's own line, and address of the
VoiceGate.

The web listens on `voice/OPERATOR.sock` while the browser's voice is connected. OperatorLines writes the
state of all operators' lines, for readers that receive no messages.

The VoiceGate writes its address to `voice-gate.json`, for publication to other nodes, and leaves the file
when it ends: its successor listens at the same port, which is recorded for calls that are up. The directory
of actors shows if the gate lives.
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
from runtime.published.file import CachedFile, publish, published

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(OperatorVoices)
FILE_NAME: Final = "operator-voices"
HEADSET: Final = "headset"
"""Kind in the notifier for a headset that has come or gone; no stream has this kind."""
LOOK_AGAIN_S: Final = 5.0
"""Time that a socket with a listener is not checked again, in seconds: a check is a connection to the web."""


def headset_socket(run: Path, operator: OperatorId) -> Path:
    """Return the path of an operator's headset socket, whether present or not."""
    return run / "voice" / f"{operator}.sock"


def headset_name(operator: OperatorId) -> str:
    """Return the name of the headset at this node's VoiceGate, for bridges of other nodes."""
    return f"voice/{operator}.sock"


class Headsets:
    """Check for present headsets."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._listened: dict[OperatorId, tuple[int, float]] = {}
        """Socket last found with a listener, and the time."""

    def path(self, operator: OperatorId) -> str:
        """Return the path at which the headset's voice is opened."""
        return str(headset_socket(self._run, operator))

    def is_there(self, operator: OperatorId, now_s: float, *, in_use: bool) -> bool:
        """Return True if a process listens on the headset's socket. `in_use`: do not connect, as this could
        disturb a call.
        """
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
        # The socket of a killed web remains, without a listener.
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
            return True  # the queue of connections is full
        except OSError:
            return False
    return True


def write(run: Path, voices: OperatorVoices) -> None:
    """Write the state of the lines. A failed write is ignored."""
    with suppress(OSError):
        publish(run / FILE_NAME, _encoder.encode(voices))


def newest(run: Path) -> CachedFile[dict[OperatorId, OperatorVoice]]:
    """Return a reader of the last written state; the directory of actors shows if the writer lives."""
    return CachedFile(run / FILE_NAME, _decode)


def read(run: Path) -> dict[OperatorId, OperatorVoice]:
    """Return the last written state, for a single read."""
    return published(run / FILE_NAME, _decode) or {}


def _decode(data: bytes) -> dict[OperatorId, OperatorVoice]:
    return {one.operator: one for one in _decoder.decode(data).voices}


GATE_FILE: Final = "voice-gate.json"


class _Gate(msgspec.Struct, frozen=True, kw_only=True):
    at: str


def host_and_port(host: str, port: int) -> str:
    """Return `HOST:PORT`, the beginning of a voice port's path; an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def write_gate(run: Path, at: str) -> None:
    """Write the gate's address. Raises OSError."""
    publish(run / GATE_FILE, msgspec.json.encode(_Gate(at=at)))


def voice_gate_of(run: Path) -> str | None:
    """Return `HOST:PORT` of the gate of this run directory; None if there was none."""
    gate = published(run / GATE_FILE, msgspec.json.Decoder(_Gate).decode)
    return None if gate is None else gate.at
