"""PINs: what proves one, and which of a user's it is.

A PIN has a few digits: a slow hash delays whoever has stolen the file, and can do no more.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from enum import StrEnum
from typing import Final

_COST: Final = {"n": 2**12, "r": 8, "p": 1, "dklen": 16}
"""About 10 ms and 4 MB."""
_NO_PIN: Final = f"{'00' * 8}:{'00' * 16}"
"""What a PIN is compared with where none is kept, to take as long."""


class PinVerdict(StrEnum):
    """What a PIN that was typed into the app is."""

    CANCEL = "cancel"
    DURESS = "duress"
    WRONG = "wrong"
    NONE_SET = "none_set"
    """Nobody has given this person a PIN."""


def pin_verdict(pin: str, *, cancel: str, duress: str) -> PinVerdict:
    """Which of the two it is, by what is kept of them (empty: none). Takes about 20 ms."""
    # Both are tried always, be they there or not, so that the time taken does not tell what it was.
    kept = {PinVerdict.CANCEL: cancel, PinVerdict.DURESS: duress}
    fitting = [verdict for verdict, proof in kept.items() if pin_fits(pin, proof)]
    if not any(kept.values()):
        return PinVerdict.NONE_SET
    return fitting[0] if fitting else PinVerdict.WRONG


def hash_pin(pin: str) -> str:
    """What is kept of a PIN; empty for none."""
    if not pin:
        return ""
    salt = secrets.token_bytes(8)
    return f"{salt.hex()}:{_slowly(pin, salt).hex()}"


def pin_fits(pin: str, kept: str) -> bool:
    """Whether this is the PIN of which that was kept; takes as long where nothing was, and nothing fits."""
    salt, _, proof = (kept or _NO_PIN).partition(":")
    fits = hmac.compare_digest(_slowly(pin, bytes.fromhex(salt)).hex(), proof)
    return fits and bool(kept)


def _slowly(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, **_COST)
