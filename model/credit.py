"""How a network is asked what is left on a SIM, and what its answer says. Pure."""

from __future__ import annotations

import re
from typing import Final

import msgspec

AMOUNT: Final = r"([0-9]+(?:[.,][0-9]{1,2})?)"
"""The first number of an answer, where nothing else is said of where the amount stands."""
_SERVICES: Final = frozenset({
    "002", "004", "03", "04", "042", "05", "052", "21", "214", "30", "31", "33", "330", "331", "332", "333",
    "35", "351", "353", "37", "43", "61", "62", "66", "67", "76", "77", "96", "300",
})  # fmt: skip
"""Those that change what a line does, diversions and barrings (3GPP TS 22.030 annex B), are no question."""


class CreditQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Of one line: by a code, or by a text to a number that answers with a text."""

    ussd: str = ""
    sms_to: str = ""
    """A short number, or E.164."""
    words: str = ""
    """What is written to it."""
    pattern: str = AMOUNT
    """Where the amount stands in the answer: its group."""
    least: float = 0.0
    """Less than that is too little; 0: whatever is left is enough."""


def amount_in(answer: str, pattern: str) -> float | None:
    """What is left, whichever way the answer writes it (`1.234,56`, `12.30`, `5`); None: it does not say."""
    found = re.search(pattern, answer, re.IGNORECASE | re.DOTALL)
    if found is None:
        return None
    digits = re.sub(r"[^0-9.,]", "", found[1] if found.re.groups else found[0])
    if not re.search("[0-9]", digits):
        return None
    *whole, last = re.split(r"[.,]", digits)
    if whole and len(last) == 3:
        whole, last = [*whole, last], ""  # thousands, and no cents
    elif not whole:
        whole, last = [last], ""
    try:
        return float(f"{''.join(whole)}.{last or '0'}")
    except ValueError:
        return None


def pattern_fault(pattern: str) -> str | None:
    """Why it cannot be used."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        return f"no regular expression: {error}"
    return None if compiled.groups == 1 else "needs one group, in which the amount stands"


def changes_the_line(code: str) -> bool:
    """Whether a code is one that sets a service, and asks nothing."""
    found = re.match(r"[*#]{1,2}([0-9]{2,3})(?:[*#]|$)", code)
    return found is not None and found[1] in _SERVICES
