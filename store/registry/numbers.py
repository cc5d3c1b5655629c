"""Telephone numbers: whatever people write, as E.164, and which of them must never be a person's.

This decides nothing about dialling: the guard before the modem has its own list.
"""

from __future__ import annotations

import re
from typing import Final

import phonenumbers

from messages.ids import E164
from model.rules.calls.psap import EMERGENCY_NUMBERS
from store.errors import NumberRefused

DEFAULT_REGION: Final = "IT"
"""Where a number without `+` or `00` is taken to be (ISO 3166)."""

_WRITTEN: Final = re.compile(r"\+?[0-9 ()./\u00a0\u2010-\u2015-]+")


def normalised(text: str, region: str = DEFAULT_REGION) -> E164:
    """The number as E.164, `+393331112223`. Raises NumberRefused for what no network could reach.

    A number that is possible is taken, whether or not its range is in use: ranges change.
    """
    written = text.strip().removeprefix("tel:")
    if not _WRITTEN.fullmatch(written):
        # The parser would find a number in any sentence, and take letters for digits.
        raise NumberRefused(f"{text!r} is not a telephone number")
    try:
        parsed = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException as error:
        raise NumberRefused(f"{text!r} is not a telephone number") from error
    if parsed.extension or not phonenumbers.is_possible_number(parsed):
        raise NumberRefused(f"{text!r} is not a telephone number that can be called")
    return E164(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def of_a_person(text: str, region: str = DEFAULT_REGION) -> E164:
    """The same for the number of a user or an operator: emergency numbers are refused."""
    if is_emergency(text, region):
        raise NumberRefused(f"{text!r} is an emergency number")
    number = normalised(text, region)
    national = str(phonenumbers.national_significant_number(phonenumbers.parse(number, None)))
    if national in EMERGENCY_NUMBERS:
        raise NumberRefused(f"{text!r} is an emergency number")
    return number


def is_emergency(text: str, region: str = DEFAULT_REGION) -> bool:
    """Whether dialling this, as it stands, calls for help."""
    digits = "".join(character for character in text if character.isdigit() or character == "+")
    return digits in EMERGENCY_NUMBERS or bool(phonenumbers.is_emergency_number(digits, region))
