"""What is too simple for a password, however long: words that are tried first, names, rows and repeats.

A small check and no dictionary (NIST SP 800-63B, 3.1.1.2 asks for a blocklist): it takes away what is guessed
first and looks at what is left. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

LENGTH_MIN: Final = 12
LEFT_MIN: Final = 5
"""So many different letters and digits have to be left."""
_COMMON: Final = (
    "password",
    "passwort",
    "passwd",
    "passord",
    "parola",
    "securwoman",
    "operator",
    "operatrice",
    "welcome",
    "benvenuta",
    "benvenuto",
    "letmein",
    "iloveyou",
    "tiamo",
    "amore",
    "admin",
    "login",
    "qwertyuiop",
    "qwertzuiop",
    "qwerty",
    "qwertz",
    "azerty",
    "asdfghjkl",
    "asdfgh",
    "zxcvbnm",
    "zxcvbn",
    "1q2w3e4r",
    "changeme",
    "cambiami",
)
_MEANT: Final = str.maketrans("0134578@$!", "oieastbasi")
"""What stands for a letter: `p@ssw0rd`."""


def too_simple(password: str, names: Iterable[str] = ()) -> bool:
    """Whether little is left of it without what is guessed first; `names` are those of its holder."""
    plain = _letters(password)
    meant = _letters(password.casefold().translate(_MEANT))
    words = [*_COMMON, *(part for name in names for part in _parts(name))]
    return any(len(set(_left(text, words))) < LEFT_MIN for text in (plain, meant))


def _left(text: str, words: Iterable[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, " ")
    # `abcabcabc` is `abc`.
    text = re.sub(r"(.{1,8}?)\1{2,}", r"\1", text.replace(" ", ""))
    return _without_rows(text)


def _without_rows(text: str) -> str:
    """Without `1234` and `dcba`."""
    left, row = "", ""
    for letter in text:
        step = ord(letter) - ord(row[-1]) if row else 0
        goes_on = abs(step) == 1 and (len(row) < 2 or ord(row[-1]) - ord(row[-2]) == step)
        if row and not goes_on:
            left += row if len(row) < 4 else ""
            row = ""
        row += letter
    return left + (row if len(row) < 4 else "")


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _parts(name: str) -> list[str]:
    return [part for part in map(_letters, re.split(r"[\s._-]+", name)) if len(part) >= 3]
