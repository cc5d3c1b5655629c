"""How an operator stays signed on in a browser: a cookie whose secret is of a row, and a CSRF token.

The cookie is readable by no script (HttpOnly) and sent to no other site (SameSite=Strict); every request
that changes something has to repeat the session's CSRF token in a header, which only the page knows.
What a session is, and when it has ended, says `store.registry.access.sessions` alone.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from litestar.datastructures import Cookie

from messages.ids import SECOND, Instant, NodeId
from store.registry.access.sessions import LIFE_S, Session

CSRF_HEADER: Final = "x-csrf-token"
SECRET_MAX: Final = 512


class Cookies:
    """The cookies of one center."""

    def __init__(self, node: NodeId, state: str) -> None:
        """`state`: the state directory."""
        name = hashlib.sha256(f"{node}\0{state}".encode()).hexdigest()[:12]
        self._name = f"securwoman-{name}"
        """Its own for each center: a browser sends cookies to all ports of a machine."""

    def name(self, *, secure: bool) -> str:
        """By https one that no other host and no plain page can put in our place (RFC 6265bis, 4.1.3.2)."""
        return f"__Host-{self._name}" if secure else self._name

    def made(self, session: Session, secret: str, now_us: Instant, *, secure: bool) -> Cookie:
        """The session's cookie."""
        return self._cookie(secret, min(LIFE_S, (session.until - now_us) // SECOND), secure)

    def none(self, *, secure: bool) -> Cookie:
        """What takes the cookie away."""
        return self._cookie("", 0, secure)

    def _cookie(self, value: str, max_age_s: int, secure: bool) -> Cookie:
        return Cookie(
            key=self.name(secure=secure),
            value=value,
            max_age=max_age_s,
            path="/",
            httponly=True,
            samesite="strict",
            secure=secure,
        )


def csrf_fits(session: Session, token: str | None) -> bool:
    """Whether it is this session's token."""
    return token is not None and hmac.compare_digest(token.encode(), session.csrf.encode())
