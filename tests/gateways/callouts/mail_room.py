"""Somebody's mail server at this machine."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from model.settings import Settings
from model.settings.monitoring import DutySettings, MailTls, SmtpSettings
from model.setup import Setup

PASSWORD = "a secret"


class MailRoom(Controller):
    """A mail server at any port that is free; keeps letters, answers as it is told."""

    def __init__(self, folder: Path, **more: Any) -> None:
        self.came: list[tuple[list[str], EmailMessage]] = []
        self.says = "250 OK"
        self.says_to_recipient = ""
        self.authority = str(folder / "authority.crt")
        super().__init__(
            self, hostname="127.0.0.1", port=0, server_hostname="localhost", authenticator=_known, **more
        )

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.says_to_recipient:
            return self.says_to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        letter = email.message_from_bytes(cast(bytes, envelope.content), policy=email.policy.default)
        self.came.append((list(envelope.rcpt_tos), cast(EmailMessage, letter)))
        return self.says

    def __enter__(self) -> MailRoom:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def settings(self, tls: MailTls, **more: Any) -> Setup:
        server = SmtpSettings(host="localhost", port=self.port, tls=tls, sender="center@example.org", **more)
        return Setup(settings=Settings(duty=DutySettings(smtp=server, authority=self.authority)))


def _known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    known = (data.login, data.password) == (b"center", PASSWORD.encode())
    return AuthResult(success=known, handled=False)
