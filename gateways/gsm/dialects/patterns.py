"""The first of a dialect's patterns that matches a line, found without trying most of them.

Most patterns begin with plain characters (`\\+CLIP: …`); one whose characters a line does not begin with need
not be tried. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_PLAIN: Final = re.compile(r"(?:\\(?P<sign>[+^*#$%])|(?P<char>[A-Za-z0-9 _:]))(?![?*{])")
_ESCAPED: Final = re.compile(r"\\.")
_GROUP: Final = re.compile(r"\[[^\]]*\]|\([^()]*\)")


def beginning(pattern: str) -> str:
    """Characters that every line which matches begins with, as far as they are plain to see."""
    outside = _ESCAPED.sub("", pattern)
    while (shorter := _GROUP.sub("", outside)) != outside:
        outside = shorter
    if "|" in outside:
        return ""
    found, at = "", 0
    while (plain := _PLAIN.match(pattern, at)) is not None:
        found += plain["sign"] or plain["char"]
        at = plain.end()
    return found


class Patterns(Generic[T]):
    """Patterns in the order in which they are tried, each with what it stands for."""

    def __init__(self, patterns: Iterable[tuple[str, T]]) -> None:
        self._all = tuple((beginning(text), re.compile(text), meaning) for text, meaning in patterns)
        # Of one line it is asked several times in a row, and a modem says the same things all day.
        self._remembered = lru_cache(maxsize=512)(self._search)

    def find(self, line: str) -> tuple[re.Match[str], T] | None:
        """The first that matches the whole line."""
        return self._remembered(line)

    def _search(self, line: str) -> tuple[re.Match[str], T] | None:
        for start, pattern, meaning in self._all:
            if line.startswith(start) and (match := pattern.fullmatch(line)) is not None:
                return match, meaning
        return None
