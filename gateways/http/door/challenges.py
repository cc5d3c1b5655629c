"""What the key for sign-on vouches for, all of it: challenges, and what only this center can derive of them.

A challenge is a signed text that the center knows again, so that nothing is kept of one that is not answered,
and any node, and a web that was started in between, can be answered. It is for one purpose and five minutes.
That it counts once is seen to where it is used up: a session keeps the one that it was begun by, and a
purpose that names the state of what is changed is over with it.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from messages.ids import SECOND, Instant, OperatorId

LIFE_S: Final = 300
"""As WebAuthn, 15.1, recommends where a person has to be verified."""

TO_SIGN_ON: Final = "sign on"
"""For what a challenge is that a passkey signs on with."""


def to_add_passkey(session: str, as_of: int) -> str:
    """For what one is that a new passkey is made with: this session, and the operator as of this change."""
    return f"passkey {session} {as_of}"


def to_add_app(session: str, as_of: int) -> str:
    """The same of a new authenticator app."""
    return f"totp {session} {as_of}"


class Challenges:
    """All of one center. `key` is asked once, at the first use; raises JournalError then."""

    def __init__(self, key: Callable[[], bytes], now_us: Callable[[], Instant]) -> None:
        self._ask = key
        self._key = b""
        self._now_us = now_us

    def make(self, purpose: str) -> str:
        """A new one."""
        text = f"{self._now_us() + LIFE_S * SECOND}.{secrets.token_urlsafe(12)}"
        return f"{text}.{self._mac('challenge', purpose, text).hex()}"

    def is_good(self, challenge: str, purpose: str) -> bool:
        """Whether it was made here, for this, and lately."""
        text, _, mac = challenge.rpartition(".")
        until = text.partition(".")[0]
        if not challenge.isascii() or not until.isdecimal() or len(until) > 18:
            return False
        right = self._mac("challenge", purpose, text).hex()
        return hmac.compare_digest(mac, right) and int(until) > self._now_us()

    def handle_of(self, operator: OperatorId) -> bytes:
        """What a passkey knows the operator by; it tells nothing, and is the same for ever."""
        return self._mac("handle", operator)

    def seed_of(self, challenge: str) -> bytes:
        """Of the authenticator app that is added with this challenge."""
        return self._mac("totp", challenge)

    def id_of_app(self, challenge: str) -> bytes:
        """The id of that app: as of a passkey it is chance, and tells nothing of the seed."""
        return self._mac("totp id", challenge)

    def _mac(self, *parts: str) -> bytes:
        self._key = self._key or self._ask()
        return hmac.new(self._key, "\0".join(parts).encode(), sha256).digest()
