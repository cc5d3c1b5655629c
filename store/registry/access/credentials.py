"""Storage of secrets as hashes, and the test for weak passwords.

Tokens and keys have 192 random bits, so that a plain hash is enough and finds its row by index.

Passwords are chosen by people and may be used elsewhere too: argon2id (RFC 9106). A password is refused if it
is too short, or guessable within few tries by the estimate of zxcvbn. Likely guesses at this center are added
to zxcvbn's own lists (NIST SP 800-63B, 3.1.1.2 requires a blocklist): the holder's names, alone and combined,
and words of this trade in its languages.
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
"""Level `safely unguessable` of zxcvbn: more than 10^8 guesses."""
PASSWORD_HELP: Final = (
    f"a password has {_LENGTH_MIN} to {_LENGTH_MAX} characters and is not guessed at once: "
    "take four words that have nothing to do with each other"
)
_LOOKED_AT: Final = 100
"""Number of examined characters; a longer password is judged by its beginning."""
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
"""Hash of an unknown password, compared for unknown operators so that the check takes as long."""


def new_secret(prefix: str) -> str:
    """Return a new random token or key; the prefix shows people its kind."""
    return f"{prefix}_{secrets.token_urlsafe(24)}"


def fingerprint(secret: str) -> bytes:
    """Return the stored hash of a token or key."""
    return hashlib.sha256(secret.encode()).digest()


def is_password(password: str, names: Iterable[str] = ()) -> bool:
    """Return True if the password is acceptable; `names`: names of its holder."""
    # Imported on use: 12 ms, and actors import this module through the registry.
    from zxcvbn_rs_py import zxcvbn

    if not _LENGTH_MIN <= len(password) <= _LENGTH_MAX:
        return False
    parts = [part for name in names for part in re.split(r"[\s._-]+", name.casefold()) if len(part) >= 3]
    rows = ["".join(pair) for pair in permutations(dict.fromkeys(parts), 2)]
    found = zxcvbn(password[:_LOOKED_AT].casefold(), [*_COMMON, *parts, *rows])
    return int(found.score) >= _SCORE_MIN


def hash_password(password: str) -> str:
    """Return the stored hash of a password. Takes a tenth of a second."""
    return _hasher().hash(_typed(password))


def password_fits(password: str, kept: str) -> bool:
    """Return True if the password matches the stored hash; an empty hash matches no password."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        fits = _hasher().verify(kept or _NOBODY_S, _typed(password))
    except (VerificationError, InvalidHashError):
        return False
    return fits and bool(kept)


def rehash_password(password: str, kept: str) -> str | None:
    """Return a new hash for a correct password if the stored one has weaker parameters; else None."""
    return _hasher().hash(_typed(password)) if _hasher().check_needs_rehash(kept) else None


def _hasher() -> PasswordHasher:
    # Imported on use: every actor imports this module, and none checks passwords.
    from argon2 import PasswordHasher

    # RFC 9106, 4, option for little memory: 64 MiB. One lane, so that a processor is left for alerts.
    return PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)


def _typed(password: str) -> bytes:
    """Return the password with composed accents, in which keyboards differ (RFC 8265, 4.2.2)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
