"""Advanced Mobile Location messages (ETSI TS 103 625 clause 5): a phone's own position, sent by SMS.

    A"ML=1;lt=+45.46420;lg=9.19000;rd=50;top=20261124141935;lc=90;pm=W;mcc=222;mnc=10;ml=95

Fields come in any order; the sign is optional; `ml` is the message's length. As text and as 8-bit data.
A field outside the range of its quantity counts as missing: the digits come from an unverified sender.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

import msgspec

from messages.base import MOST_ACCURACY_M

MARK: Final = 'A"ML='
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{0,9})?")
_FIRST_YEAR: Final = 2000
"""Year before which no phone sent these messages (clause 5: UTC, of the positioning)."""


class AmlPosition(msgspec.Struct, frozen=True, kw_only=True):
    """The position that the phone reports (WGS 84)."""

    lat: float
    lon: float
    radius_m: float | None
    at: datetime | None
    """Time of positioning; None if missing or unreadable."""
    confidence_pct: int | None
    method: str
    """`G` satellites, `W` Wi-Fi, `C` cell, `U` unknown."""
    mcc: str
    mnc: str
    intact: bool
    """True if `ml` agrees with the length received, or is missing."""


def read_aml(message: str | bytes) -> AmlPosition | None:
    """Return the position in a short message; None without an AML message or without a usable position."""
    text = message.decode("latin-1") if isinstance(message, bytes) else message
    start = text.find(MARK)
    if start < 0:
        return None
    body = text[start:].rstrip("\x00\r\n ")
    fields = {
        name.strip(): value.strip() for name, _, value in (field.partition("=") for field in body.split(";"))
    }
    lat, lon = _number(fields.get("lt"), -90, 90), _number(fields.get("lg"), -180, 180)
    if lat is None or lon is None:
        return None
    confidence = _number(fields.get("lc"), 0, 100)
    return AmlPosition(
        lat=lat,
        lon=lon,
        radius_m=_number(fields.get("rd"), 0, MOST_ACCURACY_M),
        at=_time(fields.get("top", "")),
        confidence_pct=None if confidence is None else int(confidence),
        method=fields.get("pm", "")[:1],
        mcc=fields.get("mcc", "")[:3],
        mnc=fields.get("mnc", "")[:3],
        intact=fields.get("ml", "") in ("", str(len(body))),
    )


def _number(text: str | None, least: float, most: float) -> float | None:
    if text is None or _NUMBER.fullmatch(text) is None:
        return None
    number = float(text)
    return number if least <= number <= most else None


def _time(text: str) -> datetime | None:
    try:
        at = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if at.year >= _FIRST_YEAR else None
