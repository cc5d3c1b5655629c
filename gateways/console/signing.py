"""Text that only those could have made who know a key: what a browser is given to show again later."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

KEY_BYTES: Final = 32
_MAC_BYTES: Final = 32
_TEXT_MAX: Final = 1024


class Signer:
    """With one key; what is signed for one purpose is worth nothing for another."""

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES:
            raise ValueError("the key is too short")
        self._key = key

    def signed(self, purpose: bytes, body: bytes) -> str:
        """The body as text, signed."""
        return urlsafe_b64encode(self.mac(purpose, body) + body).decode()

    def body(self, purpose: bytes, text: str | None) -> bytes | None:
        """What was signed; None for what is none of ours, or was changed."""
        if not text or len(text) > _TEXT_MAX:
            return None
        try:
            data = urlsafe_b64decode(text.encode("ascii"))
        except ValueError:
            return None
        mac, body = data[:_MAC_BYTES], data[_MAC_BYTES:]
        return body if hmac.compare_digest(mac, self.mac(purpose, body)) else None

    def mac(self, purpose: bytes, data: bytes) -> bytes:
        """The signature alone."""
        return hmac.new(self._key, purpose + b"\0" + data, hashlib.sha256).digest()
