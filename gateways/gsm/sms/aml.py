"""Advanced Mobile Location messages (ETSI TS 103 625 clause 5): a phone's own position, sent by SMS.

    A"ML=1;lt=+45.46420;lg=9.19000;rd=50;top=20261124141935;lc=90;pm=W;mcc=222;mnc=10;ml=95

Fields come in any order; the sign is optional; `ml` is the message's length. As text and as 8-bit data.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import msgspec

MARK: Final = 'A"ML='


class AmlPosition(msgspec.Struct, frozen=True, kw_only=True):
    """Where the phone says that it is (WGS 84)."""

    lat: float
    lon: float
    radius_m: float | None
    at: datetime | None
    """Time of positioning; none when missing or unreadable."""
    confidence_pct: int | None
    method: str
    """`G` satellites, `W` Wi-Fi, `C` cell, `U` unknown."""
    mcc: str
    mnc: str
    intact: bool
    """Whether `ml` agrees with the length that came."""


def read_aml(message: str | bytes) -> AmlPosition | None:
    """The position in a short message; none when it is no AML message or carries no usable position."""
    text = message.decode("latin-1") if isinstance(message, bytes) else message
    start = text.find(MARK)
    if start < 0:
        return None
    body = text[start:].rstrip("\x00\r\n ")
    fields = {
        name.strip(): value.strip() for name, _, value in (field.partition("=") for field in body.split(";"))
    }
    lat, lon = _number(fields.get("lt")), _number(fields.get("lg"))
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    radius = _number(fields.get("rd"))
    confidence = _number(fields.get("lc"))
    length = _number(fields.get("ml"))
    return AmlPosition(
        lat=lat,
        lon=lon,
        radius_m=radius if radius is not None and radius >= 0 else None,
        at=_time(fields.get("top", "")),
        confidence_pct=int(confidence) if confidence is not None and 0 <= confidence <= 100 else None,
        method=fields.get("pm", "")[:1],
        mcc=fields.get("mcc", ""),
        mnc=fields.get("mnc", ""),
        intact=length is None or int(length) == len(body),
    )


def _number(text: str | None) -> float | None:
    if not text or not all(char in "+-.0123456789" for char in text):
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
