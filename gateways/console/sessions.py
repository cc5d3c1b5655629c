"""How an operator stays signed on in a browser: a signed cookie, and a second token against forged requests.

The cookie carries all there is to know of a session, so that a restart of the web process ends none.
It is readable by no script (HttpOnly) and sent to no other site (SameSite=Strict); every request
that changes something has to repeat the session's CSRF token in a header, which only the page knows.
Signing a session is all that is done here; whether the operator still exists is asked at every use.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Final

import msgspec

from messages.ids import SECOND, Instant, OperatorId

CSRF_HEADER: Final = "x-csrf-token"
LIFE_S: Final = 16 * 3600
"""Longer than any shift; the page signs on again by itself while its tab lives."""
_KEY_BYTES: Final = 32
_MAC_BYTES: Final = 32


class Session(msgspec.Struct, frozen=True, array_like=True):
    """Who is signed on, and until when."""

    operator: OperatorId
    id: str
    until: Instant


class Sessions:
    """Makes and checks cookies with one key."""

    def __init__(self, key: bytes) -> None:
        if len(key) < _KEY_BYTES:
            raise ValueError("the session key is too short")
        self._key = key
        self.cookie: Final = f"securwoman-{self._mac(b'cookie', b'').hex()[:12]}"
        """The cookie's name. Its own for each center: a browser sends cookies to all ports of a machine."""
        self._decoder = msgspec.msgpack.Decoder(Session)

    def begin(self, operator: OperatorId, now_us: Instant) -> tuple[Session, str]:
        """A new session and its cookie's value."""
        session = Session(operator, secrets.token_urlsafe(12), Instant(now_us + LIFE_S * SECOND))
        body = msgspec.msgpack.encode(session)
        return session, urlsafe_b64encode(self._mac(b"session", body) + body).decode()

    def read(self, cookie: str | None, now_us: Instant) -> Session | None:
        """The session of a cookie; None for one that is none of ours, changed or over."""
        if not cookie or len(cookie) > 1024:
            return None
        try:
            data = urlsafe_b64decode(cookie.encode("ascii"))
        except ValueError:
            return None
        mac, body = data[:_MAC_BYTES], data[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(b"session", body)):
            return None
        try:
            session = self._decoder.decode(body)
        except msgspec.MsgspecError:
            return None
        return session if now_us < session.until else None

    def csrf(self, session: Session) -> str:
        """The token that the page has to repeat with every request that changes something."""
        return self._mac(b"csrf", session.id.encode()).hex()

    def csrf_fits(self, session: Session, token: str | None) -> bool:
        """Whether it is this session's token."""
        return token is not None and hmac.compare_digest(token.encode(), self.csrf(session).encode())

    def _mac(self, purpose: bytes, data: bytes) -> bytes:
        return hmac.new(self._key, purpose + b"\0" + data, hashlib.sha256).digest()


def session_key(path: Path) -> bytes:
    """The key in this file, which is made, readable by its owner alone, if it is not there."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) >= _KEY_BYTES:
            return key
        # Ended between making and writing it: nobody can have a session of that key.
        descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC)
    key = secrets.token_bytes(_KEY_BYTES)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
    return key
