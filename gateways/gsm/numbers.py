"""Telephone numbers as modems write them, and as the rest of the center knows them (E.164)."""

from __future__ import annotations

import functools
from typing import Final

import phonenumbers

_COMPARED_DIGITS: Final = 7
"""Trailing digits that two spellings of one number (national, international) must share."""


@functools.lru_cache(maxsize=1024)
def e164(number: str, region: str) -> str | None:
    """Return the number as E.164; None for an empty number, a short code, or an impossible number.

    `region` (ISO 3166) is the region of a national number.
    """
    if not number:
        return None
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def digits_of(number: str) -> str:
    """Return only the ASCII digits of the number."""
    return "".join(char for char in number if char.isascii() and char.isdigit())


def may_be_same_number(one: str, other: str) -> bool:
    """Return True if both numbers may be the same subscriber: an unknown number fits every number."""
    if not one or not other:
        return True
    return is_same_number(one, other)


def is_same_number(one: str, other: str) -> bool:
    """Return True if both numbers are known and spell one number, national or international."""
    if not one or not other:
        return False
    if one == other:
        return True
    if one.startswith("+") and other.startswith("+"):
        return False
    first, second = digits_of(one), digits_of(other)
    shorter = min(len(first), len(second))
    if shorter < _COMPARED_DIGITS:
        return first == second
    tail = min(shorter, 9)
    return first[-tail:] == second[-tail:]


def damaged_form(number: str, listed: str) -> bool:
    """Return True if `listed` may be the number after damage on the line: one character is another or is
    lost, or one of the two texts begins the other."""
    if number.startswith(listed) or listed.startswith(number):
        return True
    if len(number) == len(listed):
        return sum(a != b for a, b in zip(number, listed, strict=True)) == 1
    return any(number[:at] + number[at + 1 :] == listed for at in range(len(number)))
