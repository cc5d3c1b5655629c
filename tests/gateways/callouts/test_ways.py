"""Ways to people on duty, over real sockets: what is told to whom, and what becomes of it."""

from __future__ import annotations

import base64
import json
import smtplib
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from standardwebhooks import Webhook

from gateways.callouts.channels import mail
from gateways.callouts.channels.sending import WRITTEN, Notification, send
from gateways.callouts.channels.webhook import body_of
from gateways.outside import Delivered, Later, Refused, Sent
from messages.events import CalloutAlarm
from messages.ids import SECOND, DutyWay, Instant, NodeId
from model.callouts.roster import Contact
from model.settings import Settings
from model.settings.monitoring import DutySettings, MailTls, SmtpSettings
from model.setup import Setup
from tests.gateways.callouts.mail_room import MailRoom
from tests.support.receiver import Receiver, server_context

AT = Instant(1_790_000_000 * SECOND)
NOTICE = Notification(
    callout="c1",
    attempt=3,
    subject="securWoman: la linea milano1 non risponde",
    text="La linea milano1 non risponde più.\nE altri 2 allarmi.",
    alarms=(CalloutAlarm(alarm="line.down", subject="milano1", node=NodeId("n1"), raised_at=AT),),
    at=AT,
    take_url="https://center.example.org/console#callout=c1",
)
KEY = "whsec_" + base64.b64encode(bytes(range(32))).decode()


def anna(way: DutyWay, to: str) -> Contact:
    return Contact(way=way, to=to)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[MailRoom]:
    with MailRoom(tmp_path, tls_context=server_context(tmp_path), require_starttls=True) as room:
        yield room


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Receiver]:
    with closing(Receiver(tmp_path)) as receiver:
        yield receiver


def with_duty(setup: Setup, **changes: object) -> Setup:
    duty = msgspec.structs.replace(setup.settings.duty, **changes)
    return msgspec.structs.replace(setup, settings=msgspec.structs.replace(setup.settings, duty=duty))


def hooked(web: Receiver, tmp_path: Path, **more: Any) -> Setup:
    (tmp_path / "key").write_text(KEY + "\n")
    duty = DutySettings(webhook_key_file=str(tmp_path / "key"), authority=web.authority)
    return Setup(settings=Settings(duty=duty), **more)


def mailed(post: MailRoom, to: str = "anna@example.org", **more: Any) -> Sent:
    return send(anna(DutyWay.EMAIL, to), NOTICE, post.settings(MailTls.STARTTLS, **more))


def test_a_letter_is_plain_has_the_link_and_one_name_however_often_it_is_sent(
    post: MailRoom, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("a secret\n")
    signed_on = {"user": "center", "password_file": str(tmp_path / "password")}
    assert mailed(post, **signed_on) == Delivered()
    assert mailed(post, **signed_on) == Delivered()
    (to, first), (_, again) = post.came
    assert to == ["anna@example.org"]
    assert first["message-id"] == again["message-id"] == "<c1-3@example.org>"
    assert first["subject"] == NOTICE.subject
    assert first["auto-submitted"] == "auto-generated"
    assert first.get_content_type() == "text/plain"
    assert first.get_content().replace("\r\n", "\n") == f"{NOTICE.text}\n\n{NOTICE.take_url}\n"


def test_a_password_that_the_library_cannot_say_is_named(post: MailRoom, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("è segreto", encoding="utf-8")
    said = mailed(post, user="center", password_file=str(tmp_path / "password"))
    assert said == Refused(why="duty.smtp.password_file: the password must be ASCII")


def test_a_wrong_password_is_final_and_said_without_it(post: MailRoom, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("wrong")
    said = mailed(post, user="center", password_file=str(tmp_path / "password"))
    assert said == Refused(why="the mail server refuses (535)")
    assert post.came == []


@pytest.mark.parametrize(("of", "says", "expected"), [
    ("says_to_recipient", "550 no such mailbox", Refused(why="the mail server refuses the address (550)")),
    ("says_to_recipient", "451 greylisted", Later(why="the mail server refuses the address (451)")),
    ("says", "554 spam", Refused(why="the mail server refuses (554)")),
    ("says", "452 full", Later(why="the mail server refuses (452)")),
])  # fmt: skip
def test_what_the_server_says_of_address_or_letter_is_final_or_passes(
    post: MailRoom, of: str, says: str, expected: Sent
) -> None:
    setattr(post, of, says)
    assert mailed(post) == expected


@pytest.mark.parametrize(
    "to",
    [
        "anna@example.org\r\nBcc: all@example.org",
        "anna@example.org\nBcc: all@example.org",
        "anna@example.org, all@example.org",
        "Anna <anna@example.org>",
        "anna",
        "@example.org",
        "",
    ],
)
def test_no_address_brings_a_header_or_a_second_reader_with_it(post: MailRoom, to: str) -> None:
    assert mailed(post, to) == Refused(why="not an e-mail address")
    assert post.came == []


def test_words_of_an_alarm_bring_no_header_with_them() -> None:
    notification = msgspec.structs.replace(
        NOTICE, subject="line x\r\nBcc: all@example.org\x00", text=".\r\n.\r\nQUIT"
    )
    letter = mail.message_of("anna@example.org", notification, "center@example.org")
    assert letter["bcc"] is None
    assert "\nBcc" not in letter.as_string()


def test_mail_goes_only_to_a_server_that_is_vouched_for(post: MailRoom) -> None:
    settings = with_duty(post.settings(MailTls.STARTTLS), authority="")
    said = send(anna(DutyWay.EMAIL, "anna@example.org"), NOTICE, settings)
    assert isinstance(said, Later)
    assert post.came == []


def test_a_server_without_starttls_is_sent_nothing(tmp_path: Path) -> None:
    server_context(tmp_path)
    with MailRoom(tmp_path) as room:
        assert mailed(room) == Refused(why="the mail server has no STARTTLS, or no way to sign on")
        in_the_clear = room.settings(MailTls.NONE)
        assert send(anna(DutyWay.EMAIL, "anna@example.org"), NOTICE, in_the_clear) == Delivered()
    assert len(room.came) == 1


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    with MailRoom(tmp_path, ssl_context=server_context(tmp_path)) as room:
        assert send(anna(DutyWay.EMAIL, "a@example.org"), NOTICE, room.settings(MailTls.TLS)) == Delivered()


def test_a_program_is_told_by_a_signed_post_with_one_id_however_often(web: Receiver, tmp_path: Path) -> None:
    to = anna(DutyWay.WEBHOOK, f"https://localhost:{web.port}/duty?who=anna")
    assert send(to, NOTICE, hooked(web, tmp_path)) == Delivered()
    assert send(to, NOTICE, hooked(web, tmp_path)) == Delivered()
    (headers, content), (again, _) = web.came
    told = Webhook(KEY).verify(content, headers)
    assert headers["webhook-id"] == again["webhook-id"] == "c1-3"
    assert told["type"] == "callout.notice"
    assert told["timestamp"] == "2026-09-21T14:13:20.000Z"
    assert told["data"]["alarms"] == [
        {"alarm": "line.down", "subject": "milano1", "node": "n1", "raised_at": "2026-09-21T14:13:20.000Z"}
    ]
    assert told["data"]["take_url"] == NOTICE.take_url
    with pytest.raises(Exception, match="signature"):
        Webhook(KEY).verify(content + b" ", headers)


def test_of_an_alert_a_program_is_told_no_more_than_the_beginning_of_its_id() -> None:
    alert = "3f2a9c1e-7b44-4c0e-9d0a-5a1f0c7e2b11"
    of_alert = CalloutAlarm(alarm="case.stuck", subject=f"{alert}:user", node=NodeId("n1"), raised_at=AT)
    told = json.loads(body_of(msgspec.structs.replace(NOTICE, alarms=(of_alert,))))
    assert told["data"]["alarms"][0]["subject"] == "3f2a9c1e"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (204, Delivered()),
        (302, Refused(why="the webhook answers 302")),
        (410, Refused(why="the webhook answers 410")),
        (429, Later(why="the webhook answers 429")),
        (503, Later(why="the webhook answers 503")),
    ],
)
def test_a_webhook_takes_refuses_or_is_asked_later(
    web: Receiver, tmp_path: Path, status: int, expected: Sent
) -> None:
    web.status, web.body = status, b""
    to = anna(DutyWay.WEBHOOK, f"https://localhost:{web.port}/")
    assert send(to, NOTICE, hooked(web, tmp_path)) == expected


def test_nothing_is_posted_in_the_clear_nor_to_whom_nobody_vouches_for(web: Receiver, tmp_path: Path) -> None:
    settings = hooked(web, tmp_path)
    clear = send(anna(DutyWay.WEBHOOK, "http://example.org/"), NOTICE, settings)
    assert clear == Refused(why="expected the address of a webhook, https://…")
    doubtful = with_duty(settings, authority="")
    said = send(anna(DutyWay.WEBHOOK, f"https://localhost:{web.port}/k3y"), NOTICE, doubtful)
    assert said == Later(why="webhook: ConnectError")
    assert web.came == []


@pytest.mark.parametrize("key", ["", "whsec_", "whsec_%%%", "whsec_YQ", None])
def test_a_key_that_is_none_is_said_and_nothing_is_posted(
    web: Receiver, tmp_path: Path, key: str | None
) -> None:
    settings = hooked(web, tmp_path)
    if key is None:
        (tmp_path / "key").unlink()
    else:
        (tmp_path / "key").write_text(key)
    said = send(anna(DutyWay.WEBHOOK, f"https://localhost:{web.port}/"), NOTICE, settings)
    assert isinstance(said, Refused)
    assert said.why.startswith("duty.webhook_key_file")
    assert web.came == []


def test_apprise_tells_what_it_knows_and_says_nothing_of_its_url(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with closing(Receiver(tmp_path, tls=False)) as service:
        url = f"json://anna:s3cret@localhost:{service.port}/"
        assert send(anna(DutyWay.APPRISE, url), NOTICE, Setup(simulated=True)) == Delivered()
        service.status = 500
        assert send(anna(DutyWay.APPRISE, url), NOTICE, Setup()) == Later(why="apprise could not deliver it")
    told = json.loads(service.came[0][1])
    assert told["title"] == NOTICE.subject
    assert told["message"] == f"{NOTICE.text}\n\n{NOTICE.take_url}"
    unknown = send(anna(DutyWay.APPRISE, "nosuch://s3cret"), NOTICE, Setup())
    assert unknown == Refused(why="apprise does not know this kind of URL")
    out, err = capfd.readouterr()
    assert "s3cret" not in caplog.text + out + err


def test_a_simulated_run_tells_nobody_beyond_its_machine(web: Receiver, tmp_path: Path) -> None:
    near = hooked(web, tmp_path, simulated=True)
    far = SmtpSettings(host="mail.example.org", port=587, tls=MailTls.STARTTLS, sender="c@example.org")
    with_mail = with_duty(near, smtp=far)
    refused = Refused(why="a simulated run sends nothing beyond this machine")
    assert send(anna(DutyWay.EMAIL, "anna@example.org"), NOTICE, with_mail) == refused
    assert send(anna(DutyWay.WEBHOOK, "https://example.org/"), NOTICE, near) == refused
    assert (
        send(anna(DutyWay.APPRISE, "tgram://123456789:abcdefg_hijklmnop/12315544/"), NOTICE, near) == refused
    )
    assert send(anna(DutyWay.WEBHOOK, f"https://localhost:{web.port}/"), NOTICE, near) == Delivered()


@pytest.mark.parametrize(
    "url",
    [
        "slack://localhost/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "mailto://anna:s3cret@localhost?smtp=mail.example.org",
        "discord://127.0.0.1/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    ],
)
def test_a_simulated_run_tells_no_service_that_goes_elsewhere_than_its_url_says(url: str) -> None:
    said = send(anna(DutyWay.APPRISE, url), NOTICE, Setup(simulated=True), within_s=0.5)
    assert said == Refused(why="a simulated run sends nothing beyond this machine")


WORKFLOW = f"workflow://example.org:1/{'0' * 32}/{'a' * 43}/"


@pytest.mark.parametrize(
    "url",
    [
        f"{WORKFLOW}?template=FILE",
        f"{WORKFLOW}?%54emplate=FILE",
        f"{WORKFLOW}?x=1;template=FILE",
        f"{WORKFLOW}?%20template=FILE",
        f"{WORKFLOW}?to=x&;TEMPLATE=FILE",
        f"{WORKFLOW}?+template=FILE",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ?template=FILE",
        "fcm://project@device/?mode=oauth2&keyfile=FILE",
        "vapid://user@example.org/?keyfile=FILE&subfile=FILE",
        "mailto://anna:s3cret@example.org?pgppub=FILE",
    ],
)
def test_a_roster_tells_no_service_what_is_in_a_file_of_this_machine(tmp_path: Path, url: str) -> None:
    (tmp_path / "own.json").write_text('{"key": "s3cret"}')
    own = url.replace("FILE", f"{tmp_path}/own.json")
    said = send(anna(DutyWay.APPRISE, own), NOTICE, Setup(), within_s=5)
    assert isinstance(said, Refused)
    assert "may not set" in said.why or said.why == "apprise does not know this kind of URL"


def test_a_url_of_apprise_names_its_usual_settings_and_own_headers(web: Receiver, tmp_path: Path) -> None:
    with closing(Receiver(tmp_path, tls=False)) as service:
        url = f"json://localhost:{service.port}/?method=POST&+X-Center=milano&format=text&cto=3&rto=3"
        assert send(anna(DutyWay.APPRISE, url), NOTICE, Setup(simulated=True)) == Delivered()


def test_who_does_not_answer_keeps_nobody_waiting(web: Receiver, tmp_path: Path) -> None:
    web.answers.clear()
    began = time.monotonic()
    to = anna(DutyWay.WEBHOOK, f"https://localhost:{web.port}/")
    said = send(to, NOTICE, hooked(web, tmp_path), within_s=0.2)
    assert said == Later(why="webhook: no result within 0.2 s")
    assert time.monotonic() - began < 5


def test_a_way_whose_library_fails_is_asked_later(post: MailRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(smtplib.SMTP, "send_message", broken)
    assert mailed(post) == Later(why="email: ZeroDivisionError")


def test_the_modems_ways_are_no_matter_of_this() -> None:
    assert set(DutyWay) - {DutyWay.CALL, DutyWay.SMS} == WRITTEN
    said = send(anna(DutyWay.SMS, "+393331112223"), NOTICE, Setup())
    assert said == Refused(why="sms goes by the center's own lines")
