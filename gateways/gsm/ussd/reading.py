"""The words in a network's answer (`+CUSD`, 27.007 clause 7.15), in whichever of its many forms. Pure.

What stands between the quotes depends on the firmware more than on the <dcs> behind them: the text itself,
octets of packed septets in hexadecimal, UCS-2 in hexadecimal, or single octets so, and all of them have been
seen with a <dcs> that says otherwise. So what is hexadecimal is read in each way, and what reads like words
counts.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from gateways.gsm.sms.alphabet import Alphabet, alphabet_of, decode_gsm7, decode_ucs2, pack, unpack

_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){4,}")
_SCRIPTS: Final = ("LATIN", "GREEK", "CYRILLIC")
CODE: Final = re.compile(r"[*#][0-9*#]{1,30}#")


def words_of(text: str, dcs: int | None) -> str:
    """What the network has said."""
    if _HEX.fullmatch(text) is None:
        return _tidy(text)
    octets = bytes.fromhex(text)
    septets = decode_gsm7(unpack(octets, len(octets) * 8 // 7)).rstrip("\r@\x00")
    forms = {
        Alphabet.GSM7: septets,
        Alphabet.UCS2: decode_ucs2(octets) if len(octets) % 2 == 0 else "",
        Alphabet.DATA: octets.decode("latin-1"),
    }
    said = alphabet_of(dcs) if dcs is not None else Alphabet.GSM7
    readings = [forms[said], *(form for alphabet, form in forms.items() if alphabet is not said), text]
    return _tidy(max(readings, key=_like_words))


def packed(code: str) -> str:
    """The code for firmware that takes no text: packed septets, in hexadecimal (23.038 clause 6.1.2.3)."""
    return pack(code.encode("ascii")).hex().upper()


def _like_words(text: str) -> float:
    """How much it is like what stands on a screen, at most 1; what is only digits is no words."""
    if not text:
        return -1.0
    good = sum(map(_usual, text)) / len(text)
    return good if any(one.isspace() or one in ".,:" for one in text) else good - 0.5


def _usual(one: str) -> float:
    """How often such a character stands in words, roughly: septets that are none make many an `@` and `ø`."""
    if one.isascii():
        return (
            1.0 if one.isalnum() or one in " .,:/'-\r\n" else 0.5 if one.isprintable() and one != "@" else 0.0
        )
    known = unicodedata.name(one, "").startswith(_SCRIPTS) or unicodedata.category(one) in ("Sc", "Po", "Pd")
    return 0.5 if known else 0.0


def _tidy(text: str) -> str:
    # On a terminal a control character is an order, and on a page one turns the words round.
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
