"""`[duty]`: what its keys mean together, and what the actors are given of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from center.settings.beside import whole
from center.settings.schema import DutyTable, Settings
from model.duty.settings import DutySettings, MailServer, MailTls

_PORTS: Final = {MailTls.STARTTLS: 587, MailTls.TLS: 465, MailTls.NONE: 25}
"""RFC 6409, RFC 8314, RFC 5321."""


def duty_faults(settings: Settings) -> Iterator[str]:
    """Every fault, as `path: what is wrong`."""
    smtp = settings.duty.smtp
    if smtp.host and not smtp.sender:
        yield "duty.smtp.sender: who the mail is from has to be said"
    if bool(smtp.user) != bool(smtp.password_file):
        given, missing = ("user", "password_file") if smtp.user else ("password_file", "user")
        yield f"duty.smtp.{given}: needs {missing} as well"
    if smtp.password_file and smtp.tls is MailTls.NONE:
        yield 'duty.smtp.password_file: with tls = "none" it would go there in the clear'
    if not smtp.host and (smtp.user or smtp.sender):
        yield "duty.smtp.host: there is a user or a sender, and no host"


def duty_of(table: DutyTable, beside: Path) -> DutyTable:
    """With whole paths: files lie beside the settings, if relative."""
    smtp = whole(table.smtp, beside, "password_file")
    return whole(replace(table, smtp=smtp), beside, "webhook_key_file", "authority")


def duty_settings(settings: Settings, *, near_only: bool) -> DutySettings:
    """What those are given who tell people on duty."""
    duty, smtp = settings.duty, settings.duty.smtp
    mail = MailServer(
        host=smtp.host,
        port=smtp.port or _PORTS[smtp.tls],
        tls=smtp.tls,
        user=smtp.user,
        password_file=smtp.password_file,
        sender=smtp.sender,
    )
    return DutySettings(
        morning=duty.morning,
        mail=mail if smtp.host else None,
        webhook_key_file=duty.webhook_key_file,
        authority=duty.authority,
        language=settings.language if settings.language == "it" else "en",
        public_url=settings.http.public_url,
        near_only=near_only,
    )
