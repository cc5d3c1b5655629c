"""Whether a short message is for the phone or its SIM, and not for a person (3GPP TS 23.038, 23.040)."""

from __future__ import annotations

from typing import Final

_SILENT: Final = 0x40
"""Short message type 0: acknowledged and shown to nobody (23.040 clause 9.2.3.9)."""
_FOR_THE_SIM: Final = range(0x7C, 0x80)
_PUSH_PORTS: Final = frozenset({2948, 2949, 49999})
"""WAP push, secured or not, and over-the-air settings."""
_PORTS_16: Final = 0x05
_SIM_TOOLKIT: Final = range(0x70, 0x80)


def is_service(pid: int, dcs: int, header: bytes) -> bool:
    """By its protocol identifier, its coding and its user data header (without the header's length)."""
    return pid == _SILENT or pid in _FOR_THE_SIM or _is_indication(dcs) or _is_addressed(header)


def _is_indication(dcs: int) -> bool:
    """A sign that something waits, as a voicemail does, or data for the SIM (23.038 clause 4)."""
    group = dcs >> 4
    with_class = group in (0b0001, 0b0011, 0b1111)
    return group in (0b1100, 0b1101, 0b1110) or (with_class and dcs & 0b11 == 0b10)


def _is_addressed(header: bytes) -> bool:
    """To an application on the phone, or to the SIM's toolkit (23.040 clause 9.2.3.24)."""
    place = 0
    while place + 2 <= len(header):
        kind, size = header[place], header[place + 1]
        value = header[place + 2 : place + 2 + size]
        if kind == _PORTS_16 and len(value) == 4 and int.from_bytes(value[:2], "big") in _PUSH_PORTS:
            return True
        if kind in _SIM_TOOLKIT:
            return True
        place += 2 + size
    return False
