"""How a network is asked what is left on a SIM, and what its answer says. Pure."""

from __future__ import annotations

import re
from typing import Final

AMOUNT: Final = r"([0-9]+(?:[.,][0-9]{1,2})?)"
"""The first number of an answer, where nothing else is said of where the amount stands."""
BETWEEN: Final = ".*?"
"""Before the group: whatever stands between the words and the amount."""
LONGEST: Final = 1000
"""So many letters of an answer are read: six short messages."""
_NUMBER: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_GROUP: Final = re.compile(r"(?P<before>[^(]*)\((?!\?)(?:[^()]|\(\?:[^()]*\)\??)*\)(?P<after>[^()]*)")
_SPACE: Final = re.compile(r"(?: |\\s)[*+?]?")
_WORDS: Final = re.compile(r"(?:[^\\()\[\]{}*+?.|^$]|\\[^\w\s\\])*")
"""Letters that mean themselves, and what a backslash makes mean itself."""
_SERVICES: Final = frozenset({
    "002", "004", "03", "04", "042", "05", "052", "21", "214", "30", "31", "33", "330", "331", "332", "333",
    "35", "351", "353", "37", "43", "61", "62", "66", "67", "76", "77", "96", "300",
})  # fmt: skip
"""Those that change what a line does, diversions and barrings (3GPP TS 22.030 annex B), are no question."""


def amount_in(answer: str, pattern: str) -> float | None:
    """What is left, whichever way the answer writes it (`1.234,56`, `12.30`, `5`); None: it does not say.

    The first number that has the pattern's words beside it. Nothing turns back: whatever an admin writes, or
    a network says, holds no line up.
    """
    beside = _beside(pattern)
    if beside is None:
        return None
    before, between, after = beside
    text = " ".join(answer[:LONGEST].split()).casefold()
    letters = text.replace(" ", "")
    for number in _NUMBER.finditer(text):
        at = number.start() - text.count(" ", 0, number.start())
        near = letters.find(before, 0, at) >= 0 if between else letters.endswith(before, 0, at)
        if near and letters.startswith(after, at + len(number[0])):
            return _amount(number[0])
    return None


def _amount(number: str) -> float:
    *whole, last = re.split(r"[.,]", number)
    if whole and len(last) == 3:
        whole, last = [*whole, last], ""  # thousands, and no cents
    elif not whole:
        whole, last = [last], ""
    return float(f"{''.join(whole)}.{last or '0'}")


def _beside(pattern: str) -> tuple[str, bool, str] | None:
    """The words before and after the group, without spaces, and whether others may stand between the first
    and the amount; None: there is more than words.
    """
    found = _GROUP.fullmatch(pattern)
    if found is None:
        return None
    between = found["before"].endswith(BETWEEN)
    words = [_SPACE.sub("", one) for one in (found["before"].removesuffix(BETWEEN), found["after"])]
    if not all(map(_WORDS.fullmatch, words)):
        return None
    first, last = ("".join(one.replace("\\", "").split()).casefold() for one in words)
    return first, between, last


def pattern_fault(pattern: str) -> str | None:
    """Why it cannot be used."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        return f"no regular expression: {error}"
    if compiled.groups != 1:
        return "needs one group, in which the amount stands"
    return None if _beside(pattern) else f"beside the group stand words alone, and {BETWEEN} in front of it"


def changes_the_line(code: str) -> bool:
    """Whether a code is one that sets a service, and asks nothing."""
    found = re.match(r"[*#]{1,2}([0-9]{2,3})(?:[*#]|$)", code)
    return found is not None and found[1] in _SERVICES
