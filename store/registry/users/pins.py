"""PINs: hashes, and the verdict which PIN of a user was entered.

A PIN has a few digits: a slow hash delays a thief of the file, and cannot stop one. The hash is argon2id with
parameters of OWASP (7 MiB, five passes). Hashes with weaker parameters still match, and are replaced at the
next correct use (`store.registry.users.users`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.rules.pins import PinVerdict, verdict_of_pin

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_TODAY: Final = "$argon2id$v=19$m=7168,t=5,p=1$"
_NO_PIN: Final = (
    "$argon2id$v=19$m=7168,t=5,p=1$cKGNScw+UxH7N8lpmIwCOw$dfst9JKsDnsmgHIBP6wpQuHdBxvoeZYfmxGxmE8fdTo"
)
"""Hash that a PIN is compared with if none is stored, so that the check takes as long."""


def pin_verdict(pin: str, *, cancel: str, duress: str) -> PinVerdict:
    """Return which PIN was entered, by the stored hashes (empty: none). Takes about 45 ms."""
    # Both are always compared, even if missing, so that the time taken does not reveal the result.
    is_cancel, is_duress = pin_fits(pin, cancel), pin_fits(pin, duress)
    return verdict_of_pin(is_set=bool(cancel or duress), is_cancel=is_cancel, is_duress=is_duress)


def hash_pin(pin: str) -> str:
    """Return the stored hash of a PIN; empty for none."""
    return _hasher().hash(pin) if pin else ""


def pin_fits(pin: str, kept: str) -> bool:
    """Return True if the PIN matches the hash. Takes as long for an empty hash, which matches no PIN."""
    return _proves(pin, kept or _NO_PIN) and bool(kept)


def _proves(pin: str, kept: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(kept, pin)
    except (VerificationError, InvalidHashError):
        return False


def is_old(kept: str) -> bool:
    """Return True if the hash must be renewed at the next correct use."""
    return bool(kept) and not kept.startswith(_TODAY)


def _hasher() -> PasswordHasher:
    # Imported on use: every actor imports this module, and none checks PINs.
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=5, memory_cost=7 * 1024, parallelism=1)
