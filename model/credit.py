"""Requests for the credit left on a SIM, and the amount in the network's answer. Pure."""

from __future__ import annotations

import re
from typing import Final

AMOUNT: Final = r"([0-9]+(?:[.,][0-9]{1,2})?)"
"""Default pattern of the amount: the first number of an answer."""
BETWEEN: Final = ".*?"
"""Pattern before the group: any text between the words and the amount."""
LONGEST: Final = 1000
"""Greatest number of characters read of an answer: six short messages."""
_NUMBER: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_GROUP: Final = re.compile(r"(?P<before>[^(]*)\((?!\?)(?:[^()]|\(\?:[^()]*\)\??)*\)(?P<after>[^()]*)")
_SPACE: Final = re.compile(r"(?: |\\s)[*+?]?")
_WORDS: Final = re.compile(r"(?:[^\\()\[\]{}*+?.|^$]|\\[^\w\s\\])*")
"""Literal characters, and characters escaped by a backslash."""
_SERVICES: Final = frozenset({
    "002", "004", "03", "04", "042", "05", "052", "21", "214", "30", "31", "33", "330", "331", "332", "333",
    "35", "351", "353", "37", "43", "61", "62", "66", "67", "76", "77", "96", "300",
})  # fmt: skip
"""Codes that change a service of the line, such as diversions and barrings (3GPP TS 22.030 annex B); refused
as requests.
"""


def parse_amount(answer: str, pattern: str) -> float | None:
    """Return the amount left, in any notation of the answer (`1.234,56`, `12.30`, `5`); None if absent.

    The result is the first number with the pattern's words next to it. The search never backtracks: no
    pattern of an administrator and no answer of a network can block a line.
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
    """Return the words before and after the group, without spaces, and True if other text may stand between
    the first words and the amount; None if the pattern has more than words.
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
    """Return the reason why the pattern cannot be used; None if it can."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        return f"no regular expression: {error}"
    if compiled.groups != 1:
        return "needs one group, in which the amount stands"
    return None if _beside(pattern) else f"beside the group stand words alone, and {BETWEEN} in front of it"


def is_service_change(code: str) -> bool:
    """Return True if the code sets a service instead of requesting information."""
    found = re.match(r"[*#]{1,2}([0-9]{2,3})(?:[*#]|$)", code)
    return found is not None and found[1] in _SERVICES
