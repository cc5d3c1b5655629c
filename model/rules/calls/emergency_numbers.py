"""Whether a number is one of an emergency service, however it is dressed. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

import phonenumbers

from model.rules.calls.psap import EMERGENCY_NUMBERS

_COUNTRY_CODES: Final = frozenset(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
_INTERNATIONAL_PREFIXES: Final = ("+", "00", "011", "0011", "810")
_SERVICE_SIGNS: Final = re.compile(r"[*#]+")


def is_named(number: str, numbers: Collection[str] = EMERGENCY_NUMBERS) -> bool:
    """Whether dialling `number` would call one of `numbers`, as far as can be told: also behind `+`, `00`, a
    country's code, blanks.

    Each run of digits between `*` and `#` is looked at, whatever service the codes around it ask for.
    """
    return any(_is_listed(run, numbers) for run in _SERVICE_SIGNS.split(number))


def _is_listed(run: str, numbers: Collection[str]) -> bool:
    candidates = {run} | {
        run.removeprefix(prefix) for prefix in _INTERNATIONAL_PREFIXES if run.startswith(prefix)
    }
    digits = {"".join(char for char in candidate if char.isdigit()) for candidate in candidates}
    return not digits.isdisjoint(numbers) or any(
        digit.removeprefix(code) in numbers
        for digit in digits
        for code in _COUNTRY_CODES
        if digit.startswith(code)
    )
