"""Which lines the doctor has a voice shown of, and which it would have tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from application.settings.file import parse
from application.state.state_dir import StateDir
from center.checks.lines import of_lines
from messages.base import Joins
from messages.ids import Instant, LineId, TrunkId
from messages.lines import LineLevels, LineReport, LineState, WayLevel
from model.checks import Finding, Severity
from runtime.published import line_files

SETTINGS = parse(
    '[[trunk]]\nname = "public"\n'
    '[[modem]]\nname = "a"\ntrunk = "public"\nport = "/dev/a"\n'
    '[[modem]]\nname = "far"\ntrunk = "public"\nport = "socket://far:5000"\n'
)


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    made = StateDir(tmp_path / "state")
    made.create()
    return made


def told(state: StateDir, **way: float) -> Finding:
    if way:
        levels = WayLevel(**({"ms": 9000, "sound_ms": 9000, "voice_ms": 4000} | way))  # type: ignore[arg-type]
        line_files.write_levels(state.path, LineLevels(line=LineId("a"), at=Instant(0), into=levels))
    (found,) = of_lines(SETTINGS, state)
    return found


def test_a_line_of_which_no_call_is_known_is_to_be_tried_and_one_over_tcp_is_not(state: StateDir) -> None:
    found = told(state)
    assert found.verdict is Severity.WARN
    assert "`securwoman modem call /dev/a NUMBER --voice --twice`" in found.text


def test_a_call_in_which_nobody_was_heard_proves_nothing(state: StateDir) -> None:
    assert told(state, dbfs=-60.0, voice_ms=0).verdict is Severity.WARN


def test_a_good_call_is_well_and_a_quiet_one_names_the_gain(state: StateDir) -> None:
    assert told(state, dbfs=-24.0).verdict is Severity.OK
    quiet = told(state, dbfs=-50.0)
    assert quiet.verdict is Severity.WARN
    assert "try gain_in_db = 24" in quiet.text


def test_a_line_whose_voice_does_not_come_here_is_not_asked_for_one(state: StateDir) -> None:
    line_files.write(
        state.run,
        LineReport(
            line=LineId("a"),
            trunk=TrunkId("public"),
            emergency=False,
            state=LineState.READY,
            since=Instant(0),
            joins=Joins.NETWORK,
        ),
    )
    assert list(of_lines(SETTINGS, state)) == []
