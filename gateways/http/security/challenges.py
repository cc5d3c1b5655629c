"""Challenges and other values derived from the center's key for sign-on.

A challenge is a signed text that the center can verify later. An unanswered challenge is therefore stored
nowhere, and any node accepts the answer, also a web started in between. A challenge serves one purpose for
five minutes. The consumer ensures single use: a session stores the challenge that started the session; a
purpose that names the version of a record becomes invalid with the change.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from messages.ids import SECOND, Instant, OperatorId

LIFE_S: Final = 300
"""Lifetime of a challenge in seconds. WebAuthn, 15.1, recommends this value where a person is verified."""

TO_SIGN_ON: Final = "sign on"
"""Purpose of a challenge for sign-on by passkey."""


def to_add_passkey(session: str, as_of: int) -> str:
    """Return the purpose of a challenge for a new passkey: bound to session and operator's version."""
    return f"passkey {session} {as_of}"


def to_add_app(session: str, as_of: int) -> str:
    """Return the purpose of a challenge for a new authenticator app: bound to session and version."""
    return f"totp {session} {as_of}"


class Challenges:
    """Challenges of one center. `key` is called once, at the first use, and raises JournalError then."""

    def __init__(self, key: Callable[[], bytes], now_us: Callable[[], Instant]) -> None:
        self._ask = key
        self._key = b""
        self._now_us = now_us

    def make(self, purpose: str) -> str:
        """Return a new challenge for a purpose."""
        text = f"{self._now_us() + LIFE_S * SECOND}.{secrets.token_urlsafe(12)}"
        return f"{text}.{self._mac('challenge', purpose, text).hex()}"

    def is_good(self, challenge: str, purpose: str) -> bool:
        """Return True if this center made the challenge for this purpose, and it has not expired."""
        text, _, mac = challenge.rpartition(".")
        until = text.partition(".")[0]
        if not challenge.isascii() or not until.isdecimal() or len(until) > 18:
            return False
        right = self._mac("challenge", purpose, text).hex()
        return hmac.compare_digest(mac, right) and int(until) > self._now_us()

    def handle_of(self, operator: OperatorId) -> bytes:
        """Return an operator's user handle in passkeys. The handle reveals nothing and never changes."""
        return self._mac("handle", operator)

    def seed_of(self, challenge: str) -> bytes:
        """Return the seed of the authenticator app that is added with this challenge."""
        return self._mac("totp", challenge)

    def id_of_app(self, challenge: str) -> bytes:
        """Return the id of the authenticator app that is added with this challenge. Like the id of a passkey,
        the id is random and reveals nothing about the seed.
        """
        return self._mac("totp id", challenge)

    def _mac(self, *parts: str) -> bytes:
        self._key = self._key or self._ask()
        return hmac.new(self._key, "\0".join(parts).encode(), sha256).digest()
