"""Secrets at rest: only what proves a secret is kept, never the secret.

Tokens and keys have 192 bits of chance, so one plain hash is enough and finds its row by index.
A PIN has a few digits: a slow hash delays whoever has stolen the file, and can do no more.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

_COST: Final = {"n": 2**12, "r": 8, "p": 1, "dklen": 16}
"""About 10 ms and 4 MB."""


def new_secret(prefix: str) -> str:
    """A token or key that nobody can guess; the prefix tells a person what it is."""
    return f"{prefix}_{secrets.token_urlsafe(24)}"


def fingerprint(secret: str) -> bytes:
    """What is kept of a token or key."""
    return hashlib.sha256(secret.encode()).digest()


def hash_pin(pin: str) -> str:
    """What is kept of a PIN; empty for none."""
    if not pin:
        return ""
    salt = secrets.token_bytes(8)
    return f"{salt.hex()}:{_slowly(pin, salt).hex()}"


def pin_fits(pin: str, kept: str) -> bool:
    """Whether this is the PIN of which that was kept."""
    salt, _, proof = kept.partition(":")
    if not proof:
        return False
    return hmac.compare_digest(_slowly(pin, bytes.fromhex(salt)).hex(), proof)


def _slowly(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, **_COST)
