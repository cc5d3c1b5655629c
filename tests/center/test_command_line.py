"""The command line without a running center: people and the journal; errors are one sentence and a code."""

from __future__ import annotations

import io
import json
import os
import pwd
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec
import pytest

from application.state.journals import journal_of
from center import cli
from center.node.launching import child_environment
from messages import events as ev
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    Channel,
    Instant,
    LegId,
    LineId,
    NodeId,
    OperatorId,
    Outcome,
    Party,
    UserId,
    WorkerId,
)
from model.rules.signal import Signal
from store import streams
from store.alerts.accepting import accept
from store.journal.journal import Append, Journal
from store.journal.notify import SocketNotifier
from tests.center.terminal import Terminal
from tests.support.ports import free_port

RECEIVED = 1_795_000_000 * SECOND


@pytest.fixture
def alert(run: Terminal) -> AlertId:
    """A test alert in the journal, with the beginnings of a story."""
    state = run.state
    state.create()
    journal = Journal.open(
        state.journal_url,
        node=NodeId("n"),
        clock=lambda: Instant(RECEIVED),
        notify=SocketNotifier(state.notify),
    )
    signal = Signal(
        channel=Channel.DATA, received_at=Instant(RECEIVED), phone=E164("+393331112223"), test=True
    )
    alert = accept(journal, signal, 50.0).alert
    leg = LegId(f"{alert}:user")
    journal.append(
        Append(
            streams.case(alert),
            0,
            (
                ev.CaseOpened(node=NodeId("n"), worker=WorkerId("c00"), incarnation=1),
                ev.UserIdentified(user=UserId("u1")),
                ev.LegOriginating(
                    leg=leg, party=Party.USER, number=E164("+393331112223"), line=LineId("sim1"), attempt=1
                ),
                ev.LegRinging(leg=leg, attempt=1),
                ev.UserRang(),
                ev.LegReleased(leg=leg, attempt=1, cause=17),
                ev.InboxRead(upto=1),
            ),
        )
    )
    journal.close()
    return alert


def test_every_command_has_help_and_loads(run: Terminal, capfd: pytest.CaptureFixture[str]) -> None:
    for command in cli.commands():
        assert cli.run([*command.words.split(), "--help"]) == 0
        assert "Usage" in capfd.readouterr().out
    assert {"run", "journal import"} <= {one.words for one in cli.commands()}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("alert", "send", "--phone", "+393331112223"), 3, "no center runs in"),
        (("ps",), 3, "no center runs in"),
        (("alert", "list"), 1, "there is no journal in"),
        (("alert", "send"), 2, "--phone or --device is required"),
        (("alert", "send", "--phone", "+39333", "--lat", "1"), 2, "--lat and --lon must be given together"),
        (("alert", "snd"), 2, "Unknown command"),
        (("alert", "send", "--phon", "1"), 2, "Did you mean --phone?"),
        (("alert", "list", "--limit", "x"), 2, "--limit"),
        (("run", "--port", "99999"), 2, "--port: 99999 is not a port (0 to 65535)"),
        (("run", "--config", "/nowhere/center.toml"), 2, "/nowhere/center.toml: No such file or directory"),
        (("run", "--simulate", "/nowhere/sim.toml"), 2, "/nowhere/sim.toml: the file does not exist"),
        (("modem", "replay", "/nowhere/trace"), 1, "/nowhere/trace: No such file or directory"),
        (("modem", "call", "/dev/null", "112"), 2, "'112' is an emergency number"),
        (("modem", "call", "/dev/null", "0039 112"), 2, "is not a telephone number"),
    ],
)
def test_an_error_is_one_sentence_and_a_code(
    run: Terminal, arguments: tuple[str, ...], code: int, said: str
) -> None:
    assert run(*arguments, code=code) == ""
    assert said in run.error
    assert run.error.startswith("securwoman: ")


def test_a_state_directory_that_cannot_be_used_names_the_reason(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in its place, and a directory of another user."""
    (tmp_path / "file").touch()
    assert cli.run(["ps", "--state", str(tmp_path / "file")]) == 1
    assert capfd.readouterr().err == f"securwoman: {tmp_path / 'file'} is a file: --state needs a directory\n"
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert cli.run(["alert", "list", "--state", str(tmp_path)]) == 1
    assert "run the command as this user" in capfd.readouterr().err
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: {}[uid])
    assert cli.run(["alert", "list", "--state", str(tmp_path)]) == 1
    assert f"belongs to the user with the number {os.getuid()}" in capfd.readouterr().err


def test_the_state_may_stand_before_the_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--state", str(tmp_path / "x"), "ps"]) == 3
    assert f"no center runs in {tmp_path / 'x'}" in capfd.readouterr().err


def test_who_is_erased_leaves_nothing_but_what_is_held_and_nobody_elses_goes(run: Terminal) -> None:
    names = ("--first-name", "Giulia", "--last-name", "Rossi")
    user = run("user", "add", "--phone", "+393331112223", *names).splitlines()[-1]
    with journal_of(run.state) as journal:
        for alert, phone in (
            ("first", "+393331112223"),
            ("held", "+393331112223"),
            ("anothers", "+393331112224"),
        ):
            raised = Signal(
                channel=Channel.DATA, phone=E164(phone), received_at=Instant(RECEIVED), id=AlertId(alert)
            )
            accept(journal, raised, 50.0)
            if alert != "anothers":
                over = ev.AlertClosed(outcome=Outcome.CANCELLED)
                journal.append(Append(f"alert-{alert}", 0, (over,)))
            (run.state.recordings).mkdir(exist_ok=True)
            (run.state.recordings / f"{alert}.1.flac").write_bytes(b"said")
    assert run("alert", "hold", "held", "--reason", "the court of Milan") == "held is held\n"
    run("alert", "hold", "nothing", "--reason", "x", code=1)
    said = run("user", "erase", user, "--yes").splitlines()
    assert said[0] == f"{user} is erased, with 1 alerts and 1 recordings"
    assert said[1].endswith(": held")
    left = sorted(path.name for path in (run.state.recordings).iterdir())
    assert left == ["anothers.1.flac", "held.1.flac"]
    assert "the recording first.1.flac is deleted (erased)" in run("alert", "timeline", "first")
    assert "ERASED: number, position, words (person)" in run("alert", "timeline", "first")
    assert "+393331112223" in run("alert", "timeline", "held")
    assert "the court of Milan" in run("alert", "timeline", "held")
    assert (
        run("alert", "release", "held")
        == "held is released, and its personal data are erased: the person was erased meanwhile\n"
    )
    assert [path.name for path in (run.state.recordings).iterdir()] == ["anothers.1.flac"]
    said = run("alert", "timeline", "held")
    assert not any(personal in said for personal in ("+393331112223", "Milan"))
    assert run("alert", "hold", "anothers", "--reason", "asked")
    assert run("alert", "release", "anothers") == "anothers is released\n"
    assert "+393331112224" in run("alert", "timeline", "anothers")


OWN_PORT: Final = f"[http]\nport = {free_port()}\n"
"""A center of this machine may listen on the usual one."""


def test_the_doctor_says_what_is_recorded(run: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "center.toml"
    file.write_text(OWN_PORT)
    doctor = ("doctor", "--config", str(file))
    run(*doctor)
    (run.state.recordings / "a.1.flac").write_bytes(bytes(2_000_000))
    assert "off; 1 kept, 2 MB, the oldest of " in run(*doctor)
    file.write_text(f"{OWN_PORT}[recording]\nenabled = true\nretention_days = 9\n")
    assert "on, user, operator, psap, flac, deleted after 9 days; 1 kept" in run(*doctor)


def test_a_journal_goes_out_and_comes_back_as_it_was(
    run: Terminal, alert: AlertId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for form in ("jsonl", "msgpack"):
        exported = tmp_path / f"export.{form}"
        with exported.open("wb") as file, monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", io.TextIOWrapper(file))
            assert cli.run(["journal", "export", "--format", form, "--state", str(run.state)]) == 0
            sys.stdout.flush()
        other = Terminal(tmp_path / f"other-{form}", run.capture)
        assert other("journal", "import", str(exported)) == "9 events\n"
        assert other("journal", "export") == run("journal", "export")
        other("journal", "import", str(exported), code=1)
        assert "an import needs an empty one" in other.error


def test_the_timeline_tells_the_story_in_seconds_and_words(run: Terminal, alert: AlertId) -> None:
    story = run("alert", "timeline", alert)
    for words in (
        "+0.00 s  TEST alert received by data from +393331112223",
        "calling the user at +393331112223 on line sim1",
        "the user's phone rings",
        "user is released: busy",
    ):
        assert words in story
    moments = msgspec.convert(run.json("alert", "timeline", alert), list[dict[str, object]])
    assert [moment["type"] for moment in moments][:3] == ["alert.received", "case.opened", "user.identified"]
    assert all(moment["type"] != "inbox.read" for moment in moments)
    run("alert", "timeline", "nope", code=1)
    assert run.error == "securwoman: no alert has the id nope\n"


def test_alerts_are_listed_newest_first_and_shown(run: Terminal, alert: AlertId) -> None:
    (row,) = msgspec.convert(run.json("alert", "list", "--open"), list[dict[str, object]])
    assert (row["alert"], row["test"], row["reached_after_s"]) == (alert, True, None)
    shown = run.json("alert", "show", alert)
    assert isinstance(shown, dict)
    assert shown["case"]["legs"][f"{alert}:user"]["cause"] == 17
    assert alert in run("alert", "list")
    assert "sim1" in run("alert", "show", alert)


def test_a_damaged_journal_is_told_with_exit_code_1(run: Terminal, alert: AlertId) -> None:

    found = run.json("journal", "verify")
    assert isinstance(found, dict)
    assert (found["alerts"], found["problems"]) == (1, [])
    with sqlite3.connect(run.state.path / "journal.db") as database:
        database.execute("drop trigger if exists event_no_update")
        triggers = database.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (name,) in triggers:
            database.execute(f"drop trigger {name}")
        database.execute("update event set version = 12 where type = 'user.rang'")
    database.close()
    assert "DAMAGED" in run("journal", "verify", code=1)


def test_the_doctor_finds_what_is_wrong(run: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "center.toml"
    file.write_text(OWN_PORT)
    found = run.json("doctor", "--config", str(file))
    assert isinstance(found, dict)
    assert found["ok"] is True
    assert {"disk", "space", "clocks", "limits", "trunks", "psap", "center"} <= {
        one["check"] for one in found["checks"]
    }
    file.write_text("[psap]\nliv = true\n")
    assert "psap.liv: unknown key; did you mean live?" in run("doctor", "--config", str(file), code=1)
    file.write_text(
        '[http]\nhost = "8.8.8.8"\n[[trunk]]\nname = "public"\n'
        '[[modem]]\nname = "a"\ntrunk = "public"\nport = "/dev/nowhere"\n'
    )
    said = run("doctor", "--config", str(file), code=1)
    for words in ("8.8.8.8 is reached from outside", "/dev/nowhere does not exist", "1 public lines"):
        assert words in said


def test_a_trace_is_replayed_an_object_a_line(run: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "call.trace"
    file.write_text(
        "# dialect: huawei\n"
        "0.000 > ATD+393331112223;\\r\n"
        "0.041 < \\r\\nOK\\r\\n\n"
        "0.900 < \\r\\n^ORIG:1,0\\r\\n\n"
        "2.310 < \\r\\n^CONF:1\\r\\n\n"
        "5.000 < \\r\\n^CONN:1,0\\r\\n\n"
        "9.000 < \\r\\n^CEND:1,4,67,16\\r\\n\n"
    )
    events = [json.loads(line) for line in run("modem", "replay", str(file), "--json").splitlines()]
    names = [one["event"] for one in events]
    assert names == ["call.dialing", "call.ringing", "call.answered", "call.released"]
    assert (events[-1]["number"], events[-1]["cause"]) == ("+393331112223", 16)
    assert "call.answered" in run("modem", "replay", str(file))
    file.write_text("nonsense\n")
    run("modem", "replay", str(file), code=1)
    assert "line 1" in run.error


@pytest.mark.process
def test_alerts_are_watched_as_they_happen(run: Terminal, alert: AlertId) -> None:
    command = ["alert", "watch", "--since", "0", "--json", "--state", str(run.state)]
    watching = subprocess.Popen(
        [sys.executable, "-m", "center.cli", *command],
        stdout=subprocess.PIPE,
        env=child_environment(None),
        text=True,
    )
    assert watching.stdout is not None
    try:
        told = [json.loads(watching.stdout.readline()) for _ in range(7)]
        assert {one["alert"] for one in told} == {alert}
        assert [one["type"] for one in told[:2]] == ["alert.received", "case.opened"]
        with journal_of(run.state) as journal:
            note = ev.NoteAdded(by=OperatorId("lucia"), text="now")
            journal.append(Append(streams.inbox(alert), None, (note,)))
        assert json.loads(watching.stdout.readline())["text"] == "lucia notes: now"
        watching.send_signal(signal.SIGINT)
        assert watching.wait(30) == cli.INTERRUPTED
    finally:
        watching.kill()
        watching.wait()
        watching.stdout.close()


def test_a_start_does_not_wait_for_what_the_node_will_import_once_more() -> None:
    heavy = "import center.commands.run, sys; print({'sqlalchemy', 'structlog'} & sys.modules.keys())"
    environment = child_environment(None)
    said = subprocess.run([sys.executable, "-c", heavy], env=environment, stdout=subprocess.PIPE, check=True)
    assert said.stdout == b"set()\n"


def test_addresses_are_imported_from_several_files_and_the_setting_is_told(
    run: Terminal, tmp_path: Path
) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("lon,lat,street,number,city\n9.25,44.5,via Roma,12,Pavia\n9.25,44.5,,13,Pavia\n")
    other.write_text("lon,lat,street,number,city\n9.26,44.5,via Verdi,1,Pavia\n")
    made = run.state.path / "maps" / "addresses.sqlite"
    said = run("map", "import", str(one), str(other)).splitlines()
    assert said[0].startswith(f"{made}: 2 addresses in 2 streets of 1 towns, ")
    assert said[1:] == ["1 left out without a street", "in [map] of center.toml:", f'addresses = "{made}"']
    out = tmp_path / "there" / "a.sqlite"
    told = run.json("map", "import", str(one), "--out", str(out))
    assert told == {
        **{"file": str(out), "addresses": 1, "streets": 1, "towns": 1, "size": out.stat().st_size},
        "skipped": {"without a street": 1},
    }


def test_an_import_of_nothing_and_of_what_is_no_addresses_says_why(run: Terminal, tmp_path: Path) -> None:
    run("map", "import", code=2)
    assert "name at least one file with addresses" in run.error
    (tmp_path / "a.osm.pbf").write_bytes(b"")
    run("map", "import", str(tmp_path / "a.osm.pbf"), code=1)
    assert "the file of addresses could not be made: " in run.error
    assert "osmium export" in run.error
    run("map", "import", str(tmp_path / "none.csv"), code=1)
    assert "No such file" in run.error
    assert not (run.state.path / "maps" / "addresses.sqlite").exists()
