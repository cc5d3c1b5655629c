"""Protocol between a node port and a voice gate: a handshake (hello), then frames. Pure: bytes in, bytes out.

The handshake names the requested voice and proves that both sides know the nodes' secret::

    port → gate   knock       magic, caller, nonce, length, name
    gate → port   challenge   magic, nonce, the gate's proof
    port → gate   proof       the port's proof
    gate → port   verdict     0 or 1, length, words

A proof is HMAC-SHA256 of the knock and the gate's nonce under the secret, with a different label for each
side, so that no proof can be reflected or replayed. The port checks first: a process that merely listens at a
gate's address learns nothing and gets no operator's voice. Nonces are arguments. Errors::

    HelloBroken       the other side uses another protocol
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

_KNOCK_BYTES: Final = len(MAGIC) + CALLER_BYTES + NONCE_BYTES + 1
_OF_GATE: Final = b"securwoman voice gate"
_OF_PORT: Final = b"securwoman voice port"


class HelloBroken(Exception):
    """Raised for bytes that are no handshake."""


class WrongSecret(HelloBroken):
    """Raised for a wrong proof of the other side."""


class Answer(IntEnum):
    """Verdict of the gate."""

    OPEN = 0
    REFUSED = 1


class Knock(NamedTuple):
    """Request of a port."""

    name: str
    caller: bytes
    """Owner of the port: the same for all ports of one conference."""


class Verdict(NamedTuple):
    """First two bytes of a verdict, decoded."""

    answer: Answer
    words_bytes: int


def _proof(secret: bytes, label: bytes, knock: bytes, nonce: bytes) -> bytes:
    return hmac.digest(secret, label + knock + nonce, "sha256")


class Caller:
    """Port's side of one handshake."""

    def __init__(self, secret: bytes, name: str, *, caller: bytes, nonce: bytes) -> None:
        """Build the knock. Raises ValueError for a secret, caller, nonce or name of an unusable length."""
        called = name.encode()
        if len(secret) != SECRET_BYTES or len(caller) != CALLER_BYTES or len(nonce) != NONCE_BYTES:
            raise ValueError("the secret, the caller or the nonce has the wrong length")
        if not 0 < len(called) <= MOST_NAME_BYTES:
            raise ValueError(f"a name must have 1 to {MOST_NAME_BYTES} bytes")
        self._secret = secret
        self.knock = MAGIC + caller + nonce + bytes((len(called),)) + called

    def prove(self, challenge: bytes) -> bytes:
        """Return the proof that answers a gate's challenge of `CHALLENGE_BYTES`. Raises HelloBroken, and
        WrongSecret if the gate does not know the secret.
        """
        if len(challenge) != CHALLENGE_BYTES or not challenge.startswith(MAGIC):
            raise HelloBroken(
                "the peer is not a voice gate of this version: install the same version on both nodes"
            )
        nonce = challenge[len(MAGIC) : -PROOF_BYTES]
        right = _proof(self._secret, _OF_GATE, self.knock, nonce)
        if not hmac.compare_digest(right, challenge[-PROOF_BYTES:]):
            raise WrongSecret("the peer does not know the secret of these nodes")
        return _proof(self._secret, _OF_PORT, self.knock, nonce)


def read_verdict(data: bytes) -> Verdict:
    """Decode the first `VERDICT_BYTES` of a verdict. Raises HelloBroken."""
    if len(data) != VERDICT_BYTES or data[0] not in tuple(Answer) or data[1] > MOST_WORDS_BYTES:
        raise HelloBroken("the peer's verdict is not understood")
    return Verdict(Answer(data[0]), data[1])


def verdict(answer: Answer, words: str = "") -> bytes:
    """Encode the gate's verdict."""
    said = words.encode()[:MOST_WORDS_BYTES].decode(errors="ignore").encode()
    return bytes((answer, len(said))) + said


class Doorkeeper:
    """Gate's side of one handshake."""

    def __init__(self, secret: bytes, *, nonce: bytes) -> None:
        """Start a handshake. Raises ValueError for a secret or nonce of an unusable length."""
        if len(secret) != SECRET_BYTES or len(nonce) != NONCE_BYTES:
            raise ValueError("the secret or the nonce has the wrong length")
        self._secret = secret
        self._nonce = nonce
        self._come = b""
        self._right = b""
        self.knock: Knock | None = None
        """Request, as soon as received; valid only once `proven`."""
        self.proven = False

    def receive(self, data: bytes) -> bytes:
        """Return the bytes to send. Raises HelloBroken; never keeps more than a handshake's length."""
        if self.proven:
            raise HelloBroken("the peer sends audio before it was accepted")
        self._come += data[: _KNOCK_BYTES + MOST_NAME_BYTES + PROOF_BYTES + 1]
        said = b""
        if self.knock is None:
            said = self._read_knock()
        if self.knock is not None:
            self._read_proof()
        return said

    def _read_knock(self) -> bytes:
        if not MAGIC.startswith(self._come[: len(MAGIC)]):
            raise HelloBroken(
                "the peer is not a voice port of this version: install the same version on both nodes"
            )
        if len(self._come) < _KNOCK_BYTES:
            return b""
        length = self._come[_KNOCK_BYTES - 1]
        if not 0 < length <= MOST_NAME_BYTES:
            raise HelloBroken("the name has an invalid length")
        if len(self._come) < _KNOCK_BYTES + length:
            return b""
        knock, self._come = self._come[: _KNOCK_BYTES + length], self._come[_KNOCK_BYTES + length :]
        try:
            name = knock[_KNOCK_BYTES:].decode()
        except UnicodeDecodeError as error:
            raise HelloBroken("the name is not UTF-8 text") from error
        self.knock = Knock(name, knock[len(MAGIC) : len(MAGIC) + CALLER_BYTES])
        self._right = _proof(self._secret, _OF_PORT, knock, self._nonce)
        return MAGIC + self._nonce + _proof(self._secret, _OF_GATE, knock, self._nonce)

    def _read_proof(self) -> None:
        if len(self._come) > PROOF_BYTES:
            raise HelloBroken("the handshake is followed by unexpected bytes")
        if len(self._come) == PROOF_BYTES:
            if not hmac.compare_digest(self._right, self._come):
                raise WrongSecret("the peer does not know the secret of these nodes")
            self.proven = True


_HEADER: Final = struct.Struct("!HI")
HEADER_BYTES: Final = _HEADER.size
PACKET_BYTES: Final = HEADER_BYTES + FRAME_BYTES
_NUMBERS: Final = 1 << 32


class NoFrames(Exception):
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
        self._come = bytearray()
        self._next: int | None = None
        self.missed = 0
        """Packets that the other side has dropped."""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the complete frames, oldest first. Raises NoFrames; keeps less than a packet."""
        self._come += data
        frames: list[bytes] = []
        at = 0
        while len(self._come) - at >= HEADER_BYTES:
            length, number = _HEADER.unpack_from(self._come, at)
            if length not in (0, FRAME_BYTES):
                raise NoFrames(f"a frame has an invalid length: {length} bytes")
            if len(self._come) - at < HEADER_BYTES + length:
                break
            self._count(number)
            at += HEADER_BYTES + length
            if length:
                frames.append(bytes(self._come[at - length : at]))
        del self._come[:at]
        return frames

    def _count(self, number: int) -> None:
        gap = 0 if self._next is None else (number - self._next) % _NUMBERS
        if gap >= _NUMBERS // 2:
            raise NoFrames("the frame numbers go backwards")
        self.missed += gap
        self._next = (number + 1) % _NUMBERS
