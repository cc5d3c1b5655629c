"""Settings for monitoring the center: drills, people on duty."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta

from messages.ids import E164
from model.settings.fields import (
    Clock,
    FilePath,
    Language,
    OptionalPhoneNumber,
    Table,
    doc,
    text,
)


class MailTls(StrEnum):
    """Encryption of the connection to a mail server."""

    STARTTLS = "starttls"
    """Unencrypted until both sides have agreed on TLS (RFC 3207); refused if the server has no TLS."""
    TLS = "tls"
    """TLS from the first byte (RFC 8314)."""
    NONE = "none"
    """Unencrypted: for a server on this machine, or on a private network."""


_PORTS: Final = {MailTls.STARTTLS: 587, MailTls.TLS: 465, MailTls.NONE: 25}
"""Ports of RFC 6409, RFC 8314 and RFC 5321."""


class DrillSettings(Table, frozen=True, kw_only=True):
    """Drills: `securwoman drill`, and D on the console."""

    phone: Annotated[
        OptionalPhoneNumber,
        doc(
            "Phone for drills",
            "Telefono delle esercitazioni",
            note="called as the user; empty: no drill by D",
        ),
    ] = E164("")
    timeout_s: Annotated[
        float,
        Meta(ge=5, le=3600),
        doc("Time until a drill has failed", "Tempo dopo il quale l’esercitazione è fallita"),
    ] = 180.0


class DutyPerson(Table, frozen=True, kw_only=True):
    """First roster: people called in this order, at any hour.

    Once a roster exists, it is changed in the browser, or by `securwoman duty import`.
    """

    name: Annotated[
        str,
        Meta(min_length=1, max_length=100),
        doc(
            "Person on duty until there is a roster",
            "Persona reperibile finché non c’è un elenco dei turni",
            example="Anna Bianchi",
            by_hand=True,
        ),
    ]
    language: Annotated[
        Language, doc("Language of calls and messages", "Lingua delle chiamate e dei messaggi", by_hand=True)
    ] = "it"
    ways: Annotated[
        tuple[str, ...],
        Meta(min_length=1, max_length=12),
        doc(
            "Channels",
            "Canali",
            note="as in the roster's file",
            example=["call +393330000010", "sms +393330000010", "email anna@example.org"],
            by_hand=True,
        ),
    ]


class SmtpSettings(Table, frozen=True, kw_only=True):
    """Server for the centre's mail to people on duty."""

    host: Annotated[
        str,
        text(r"[A-Za-z0-9.:_-]{0,253}", 'a host, "smtp.example.org"'),
        doc(
            "Mail server of the centre",
            "Server di posta del centro",
            note="empty: no mail is sent",
        ),
    ] = ""
    port: Annotated[
        int,
        Meta(ge=0, le=65535),
        doc(
            "Port (0: that of tls)",
            "Porta (0: quella di tls)",
            note='587 with "starttls", 465 with "tls", 25 with "none"',
        ),
    ] = 0
    tls: Annotated[
        MailTls,
        doc(
            "Encrypted: starttls, tls from the first byte, none (in the clear)",
            "Cifrato: starttls, tls dal primo byte, none (in chiaro)",
            note='"starttls" is refused where the server has none',
        ),
    ] = MailTls.STARTTLS
    user: Annotated[
        str,
        Meta(max_length=200),
        doc(
            "The centre’s name at the server",
            "Nome del centro sul server",
            note="empty: the server requires no sign-on",
        ),
    ] = ""
    password_file: Annotated[
        FilePath,
        doc(
            "File with the password",
            "File con la password",
            note="readable by the centre alone (beside this file, if relative)",
            by_hand=True,
        ),
    ] = ""
    sender: Annotated[
        str,
        text(r"([^\s,<>@]{1,64}@[A-Za-z0-9.-]{1,253})?", 'an address, "centre@example.org"'),
        doc("Sender of the mail", "Mittente della posta", note='"centre@example.org"'),
    ] = ""

    @property
    def used_port(self) -> int:
        """Port used: the default of `tls` if none is set."""
        return self.port or _PORTS[self.tls]


class DutySettings(Table, frozen=True, kw_only=True):
    """Notification of people on duty, besides calls and SMS over the lines; see docs/operations/alarms.md."""

    morning: Annotated[
        Clock, doc("Time for notifications that can wait", "Ora degli avvisi che possono attendere")
    ] = "07:00"
    person: tuple[DutyPerson, ...] = ()
    smtp: SmtpSettings = SmtpSettings()
    webhook_key_file: Annotated[
        FilePath,
        doc(
            "File with the key of webhooks",
            "File con la chiave dei webhook",
            note='the key, "whsec_…", of their signatures (standardwebhooks.com); empty: none are sent',
            by_hand=True,
        ),
    ] = ""
    authority: Annotated[
        FilePath,
        doc(
            "Additional trusted authority (PEM)",
            "Altra autorità riconosciuta (PEM)",
            note="besides the machine's, for mail servers and webhooks (beside this file, if relative)",
        ),
    ] = ""
