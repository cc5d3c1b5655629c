"""A watcher's own settings, what its check says, and that it hears beside those who say nothing."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from msgspec.structs import replace

from application.errors import SettingsError
from application.state.state_dir import StateDir
from center import cli
from features.watcher.beat import Unable
from features.watcher.program.checking import findings
from features.watcher.program.listening import AT_ONCE, PATH, Listener
from features.watcher.program.settings import ModemOfWatcher, load
from tests.features.watcher.stage import Stage


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "missing required field `center`"),
        ('[[center]]\nname = "m"\nkey_file = "none"', "center[0].key_file: [Errno 2]"),
        ('[[center]]\nname = "m"\nkey_file = "good"\nroster = "bad"', "center[0].roster: "),
        ('[[center]]\nname = "m"\nkey_file = "good"\nprobes = 3', "unknown field `probes`"),
        (
            '[duty]\nmornings = "07:00"\n[[center]]\nname = "m"\nkey_file = "good"',
            "duty.mornings: unknown key; did you mean morning?",
        ),
    ],
)
def test_what_is_wrong_with_a_watchers_own_settings_is_said(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "good").write_text("a" * 44)
    (tmp_path / "bad").write_text("[[person]]\n")
    file = tmp_path / "watch.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as raised:
        load(file)
    assert fault in raised.value.faults[0]


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener("127.0.0.1", 0, lambda sealed: sealed[::-1])
    made.start()
    yield made
    made.stop()


def slow(listener: Listener, source: str) -> socket.socket:
    """Says a little, and then nothing more."""
    made = socket.create_connection(("127.0.0.1", listener.port), 5, (source, 0))
    made.sendall(b"POST /v1/heartbeats HTTP/1.1\r\ncontent-length: 900000\r\n\r\nx")
    return made


@pytest.mark.parametrize("source", ["127.0.0.1", "127.0.0.2"])
def test_a_heartbeat_is_heard_beside_more_who_say_nothing_than_have_a_place(
    listener: Listener, source: str
) -> None:
    with ExitStack() as all_of_them:
        early = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=5)
        all_of_them.callback(early.close)
        early.connect()
        for number in range(2 * AT_ONCE):
            of_many = f"127.0.1.{number + 1}" if source == "127.0.0.1" else source
            all_of_them.enter_context(slow(listener, of_many))
        late = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=5)
        all_of_them.callback(late.close)
        # One by many addresses leaves the place to who came last, one by one address to everybody else.
        for connection in (late,) if source == "127.0.0.1" else (early, late):
            connection.request("POST", PATH, b"beat")
            assert connection.getresponse().read() == b"taeb"


def verdicts(stage: Stage, **settings: object) -> dict[str, str]:
    made = replace(stage.settings, **settings)
    return {one.check: str(one.verdict) for one in findings(made, StateDir(stage.folder), stage.now)}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_before_it_runs_and_hears_anything_that_is_said(stage: Stage) -> None:
    found = verdicts(stage)
    assert (found["service"], found["heartbeats"], found["roster"]) == ("fail", "fail", "fail")
    assert (found["modem"], found["intake"]) == ("warn", "warn")


def test_of_one_that_runs_its_own_word_counts(stage: Stage) -> None:
    modem = ModemOfWatcher(port="/dev/none", voice_port="/dev/none-either")
    assert verdicts(stage, modem=modem)["modem"] == "fail"
    stage.pass_s(40, well=True)
    found = verdicts(stage, modem=modem)
    assert {found[one] for one in ("service", "heartbeats", "roster", "modem")} == {"ok"}
    stage.hands.able = (Unable.NETWORK,)
    stage.pass_s(1)
    assert verdicts(stage, modem=modem)["modem"] == "fail"
    stage.pass_s(50)
    assert verdicts(stage)["heartbeats"] == "fail"
    stage.watcher.stopped()
    assert verdicts(stage)["service"] == "fail"


def test_a_file_that_is_not_written_at_each_heartbeat_makes_no_center_silent(tmp_path: Path) -> None:
    stage = Stage(tmp_path, silent_after_s=15.0)
    stage.pass_s(31, well=True)
    for _ in range(3):
        stage.pass_s(10, well=True)
        assert (stage.verdict, verdicts(stage)["heartbeats"]) == ("well", "ok")


def test_what_is_wrong_in_the_file_is_all_that_is_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "watch.toml"
    file.write_text('[[center]]\nname = "milano"\nkey_file = "none.key"\n')
    assert cli.run(["watch", "--check", "--config", str(file), "--state", str(tmp_path)]) == 1
    said = capfd.readouterr().out
    assert "none.key" in said
    assert "1 failures" in said
