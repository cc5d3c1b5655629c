"""The alphabets of short messages (3GPP TS 23.038): 7-bit default with its packing, 8-bit data, UCS-2."""

from __future__ import annotations

from enum import Enum
from typing import Final

from gsm0338 import Codec

_CODEC: Final = Codec()


class Alphabet(Enum):
    """Encoding of the user data."""

    GSM7 = "gsm7"
    DATA = "data"
    UCS2 = "ucs2"


def alphabet_of(dcs: int) -> Alphabet:
    """Return the alphabet of a data coding scheme (23.038 clause 4); the default if the scheme names none."""
    group = dcs >> 4
    if group <= 0b0111:
        return {1: Alphabet.DATA, 2: Alphabet.UCS2}.get((dcs >> 2) & 0b11, Alphabet.GSM7)
    if group == 0b1110:
        return Alphabet.UCS2
    if group == 0b1111 and dcs & 0b100:
        return Alphabet.DATA
    return Alphabet.GSM7


def unpack(data: bytes, count: int, *, skip_bits: int = 0) -> bytes:
    """Return up to `count` packed septets (23.038 clause 6.1.2.1) after `skip_bits` of header and fill."""
    value = int.from_bytes(data, "little") >> skip_bits
    available = max(0, (8 * len(data) - skip_bits) // 7)
    return bytes((value >> (7 * place)) & 0x7F for place in range(min(count, available)))


def pack(septets: bytes, *, skip_bits: int = 0) -> bytes:
    """Pack septets into octets, starting at bit `skip_bits`; earlier bits are zero. Reverses `unpack`."""
    value = 0
    for place, septet in enumerate(septets):
        value |= septet << (skip_bits + 7 * place)
    return value.to_bytes((skip_bits + 7 * len(septets) + 7) // 8, "little")


def decode_gsm7(septets: bytes) -> str:
    """Return the text of septets (default alphabet and extension); an unknown character becomes `?`."""
    text, _ = _CODEC.decode(septets, "replace")
    return str(text)


def encode_gsm7(text: str) -> bytes | None:
    """Return the septets of the text, two per escaped character; None if the alphabet lacks a character."""
    try:
        septets, _ = _CODEC.encode(text)
    except UnicodeError:
        return None
    return bytes(septets)


def decode_ucs2(data: bytes) -> str:
    """Return the text of big-endian UCS-2; phones send surrogate pairs too, an odd last octet is dropped."""
    return data[: len(data) & ~1].decode("utf-16-be", "replace")
