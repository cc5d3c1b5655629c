"""`[duty]`: what its keys mean together, and what is handed down of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from application.errors import SettingsError
from application.settings.file import load, parse
from model.settings.watching import DutySettings, MailTls, SmtpSettings

SMTP = "[duty.smtp]\n"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (SMTP + 'host = "m.example"', "duty.smtp.sender: who the mail is from has to be said"),
        (SMTP + 'sender = "c@example.org"', "duty.smtp.host: there is a user or a sender, and no host"),
        (
            SMTP + 'host = "m.example"\nsender = "c@example.org"\nuser = "c"',
            "duty.smtp.user: needs password_file as well",
        ),
        (
            SMTP
            + 'host = "m.example"\nsender = "c@example.org"\nuser = "c"\npassword_file = "p"\ntls = "none"',
            'duty.smtp.password_file: with tls = "none" it would go there in the clear',
        ),
        (
            SMTP + 'host = "m.example"\nsender = "c@example.org\\nBcc: x"',
            'duty.smtp.sender: expected an address, "centre@example.org"',
        ),
        ('[duty]\nmorning = "24:00"', 'duty.morning: expected a time of day, "07:00"'),
    ],
)
def test_what_cannot_be_meant_is_said_by_its_path(text: str, fault: str) -> None:
    with pytest.raises(SettingsError) as raised:
        parse(text)
    assert list(raised.value.faults) == [fault]


@pytest.mark.parametrize(("tls", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_is_the_one_of_the_encryption_and_files_lie_beside_the_settings(
    tmp_path: Path, tls: str, port: int
) -> None:
    signed_on = "" if tls == "none" else 'user = "c"\npassword_file = "p"\n'
    (tmp_path / "center.toml").write_text(
        f'language = "de"\n[duty]\nwebhook_key_file = "k"\nauthority = "/etc/a.pem"\n{SMTP}'
        f'host = "m.example"\nsender = "c@example.org"\ntls = "{tls}"\n{signed_on}'
        '[http]\npublic_url = "https://c.example"\n'
    )
    settings = load(tmp_path / "center.toml")
    assert settings.duty == DutySettings(
        smtp=SmtpSettings(
            host="m.example",
            tls=MailTls(tls),
            user="c" if signed_on else "",
            password_file=f"{tmp_path}/p" if signed_on else "",
            sender="c@example.org",
        ),
        webhook_key_file=f"{tmp_path}/k",
        authority="/etc/a.pem",
    )
    assert (settings.duty.smtp.used_port, settings.spoken) == (port, "en")
