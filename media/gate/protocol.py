"""Protocol between a node port and a voice gate: a handshake, then frames. Pure: bytes in, bytes out.

The handshake names the requested voice and proves that both sides know the nodes' secret::

    port → gate   request     magic, caller, nonce, length, name
    gate → port   challenge   magic, nonce, the gate's proof
    port → gate   proof       the port's proof
    gate → port   verdict     0 or 1, length, words

A proof is HMAC-SHA256 of the request and the gate's nonce under the secret, with a different label for each
side, so that no proof can be reflected or replayed. The port checks first: a process that merely listens at a
gate's address learns nothing and gets no operator's voice. Nonces are arguments. Errors::

    HandshakeError    the other side uses another protocol
    └── WrongSecret   the other side cannot know the secret

A frame is 20 ms at 8 kHz, preceded by its length and its number. A packet without sound only proves that the
other side is alive. Numbers increase by one for every packet, including packets that the sender had to drop,
so the receiver knows the loss. TCP keeps order and bytes; an impossible length or number means a foreign
stream, and no resynchronisation is attempted.
"""

from __future__ import annotations

import hmac
import struct
from enum import IntEnum
from typing import Final, NamedTuple

from media.sound.frames import FRAME_BYTES

MAGIC: Final = b"SWV1"
SECRET_BYTES: Final = 32
NONCE_BYTES: Final = 16
CALLER_BYTES: Final = 8
PROOF_BYTES: Final = 32
CHALLENGE_BYTES: Final = len(MAGIC) + NONCE_BYTES + PROOF_BYTES
VERDICT_BYTES: Final = 2
"""Length of the verdict without the words."""
MOST_NAME_BYTES: Final = 128
MOST_WORDS_BYTES: Final = 200

_REQUEST_BYTES: Final = len(MAGIC) + CALLER_BYTES + NONCE_BYTES + 1
_OF_GATE: Final = b"securwoman voice gate"
_OF_PORT: Final = b"securwoman voice port"


class HandshakeError(Exception):
    """Raised for bytes that are no handshake."""


class WrongSecret(HandshakeError):
    """Raised for a wrong proof of the other side."""


class Answer(IntEnum):
    """Verdict of the gate."""

    OPEN = 0
    REFUSED = 1


class VoiceRequest(NamedTuple):
    """Request of a port."""

    name: str
    caller: bytes
    """Owner of the port: the same for all ports of one conference."""


class VerdictHeader(NamedTuple):
    """First two bytes of a verdict, decoded."""

    answer: Answer
    words_bytes: int


def _proof(secret: bytes, label: bytes, request: bytes, nonce: bytes) -> bytes:
    return hmac.digest(secret, label + request + nonce, "sha256")


class PortHandshake:
    """Port's side of one handshake."""

    def __init__(self, secret: bytes, name: str, *, caller: bytes, nonce: bytes) -> None:
        """Build the request. Raises ValueError for a secret, caller, nonce or name of an unusable length."""
        called = name.encode()
        if len(secret) != SECRET_BYTES or len(caller) != CALLER_BYTES or len(nonce) != NONCE_BYTES:
            raise ValueError("the secret, the caller or the nonce has the wrong length")
        if not 0 < len(called) <= MOST_NAME_BYTES:
            raise ValueError(f"a name must have 1 to {MOST_NAME_BYTES} bytes")
        self._secret = secret
        self.request = MAGIC + caller + nonce + bytes((len(called),)) + called

    def prove(self, challenge: bytes) -> bytes:
        """Return the proof that answers a gate's challenge of `CHALLENGE_BYTES`. Raises HandshakeError, and
        WrongSecret if the gate does not know the secret.
        """
        if len(challenge) != CHALLENGE_BYTES or not challenge.startswith(MAGIC):
            raise HandshakeError(
                "the peer is not a voice gate of this version: install the same version on both nodes"
            )
        nonce = challenge[len(MAGIC) : -PROOF_BYTES]
        right = _proof(self._secret, _OF_GATE, self.request, nonce)
        if not hmac.compare_digest(right, challenge[-PROOF_BYTES:]):
            raise WrongSecret("the peer does not know the secret of these nodes")
        return _proof(self._secret, _OF_PORT, self.request, nonce)


def decode_verdict(data: bytes) -> VerdictHeader:
    """Decode the first `VERDICT_BYTES` of a verdict. Raises HandshakeError."""
    if len(data) != VERDICT_BYTES or data[0] not in tuple(Answer) or data[1] > MOST_WORDS_BYTES:
        raise HandshakeError("the peer's verdict is not understood")
    return VerdictHeader(Answer(data[0]), data[1])


def encode_verdict(answer: Answer, words: str = "") -> bytes:
    """Encode the gate's verdict."""
    encoded = words.encode()[:MOST_WORDS_BYTES].decode(errors="ignore").encode()
    return bytes((answer, len(encoded))) + encoded


class GateHandshake:
    """Gate's side of one handshake."""

    def __init__(self, secret: bytes, *, nonce: bytes) -> None:
        """Start a handshake. Raises ValueError for a secret or nonce of an unusable length."""
        if len(secret) != SECRET_BYTES or len(nonce) != NONCE_BYTES:
            raise ValueError("the secret or the nonce has the wrong length")
        self._secret = secret
        self._nonce = nonce
        self._received = b""
        self._expected_proof = b""
        self.request: VoiceRequest | None = None
        """Request, as soon as received; valid only once `proven`."""
        self.proven = False

    def receive(self, data: bytes) -> bytes:
        """Return the bytes to send. Raises HandshakeError; never keeps more than a handshake's length."""
        if self.proven:
            raise HandshakeError("the peer sends audio before it was accepted")
        self._received += data[: _REQUEST_BYTES + MOST_NAME_BYTES + PROOF_BYTES + 1]
        reply = b""
        if self.request is None:
            reply = self._read_request()
        if self.request is not None:
            self._read_proof()
        return reply

    def _read_request(self) -> bytes:
        if not MAGIC.startswith(self._received[: len(MAGIC)]):
            raise HandshakeError(
                "the peer is not a voice port of this version: install the same version on both nodes"
            )
        if len(self._received) < _REQUEST_BYTES:
            return b""
        length = self._received[_REQUEST_BYTES - 1]
        if not 0 < length <= MOST_NAME_BYTES:
            raise HandshakeError("the name has an invalid length")
        if len(self._received) < _REQUEST_BYTES + length:
            return b""
        size = _REQUEST_BYTES + length
        request, self._received = self._received[:size], self._received[size:]
        try:
            name = request[_REQUEST_BYTES:].decode()
        except UnicodeDecodeError as error:
            raise HandshakeError("the name is not UTF-8 text") from error
        self.request = VoiceRequest(name, request[len(MAGIC) : len(MAGIC) + CALLER_BYTES])
        self._expected_proof = _proof(self._secret, _OF_PORT, request, self._nonce)
        return MAGIC + self._nonce + _proof(self._secret, _OF_GATE, request, self._nonce)

    def _read_proof(self) -> None:
        if len(self._received) > PROOF_BYTES:
            raise HandshakeError("the handshake is followed by unexpected bytes")
        if len(self._received) == PROOF_BYTES:
            if not hmac.compare_digest(self._expected_proof, self._received):
                raise WrongSecret("the peer does not know the secret of these nodes")
            self.proven = True


_HEADER: Final = struct.Struct("!HI")
HEADER_BYTES: Final = _HEADER.size
PACKET_BYTES: Final = HEADER_BYTES + FRAME_BYTES
_NUMBERS: Final = 1 << 32


class FrameStreamError(Exception):
    """Raised for bytes that the other side of a node port cannot have sent."""


class Packer:
    """Encoder of packets."""

    def __init__(self, first: int = 0) -> None:
        self._next = first

    def pack(self, frame: bytes = b"") -> bytes:
        """Encode a frame of 320 bytes, or none, as a packet."""
        number, self._next = self._next, (self._next + 1) % _NUMBERS
        return _HEADER.pack(len(frame), number) + frame


class Unpacker:
    """Decoder of packets, for input cut at any byte."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._next: int | None = None
        self.missed = 0
        """Packets that the other side has dropped."""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the complete frames, oldest first. Raises FrameStreamError; keeps less than a packet."""
        self._received += data
        frames: list[bytes] = []
        at = 0
        while len(self._received) - at >= HEADER_BYTES:
            length, number = _HEADER.unpack_from(self._received, at)
            if length not in (0, FRAME_BYTES):
                raise FrameStreamError(f"a frame has an invalid length: {length} bytes")
            if len(self._received) - at < HEADER_BYTES + length:
                break
            self._count(number)
            at += HEADER_BYTES + length
            if length:
                frames.append(bytes(self._received[at - length : at]))
        del self._received[:at]
        return frames

    def _count(self, number: int) -> None:
        gap = 0 if self._next is None else (number - self._next) % _NUMBERS
        if gap >= _NUMBERS // 2:
            raise FrameStreamError("the frame numbers go backwards")
        self.missed += gap
        self._next = (number + 1) % _NUMBERS
