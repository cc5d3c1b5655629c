"""Secrets at rest: only what proves a secret is kept, never the secret. And what is no password.

Tokens and keys have 192 bits of chance, so one plain hash is enough and finds its row by index.
A password is chosen by a person and may be the same elsewhere, too: argon2id (RFC 9106). None is what is too
short, or guessed within few tries, as zxcvbn estimates them. What guessers of this center would try first is
told to it besides its own lists (NIST SP 800-63B, 3.1.1.2 asks for a blocklist): the holder's names, alone
and in a row, and words of this trade in its languages.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable
from itertools import permutations
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_LENGTH_MIN: Final = 12
_LENGTH_MAX: Final = 512
_SCORE_MIN: Final = 3
"""zxcvbn's `safely unguessable`: more than 10^8 guesses."""
PASSWORD_HELP: Final = (
    f"a password has {_LENGTH_MIN} to {_LENGTH_MAX} characters and is not guessed at once: "
    "take four words that have nothing to do with each other"
)
_LOOKED_AT: Final = 100
"""Characters. What is long enough without the rest is long enough."""
_COMMON: Final = (
    "passwort",
    "passord",
    "parola",
    "securwoman",
    "operator",
    "operatore",
    "operatrice",
    "supervisore",
    "centrale",
    "benvenuta",
    "benvenuto",
    "tiamo",
    "cambiami",
)
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


def is_password(password: str, names: Iterable[str] = ()) -> bool:
    """Whether it may be one; `names` are those of its holder."""
    # 12 ms; and not with the module, which actors import by the registry.
    from zxcvbn_rs_py import zxcvbn

    if not _LENGTH_MIN <= len(password) <= _LENGTH_MAX:
        return False
    parts = [part for name in names for part in re.split(r"[\s._-]+", name.casefold()) if len(part) >= 3]
    rows = ["".join(pair) for pair in permutations(dict.fromkeys(parts), 2)]
    found = zxcvbn(password[:_LOOKED_AT].casefold(), [*_COMMON, *parts, *rows])
    return int(found.score) >= _SCORE_MIN


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
