"""`[duty]`: what its keys mean together, and what the actors are given of it."""

from __future__ import annotations

from collections.abc import Iterator

from model.settings import Settings
from model.settings.watching import MailTls


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
