"""Which lines the watchdog counts, and when it expects those back that it cannot count now."""

from __future__ import annotations

import pytest

from actors.deadline_watchdog.decider import HELD_STILL_US
from actors.deadline_watchdog.view import BACK_US, FRESH_US, MeansView
from messages.events import Event, LinePutBack, LineQuarantined, LineReturned, LineTakenOut
from messages.ids import SECOND, Instant, LineId, NodeId, OperatorId, Role, TrunkId, WorkerId
from messages.lines import LineReport, LineState
from model.alert.parts import Owner
from model.settings import Settings
from model.settings.alerts import LimitsSettings
from model.settings.lines import Modem
from model.setup import Setup
from runtime.published.directory import Entry
from tests.support.recorded import recorded

START = Instant(1_000_000 * SECOND)
WORKER = WorkerId("c00")
NAMES = ("p1", "p2", "p3", "e1")
SETUP = Setup(
    settings=Settings(
        limits=LimitsSettings(inbound_lines_kept=1),
        modem=tuple(Modem(name=name, trunk=TrunkId(name[0]), emergency=name == "e1") for name in NAMES),
    )
)


def after(seconds: float) -> Instant:
    return Instant(START + round(seconds * SECOND))


def report(line: str, state: LineState, since_s: float = 0.0, *, busy: bool = False) -> LineReport:
    return LineReport(
        line=LineId(line),
        trunk=TrunkId(line[0]),
        emergency=line == "e1",
        state=state,
        since=after(since_s),
        busy=busy,
    )


def view(at_s: float, **states: LineState) -> MeansView:
    """What was heard at that second; all that is not named is ready."""
    made = MeansView(SETUP, NodeId("n"), START)
    for name in NAMES:
        made.store_report(report(name, states.get(name, LineState.READY), at_s), after(at_s))
    return made


def public(made: MeansView, at_s: float) -> tuple[int, ...]:
    """In how many microseconds each line is expected."""
    return tuple(at - after(at_s) for at in made.means((), after(at_s)).public)


def test_the_number_that_users_call_is_not_counted() -> None:
    made = view(0)
    assert public(made, 1) == (0, 0)
    assert made.means((), after(1)).reserved == 1


def test_a_watchdog_that_has_just_started_takes_silence_for_nothing() -> None:
    made = MeansView(SETUP, NodeId("n"), START)
    assert public(made, FRESH_US / SECOND) == (0, 0)
    assert public(made, FRESH_US / SECOND + 1) == (BACK_US, BACK_US)
    assert public(made, BACK_US / SECOND + 1) == ()


@pytest.mark.parametrize("state", [one for one in LineState if one is not LineState.READY])
def test_a_line_of_no_use_is_expected_back_for_ten_seconds_and_then_not_counted(state: LineState) -> None:
    made = view(20, p2=state)
    assert public(made, 21) == (BACK_US, 0)
    made.store_report(report("p2", state, 20), after(31))
    made.store_report(report("p3", LineState.READY), after(31))
    assert public(made, 31) == (0,)


def test_a_line_on_which_somebody_calls_in_is_not_free() -> None:
    made = view(0)
    made.store_report(report("p3", LineState.READY, busy=True), START)
    assert public(made, 1) == (0, HELD_STILL_US)


def test_a_line_that_is_quarantined_or_taken_out_is_not_counted_until_it_is_back() -> None:
    made = view(0)

    def told(version: int, event: Event, stream: str = "line-p2") -> None:
        made.lines.apply(recorded(event, version, START, stream=stream))

    told(1, LineQuarantined(line=LineId("p2"), reason="mute"))
    assert public(made, 1) == (0,)
    told(2, LineReturned(line=LineId("p2")))
    assert public(made, 1) == (0, 0)
    told(3, LineTakenOut(line=LineId("p2"), by=OperatorId("eva"), reason="x"), "service-p2")
    assert public(made, 1) == (0,)
    told(4, LinePutBack(line=LineId("p2"), by=OperatorId("eva")), "service-p2")
    assert public(made, 1) == (0, 0)


def test_a_trunk_for_112_of_which_every_line_was_taken_out_has_none() -> None:
    made = view(0)
    made.store_report(report("e1", LineState.READY), START)
    assert not any(made.no_line_for_112(START).values())
    out = LineTakenOut(line=LineId("e1"), by=OperatorId("eva"), reason="x")
    made.lines.apply(recorded(out, at_us=START, stream="service-e1"))
    assert list(made.no_line_for_112(START).values()) == [
        "No line of trunk e carries calls: call 112 from another phone."
    ]


def test_workers_are_those_that_have_started() -> None:
    def entry(key: str, *, ready: bool = True, role: Role = Role.ALERT_CASE) -> Entry:
        return Entry(role=role, key=key, address=b"a", pid=1, incarnation=3, ready=ready)

    workers = (entry("c00"), entry("c01", ready=False), entry("c00", role=Role.CONFERENCE_BRIDGE))
    means = view(0).means(workers, after(1))
    assert (means.workers, means.idle_workers) == (
        {WORKER: Owner(node=NodeId("n"), worker=WORKER, incarnation=3)},
        1,
    )
