"""Seals heartbeats and answers by a key that center and watcher share: nobody else can read or make one.

So they need no TLS, whose certificates would be one more thing to run out at night. An answer is bound to the
heartbeat that it answers. That an old heartbeat is none is the challenge's matter (`hearing.py`).
The first eight bytes say which key it is.
"""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from features.watcher.beat import Answer, Beat

SECRET_BYTES: Final = 32
LARGEST: Final = 1_000_000
"""Bytes of a heartbeat, the roster in it, or of an answer with the rows of a month of silence."""
_ID: Final = 8
_NONCE: Final = 12

T = TypeVar("T")


class NotSealed(ValueError):
    """It was not made with this key, or not for this."""


class Key:
    """What center and watcher share."""

    def __init__(self, secret: bytes) -> None:
        """Raises ValueError for one that is too short to be a secret."""
        if len(secret) < SECRET_BYTES:
            raise ValueError(f"a key has {SECRET_BYTES} bytes at least, not {len(secret)}")
        self.id: Final = _derived(secret, b"securwoman heartbeat: which key")[:_ID]
        self._beats = AESGCM(_derived(secret, b"securwoman heartbeat: from the center"))
        self._answers = AESGCM(_derived(secret, b"securwoman heartbeat: to the center"))

    def beat(self, said: Beat) -> bytes:
        """A heartbeat, sealed."""
        return self.id + _sealed(self._beats, msgspec.msgpack.encode(said), self.id)

    def beat_in(self, data: bytes) -> Beat:
        """The heartbeat in it. Raises NotSealed."""
        return _opened(self._beats, data[_ID:], data[:_ID], Beat)

    def answer(self, said: Answer, beat: bytes) -> bytes:
        """An answer to what was sent so."""
        return _sealed(self._answers, msgspec.msgpack.encode(said), beat)

    def answer_in(self, data: bytes, beat: bytes) -> Answer:
        """The answer in it. Raises NotSealed."""
        return _opened(self._answers, data, beat, Answer)


def key_id_of(data: bytes) -> bytes:
    """By which key a heartbeat says that it is sealed."""
    return data[:_ID]


def key_at(path: Path) -> Key:
    """The key in a file: 32 bytes or more, base64. Raises OSError, ValueError with what is wrong."""
    text = path.read_bytes().strip()
    try:
        return Key(base64.b64decode(text, validate=True))
    except binascii.Error:
        raise ValueError("it is no base64, as `openssl rand -base64 32` makes it") from None


def _derived(secret: bytes, what: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=what).derive(secret)


def _sealed(cipher: AESGCM, said: bytes, about: bytes) -> bytes:
    # By chance 2^32 of them under one key are safe (SP 800-38D, 8.3): one in 10 s for 1300 years.
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, said, about)


def _opened(cipher: AESGCM, data: bytes, about: bytes, kind: type[T]) -> T:
    try:
        return msgspec.msgpack.decode(cipher.decrypt(data[:_NONCE], data[_NONCE:], about), type=kind)
    except (InvalidTag, ValueError, msgspec.MsgspecError) as error:
        raise NotSealed("it is not sealed by this key") from error
