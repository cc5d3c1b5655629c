"""The one registry of checks: all rows of all askers, and what is said of each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from application.state.state_dir import StateDir
from center.checks.around import Around, Look, Wants
from center.checks.table import CHECKS, every, found
from messages.proofs import ProofStep
from model.checks import Asker, Cost
from model.first_run import Need
from model.settings import Settings
from model.watching.beat import Wrong


def test_every_check_says_what_it_looks_at_and_what_to_do_in_both_languages() -> None:
    rows = every()
    assert all(words.en and words.it for row in rows for words in (row.at, row.do))
    assert all(row.asked for row in rows)
    assert {asker for row in rows for asker in row.asked} == set(Asker)


def test_what_has_a_name_on_the_wire_has_one_row() -> None:
    for asker, names in ((Asker.HEARTBEAT, Wrong), (Asker.START, Need), (Asker.NIGHT, ProofStep)):
        told = Counter(row.name for row in every() if asker in row.asked)
        assert told == Counter(names)


def test_nothing_that_is_asked_by_the_second_takes_long() -> None:
    cheap = {Cost.MEMORY, Cost.FILES}
    assert {row.cost for row in every() if row.asked & {Asker.READY, Asker.START, Asker.LINES}} <= cheap
    assert Cost.WHOLE not in {row.cost for row in every() if Asker.NIGHT not in row.asked}


def test_a_look_is_left_out_without_what_it_wants(tmp_path: Path) -> None:
    def names(**fields: object) -> set[str]:
        whole = {"node": None, "known": Settings(), "simulated": False, "fault": None, **fields}
        around = Around(state=StateDir(tmp_path / "s"), **whole)  # type: ignore[arg-type]
        return {one.name for one in CHECKS if all(around.has(want) for want in one.wants)}

    def wanting(want: Wants) -> set[str]:
        return {one.name for one in CHECKS if want in one.wants}

    assert not names(known=None) & {"trunks", "dialling"}
    assert not names(fault="no room") & {"disk", "journal"}
    assert "voice" not in names(simulated=True)
    assert not names() & (wanting(Wants.RUNNING) - {"voices"})


def test_a_look_that_fails_is_a_finding_and_the_others_go_on(tmp_path: Path) -> None:
    around = Around(state=StateDir(tmp_path / "none"), node=None, known=None, simulated=True, fault="no room")
    told = list(found(around))
    assert [(one.check, one.text) for one in told if one.verdict == "fail"] == [("state", "no room")]
    assert {"clocks", "limits", "center"} <= {one.check for one in told}


def test_only_looks_of_the_center_are_in_its_table() -> None:
    assert all(isinstance(one, Look) and Asker.DOCTOR in one.asked for one in CHECKS)
