"""Telephone numbers: conversion to E.164, and the numbers that are not allowed for a person.

Dialling is not decided here: the guard before the modem has its own list.
"""

from __future__ import annotations

import re
from typing import Final

import phonenumbers

from messages.ids import E164
from model.rules.calls.psap import EMERGENCY_NUMBERS
from store.errors import NumberRefused

DEFAULT_REGION: Final = "IT"
"""Region of a number without `+` or `00` (ISO 3166)."""

_WRITTEN: Final = re.compile(r"\+?[0-9 ()./\u00a0\u2010-\u2015-]+")


def normalised(text: str, region: str = DEFAULT_REGION) -> E164:
    """Return the number as E.164, `+393331112223`. Raises NumberRefused for a number that no network could
    reach.

    A possible number is accepted, even if its range is not in use: ranges change.
    """
    written = text.strip().removeprefix("tel:")
    if not _WRITTEN.fullmatch(written):
        # The parser would find a number in any sentence, and read letters as digits.
        raise NumberRefused(f"{text!r} is not a telephone number")
    try:
        parsed = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException as error:
        raise NumberRefused(f"{text!r} is not a telephone number") from error
    if parsed.extension or not phonenumbers.is_possible_number(parsed):
        raise NumberRefused(f"{text!r} is not a telephone number that can be called")
    return E164(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def of_a_person(text: str, region: str = DEFAULT_REGION) -> E164:
    """Return a user's or an operator's number as E.164. Raises NumberRefused, also for emergency numbers."""
    if is_emergency(text, region):
        raise NumberRefused(f"{text!r} is an emergency number")
    number = normalised(text, region)
    national = str(phonenumbers.national_significant_number(phonenumbers.parse(number, None)))
    if national in EMERGENCY_NUMBERS:
        raise NumberRefused(f"{text!r} is an emergency number")
    return number


def is_emergency(text: str, region: str = DEFAULT_REGION) -> bool:
    """Return True if dialling `text`, as written, calls an emergency number."""
    digits = "".join(character for character in text if character.isdigit() or character == "+")
    return digits in EMERGENCY_NUMBERS or bool(phonenumbers.is_emergency_number(digits, region))
