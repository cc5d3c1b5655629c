"""`duty test`: what is written goes at once; what needs a modem is asked of the center that runs."""

from __future__ import annotations

import importlib
import json
import threading
from pathlib import Path

import pytest

from application.state.journals import journal_of
from application.state.state_dir import StateDir
from center import cli
from features.duty.test_command import order_test
from messages.events import (
    CalloutEnded,
    CalloutFailed,
    CalloutOpened,
    CalloutTaken,
    CalloutTold,
    CalloutTried,
    Event,
)
from messages.ids import CalloutEnd, CalloutFailure, CalloutKind, DutyWay, PersonId
from model.callouts.roster import Contact, Person, Roster
from store import streams
from store.audit.entry import Action
from store.audit.search import entries
from store.callouts import callouts_of
from store.journal.journal import Append, Journal
from store.roster import store_roster
from tests.gateways.callouts.mail_room import MailRoom
from tests.support.receiver import Receiver, server_context
from tests.waiting import wait_until


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StateDir:
    """Of a center that has real modems, and does not run."""
    (tmp_path / "center.toml").write_text(
        '[[trunk]]\nname = "public"\n[[modem]]\nname = "m1"\ntrunk = "public"\nport = "/dev/ttyUSB7"\n'
    )
    monkeypatch.setenv("SECURWOMAN_CONFIG", str(tmp_path / "center.toml"))
    return StateDir(tmp_path / "state")


def with_people(state: StateDir, *people: Person) -> None:
    with journal_of(state, create=True) as journal:
        journal.transact(lambda tx: store_roster(tx, Roster(people=people), was_version=None, by="test"))


def person(name: str, *contacts: Contact, language: str = "it") -> Person:
    return Person(id=PersonId(name), name=name.title(), contacts=contacts, language=language)


def ran(
    state: StateDir, capfd: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, list[tuple[str, str, bool, str]]]:
    code = cli.run(["duty", "test", *arguments, "--json", "--state", str(state)])
    rows = json.loads(capfd.readouterr().out)
    return code, [(row["person"], row["way"], row["ok"], row["said"]) for row in rows]


def test_each_way_is_tried_in_the_person_s_language_and_said_of(
    state: StateDir, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # Its hundred services are compiled when it is first loaded: that is no part of the 20 s of a notice.
    importlib.import_module("apprise")
    room = MailRoom(tmp_path, tls_context=server_context(tmp_path))
    room.start()
    service = Receiver(tmp_path, tls=False)
    with (tmp_path / "center.toml").open("a") as file:
        file.write('[duty]\nauthority = "authority.crt"\n[duty.smtp]\nhost = "localhost"\n')
        file.write(f'port = {room.port}\nsender = "center@example.org"\n')
    anna = person(
        "anna",
        Contact(way=DutyWay.CALL, to="+393331112223"),
        Contact(way=DutyWay.EMAIL, to="anna@example.org"),
        Contact(way=DutyWay.WEBHOOK, to="https://localhost/"),
    )
    carla = person(
        "carla", Contact(way=DutyWay.APPRISE, to=f"json://localhost:{service.port}"), language="en"
    )
    with_people(state, anna, carla)
    try:
        assert ran(state, capfd) == (
            1,
            [
                ("anna", "email", True, "taken"),
                ("anna", "webhook", False, "duty.webhook_key_file is not set"),
                ("anna", "call", False, "no center is running: start it with securwoman run"),
                ("carla", "apprise", True, "taken"),
            ],
        )
        assert ran(state, capfd, "CARLA") == (0, [("carla", "apprise", True, "taken")])
        assert ran(state, capfd, "--way", "email") == (0, [("anna", "email", True, "taken")])
    finally:
        service.close()
        room.stop()
    assert [letter["subject"] for _, letter in room.came] == ["Prova di securWoman"] * 2
    assert room.came[0][1]["message-id"] != room.came[1][1]["message-id"]
    assert json.loads(service.came[0][1])["title"] == "Test of securWoman"
    with journal_of(state) as journal:
        said = [one.said for one in entries(journal)]
    assert {one.action for one in said} == {Action.CHANGE_STAFF}
    assert [list(one.subjects) for one in said] == [["anna", "carla"], ["carla"], ["anna", "carla"]]


def test_nobody_of_that_id_and_nobody_at_all_are_said(
    state: StateDir, capfd: pytest.CaptureFixture[str]
) -> None:
    with_people(state)
    assert cli.run(["duty", "test", "--state", str(state)]) == 1
    assert "the roster is empty: import one with `securwoman duty import`" in capfd.readouterr().err
    with_people(state, person("anna"))
    assert cli.run(["duty", "test", "--person", "carla", "--state", str(state)]) == 1
    assert "no person on the roster has the id or name carla" in capfd.readouterr().err
    assert cli.run(["duty", "test", "--state", str(state)]) == 1
    assert "no person on the roster has this channel" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("way", "events", "expected"),
    [
        (DutyWay.SMS, (CalloutTold,), (True, "sent")),
        (DutyWay.CALL, (), (False, "no key")),
        (DutyWay.CALL, (CalloutTaken,), (True, "confirmed by a key press")),
    ],
)
def test_what_needs_a_modem_is_asked_for_and_what_comes_of_it_is_said(
    state: StateDir, way: DutyWay, events: tuple[type[Event], ...], expected: tuple[bool, str]
) -> None:
    def carries_out(other: Journal) -> None:
        """As the DutyCaller does."""
        callout = wait_until(lambda: next(iter(callouts_of(other).open), None))
        first = CalloutTried(callout=callout.id, attempt=1, person="anna", way=callout.way, contact=0)
        told: list[Event] = [
            CalloutTold(callout=callout.id, attempt=1)
            if one is CalloutTold
            else CalloutTaken(callout=callout.id, person="anna", way=callout.way)
            for one in events
        ] or [CalloutFailed(callout=callout.id, attempt=1, why=CalloutFailure.NO_KEY)]
        ended = CalloutEnded(callout=callout.id, why=CalloutEnd.TOLD)
        other.append(Append(streams.DUTY, None, (first, *told, ended)))

    anna = person("anna", Contact(way=DutyWay.CALL, to="+393331112223"))
    with_people(state, anna)
    with journal_of(state) as journal, journal_of(state) as other:
        caller = threading.Thread(target=carries_out, args=(other,))
        caller.start()
        try:
            assert order_test(journal, anna, way) == expected
        finally:
            caller.join()
        opened = [one.event for one in journal.read(streams.DUTY) if isinstance(one.event, CalloutOpened)]
    assert [(one.kind, one.person, one.way) for one in opened] == [(CalloutKind.TEST, "anna", way)]
