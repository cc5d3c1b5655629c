"""What the settings of mail mean together."""

from __future__ import annotations

from tests.support.each import each
from tests.support.settings import faults

SMTP = '[duty.smtp]\nhost = "m.example"\n'
SENT = f'{SMTP}sender = "c@example.org"\n'


@each(
    ("text", "fault"),
    [
        (SMTP, "duty.smtp.sender: needed with duty.smtp.host: set the sender's address"),
        (
            '[duty.smtp]\nsender = "c@example.org"',
            "duty.smtp.host: needed with duty.smtp.user or duty.smtp.sender",
        ),
        (f'{SENT}user = "c"', "duty.smtp.user: needs password_file as well"),
        (
            f'{SENT}user = "c"\npassword_file = "p"\ntls = "none"',
            'duty.smtp.password_file: the password would be sent unencrypted; set tls = "starttls"',
        ),
    ],
)
def test_a_fault_is_named_by_its_path(text: str, fault: str) -> None:
    assert faults(text) == (fault,)
