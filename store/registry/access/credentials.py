"""Secrets at rest: only what proves a secret is kept, never the secret.

Tokens and keys have 192 bits of chance, so one plain hash is enough and finds its row by index.
A password is chosen by a person and may be the same elsewhere, too: argon2id (RFC 9106).
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_NOBODY_S: Final = (
    "$argon2id$v=19$m=65536,t=3,p=1$1IRfq0KCOmjcVcy6GiDDQQ$1gDta82fxRcAzYKuGm5XHKNOpByloXdkhgaxwH5/2yc"
)
"""Of no password that anybody has: what is typed for nobody is compared with it, to take as long."""


def new_secret(prefix: str) -> str:
    """A token or key that nobody can guess; the prefix tells a person what it is."""
    return f"{prefix}_{secrets.token_urlsafe(24)}"


def fingerprint(secret: str) -> bytes:
    """What is kept of a token or key."""
    return hashlib.sha256(secret.encode()).digest()


def hash_password(password: str) -> str:
    """What is kept of a password. Takes a tenth of a second."""
    return _hasher().hash(_typed(password))


def password_fits(password: str, kept: str) -> bool:
    """Whether this is the password of which that was kept; nothing fits where nothing was."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        fits = _hasher().verify(kept or _NOBODY_S, _typed(password))
    except (VerificationError, InvalidHashError):
        return False
    return fits and bool(kept)


def raised(password: str, kept: str) -> str | None:
    """What is to be kept of a password that was right, where it was kept by lesser parameters; else none."""
    return _hasher().hash(_typed(password)) if _hasher().check_needs_rehash(kept) else None


def _hasher() -> PasswordHasher:
    # Not with the module: every actor imports it, and none of them asks for passwords.
    from argon2 import PasswordHasher

    # RFC 9106, 4, for where memory is scarce: 64 MiB. One lane, so that a processor is left for alerts.
    return PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)


def _typed(password: str) -> bytes:
    """One keyboard composes an accent and another does not (RFC 8265, 4.2.2)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
