"""Encryption of personal data in events, and decryption: the one place that knows the cipher.

The data of a row remains a valid event: the personal fields hold their empty values. A further key, `sealed`,
has a map of those fields for each kind, encrypted with the alert's key of that kind. Without the key the
fields stay empty for good.

The cipher is AES-SIV (RFC 5297), which needs no nonce and encrypts equal fields to equal bytes. An event may
be written twice, in the journal and in the fallback, and would reuse a nonce; and a reimported export equals
the journal to the byte. Equal bytes reveal only that a value was repeated within one alert.
"""

from __future__ import annotations

import base64
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from messages.base import MALFORMED
from messages.event_kinds import EMPTY, PERSONAL
from messages.ids import PersonalKind

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

ENCRYPTED_FIELDS: Final = "sealed"
KEY_BYTES: Final = 32
_MARK: Final = msgspec.msgpack.encode(ENCRYPTED_FIELDS)

Keys = tuple[bytes | None, ...]
"""Keys of an alert, in the order of PersonalKind; None for a destroyed key."""
NO_KEYS: Final[Keys] = (None,) * len(PersonalKind)
_PLACE: Final = {str(kind): place for place, kind in enumerate(PersonalKind)}

EventFields = dict[str, object]
"""Event as a map."""


def new_keys() -> str:
    """Return new random keys of an alert, as one text."""
    return os.urandom(KEY_BYTES * len(PersonalKind)).hex()


def decode_keys(text: str) -> Keys:
    """Return the keys in a text of `new_keys`."""
    both = bytes.fromhex(text)
    return tuple(both[at : at + KEY_BYTES] for at in range(0, len(both), KEY_BYTES))


def decode_fields(data: bytes) -> EventFields | None:
    """Return the event in these bytes as a map; None if they are damaged."""
    try:
        return msgspec.msgpack.decode(data, type=EventFields)
    except MALFORMED:
        return None


def has_personal(kind: str, said: EventFields) -> bool:
    """Return True if the event holds personal data in the clear."""
    return any(said.get(field, empty) != empty for field, empty in EMPTY.get(kind, {}).items())


def encrypt_fields(kind: str, said: EventFields, keys: Keys) -> EventFields:
    """Return the event with its personal fields encrypted. Fields without a key are dropped."""
    sealed = said.pop(ENCRYPTED_FIELDS, None)
    parts: dict[str, str] = dict(sealed) if isinstance(sealed, dict) else {}
    for part in PersonalKind:
        fields = {
            field: said[field]
            for field, of in PERSONAL[kind].items()
            if of is part and said.get(field, EMPTY[kind][field]) != EMPTY[kind][field]
        }
        if not fields:
            continue
        said.update((field, EMPTY[kind][field]) for field in fields)
        if (key := keys[_PLACE[part]]) is not None:
            text = _cipher(key).encrypt(msgspec.msgpack.encode(fields), [kind.encode()])
            parts[part] = base64.b64encode(text).decode()
    if parts:
        said[ENCRYPTED_FIELDS] = {part: parts[part] for part in sorted(parts)}
    return said


def decrypt_fields(kind: str, said: EventFields, keys: Keys) -> EventFields:
    """Return the event with all fields that these keys decrypt; the rest stays encrypted."""
    sealed = said.get(ENCRYPTED_FIELDS)
    if not isinstance(sealed, dict):
        return said
    left = {}
    for part, text in sealed.items():
        fields = _opened(keys[_PLACE[part]], kind, text) if part in _PLACE else None
        if fields is None:
            left[part] = text
        else:
            said.update(fields)
    del said[ENCRYPTED_FIELDS]
    if left:
        said[ENCRYPTED_FIELDS] = left
    return said


def is_encrypted(kind: str, data: bytes) -> bool:
    """Return True if the event in these bytes may hold encrypted fields; a quick test."""
    return kind in PERSONAL and _MARK in data


def encrypt_event(kind: str, data: bytes, keys: Keys) -> bytes:
    """Return the bytes of an event with its personal fields encrypted."""
    return msgspec.msgpack.encode(encrypt_fields(kind, msgspec.msgpack.decode(data), keys))


def decrypt_event(kind: str, data: bytes, keys: Keys) -> bytes:
    """Return the bytes of an event with all fields that these keys decrypt."""
    return msgspec.msgpack.encode(decrypt_fields(kind, msgspec.msgpack.decode(data), keys))


def encrypt_bytes(plain: bytes, key: bytes, *about: str) -> bytes:
    """Return data outside the journal, encrypted; the same `about` is needed to decrypt it."""
    return _cipher(key).encrypt(plain, [one.encode() for one in about])


def decrypt_bytes(text: bytes, key: bytes, *about: str) -> bytes | None:
    """Return the decrypted data; None if key, text or `about` differ."""
    from cryptography.exceptions import InvalidTag

    try:
        return _cipher(key).decrypt(text, [one.encode() for one in about])
    except (InvalidTag, ValueError):
        return None


def _opened(key: bytes | None, kind: str, text: str) -> EventFields | None:
    if key is None:
        return None
    from cryptography.exceptions import InvalidTag

    try:
        plain = _cipher(key).decrypt(base64.b64decode(text), [kind.encode()])
        return msgspec.msgpack.decode(plain, type=EventFields)
    except (InvalidTag, ValueError, *MALFORMED):
        # Encrypted with another key, which no longer exists.
        return None


@lru_cache(maxsize=64)
def _cipher(key: bytes) -> AESSIV:
    """Return the cipher of a key, cached for the events of an alert that are read together. Each read takes
    the key from the database: the cache decrypts nothing after an erasure.
    """
    # 31 ms: forked processes find it imported (`center.node.composition`).
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    return AESSIV(key)
