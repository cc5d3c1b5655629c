"""A notification as e-mail (RFC 5322), plain text, submitted to the center's own mail server (RFC 5321)."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from gateways.callouts.channels.sending import Notification
from gateways.outside import NOT_BEYOND, Delivered, Later, Refused, Sent, is_here, secret_in, trust
from messages.ids import SECOND
from model.settings.monitoring import MailTls, SmtpSettings
from model.setup import Setup

STEP_S: Final = 8.0
"""Limit for each step with the server; the whole delivery has a limit of its own."""
SUBJECT_MAX: Final = 150


def send_mail(to: str, notification: Notification, setup: Setup) -> Sent:
    """Submit the notification to the mail server. Blocks; raises no error of the server or the network."""
    if not setup.settings.duty.smtp.host:
        return Refused(why="duty.smtp.host is not set")
    try:
        letter = message_of(to, notification, setup.settings.duty.smtp.sender)
    except (ValueError, IndexError, UnicodeError):
        return Refused(why="not an e-mail address")
    return _with_server(setup.settings.duty.smtp, setup, lambda smtp: smtp.send_message(letter))


def check_sign_on(setup: Setup) -> Sent:
    """Check that the mail server accepts the center's sign-on; no mail is sent. Blocks and raises as
    `mailed`.
    """
    if not setup.settings.duty.smtp.host:
        return Refused(why="duty.smtp.host is not set")
    return _with_server(setup.settings.duty.smtp, setup, lambda smtp: smtp.noop())


def _with_server(server: SmtpSettings, setup: Setup, do: Callable[[smtplib.SMTP], object]) -> Sent:
    if setup.simulated and not is_here(server.host):
        return NOT_BEYOND
    try:
        password = secret_in(server.password_file) if server.user else ""
    except (OSError, UnicodeError) as error:
        return Refused(why=f"duty.smtp.password_file: {type(error).__name__}")
    try:
        with _connected(server, setup.settings.duty.authority) as smtp:
            if server.user:
                smtp.login(server.user, password)
            do(smtp)
    except smtplib.SMTPRecipientsRefused as error:
        return _by_code(next(iter(error.recipients.values()))[0], "the mail server refuses the address")
    except smtplib.SMTPResponseException as error:
        return _by_code(error.smtp_code, "the mail server refuses")
    except smtplib.SMTPNotSupportedError:
        return Refused(why="the mail server has no STARTTLS, or no way to sign on")
    except UnicodeError:  # The limit is smtplib's.
        return Refused(why="duty.smtp.password_file: the password must be ASCII")
    except smtplib.SMTPException as error:
        return Later(why=f"mail server: {type(error).__name__}")
    except OSError as error:
        return Later(why=f"mail server: {error.strerror or type(error).__name__}")
    return Delivered()


def message_of(to: str, notification: Notification, sender: str) -> EmailMessage:
    """Return the mail. Raises ValueError, or IndexError from the library, if `to` is no address."""
    letter = EmailMessage()
    name, _, host = to.rpartition("@")
    if not (to.isprintable() and name and host):
        raise ValueError(to)
    letter["From"] = Address("securWoman", addr_spec=sender)
    letter["To"] = Address(addr_spec=to)
    letter["Subject"] = " ".join(notification.subject.split())[:SUBJECT_MAX]
    letter["Date"] = format_datetime(datetime.fromtimestamp(notification.at // SECOND, UTC))
    letter["Message-ID"] = f"<{notification.id}@{sender.rpartition('@')[2]}>"
    # Suppresses automatic answers (RFC 3834): an absence note would return for each notification.
    letter["Auto-Submitted"] = "auto-generated"
    link = f"\n\n{notification.take_url}" if notification.take_url else ""
    letter.set_content(f"{notification.text}{link}\n")
    return letter


def _connected(server: SmtpSettings, authority: str) -> smtplib.SMTP:
    if server.tls is MailTls.TLS:
        return smtplib.SMTP_SSL(server.host, server.used_port, timeout=STEP_S, context=trust(authority))
    smtp = smtplib.SMTP(server.host, server.used_port, timeout=STEP_S)
    if server.tls is MailTls.STARTTLS:
        try:
            smtp.starttls(context=trust(authority))
        except BaseException:
            smtp.close()
            raise
    return smtp


def _by_code(code: int, words: str) -> Sent:
    """Return a final refusal for a reply of 5xx (RFC 5321, 4.2.1), else a result that allows a retry."""
    return Refused(why=f"{words} ({code})") if code >= 500 else Later(why=f"{words} ({code})")
