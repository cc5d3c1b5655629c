"""Whom a watcher calls, when and how often: never for nothing, and never not at all."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from application.errors import SettingsError
from features.watcher.beat import Unable, UnwellReason
from features.watcher.program.settings import probing
from features.watcher.program.state import CALLOUTS, FILE
from messages.ids import SECOND, CalloutFailure, DutyWay, Instant
from model.callouts.roster import Roster, Shift
from tests.features.watcher.stage import ANNA, BEA, BEAT, Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    made = Stage(tmp_path)
    made.pass_s(20, well=True)
    return made


def test_a_silent_center_has_one_after_the_other_called_until_somebody_takes_it(stage: Stage) -> None:
    stage.pass_s(30)
    assert stage.hands.called == []
    stage.pass_s(5)
    assert stage.hands.people == ["anna"]
    stage.end()
    stage.pass_s(6)
    assert stage.hands.people == ["anna", "anna"]
    assert ("anna", DutyWay.SMS) in [one[1:] for one in stage.hands.wrote]
    assert "bea" not in [one[1] for one in stage.hands.wrote]
    stage.end()
    stage.pass_s(6)
    assert stage.hands.people == ["anna", "anna", "bea"]
    stage.take(BEA)
    stage.pass_s(3000)
    assert stage.hands.people == ["anna", "anna", "bea"]
    stage.pass_s(20, well=True)
    stage.pass_s(45)
    assert stage.hands.people[3:] == ["anna"]  # it was well, and is silent again


def test_who_has_taken_it_is_asked_again_after_an_hour(stage: Stage) -> None:
    stage.pass_s(40)
    stage.take()
    stage.pass_s(3590)
    assert len(stage.hands.called) == 1
    stage.pass_s(15)
    assert len(stage.hands.called) == 2


def test_who_is_called_when_it_comes_back_is_the_last(stage: Stage) -> None:
    stage.pass_s(40)
    ringing, _, _ = stage.hands.called[-1]
    assert stage.watcher.is_call_needed(ringing)
    stage.pass_s(20, well=True)
    assert not stage.watcher.is_call_needed(ringing), (
        "what is over rings on, and keeps the modem from what comes next"
    )
    stage.end()
    stage.pass_s(300, well=True)
    assert stage.hands.people == ["anna"]


def test_a_watcher_that_starts_again_goes_on_and_remembers_who_has_it(stage: Stage) -> None:
    stage.pass_s(40)
    stage.end()
    stage.begin()
    stage.pass_s(39)
    assert stage.hands.people == ["anna"]  # it has to listen first
    stage.pass_s(5)
    assert stage.hands.people == ["anna", "anna"]
    stage.take()
    stage.begin()
    stage.pass_s(120)
    assert stage.hands.people == ["anna", "anna"]


def test_without_a_modem_that_can_phone_everybody_is_written_to(stage: Stage) -> None:
    stage.hands.able = (Unable.MODEM,)
    stage.pass_s(45)
    assert stage.hands.called == []
    assert [one[1:] for one in stage.hands.wrote] == [("bea", DutyWay.EMAIL)]
    stage.hands.able = ()
    stage.turn()
    assert stage.hands.people == ["anna"]


def test_a_call_that_the_modem_could_not_make_is_made_again(stage: Stage) -> None:
    stage.pass_s(40)
    for _ in range(3):
        stage.end(CalloutFailure.AWAY)
        stage.pass_s(6)
    assert stage.hands.people == ["anna"] * 4


def test_planned_work_calls_nobody_until_its_end(stage: Stage) -> None:
    stage.say(planned_until=Instant(stage.now + 600 * SECOND))
    stage.pass_s(590)
    assert stage.verdict == "planned"
    assert stage.hands.called == []
    stage.pass_s(15)
    assert stage.hands.people == ["anna"]


def test_one_that_is_not_well_is_waited_for_a_minute_and_for_none_where_somebody_has_it(stage: Stage) -> None:
    stage.pass_s(50, wrong=(UnwellReason.JOURNAL,))
    assert stage.hands.called == []
    stage.pass_s(15, wrong=(UnwellReason.JOURNAL,))
    assert stage.hands.people == ["anna"]
    stage.take()
    stage.pass_s(300, wrong=(UnwellReason.JOURNAL,))
    assert len(stage.hands.called) == 1
    stage.pass_s(45)  # what has got worse is another matter
    assert len(stage.hands.called) == 2
    assert stage.verdict == "silent"


def test_where_somebody_on_duty_has_what_is_wrong_nobody_is_called(stage: Stage) -> None:
    stage.pass_s(300, wrong=(UnwellReason.NOT_READY,), taken=True)
    assert stage.hands.called == []


def test_an_intake_that_nobody_reaches_is_told_of_though_the_center_calls_itself_well(tmp_path: Path) -> None:
    stage = Stage(tmp_path, probe="https://center.test/healthz")
    for _ in range(6):
        stage.probe(answered=True)
        stage.pass_s(10, well=True)
    assert stage.hands.called == []
    for _ in range(5):
        stage.probe(answered=False)
        stage.pass_s(10, well=True)
    assert stage.verdict == "no_intake"
    assert stage.hands.people == ["anna"]
    stage.pass_s(15, well=True)
    first, second = stage.say().probes
    assert (first.tried, first.failed) == (6, 0)
    assert (second.tried, second.failed) == (5, 5)
    assert stage.say(probes_taken=first.minute).probes == (second,)


def test_the_answer_says_what_the_watcher_lacks(stage: Stage) -> None:
    assert stage.say().unable == ()
    stage.hands.able = (Unable.NETWORK,)
    answer = stage.say(roster=b'{"people":[]}', roster_version=2)
    assert set(answer.unable) == {Unable.NETWORK, Unable.ROSTER}
    assert answer.roster_version == 2


def test_a_simulated_run_with_the_keys_of_a_real_center_is_not_heard(stage: Stage) -> None:
    assert stage.watcher.hear(stage.key.beat(replace(BEAT, simulated=True)), (), stage.now) is None


def test_whoever_knocks_fills_no_log(stage: Stage, capfd: pytest.CaptureFixture[str]) -> None:
    file, forged = stage.folder / "key", stage.key.id + b"x" * 100
    text = file.read_text()
    for kept in ("none", text, "none"):
        file.write_text(kept)
        for _ in range(50):
            assert stage.watcher.hear(forged, (), stage.now) is None
        if kept == text:
            stage.say()
    logged = "".join(capfd.readouterr()).splitlines()
    assert sum("heartbeats of the center are ignored" in line for line in logged) == 2


def test_a_file_that_cannot_be_read_is_put_aside_and_that_is_said(
    stage: Stage, capfd: pytest.CaptureFixture[str]
) -> None:
    (stage.folder / FILE).write_text("{")
    stage.begin()
    assert (stage.folder / f"{FILE}.unreadable").read_text() == "{"
    assert "the state of the watcher cannot be read and is set aside" in "".join(capfd.readouterr())


LOST = st.lists(st.sampled_from(["comes", "late", "lost"]), min_size=1, max_size=40)


@given(LOST, st.booleans())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_is_called_while_one_in_three_comes_and_somebody_within_41_s_of_the_last(
    tmp_path: Path, fates: list[str], sleeps: bool
) -> None:
    """Late by eight seconds at most; the watcher itself may stand still for minutes."""
    for file in (FILE, CALLOUTS):
        (tmp_path / file).unlink(missing_ok=True)
    stage = Stage(tmp_path)
    stage.say()
    lost = 0
    for fate in fates:
        lost = lost + 1 if fate == "lost" else 0
        fate = "comes" if lost == 3 else fate
        lost = 0 if lost == 3 else lost
        stage.pass_s(8 if fate == "late" else 0)
        if fate != "lost":
            stage.say()
        stage.pass_s(2 if fate == "late" else 10)
        if sleeps:
            stage.now = Instant(stage.now + 300 * SECOND)
            stage.turn()
    assert stage.hands.called == []
    stage.say()
    last = stage.now
    stage.pass_s(42)
    assert stage.hands.called[0][2] - last <= 41 * SECOND
    assert ANNA.id in stage.hands.people


def test_of_an_address_alone_the_intake_is_asked_and_the_people_of_a_file_are_called(
    tmp_path: Path, stage: Stage
) -> None:
    roster = tmp_path / "roster.toml"
    roster.write_text('[[person]]\nname = "Anna"\nways = ["call +393330000001"]\n')
    stage.settings = probing(["https://center.test"], roster, "")
    (center,) = stage.settings.center
    assert (center.name, center.probe) == ("center-test", "https://center.test/healthz")
    stage.begin()
    probings = stage.watcher.probings[center.name]
    for answered, times in ((True, 6), (False, 5)):
        assert stage.hands.called == []
        for _ in range(times):
            probings.add(stage.now, 40_000, answered=answered)
            stage.pass_s(10)
    assert len(stage.hands.called) == 1
    stage.end()
    for _ in range(6):
        probings.add(stage.now, 40_000, answered=True)
        stage.pass_s(10)
    assert len(stage.hands.called) == 1
    assert stage.watcher.verdicts[center.name] == "well"


@pytest.mark.parametrize("url", ["center.test", "ftp://center.test", "https:///healthz"])
def test_what_is_no_address_of_a_center_is_said(tmp_path: Path, url: str) -> None:
    roster = tmp_path / "roster.toml"
    roster.write_text('[[person]]\nname = "Anna"\nways = ["call +393330000001"]\n')
    with pytest.raises(SettingsError):
        probing([url], roster, "")


def test_who_is_on_duty_goes_by_the_wall_clock_after_a_step(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    hour = int(stage.now // (3600 * SECOND) % 24)
    later = (hour + 12) % 24
    of_hours = Roster(
        zone="UTC",
        people=(ANNA, BEA),
        shifts=tuple(
            Shift(
                name=one.id,
                days=tuple(range(7)),
                begins=f"{begins:02}:00",
                ends=f"{(begins + 12) % 24:02}:00",
                people=(one.id,),
            )
            for one, begins in ((ANNA, hour), (BEA, later))
        ),
    )
    beat = {"roster": msgspec.json.encode(of_hours), "roster_version": 2}
    stage.pass_s(20, well=True, **beat)
    # The machine began with the time of twelve hours ago, and was set right while the center was silent.
    stage.watcher.ahead_us = 12 * 3600 * SECOND
    stage.pass_s(36)
    assert stage.hands.people == ["bea"]


def test_nobody_is_called_while_the_machine_is_about_to_set_its_clock(stage: Stage) -> None:
    stage.watcher.calls_nobody = True
    stage.pass_s(60)
    assert stage.hands.called == []
    stage.watcher.calls_nobody = False
    stage.pass_s(1)
    assert stage.hands.people == ["anna"]
