"""What is no password: what is too short, or guessed within few tries, as zxcvbn estimates them.

What guessers of this center would try first is told to it besides its own lists (NIST SP 800-63B, 3.1.1.2
asks for a blocklist): the holder's names, alone and in a row, and words of this trade in its languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import permutations
from typing import Final

LENGTH_MIN: Final = 12
LENGTH_MAX: Final = 512
SCORE_MIN: Final = 3
"""zxcvbn's `safely unguessable`: more than 10^8 guesses."""
HELP: Final = (
    f"a password has {LENGTH_MIN} to {LENGTH_MAX} characters and is not guessed at once: "
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


def is_password(password: str, names: Iterable[str] = ()) -> bool:
    """Whether it may be one; `names` are those of its holder."""
    # 12 ms; and not with the module, which actors import by the registry.
    from zxcvbn_rs_py import zxcvbn

    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        return False
    parts = [part for name in names for part in re.split(r"[\s._-]+", name.casefold()) if len(part) >= 3]
    rows = ["".join(pair) for pair in permutations(dict.fromkeys(parts), 2)]
    found = zxcvbn(password[:_LOOKED_AT].casefold(), [*_COMMON, *parts, *rows])
    return int(found.score) >= SCORE_MIN
