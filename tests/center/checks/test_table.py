"""The one registry of checks, and those that ask the machine and the folder of announcements."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from application.checks import CenterCheck, CheckCondition, CheckContext
from application.state.state_dir import StateDir
from center.checks import capacity
from center.checks.sound import announcements
from center.checks.table import center_checks, every, found
from media.conference.sounds import FOLDER
from messages.proofs import ProofStep
from model.checks import CheckUser, Cost, Severity
from model.first_run import Need
from model.settings import Settings
from model.settings.alerts import LimitsSettings
from model.settings.web import AnnouncementsSettings


def test_every_check_says_what_it_looks_at_and_what_to_do_in_both_languages() -> None:
    rows = every()
    assert all(words.en and words.it for row in rows for words in (row.at, row.do))
    assert all(row.asked for row in rows)
    of_features = {CheckUser.HEARTBEAT, CheckUser.WATCHER}
    assert {asker for row in rows for asker in row.asked} | of_features == set(CheckUser)


def test_what_has_a_name_on_the_wire_has_one_row() -> None:
    for asker, names in ((CheckUser.START, Need), (CheckUser.NIGHT, ProofStep)):
        told = Counter(row.name for row in every() if asker in row.asked)
        assert told == Counter(names)


def test_nothing_that_is_asked_by_the_second_takes_long() -> None:
    cheap = {Cost.MEMORY, Cost.FILES}
    assert {
        row.cost for row in every() if row.asked & {CheckUser.READY, CheckUser.START, CheckUser.LINES}
    } <= cheap
    assert Cost.WHOLE not in {row.cost for row in every() if CheckUser.NIGHT not in row.asked}


def test_a_look_is_left_out_without_what_it_wants(tmp_path: Path) -> None:
    def names(**fields: object) -> set[str]:
        whole = {"node": None, "known": Settings(), "simulated": False, "fault": None, **fields}
        around = CheckContext(state=StateDir(tmp_path / "s"), **whole)  # type: ignore[arg-type]
        return {one.name for one in center_checks() if all(around.has(want) for want in one.wants)}

    def wanting(want: CheckCondition) -> set[str]:
        return {one.name for one in center_checks() if want in one.wants}

    assert not names(known=None) & {"trunks", "dialling"}
    assert not names(fault="no room") & {"disk", "journal"}
    assert "voice" not in names(simulated=True)
    assert not names() & (wanting(CheckCondition.RUNNING) - {"voices"})


def test_a_look_that_fails_is_a_finding_and_the_others_go_on(tmp_path: Path) -> None:
    around = CheckContext(
        state=StateDir(tmp_path / "none"), node=None, known=None, simulated=True, fault="no room"
    )
    told = list(found(around))
    assert [(one.check, one.text) for one in told if one.verdict == "fail"] == [("state", "no room")]
    assert {"clocks", "limits", "center"} <= {one.check for one in told}


def test_only_looks_of_the_center_are_in_its_table() -> None:
    assert all(isinstance(one, CenterCheck) and CheckUser.DOCTOR in one.asked for one in center_checks())


def test_more_and_quicker_processors_carry_more_and_there_is_always_one() -> None:
    assert capacity.conversations(44.0, 2, lines=60) == 29
    assert capacity.conversations(44.0, 4, lines=60) == 71
    assert capacity.conversations(22.0, 2, lines=60) == 71
    assert capacity.conversations(44.0, 2, lines=8) == 32, "idle lines cost as well"
    assert capacity.conversations(1e9, 1, lines=0) == 1


def test_a_promise_beyond_the_machine_is_told_with_the_number_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "turn_us", lambda parties: 60.0)
    monkeypatch.setattr(capacity, "processors", lambda: 2)
    carried = capacity.conversations(60.0, 2, lines=0)
    (fits,) = capacity.capacity(Settings(limits=LimitsSettings(live_cases=carried)))
    assert fits.verdict is Severity.OK
    (more,) = capacity.capacity(Settings(limits=LimitsSettings(live_cases=carried + 1)))
    assert more.verdict is Severity.WARN
    assert f"Set it to {carried}" in more.text


def test_three_parties_cost_more_than_two() -> None:
    assert 0 < capacity.turn_us(2, 20) < 2 * capacity.turn_us(6, 20)


def looked(folder: str = "", *, names: bool = True) -> list[tuple[Severity, str]]:
    settings = Settings(announcements=AnnouncementsSettings(folder=folder, names=names))
    return [(one.verdict, one.text) for one in announcements(settings)]


def test_without_a_folder_ours_are_played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    none = "0 of 34 questions can be spoken"
    assert looked() == [
        (Severity.OK, f"17, the built-in ones; no names (espeak-ng is not installed); {none}")
    ]
    assert looked(names=False) == [(Severity.OK, f"17, the built-in ones; no names; {none}")]


def test_a_question_s_own_recording_is_one_of_those_that_are_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    shutil.copy(FOLDER / "recorded.it.wav", tmp_path / "violence-3.it.wav")
    ((verdict, text),) = looked(str(tmp_path))
    assert (verdict, text.rpartition("; ")[2]) == (Severity.OK, "1 of 34 questions can be spoken")
    shutil.copy(FOLDER / "recorded.it.wav", tmp_path / "violence-9.it.wav")
    ((verdict, text),) = looked(str(tmp_path))
    assert (verdict, "violence-9.it.wav: is never played" in text) == (Severity.FAIL, True)


def test_what_cannot_be_played_is_a_failure_with_path_and_reason(tmp_path: Path) -> None:
    (tmp_path / "please_hold.it.wav").write_bytes(b"no sound")
    ((verdict, text),) = looked(str(tmp_path))
    assert verdict is Severity.FAIL
    assert text.startswith(f"announcements.folder: {tmp_path}/please_hold.it.wav: ")
