"""Every command is either entered in the audit or said to show nobody's data; those that read are tried."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from application.auditing import note_settings
from application.state.journals import journal_of
from application.state.state_dir import StateDir
from center import cli
from center.checks.selftest_step import check_of
from messages.ids import SECOND, AlertId, Channel, DutyWay, Instant, PersonId
from messages.proofs import ProofStep, StepResult
from model.callouts.roster import Contact, Roster
from model.callouts.roster import Person as OnDuty
from model.rules.signal import Signal
from model.settings import Settings
from store.alerts.accepting import accept
from store.audit.entry import EVERYBODY, Action
from store.audit.search import entries
from store.registry.people import Person
from store.registry.registry import Registry
from store.roster import store_roster
from tests.support.there import there

GIULIA = "+393331112223"
ALERT = AlertId("a1")
ON_DUTY = PersonId("p-1")
COMMANDS = {tuple(one.words.split()): one.audit for one in cli.commands()}
_READS = (
    Action.READ_LIST,
    Action.READ_ALERT,
    Action.READ_PERSON,
    Action.READ_STAFF,
    Action.READ_AUDIT,
    Action.EXPORT,
)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A center that knows one person and one alert of that person's."""
    path = tmp_path / "state"
    with journal_of(StateDir(path), create=True) as journal:
        registry = Registry(journal)
        registry.add_user(Person(phones=(GIULIA,), first_name="Giulia"), by="test")
        registry.add_operator("Marta Bianchi", "+390200000011", by="test")
        at = Instant(journal.now_us() - 5 * SECOND)
        somebody = OnDuty(id=ON_DUTY, name="Luca", contacts=(Contact(way=DutyWay.CALL, to=GIULIA),))
        journal.transact(lambda tx: store_roster(tx, Roster(people=(somebody,)), was_version=0, by="test"))
        accept(journal, Signal(channel=Channel.DATA, received_at=at, phone=GIULIA, id=ALERT), 50.0)
    return path


def test_every_command_says_what_it_is_to_the_audit() -> None:
    assert all(COMMANDS.values())


def test_what_reads_a_persons_data_by_the_command_line_is_found_in_the_audit(
    state: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "anna")
    backup, given = str(tmp_path / "backup"), str(tmp_path / "given")
    ways = {
        ("backup",): (backup, "--plain"),
        ("alert", "list"): (),
        ("alert", "show"): (ALERT,),
        ("alert", "timeline"): (ALERT,),
        ("user", "list"): (),
        ("alert", "dossier"): (ALERT, "--to", f"{given}.pdf"),
        ("user", "show"): (GIULIA,),
        ("user", "record"): (GIULIA,),
        ("user", "export"): (GIULIA, "--to", given),
        ("device", "list"): (),
        ("operator", "list"): (),
        ("operator", "sessions"): (),
        ("journal", "export"): (),
        ("duty", "list"): (),
        ("duty", "export"): (),
        ("audit", "person"): (GIULIA,),
        ("audit", "operator"): ("Marta Bianchi",),
        ("audit", "since"): ("1d",),
    }
    # A line of a running center, and what happens from now on: `tests/processes`, and the test below.
    elsewhere = {("modem", "trace"), ("alert", "watch")}
    assert set(ways) == {words for words, what in COMMANDS.items() if what in _READS} - elsewhere
    with journal_of(StateDir(state)) as journal:
        user = Registry(journal).user_by_phone(GIULIA)
        assert user is not None
        about = {user.id, ALERT, EVERYBODY, "marta-bianchi", ON_DUTY}
        for words, arguments in ways.items():
            before = len(list(entries(journal)))
            assert cli.run([*words, *arguments, "--state", str(state)]) == 0, capfd.readouterr().err
            new = list(entries(journal))[: len(list(entries(journal))) - before]
            assert [one.said.action for one in new] == [COMMANDS[words]]
            assert new[0].said.actor.endswith(" sudo:anna")
            nobody = words in {("device", "list"), ("operator", "sessions")}  # there is none
            assert nobody or about & set(new[0].said.subjects), words
    capfd.readouterr()
    assert cli.run(["audit", "person", GIULIA, "--json", "--state", str(state)]) == 0
    shown = json.loads(capfd.readouterr().out)
    assert {one["action"] for one in shown} == {
        Action.READ_LIST, Action.READ_ALERT, Action.READ_PERSON, Action.READ_AUDIT, Action.EXPORT
    }  # fmt: skip
    assert GIULIA not in json.dumps(shown)


def test_the_audit_is_verified_with_the_places_and_exit_code_1(
    state: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        assert cli.run(["user", "list", "--state", str(state)]) == 0
    capfd.readouterr()
    assert cli.run(["audit", "verify", "--state", str(state)]) == 0
    assert "3 entries: as written" in capfd.readouterr().out
    head = state / "keys" / "audit.head"
    assert head.stat().st_mode & 0o777 == 0o600
    known = json.loads(head.read_text())
    ((name, (number, mac)),) = known.items()
    head.write_text(json.dumps({name: (number + 2, mac)}))
    assert cli.run(["audit", "verify", "--state", str(state)]) == 1
    assert "the end is cut off, entries 4 to 5 missing" in capfd.readouterr().out
    head.unlink()
    assert cli.run(["audit", "verify", "--state", str(state)]) == 3
    said = capfd.readouterr().out
    assert "3 entries: as written, its head is lost" in said
    assert "DAMAGED" not in said
    shown = there(check_of(ProofStep.AUDIT))(StateDir(state))
    assert (shown.result, shown.figures) == (StepResult.OK, {"entries": 3.0})
    assert "its head is lost" in capfd.readouterr().err


def test_a_command_whose_entry_cannot_be_made_shows_nothing(
    state: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (state / "keys" / "audit.key").mkdir()
    assert cli.run(["user", "list", "--state", str(state)]) == 1
    said = capfd.readouterr()
    assert ("Giulia" in said.out, "the audit has no key" in said.err) == (False, True)
    os.rmdir(state / "keys" / "audit.key")


def test_settings_that_have_changed_since_the_last_start_are_entered_by_their_names(state: Path) -> None:
    directory, now = StateDir(state), Settings()
    hidden = replace(now, journal=replace(now.journal, url="postgresql://center:secret@host/db"))
    with journal_of(directory) as journal:
        for settings in (now, now, hidden, hidden, now):
            note_settings(journal, directory, settings)
        made = [one.said for one in entries(journal) if one.said.action == Action.CHANGE_SETTINGS]
    assert [one.detail for one in reversed(made)] == ["first start", "journal.url", "journal.url"]
    kept = directory.keys / "settings.seen"
    assert kept.stat().st_mode & 0o077 == 0
    assert "secret" not in kept.read_text()
