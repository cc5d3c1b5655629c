"""Settings of how it is known that the center is well: drills, people on duty."""

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
    """How a mail server is spoken to."""

    STARTTLS = "starttls"
    """In the clear until both have agreed on TLS (RFC 3207); refused where the server has none."""
    TLS = "tls"
    """TLS from the first byte (RFC 8314)."""
    NONE = "none"
    """In the clear: for a server on this machine, or on a network of one's own."""


_PORTS: Final = {MailTls.STARTTLS: 587, MailTls.TLS: 465, MailTls.NONE: 25}
"""RFC 6409, RFC 8314, RFC 5321."""


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
        float, Meta(ge=5, le=3600), doc("Then a drill has failed", "Poi l’esercitazione è fallita")
    ] = 180.0


class DutyPerson(Table, frozen=True, kw_only=True):
    """The first roster: who is called, in this order, whatever the hour.

    Once there is a roster it is changed in the browser, or by `securwoman duty import`.
    """

    name: Annotated[
        str,
        Meta(min_length=1, max_length=100),
        doc(
            "Who is on duty until there is a roster",
            "Chi è reperibile, finché non c’è un elenco",
            example="Anna Bianchi",
            by_hand=True,
        ),
    ]
    language: Annotated[Language, doc("The language spoken", "La sua lingua", by_hand=True)] = "it"
    ways: Annotated[
        tuple[str, ...],
        Meta(min_length=1, max_length=12),
        doc(
            "How to be reached",
            "Come si raggiunge",
            note="as in the roster's file",
            example=["call +393330000010", "sms +393330000010", "email anna@example.org"],
            by_hand=True,
        ),
    ]


class SmtpSettings(Table, frozen=True, kw_only=True):
    """The server that takes the centre's mail for people on duty."""

    host: Annotated[
        str,
        text(r"[A-Za-z0-9.:_-]{0,253}", 'a host, "smtp.example.org"'),
        doc(
            "Server that takes the centre’s mail",
            "Server che prende la posta del centro",
            note="empty: nobody is sent mail",
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
            note="empty: the server asks nobody who they are",
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
        doc("Whom the mail is from", "Mittente della posta", note='"centre@example.org"'),
    ] = ""

    @property
    def used_port(self) -> int:
        """The port, which is that of `tls` where none is given."""
        return self.port or _PORTS[self.tls]


class DutySettings(Table, frozen=True, kw_only=True):
    """How people on duty are told, besides calls and SMS by the lines; see docs/operations/alarms.md."""

    morning: Annotated[
        Clock, doc("When what could wait is told", "Quando si dice ciò che poteva aspettare")
    ] = "07:00"
    person: tuple[DutyPerson, ...] = ()
    smtp: SmtpSettings = SmtpSettings()
    webhook_key_file: Annotated[
        FilePath,
        doc(
            "File with the key of webhooks",
            "File con la chiave dei webhook",
            note='the key, "whsec_…", by which they are signed (standardwebhooks.com); empty: nobody is '
            "sent any",
            by_hand=True,
        ),
    ] = ""
    authority: Annotated[
        FilePath,
        doc(
            "Another trusted authority (PEM)",
            "Altra autorità di fiducia (PEM)",
            note="besides the machine's, of mail servers and webhooks (beside this file, if relative)",
        ),
    ] = ""
