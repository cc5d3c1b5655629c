"""Codes of an authenticator app (TOTP, RFC 6238): six digits, another every 30 s. Pure, and the only module
that knows the library for them.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from typing import Final

from messages.ids import SECOND, Instant

STEP_S: Final = 30
_ISSUER: Final = "securWoman"
_AROUND: Final = (0, -1, 1)
"""Steps by which a telephone's clock may be off (RFC 6238, 5.2)."""


def text_of(seed: bytes) -> str:
    """The seed as people type it, base32."""
    return b32encode(seed[:20]).decode()


def link_of(seed: bytes, operator: str) -> str:
    """The seed as an app reads it."""
    import pyotp

    return pyotp.TOTP(text_of(seed)).provisioning_uri(name=operator, issuer_name=_ISSUER)


def step_of(seed: bytes, code: str, now_us: Instant) -> int | None:
    """Of which time step this code is; none for one that is wrong. Who asks lets each step count once."""
    import pyotp

    typed = code.replace(" ", "")
    now = now_us // (STEP_S * SECOND)
    app = pyotp.TOTP(text_of(seed))
    fitting = [
        step
        for step in (now + off for off in _AROUND)
        if hmac.compare_digest(app.at(step * STEP_S).encode(), typed.encode())
    ]
    return fitting[0] if fitting else None
