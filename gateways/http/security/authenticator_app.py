"""Codes of an authenticator app (TOTP, RFC 6238): six digits, new every 30 s. Pure. No other module knows the
library for the codes.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from typing import Final

from messages.ids import SECOND, Instant

STEP_S: Final = 30
_ISSUER: Final = "securWoman"
_AROUND: Final = (0, -1, 1)
"""Offsets in time steps tried for a phone's clock that is off (RFC 6238, 5.2); the present step first."""


def text_of(seed: bytes) -> str:
    """Return the seed as text to type, in base32."""
    return b32encode(seed[:20]).decode()


def link_of(seed: bytes, operator: str) -> str:
    """Return the seed as an `otpauth` link for an app."""
    import pyotp

    return pyotp.TOTP(text_of(seed)).provisioning_uri(name=operator, issuer_name=_ISSUER)


def step_of(seed: bytes, code: str, now_us: Instant) -> int | None:
    """Return the time step of a code; None for a wrong code. The caller accepts each step only once."""
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
