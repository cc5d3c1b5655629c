"""Between an AlertCase and the Identifier (S3)."""

from __future__ import annotations

from messages.base import Message
from messages.ids import E164, AlertId, UserId


class Identify(Message, frozen=True, kw_only=True, tag="user.identify"):
    """Who is this?"""

    alert: AlertId
    phone: E164 | None = None
    device: str | None = None


class Identified(Message, frozen=True, kw_only=True, tag="user.identity"):
    """The person of this number or device; no user where nobody fits."""

    alert: AlertId
    user: UserId | None = None
    phone: E164 | None = None
    """The number to call the user on."""
    language: str = ""
    name: str = ""
    """How the user is called, for an operator to hear. Not for the journal: no name could be erased there."""
    tells: bool = False
    """Whether the person has named somebody who is to be told when 112 was called."""
