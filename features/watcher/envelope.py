"""Encryption of heartbeats and answers by a key shared by center and watcher.

TLS is therefore unnecessary, with its certificates that could expire at night. An answer is bound to its
heartbeat. The challenge detects an old heartbeat (`heartbeat_state.py`).

The first eight bytes are the id of the key.
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

from features.watcher.beat import Answer, Heartbeat

SECRET_BYTES: Final = 32
LARGEST: Final = 1_000_000
"""Largest heartbeat with its roster, or answer with the rows of a month of silence, in bytes."""
_ID: Final = 8
_NONCE: Final = 12

T = TypeVar("T")


class NotSealed(ValueError):
    """The data were not made with this key, or not for this purpose."""


class Key:
    """Key shared by center and watcher."""

    def __init__(self, secret: bytes) -> None:
        """Derive the keys. Raises ValueError if the secret is too short."""
        if len(secret) < SECRET_BYTES:
            raise ValueError(
                f"a key must have at least {SECRET_BYTES} bytes, not {len(secret)}: make one with "
                "`openssl rand -base64 32`"
            )
        self.id: Final = _derived(secret, b"securwoman heartbeat: which key")[:_ID]
        self._beats = AESGCM(_derived(secret, b"securwoman heartbeat: from the center"))
        self._answers = AESGCM(_derived(secret, b"securwoman heartbeat: to the center"))

    def beat(self, said: Heartbeat) -> bytes:
        """Encrypt a heartbeat."""
        return self.id + _sealed(self._beats, msgspec.msgpack.encode(said), self.id)

    def beat_in(self, data: bytes) -> Heartbeat:
        """Decrypt a heartbeat. Raises NotSealed."""
        return _opened(self._beats, data[_ID:], data[:_ID], Heartbeat)

    def answer(self, said: Answer, beat: bytes) -> bytes:
        """Encrypt an answer to this encrypted heartbeat."""
        return _sealed(self._answers, msgspec.msgpack.encode(said), beat)

    def answer_in(self, data: bytes, beat: bytes) -> Answer:
        """Decrypt an answer. Raises NotSealed."""
        return _opened(self._answers, data, beat, Answer)


def key_id_of(data: bytes) -> bytes:
    """Return the id of the key named by a heartbeat."""
    return data[:_ID]


def key_at(path: Path) -> Key:
    """Read a key file: 32 bytes or more, base64. Raises OSError, ValueError with the reason."""
    text = path.read_bytes().strip()
    try:
        return Key(base64.b64decode(text, validate=True))
    except binascii.Error:
        raise ValueError("the key is not base64: make one with `openssl rand -base64 32`") from None


def _derived(secret: bytes, what: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=what).derive(secret)


def _sealed(cipher: AESGCM, said: bytes, about: bytes) -> bytes:
    # Random nonces are safe for 2^32 messages under one key (SP 800-38D, 8.3): one in 10 s for 1300 years.
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, said, about)


def _opened(cipher: AESGCM, data: bytes, about: bytes, kind: type[T]) -> T:
    try:
        return msgspec.msgpack.decode(cipher.decrypt(data[:_NONCE], data[_NONCE:], about), type=kind)
    except (InvalidTag, ValueError, msgspec.MsgspecError) as error:
        raise NotSealed("the message is not sealed by this key") from error
