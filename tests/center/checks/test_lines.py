"""What the doctor says of each line of a running center: what its modem says, and what the journal holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from application.state.journals import journal_of
from application.state.state_dir import StateDir
from center.checks.lines import lines, trunks
from center.checks.psap import psap
from messages.base import Joins
from messages.events import Event, LineQuarantined
from messages.ids import Instant, LineId, Role, TrunkId
from messages.lines import WEAK_DBM, LineReport, LineState
from model.checks import Severity
from model.settings import Settings
from model.settings.lines import Modem, Trunk
from model.settings.psap import LastResort, PsapSettings
from runtime.published import line_files
from runtime.published.directory import Entry, FileDirectory
from store import streams
from store.journal.journal import Append

LINE = LineId("milano1")
FACTS = "/dev/ttyUSB2, huawei, home"


def report(state: LineState = LineState.READY, **fields: object) -> LineReport:
    shown: dict[str, object] = {
        "signal_dbm": -71,
        "registration": "home",
        "port": "/dev/ttyUSB2",
        "dialect": "huawei",
        **fields,
    }
    return LineReport(
        line=LINE, trunk=TrunkId("public"), emergency=bool(shown.pop("emergency", False)), state=state,
        since=Instant(0), **shown,  # type: ignore[arg-type]
    )  # fmt: skip


def found(
    path: Path, said: LineReport | None, *journaled: Event, ready: bool = True, runs: bool = True
) -> tuple[Severity, str]:
    """What is found where its process runs, and has said this."""
    state = StateDir(path)
    state.create()
    with journal_of(state, create=True) as journal:
        if journaled:
            journal.append(Append(streams.line(LINE), None, journaled))
    entry = Entry(role=Role.GSM_MODEM, key=str(LINE), address=b"", pid=1, incarnation=1, ready=ready)
    FileDirectory(state.run).publish([entry] if runs else [])
    if said is not None:
        line_files.write(state.run, said)
    (one,) = lines(state)
    return one.verdict, one.text


@pytest.mark.parametrize(("said", "verdict", "text"), [
    (report(), Severity.OK, f"milano1 is up: {FACTS}, -71 dBm"),
    (report(signal_dbm=WEAK_DBM - 1), Severity.WARN, f"milano1 has a weak signal: {FACTS}, -108 dBm"),
    (report(signal_dbm=WEAK_DBM), Severity.OK, f"milano1 is up: {FACTS}, -107 dBm"),
    (report(joins=Joins.NETWORK), Severity.OK, f"milano1 is up: {FACTS}, -71 dBm, no audio to the host"),
    (report(joins=Joins.NONE), Severity.WARN,
        f"milano1 cannot join calls: its modem provides no audio: {FACTS}, -71 dBm, no audio to the host"),
    (report(joins=Joins.NETWORK, emergency=True), Severity.WARN,
        "milano1 is reserved for 112, but provides no audio: "
        f"{FACTS}, -71 dBm, no audio to the host"),
    (report(LineState.STARTING, text="The modem is being set up."), Severity.WARN,
        f"milano1 is being set up: The modem is being set up. ({FACTS}, -71 dBm)"),
    (report(LineState.LOST, text="Nothing is plugged in.", port="", registration="", signal_dbm=None),
        Severity.FAIL, "milano1 carries no calls: Nothing is plugged in. (huawei)"),
    (None, Severity.WARN, "milano1 has not reported its state"),
])  # fmt: skip
def test_a_line_is_told_as_its_modem_is(
    tmp_path: Path, said: LineReport | None, verdict: Severity, text: str
) -> None:
    assert found(tmp_path, said) == (verdict, text)


@pytest.mark.parametrize("state", [one for one in LineState if one not in ("ready", "starting")])
def test_a_line_that_cannot_carry_calls_is_a_failure_whatever_the_reason(
    tmp_path: Path, state: LineState
) -> None:
    verdict, text = found(tmp_path, report(state, text="Why."))
    assert (verdict, text) == (Severity.FAIL, f"milano1 carries no calls: Why. ({FACTS}, -71 dBm)")


def test_what_the_journal_holds_of_a_quarantine_counts_for_more_than_what_its_modem_says(
    tmp_path: Path,
) -> None:
    mute = LineQuarantined(line=LINE, reason="The modem is mute.")
    assert found(tmp_path, report(), mute) == (Severity.FAIL, "milano1 is quarantined: The modem is mute.")


def test_a_process_that_has_not_started_and_none_at_all_are_told(tmp_path: Path) -> None:
    assert found(tmp_path, report(), ready=False) == (Severity.WARN, "milano1 has not started yet")
    assert found(tmp_path, report(), runs=False) == (
        Severity.FAIL,
        "no actor of a modem runs: see logs/ in the state directory",
    )


@pytest.mark.parametrize(
    ("joins", "verdict"),
    [(Joins.NETWORK, Severity.WARN), (Joins.HOST, Severity.FAIL), (Joins.NONE, Severity.FAIL)],
)
def test_one_public_line_is_enough_where_it_joins_in_the_network(
    tmp_path: Path, joins: Joins, verdict: Severity
) -> None:
    state = StateDir(tmp_path)
    state.create()
    settings = Settings(
        trunk=(Trunk(name="public"),), modem=(Modem(name=str(LINE), trunk="public", port="/dev/x"),)
    )
    assert next(trunks(settings, state)).verdict is Severity.FAIL, "nobody knows what it is"
    line_files.write(state.run, report(joins=joins))
    assert next(trunks(settings, state)).verdict is verdict


@pytest.mark.parametrize(
    ("resort", "joins", "verdict"),
    [
        (LastResort.NONE, Joins.HOST, Severity.FAIL),
        (LastResort.NONE, Joins.NETWORK, Severity.WARN),
        (LastResort.PUBLIC, Joins.HOST, Severity.WARN),
    ],
)
def test_a_center_without_a_line_for_112_is_told_so(
    tmp_path: Path, resort: LastResort, joins: Joins, verdict: Severity
) -> None:
    state = StateDir(tmp_path)
    state.create()
    settings = Settings(
        psap=PsapSettings(last_resort=resort),
        trunk=(Trunk(name="public"),),
        modem=(Modem(name=str(LINE), trunk="public", port="/dev/x"),),
    )
    line_files.write(state.run, report(joins=joins))
    told = [one for one in trunks(settings, state) if "reserved for 112:" in one.text]
    assert [one.verdict for one in told if one.text.startswith("no line")] == [verdict]


def test_the_third_switch_is_shown_when_it_is_on() -> None:
    (told, *_) = psap(Settings(psap=PsapSettings(last_resort=LastResort.PUBLIC)), simulated=True)
    assert "last resort: PUBLIC lines" in told.text
    (told, *_) = psap(Settings(), simulated=True)
    assert "last resort" not in told.text
