"""What the doctor says of ways to people on duty. It tells nobody anything."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from application.settings.file import load
from application.state.journals import journal_of
from application.state.state_dir import StateDir
from center import features
from features.duty.checks import check_duty
from messages.ids import DutyWay, PersonId
from model.callouts.roster import Contact, Person, Roster
from model.checks import Severity
from store.roster import store_roster
from tests.gateways.callouts.mail_room import MailRoom
from tests.support.receiver import server_context

KEY = "whsec_" + base64.b64encode(bytes(24)).decode()


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    return StateDir(tmp_path / "state")


def found(state: StateDir, text: str) -> list[tuple[Severity, str]]:
    """The findings for these settings."""
    folder = state.path.parent
    (folder / "center.toml").write_text(text)
    return [
        (one.verdict, one.text) for one in check_duty(state, load(folder / "center.toml"), simulated=False)
    ]


def secret(folder: Path, name: str, text: str, mode: int = 0o600) -> None:
    (folder / name).write_text(text)
    (folder / name).chmod(mode)


def test_without_any_of_it_there_is_nothing_to_say(state: StateDir) -> None:
    assert found(state, "") == []


def test_a_mail_server_is_spoken_to_and_sent_nothing(state: StateDir, tmp_path: Path) -> None:
    room = MailRoom(tmp_path, tls_context=server_context(tmp_path))
    room.start()
    where = f'[duty]\nauthority = "authority.crt"\nsmtp = {{ host = "localhost", port = {room.port}'
    try:
        assert found(state, where + ', sender = "c@example.org" }') == [
            (Severity.OK, f"mail by localhost:{room.port}, starttls")
        ]
        secret(tmp_path, "password", "wrong")
        wrong = where + ', sender = "c@example.org", user = "center", password_file = "password" }'
        assert found(state, wrong) == [
            (Severity.FAIL, f"mail by localhost:{room.port}: the mail server refuses (535)")
        ]
    finally:
        room.stop()
    assert found(state, where + ', sender = "c@example.org" }') == [
        (Severity.WARN, f"mail by localhost:{room.port}: mail server: Connection refused")
    ]
    assert room.came == []


def test_mail_in_the_clear_beyond_the_machine_is_warned_of(state: StateDir) -> None:
    text = '[duty]\nsmtp = { host = "mail.invalid", tls = "none", sender = "c@example.org" }'
    *_, last = found(state, text)
    assert last == (
        Severity.WARN,
        "duty.smtp.tls: messages about the center go to mail.invalid unencrypted",
    )


def test_a_secret_is_there_is_one_and_is_no_one_elses(state: StateDir, tmp_path: Path) -> None:
    text = '[duty]\nwebhook_key_file = "key"'
    ((verdict, said),) = found(state, text)
    assert verdict is Severity.FAIL
    assert said.startswith(f"duty.webhook_key_file: {tmp_path}/key: ")
    secret(tmp_path, "key", KEY, 0o640)
    ((_, said),) = found(state, text)
    assert said == f"duty.webhook_key_file: {tmp_path}/key is readable by other accounts: chmod 600"
    for bad in ("whsec_short", "whsec_" + base64.b64encode(bytes(23)).decode()):
        secret(tmp_path, "key", bad)
        ((_, said),) = found(state, text)
        assert said.endswith("must hold a webhook key: whsec_ and at least 24 bytes in base64")
    secret(tmp_path, "key", KEY)
    assert found(state, text) == []
    ((_, said),) = found(state, '[duty]\nauthority = "none.pem"')
    assert said.startswith("duty.authority: ")


def test_people_of_the_roster_whom_nothing_reaches_are_named_by_their_ids(state: StateDir) -> None:
    anna = Person(
        id=PersonId("anna"),
        name="Anna Verdi",
        contacts=(
            Contact(way=DutyWay.EMAIL, to="anna@example.org"),
            Contact(way=DutyWay.WEBHOOK, to="https://a.example"),
        ),
    )
    with journal_of(state, create=True) as journal:
        journal.transact(lambda tx: store_roster(tx, Roster(people=(anna,)), was_version=None, by="test"))
    assert found(state, "") == [
        (Severity.WARN, "duty.smtp.host is not set: anna cannot be notified by email"),
        (Severity.WARN, "duty.webhook_key_file is not set: anna cannot be notified by webhook"),
    ]


def lines(public: int, *more: str) -> str:
    """Settings with so many public lines, and one for 112."""
    trunks = '[[trunk]]\nname = "public"\n[[trunk]]\nname = "112"\nemergency = true\n'
    modem = '[[modem]]\nname = "m{n}"\ntrunk = "{trunk}"\nport = "/dev/null{n}"\n'
    modems = (modem.format(n=n, trunk="public" if n else "112") for n in range(public + 1))
    return "\n".join((trunks, *modems, *more))


@pytest.mark.parametrize(("text", "verdict", "said"), [
    (lines(1), Severity.WARN, "1 public lines for calls: people on duty are not phoned"),
    (lines(2), Severity.WARN, "2 public lines for calls: people on duty are not phoned while one of"),
    (lines(3), Severity.WARN, "2 public lines for calls: people on duty are not phoned while one of"),
    (lines(3, "[limits]\ninbound_lines_kept = 0"), Severity.OK, "even if 1 of 3 public lines fail"),
    (lines(4), Severity.OK, "people on duty are phoned even if 1 of 3 public lines fail"),
    (lines(2, '[[heartbeat]]\nname = "villa"\nurl = "http://192.0.2.1/"\nkey_file = "key"'), Severity.OK,
        "people on duty are not phoned while one of them fails; villa watches from outside"),
])  # fmt: skip
def test_with_how_many_broken_lines_people_are_still_phoned_is_told_before_it_happens(
    state: StateDir, tmp_path: Path, text: str, verdict: Severity, said: str
) -> None:
    secret(tmp_path, "key", KEY)
    anna = Person(
        id=PersonId("anna"), name="Anna Verdi", contacts=(Contact(way=DutyWay.CALL, to="+393401111111"),)
    )
    with journal_of(state, create=True) as journal:
        journal.transact(lambda tx: store_roster(tx, Roster(people=(anna,)), was_version=None, by="test"))
    ((found_verdict, found_text),) = found(state, text)
    assert (found_verdict, said in found_text) == (verdict, True), found_text


def test_a_watcher_that_is_left_out_hears_of_nothing(state: StateDir, tmp_path: Path) -> None:
    text = lines(2, '[[heartbeat]]\nname = "villa"\nurl = "http://192.0.2.1/"\nkey_file = "key"')
    anna = Person(
        id=PersonId("anna"), name="Anna Verdi", contacts=(Contact(way=DutyWay.CALL, to="+393401111111"),)
    )
    with journal_of(state, create=True) as journal:
        journal.transact(lambda tx: store_roster(tx, Roster(people=(anna,)), was_version=None, by="test"))
    features.install(["watcher"])
    try:
        ((verdict, said),) = found(state, text)
    finally:
        features.install()
    assert (verdict, "villa" in said) == (Severity.WARN, False), said
