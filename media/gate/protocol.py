"""What a node port and a voice gate say to each other: a hello, then frames. Pure: bytes in, bytes out.

The hello of a node port and a voice gate: which voice is wanted, and that both know the nodes' secret.

::

    port → gate   knock       magic, caller, nonce, length, name
    gate → port   challenge   magic, nonce, the gate's proof
    port → gate   proof       the port's proof
    gate → port   verdict     0 or 1, length, words

A proof is HMAC-SHA256 of the knock and the gate's nonce under the secret, each side with a label of its own,
so that none can be given back as the other's, or a second time. The port looks first: whoever merely
listens at a gate's address is not told anything, and gets no operator's voice.

Pure: bytes in, bytes out, nonces are given. Errors::

    HelloBroken       the other side speaks something else
    └── WrongSecret   it speaks this, and cannot know the secret

Frames on their way between two nodes: each is 20 ms of 8 kHz behind its length and its number.

A packet without sound says only that the other side lives. Numbers go up by one for every packet that was
to be said, those included that the sender had to drop: so the receiver knows what it has missed. TCP keeps
order and bytes; a length or a number that cannot be means that this is no such stream, and nobody looks where
it might begin again. Pure.
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
"""Without the words."""
MOST_NAME_BYTES: Final = 128
MOST_WORDS_BYTES: Final = 200

_KNOCK_BYTES: Final = len(MAGIC) + CALLER_BYTES + NONCE_BYTES + 1
_OF_GATE: Final = b"securwoman voice gate"
_OF_PORT: Final = b"securwoman voice port"


class HelloBroken(Exception):
    """What came is no hello."""


class WrongSecret(HelloBroken):
    """The other side's proof is wrong."""


class Answer(IntEnum):
    """The gate's verdict."""

    OPEN = 0
    REFUSED = 1


class Knock(NamedTuple):
    """What a port asks for."""

    name: str
    caller: bytes
    """Whose port it is: the same for all ports of one conference."""


class Verdict(NamedTuple):
    """What follows the verdict's two bytes."""

    answer: Answer
    words_bytes: int


def _proof(secret: bytes, label: bytes, knock: bytes, nonce: bytes) -> bytes:
    return hmac.digest(secret, label + knock + nonce, "sha256")


class Caller:
    """The port's side of one hello."""

    def __init__(self, secret: bytes, name: str, *, caller: bytes, nonce: bytes) -> None:
        """Raises ValueError where one of them has a length that cannot be sent."""
        called = name.encode()
        if len(secret) != SECRET_BYTES or len(caller) != CALLER_BYTES or len(nonce) != NONCE_BYTES:
            raise ValueError("the secret, the caller or the nonce has another length than agreed")
        if not 0 < len(called) <= MOST_NAME_BYTES:
            raise ValueError(f"a name has 1 to {MOST_NAME_BYTES} bytes")
        self._secret = secret
        self.knock = MAGIC + caller + nonce + bytes((len(called),)) + called

    def prove(self, challenge: bytes) -> bytes:
        """The answer to `CHALLENGE_BYTES` of a gate. Raises HelloBroken."""
        if len(challenge) != CHALLENGE_BYTES or not challenge.startswith(MAGIC):
            raise HelloBroken("it is no voice gate of this version")
        nonce = challenge[len(MAGIC) : -PROOF_BYTES]
        right = _proof(self._secret, _OF_GATE, self.knock, nonce)
        if not hmac.compare_digest(right, challenge[-PROOF_BYTES:]):
            raise WrongSecret("it does not know the secret of these nodes")
        return _proof(self._secret, _OF_PORT, self.knock, nonce)


def read_verdict(data: bytes) -> Verdict:
    """The first `VERDICT_BYTES` of it. Raises HelloBroken."""
    if len(data) != VERDICT_BYTES or data[0] not in tuple(Answer) or data[1] > MOST_WORDS_BYTES:
        raise HelloBroken("its verdict is none")
    return Verdict(Answer(data[0]), data[1])


def verdict(answer: Answer, words: str = "") -> bytes:
    """What the gate says at the end."""
    said = words.encode()[:MOST_WORDS_BYTES].decode(errors="ignore").encode()
    return bytes((answer, len(said))) + said


class Doorkeeper:
    """The gate's side of one hello."""

    def __init__(self, secret: bytes, *, nonce: bytes) -> None:
        """Raises ValueError where one of them has a length that cannot be used."""
        if len(secret) != SECRET_BYTES or len(nonce) != NONCE_BYTES:
            raise ValueError("the secret or the nonce has another length than agreed")
        self._secret = secret
        self._nonce = nonce
        self._come = b""
        self._right = b""
        self.knock: Knock | None = None
        """What is wanted, as soon as it is known; believed only once it is `proven`."""
        self.proven = False

    def receive(self, data: bytes) -> bytes:
        """What is to be said to it. Raises HelloBroken; never more is kept than a hello has."""
        if self.proven:
            raise HelloBroken("it speaks before it was let in")
        self._come += data[: _KNOCK_BYTES + MOST_NAME_BYTES + PROOF_BYTES + 1]
        said = b""
        if self.knock is None:
            said = self._read_knock()
        if self.knock is not None:
            self._read_proof()
        return said

    def _read_knock(self) -> bytes:
        if not MAGIC.startswith(self._come[: len(MAGIC)]):
            raise HelloBroken("it is no voice port of this version")
        if len(self._come) < _KNOCK_BYTES:
            return b""
        length = self._come[_KNOCK_BYTES - 1]
        if not 0 < length <= MOST_NAME_BYTES:
            raise HelloBroken("the name has no length that a name has")
        if len(self._come) < _KNOCK_BYTES + length:
            return b""
        knock, self._come = self._come[: _KNOCK_BYTES + length], self._come[_KNOCK_BYTES + length :]
        try:
            name = knock[_KNOCK_BYTES:].decode()
        except UnicodeDecodeError as error:
            raise HelloBroken("the name is no text") from error
        self.knock = Knock(name, knock[len(MAGIC) : len(MAGIC) + CALLER_BYTES])
        self._right = _proof(self._secret, _OF_PORT, knock, self._nonce)
        return MAGIC + self._nonce + _proof(self._secret, _OF_GATE, knock, self._nonce)

    def _read_proof(self) -> None:
        if len(self._come) > PROOF_BYTES:
            raise HelloBroken("it says more than a hello has")
        if len(self._come) == PROOF_BYTES:
            if not hmac.compare_digest(self._right, self._come):
                raise WrongSecret("it does not know the secret of these nodes")
            self.proven = True


_HEADER: Final = struct.Struct("!HI")
HEADER_BYTES: Final = _HEADER.size
PACKET_BYTES: Final = HEADER_BYTES + FRAME_BYTES
_NUMBERS: Final = 1 << 32


class NoFrames(Exception):
    """What came cannot have been said by the other side of a node port."""


class Packer:
    """Makes packets."""

    def __init__(self, first: int = 0) -> None:
        self._next = first

    def pack(self, frame: bytes = b"") -> bytes:
        """A frame of 320 bytes, or none, as it goes over the wire."""
        number, self._next = self._next, (self._next + 1) % _NUMBERS
        return _HEADER.pack(len(frame), number) + frame


class Unpacker:
    """Finds the frames in what comes, however it was cut."""

    def __init__(self) -> None:
        self._come = bytearray()
        self._next: int | None = None
        self.missed = 0
        """Packets that the other side was to say and has dropped."""

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that are whole now, oldest first. Raises NoFrames; less than a packet is kept."""
        self._come += data
        frames: list[bytes] = []
        at = 0
        while len(self._come) - at >= HEADER_BYTES:
            length, number = _HEADER.unpack_from(self._come, at)
            if length not in (0, FRAME_BYTES):
                raise NoFrames(f"a frame of {length} bytes")
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
            raise NoFrames("numbers that go backwards")
        self.missed += gap
        self._next = (number + 1) % _NUMBERS
