"""Seals what is personal in an event, and opens it again: the one place that knows the cipher.

A row's data stay an event by themselves: the personal fields are at their empty values, and one more key,
`sealed`, has for each kind a map of those fields, enciphered with the alert's key of that kind. Where the key
is gone the fields stay empty, for good.

The cipher is AES-SIV (RFC 5297), which needs no nonce and gives for the same fields the same bytes: an event
may be written twice, in the journal and in the spare, and a nonce would be used twice; an export that comes
back is the same journal to the byte. What equal bytes tell is that within one alert the same was said again.
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

SEALED: Final = "sealed"
KEY_BYTES: Final = 32
_MARK: Final = msgspec.msgpack.encode(SEALED)

Keys = tuple[bytes | None, ...]
"""An alert's, in the order of PersonalKind; None for one that is gone."""
NO_KEYS: Final[Keys] = (None,) * len(PersonalKind)
_PLACE: Final = {str(kind): place for place, kind in enumerate(PersonalKind)}

Said = dict[str, object]
"""An event as a map."""


def new_keys() -> str:
    """An alert's keys, by chance, in one text."""
    return os.urandom(KEY_BYTES * len(PersonalKind)).hex()


def keys_in(text: str) -> Keys:
    """The keys in what `new_keys` gave."""
    both = bytes.fromhex(text)
    return tuple(both[at : at + KEY_BYTES] for at in range(0, len(both), KEY_BYTES))


def said_in(data: bytes) -> Said | None:
    """The event in these bytes as a map; None where they are damaged."""
    try:
        return msgspec.msgpack.decode(data, type=Said)
    except MALFORMED:
        return None


def has_personal(kind: str, said: Said) -> bool:
    """Whether something stands open in it that is to be sealed."""
    return any(said.get(field, empty) != empty for field, empty in EMPTY.get(kind, {}).items())


def seal(kind: str, said: Said, keys: Keys) -> Said:
    """The event with its personal fields sealed. What no key is left for is not kept."""
    sealed = said.pop(SEALED, None)
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
        said[SEALED] = {part: parts[part] for part in sorted(parts)}
    return said


def open_(kind: str, said: Said, keys: Keys) -> Said:
    """The event with what these keys open; of the rest the sealed text stays."""
    sealed = said.get(SEALED)
    if not isinstance(sealed, dict):
        return said
    left = {}
    for part, text in sealed.items():
        fields = _opened(keys[_PLACE[part]], kind, text) if part in _PLACE else None
        if fields is None:
            left[part] = text
        else:
            said.update(fields)
    del said[SEALED]
    if left:
        said[SEALED] = left
    return said


def is_sealed(kind: str, data: bytes) -> bool:
    """Whether the event in these bytes may have something sealed; a quick look."""
    return kind in PERSONAL and _MARK in data


def sealed_data(kind: str, data: bytes, keys: Keys) -> bytes:
    """The bytes of an event with its personal fields sealed."""
    return msgspec.msgpack.encode(seal(kind, msgspec.msgpack.decode(data), keys))


def opened_data(kind: str, data: bytes, keys: Keys) -> bytes:
    """The way back, as far as these keys go."""
    return msgspec.msgpack.encode(open_(kind, msgspec.msgpack.decode(data), keys))


def seal_bytes(plain: bytes, key: bytes, *about: str) -> bytes:
    """What stands beside the journal, sealed; what it is `about` has to be said again to open it."""
    return _cipher(key).encrypt(plain, [one.encode() for one in about])


def open_bytes(text: bytes, key: bytes, *about: str) -> bytes | None:
    """The way back; None where key, text or what it is about are others."""
    from cryptography.exceptions import InvalidTag

    try:
        return _cipher(key).decrypt(text, [one.encode() for one in about])
    except (InvalidTag, ValueError):
        return None


def _opened(key: bytes | None, kind: str, text: str) -> Said | None:
    if key is None:
        return None
    from cryptography.exceptions import InvalidTag

    try:
        plain = _cipher(key).decrypt(base64.b64decode(text), [kind.encode()])
        return msgspec.msgpack.decode(plain, type=Said)
    except (InvalidTag, ValueError, *MALFORMED):
        # Of another key, which is gone.
        return None


@lru_cache(maxsize=64)
def _cipher(key: bytes) -> AESSIV:
    """Made once for the events of an alert that are read together. Which key it is says the database each
    time: nobody opens anything by what is remembered here.
    """
    # 31 ms: forked processes find it imported (`center.node.composition`).
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    return AESSIV(key)
