"""PINs: what proves one, and which of a user's it is.

A PIN has a few digits: a slow hash delays whoever has stolen the file, and can do no more. It is argon2id
with parameters of OWASP's (7 MiB, five times); what was kept by lesser ones fits still, and is raised by the
next use that is right (`store.registry.users.users`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.rules.pins import PinVerdict, verdict

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_TODAY: Final = "$argon2id$v=19$m=7168,t=5,p=1$"
_NO_PIN: Final = (
    "$argon2id$v=19$m=7168,t=5,p=1$cKGNScw+UxH7N8lpmIwCOw$dfst9JKsDnsmgHIBP6wpQuHdBxvoeZYfmxGxmE8fdTo"
)
"""What a PIN is compared with where none is kept, to take as long."""


def pin_verdict(pin: str, *, cancel: str, duress: str) -> PinVerdict:
    """Which of the two it is, by what is kept of them (empty: none). Takes about 45 ms."""
    # Both are tried always, be they there or not, so that the time taken does not tell what it was.
    is_cancel, is_duress = pin_fits(pin, cancel), pin_fits(pin, duress)
    return verdict(is_set=bool(cancel or duress), is_cancel=is_cancel, is_duress=is_duress)


def hash_pin(pin: str) -> str:
    """What is kept of a PIN; empty for none."""
    return _hasher().hash(pin) if pin else ""


def pin_fits(pin: str, kept: str) -> bool:
    """Whether this is the PIN of which that was kept; takes as long where nothing was, and nothing fits."""
    return _proves(pin, kept or _NO_PIN) and bool(kept)


def _proves(pin: str, kept: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(kept, pin)
    except (VerificationError, InvalidHashError):
        return False


def is_old(kept: str) -> bool:
    """Whether it is to be hashed anew, should this PIN be typed."""
    return bool(kept) and not kept.startswith(_TODAY)


def _hasher() -> PasswordHasher:
    # Not with the module: every actor imports it, and none of them asks for PINs.
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=5, memory_cost=7 * 1024, parallelism=1)
