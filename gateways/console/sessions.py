"""How an operator stays signed on in a browser: a signed cookie, and a second token against forged requests.

The cookie carries all there is to know of a session, so that a restart of the web process ends none.
It is readable by no script (HttpOnly) and sent to no other site (SameSite=Strict); every request
that changes something has to repeat the session's CSRF token in a header, which only the page knows.
Signing a session is all that is done here; whether the operator still exists is asked at every use.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path
from typing import Final

import msgspec

from gateways.console.signing import KEY_BYTES, Signer
from messages.ids import SECOND, Instant, OperatorId

CSRF_HEADER: Final = "x-csrf-token"
LIFE_S: Final = 16 * 3600
"""Longer than any shift; the page signs on again by itself while its tab lives."""
_SESSION: Final = b"session"


class Session(msgspec.Struct, frozen=True, array_like=True):
    """Who is signed on, and until when."""

    operator: OperatorId
    id: str
    until: Instant


class Sessions:
    """Makes and checks cookies with one key."""

    def __init__(self, key: bytes) -> None:
        self._signer = Signer(key)
        self.cookie: Final = f"securwoman-{self._signer.mac(b'cookie', b'').hex()[:12]}"
        """The cookie's name. Its own for each center: a browser sends cookies to all ports of a machine."""
        self._decoder = msgspec.msgpack.Decoder(Session)

    def begin(self, operator: OperatorId, now_us: Instant) -> tuple[Session, str]:
        """A new session and its cookie's value."""
        session = Session(operator, secrets.token_urlsafe(12), Instant(now_us + LIFE_S * SECOND))
        return session, self.cookie_of(session)

    def cookie_of(self, session: Session) -> str:
        """The cookie's value of a session, be it one that another node has begun."""
        return self._signer.signed(_SESSION, msgspec.msgpack.encode(session))

    def read(self, cookie: str | None, now_us: Instant) -> Session | None:
        """The session of a cookie; None for one that is none of ours, changed or over."""
        body = self._signer.body(_SESSION, cookie)
        if body is None:
            return None
        try:
            session = self._decoder.decode(body)
        except msgspec.MsgspecError:
            return None
        return session if now_us < session.until else None

    def csrf(self, session: Session) -> str:
        """The token that the page has to repeat with every request that changes something."""
        return self._signer.mac(b"csrf", session.id.encode()).hex()

    def csrf_fits(self, session: Session, token: str | None) -> bool:
        """Whether it is this session's token."""
        return token is not None and hmac.compare_digest(token.encode(), self.csrf(session).encode())


def session_key(path: Path) -> bytes:
    """The key in this file, which is made, readable by its owner alone, if it is not there."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) >= KEY_BYTES:
            return key
        # Ended between making and writing it: nobody can have a session of that key.
        descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC)
    key = secrets.token_bytes(KEY_BYTES)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
    return key
