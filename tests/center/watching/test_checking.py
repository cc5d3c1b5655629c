"""What `watch --check` says that a watcher lacks."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from application.state.state_dir import StateDir
from center import cli
from center.watching.checking import findings
from center.watching.settings import ModemOfWatcher
from model.watching.beat import Unable
from tests.center.watching.stage import Stage


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
