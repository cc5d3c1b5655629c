"""What the settings say of reaching people on duty. Plain data: secrets are named by their files alone."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class MailTls(StrEnum):
    """How a mail server is spoken to."""

    STARTTLS = "starttls"
    """In the clear until both have agreed on TLS (RFC 3207); refused where the server has none."""
    TLS = "tls"
    """TLS from the first byte (RFC 8314)."""
    NONE = "none"
    """In the clear: for a server on this machine, or on a network of one's own."""


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes the center's mail."""

    host: str
    port: int
    tls: MailTls
    user: str = ""
    """Empty: it asks nobody who they are."""
    password_file: str = ""
    sender: str


class DutySettings(msgspec.Struct, frozen=True, kw_only=True):
    """By what people on duty are told, besides the center's own modems."""

    morning: str = "07:00"
    """When what could wait is told, by the clock of the roster."""
    mail: MailServer | None = None
    """None: nobody is sent mail."""
    webhook_key_file: str = ""
    """A file with the key, `whsec_…`, by which webhooks are signed; empty: nobody is sent any."""
    authority: str = ""
    """PEM: whose certificates are believed besides those of the machine, of mail servers and webhooks."""
    language: str = "it"
    """The center's own, for whoever has none of the two that the center speaks."""
    public_url: str = ""
    """Where a browser reaches the console, for the link in a notice; empty: no link."""
    near_only: bool = False
    """A simulated run: nothing leaves this machine."""

    def take_url(self, callout: str) -> str | None:
        """Where a callout is shown and taken, after signing on as usual; None: nobody has said where."""
        return f"{self.public_url}/console/#callout={callout}" if self.public_url else None
