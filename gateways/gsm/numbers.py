"""Telephone numbers as modems write them, and as the rest of the center knows them (E.164)."""

from __future__ import annotations

import functools
from typing import Final

import phonenumbers

_COMPARED_DIGITS: Final = 7
"""As many trailing digits as two spellings of one number must share (national, international)."""


@functools.lru_cache(maxsize=1024)
def e164(number: str, region: str) -> str | None:
    """The number as E.164; none for a short code, a withheld one, or what is no possible number.

    `region` (ISO 3166) says where a national number belongs.
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
    """The digits alone."""
    return "".join(char for char in number if char.isascii() and char.isdigit())


def compatible(one: str, other: str) -> bool:
    """Whether both may be the same subscriber: an unknown number fits every one."""
    if not one or not other:
        return True
    return same(one, other)


def same(one: str, other: str) -> bool:
    """Whether both are known and spell one number, national or international."""
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
