"""The cause of a call's end, as a Q.850 number (ITU-T), from modems' reports (27.007 +CEER is free text)."""

from __future__ import annotations

import re
from typing import Final

from gateways.gsm.at.parse import body_of

# Phrases of +CEER as in 24.008 annex H and in the modems' firmware, specific phrases first.
_PHRASES: Final[tuple[tuple[str, int], ...]] = (
    ("unassigned", 1),
    ("unallocated", 1),
    ("no route to destination", 3),
    ("operator determined barring", 8),
    ("user busy", 17),
    ("no user responding", 18),
    ("user alerting, no answer", 19),
    ("no answer from user", 19),
    ("alerting no answer", 19),
    ("subscriber absent", 20),
    ("absent subscriber", 20),
    ("call rejected", 21),
    ("call barred", 21),
    ("number changed", 22),
    ("destination out of order", 27),
    ("invalid number", 28),
    ("facility rejected", 29),
    ("normal, unspecified", 31),
    ("normal unspecified", 31),
    ("no circuit", 34),
    ("network out of order", 38),
    ("temporary failure", 41),
    ("switching equipment congestion", 42),
    ("access information discarded", 43),
    ("requested circuit", 44),
    ("resources unavailable", 47),
    ("bearer capability not", 57),
    ("service or option not", 63),
    ("incompatible destination", 88),
    ("recovery on timer", 102),
    ("interworking", 127),
    ("normal call clear", 16),
    ("normal clearing", 16),
    ("client ended call", 16),
    ("network ended call", 16),
    ("no network service", 38),
    ("no service", 38),
)
_NUMBERS: Final = re.compile(r"(?<![\w.-])\d{1,3}(?![\w.])")
"""A negative number is no cause: Quectel's `+CEER: 0,-1` means that there was no failure."""
_NO_CAUSE: Final = re.compile(r'\s*"?(?:no (?:report|cause|error)[\w ]*|0|)"?\s*', re.IGNORECASE)


def parse_cause(line: str) -> int | None:
    """Return the cause in an answer of +CEER (27.007 clause 6.10); None without a usable cause.

    Phrases win over numbers: the number may be a location or a firmware's own code, at any position.
    """
    text = body_of(line)
    if _NO_CAUSE.fullmatch(text):
        return None
    lowered = text.lower()
    for phrase, cause in _PHRASES:
        if phrase in lowered:
            return cause
    numbers = [int(number) for number in _NUMBERS.findall(text)]
    plausible = [number for number in numbers if 1 <= number <= 127]
    return plausible[-1] if plausible else None


def valid_cause(cause: int | None) -> int | None:
    """Return the number if it is a cause of Q.850, else None: firmware writes 0 and 255 for "none"."""
    return cause if cause is not None and 1 <= cause <= 127 else None
