"""Voice port of another node: the voice of a line or a headset through that node's voice gate.

`HOST:PORT/NAME` names the gate and one of its voices. Opening waits for the network, at most a second; no
other method waits. The port uses 8 kHz for any modem. The gate decides about NAME; the port must prove that
it knows the nodes' secret.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from typing import Final, NamedTuple

from media.conference.beat import monotonic_us
from media.gate import protocol
from media.gate.protocol import Answer, HandshakeError, PortHandshake
from media.gate.wire import NodeWire, prepare
from media.ports.voice_port import PortCounters, VoicePortMissing, VoicePortSpec, VoicePortUnusable
from media.sound.frames import FRAME_BYTES, RATE_HZ

OPENS_WITHIN_S: Final = 1.0
KIND: Final = "node"


class NodePass(NamedTuple):
    """Credentials of this process at the voice gates of other nodes. Never written to a file or a spec."""

    secret: bytes
    """Secret of the nodes, 32 bytes."""
    caller: bytes
    """Identifier of one conference: lets it reopen a port without competing with itself."""

    def __repr__(self) -> str:
        return "NodePass(…)"


def node_pass(secret: bytes) -> NodePass:
    """Return the credentials of a new conference."""
    return NodePass(secret, secrets.token_bytes(8))


class NodePlace(NamedTuple):
    """Parts of a path."""

    host: str
    port: int
    name: str


def node_spec(gate: str, name: str) -> VoicePortSpec:
    """Return the spec of this voice behind the gate at `HOST:PORT`."""
    return VoicePortSpec(path=f"{gate}/{name}", kind=KIND)


def place_of(path: str) -> NodePlace:
    """Parse `10.0.0.2:4711/sim1` or `[fd00::2]:4711/voice/marta.sock`. Raises VoicePortUnusable."""
    gate, _, name = path.partition("/")
    host, _, port = gate.rpartition(":")
    if not host or not name or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise VoicePortUnusable(f"{path}: expected HOST:PORT/NAME")
    return NodePlace(host.removeprefix("[").removesuffix("]"), int(port), name)


class NodeVoicePort:
    """Voice port of another node."""

    def __init__(self, path: str, node_pass: NodePass, *, now_us: Callable[[], int] = monotonic_us) -> None:
        """Connect and pass the handshake, within a second. Raises VoicePortMissing or VoicePortUnusable."""
        place = place_of(path)
        try:
            caller = PortHandshake(
                node_pass.secret,
                place.name,
                caller=node_pass.caller,
                nonce=os.urandom(protocol.NONCE_BYTES),
            )
        except ValueError as error:
            raise VoicePortUnusable(f"{path}: {error}") from error
        self.path = path
        self._now_us = now_us
        connection = _connected(place, path, now_us() + int(OPENS_WITHIN_S * 1e6), now_us)
        try:
            connection.do_handshake(caller)
        except BaseException:
            connection.made.close()
            raise
        self._wire = NodeWire(connection.made, path, now_us())

    def read(self) -> bytes:
        return b"".join(self._wire.take(self._now_us()))

    def write(self, frame: bytes) -> None:
        self._wire.put(frame, self._now_us())

    @property
    def rate_hz(self) -> int:
        return RATE_HZ

    @property
    def wide(self) -> bool:
        return False

    def close(self) -> None:
        self._wire.close()

    def fileno(self) -> int:
        return self._wire.fileno()

    def is_wanted(self) -> bool:
        return False

    def counters(self) -> PortCounters:
        wire = self._wire
        return PortCounters(
            read_bytes=wire.read_frames * FRAME_BYTES,
            written_frames=wire.written_frames,
            dropped_frames=wire.dropped_frames,
            missed_frames=wire.missed_frames,
        )


class _Connection(NamedTuple):
    """Connection during its handshake, with the deadline."""

    made: socket.socket
    path: str
    until_us: int
    now_us: Callable[[], int]

    def do_handshake(self, caller: PortHandshake) -> None:
        """Do the handshake. Raises VoicePortMissing or VoicePortUnusable."""
        try:
            self._send(caller.request)
            self._send(caller.prove(self._receive(protocol.CHALLENGE_BYTES)))
            verdict = protocol.decode_verdict(self._receive(protocol.VERDICT_BYTES))
            words = self._receive(verdict.words_bytes).decode(errors="replace")
        except HandshakeError as error:
            raise VoicePortUnusable(f"{self.path}: {error}") from error
        except OSError as error:
            raise VoicePortMissing(f"{self.path}: {error.strerror or 'no answer'}") from error
        if verdict.answer is not Answer.OPEN:
            raise VoicePortMissing(f"{self.path}: {words}")

    def _send(self, data: bytes) -> None:
        self.made.settimeout(_left_s(self.until_us, self.now_us))
        self.made.sendall(data)

    def _receive(self, size: int) -> bytes:
        """Receive exactly this number of bytes: frames follow."""
        received = b""
        while len(received) < size:
            self.made.settimeout(_left_s(self.until_us, self.now_us))
            data = self.made.recv(size - len(received))
            if not data:
                raise VoicePortMissing(f"{self.path}: the voice gate refused the connection")
            received += data
        return received


def _left_s(until_us: int, now_us: Callable[[], int]) -> float:
    left_s = (until_us - now_us()) / 1e6
    if left_s <= 0:
        raise TimeoutError
    return left_s


def _connected(place: NodePlace, path: str, until_us: int, now_us: Callable[[], int]) -> _Connection:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    try:
        # No names: a resolver may take any time.
        socket.inet_pton(family, place.host)
    except (OSError, UnicodeError, ValueError) as error:
        raise VoicePortUnusable(f"{path}: {place.host} is not an IP address") from error
    made = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        prepare(made)
        made.settimeout(_left_s(until_us, now_us))
        made.connect((place.host, place.port))
    except OSError as error:
        made.close()
        raise VoicePortMissing(f"{path}: {error.strerror or 'no answer'}") from error
    return _Connection(made, path, until_us, now_us)
