"""Telephone numbers as this network compares them. It must not guess: a number is known exactly or not at
all."""

from __future__ import annotations

import re

SHORT_CODE_LENGTH = 5
_DIALLED = re.compile(r"[^0-9+*#A-C]")


def international(dialled: str, country: str) -> str:
    """One form for a number however it was dialled: `+39…`, `0039…` and, with country `39`, the national
    `02…`.

    Short codes (`112`) and service codes (`*43#`) stay as they are.
    """
    number = _DIALLED.sub("", dialled.upper())
    if number.startswith("+") or "*" in number or "#" in number or len(number) <= SHORT_CODE_LENGTH:
        return number
    if number.startswith("00"):
        return "+" + number[2:]
    return f"+{country}{number}"


def luhn_digit(digits: str) -> str:
    """The check digit of an IMEI (TS 23.003 annex B)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def made_up_imei(index: int) -> str:
    """The IMEI of the modem at this place in the world's file."""
    digits = f"35678901{index + 1:06d}"
    return digits + luhn_digit(digits)
