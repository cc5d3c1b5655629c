"""The folds: what they show, and that a start which reads little shows what one that reads all shows."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from messages import events as ev
from messages.ids import (
    E164,
    AlertId,
    Assurance,
    Channel,
    Instant,
    LegId,
    LineId,
    OperatorId,
    Outcome,
    Party,
    ShiftState,
)
from model.alert.live import LiveCases
from store import streams
from store.alerts.accepting import accept
from store.journal.journal import Append, Journal
from store.journal.projections import Lines, Operators, TakenOut
from store.journal.rebuild import rebuild, replay
from tests.store.places import START, Clock, journal_at, on_both, signal
from tests.support.depth import often
from tests.support.journals import empty_journal

ANNA, X, SIM1 = OperatorId("anna"), AlertId("x"), LineId("sim1")
LEG = LegId("x:op1")


PHONE = E164("+391")


def received(deadline_s: int = 50, *, test: bool = False) -> ev.AlertReceived:
    at = Instant(START + deadline_s * 1_000_000)
    return ev.AlertReceived(
        channel=Channel.DATA, proof=Assurance.APP, raised_at=START, received_at=START, deadline_at=at,
        phone=E164("+391"), test=test,
    )  # fmt: skip


def reserved(alert: AlertId = X) -> ev.OperatorReserved:
    return ev.OperatorReserved(operator=ANNA, alert=alert)


def seized(attempt: int = 1, alert: AlertId = X) -> ev.LineSeized:
    return ev.LineSeized(line=SIM1, alert=alert, leg=LegId(f"{alert}:op1"), attempt=attempt)


def originating(alert: AlertId, place: str, line: LineId = SIM1, attempt: int = 1) -> ev.LegOriginating:
    leg = LegId(f"{alert}:{place}")
    return ev.LegOriginating(leg=leg, party=Party.USER, number=PHONE, line=line, attempt=attempt)


CLOSED = ev.AlertClosed(outcome=Outcome.BRIEFED)


class Folds:
    """All three, fed with everything that is appended."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.alerts, self.operators, self.lines = LiveCases(), Operators(), Lines()

    def say(self, stream: str, *events: ev.Event) -> None:
        for one in self.journal.append(Append(stream, None, events)):
            for fold in (self.alerts, self.operators, self.lines):
                fold.apply(one)

    def state(self) -> tuple[Any, ...]:
        return self.alerts.cases, self.operators.operators, self.lines.lines


@pytest.fixture
def folds(journal: Journal) -> Folds:
    return Folds(journal)


def test_an_alert_is_open_until_it_is_closed(folds: Folds) -> None:
    folds.say("inbox-x", received())
    folds.say("inbox-y", received(20))
    folds.say("inbox-z", received(10, test=True))
    assert list(folds.alerts.cases) == ["x", "y", "z"]
    folds.say("alert-x", CLOSED)
    assert list(folds.alerts.cases) == ["y", "z"]
    folds.say(
        "inbox-x",
        ev.AlertSignalAdded(channel=Channel.DATA, proof=Assurance.APP, received_at=START, raised_at=START),
    )
    assert list(folds.alerts.cases) == ["y", "z"]


@pytest.mark.parametrize(
    "ends",
    [ev.OperatorLeft(operator=ANNA), ev.OperatorNotAnswering(operator=ANNA), CLOSED],
    ids=lambda one: type(one).__name__,
)
def test_an_operator_is_an_alerts_until_it_has_no_more_need(folds: Folds, ends: ev.Event) -> None:
    folds.say("inbox-x", received())
    folds.say("operator-anna", ev.ShiftChanged(operator=ANNA, state=ShiftState.READY))
    assert folds.operators.operators[ANNA].free
    folds.say("operator-anna", reserved())
    state = folds.operators.operators[ANNA]
    assert (state.reserved_by, state.version, state.free) == (X, 2, False)
    folds.say("alert-y", ends)
    assert folds.operators.operators[ANNA].reserved_by == X
    folds.say("alert-x", ends)
    assert folds.operators.operators[ANNA].free
    folds.say("operator-anna", ev.ShiftChanged(operator=ANNA, state=ShiftState.PAUSED, reason="lunch"))
    state = folds.operators.operators[ANNA]
    assert (state.free, state.state, state.reason, state.since) == (False, ShiftState.PAUSED, "lunch", START)


@pytest.mark.parametrize(
    "later",
    [ev.WrapUpEnded(operator=ANNA), ev.ShiftChanged(operator=ANNA, state=ShiftState.READY), reserved()],
    ids=lambda one: type(one).__name__,
)
def test_the_operator_s_part_in_an_alert_has_ended_until_something_else_happens_to_the_operator(
    folds: Folds, later: ev.Event
) -> None:
    folds.say("operator-anna", ev.ShiftChanged(operator=ANNA, state=ShiftState.READY), reserved())
    folds.say("operator-anna", ev.OperatorLeft(operator=ANNA, reason="left", alert=X))
    state = folds.operators.operators[ANNA]
    assert (state.left_at, state.state) == (START, ShiftState.READY)
    folds.say("operator-anna", later)
    assert folds.operators.operators[ANNA].left_at is None


@pytest.mark.parametrize(
    "ends", [ev.LegReleased(leg=LEG, attempt=2, cause=16), CLOSED], ids=lambda one: type(one).__name__
)
def test_a_line_is_a_legs_attempts_until_that_is_released(folds: Folds, ends: ev.Event) -> None:
    folds.say("inbox-x", received())
    folds.say("line-sim1", seized(2))
    line = folds.lines.lines[SIM1]
    assert (line.alert, line.leg, line.attempt, line.version, line.free) == (X, LEG, 2, 1, False)
    folds.say("alert-x", ev.LegReleased(leg=LEG, attempt=1, cause=16))
    folds.say("alert-x", ev.LegReleased(leg=LegId("x:user"), attempt=2, cause=16))
    assert not folds.lines.lines[SIM1].free
    folds.say("alert-x", ends)
    assert folds.lines.lines[SIM1].free


def test_a_line_in_quarantine_is_not_free(folds: Folds) -> None:
    folds.say("line-sim1", ev.LineQuarantined(line=SIM1, reason="mute"))
    assert not folds.lines.lines[SIM1].free
    folds.say("line-sim1", ev.LineReturned(line=SIM1))
    assert folds.lines.lines[SIM1].free


def test_a_reservation_for_an_alert_that_is_over_is_none(folds: Folds) -> None:
    folds.say("inbox-x", received())
    folds.say("alert-x", CLOSED)
    folds.say("operator-anna", ev.ShiftChanged(operator=ANNA, state=ShiftState.READY), reserved())
    folds.say("line-sim1", seized())
    assert folds.operators.operators[ANNA].free
    assert folds.lines.lines[SIM1].free
    assert (folds.operators.operators[ANNA].version, folds.lines.lines[SIM1].version) == (2, 1)


def test_a_line_that_joins_its_calls_is_the_alerts_until_the_last_of_them_is_released(folds: Folds) -> None:
    folds.say("inbox-x", received())
    for place in ("op1", "user"):
        leg = LegId(f"x:{place}")
        folds.say("line-sim1", ev.LineSeized(line=SIM1, alert=X, leg=leg, attempt=1))
        folds.say("alert-x", originating(X, place))
    assert folds.lines.lines[SIM1].leg == "x:user"
    folds.say("alert-x", ev.LegReleased(leg=LegId("x:user"), attempt=1, cause=16))
    assert folds.lines.lines[SIM1].leg == "x:op1"
    folds.say("alert-x", ev.LegReleased(leg=LegId("x:op1"), attempt=1, cause=16))
    assert folds.lines.lines[SIM1].free


def test_a_second_caller_who_was_declined_leaves_the_line_to_the_first(folds: Folds) -> None:
    folds.say("inbox-x", received())
    folds.say("line-sim1", seized())
    folds.say("alert-x", originating(X, "op1"))
    folds.say("inbox-y", received())
    folds.say("line-sim1", seized(alert=AlertId("y")))
    folds.say("alert-y", originating(AlertId("y"), "op1"))
    assert folds.lines.lines[SIM1].alert == "y"
    folds.say("alert-y", ev.LegReleased(leg=LegId("y:op1"), attempt=1, cause=201))
    assert folds.lines.lines[SIM1].alert == X
    folds.say("alert-x", CLOSED)
    assert folds.lines.lines[SIM1].free


def nailed_up(leg: str, attempt: int = 7, line: LineId = SIM1) -> ev.LineSeized:
    return ev.LineSeized(line=line, leg=LegId(leg), attempt=attempt, operator=ANNA)


def test_a_nailed_up_line_is_the_shifts_until_it_is_said_to_be_nobodys(folds: Folds) -> None:
    folds.say("line-sim1", nailed_up("nailed:anna"))
    hold = folds.lines.lines[SIM1]
    assert (hold.operator, hold.alert, hold.leg, hold.attempt) == (ANNA, None, "nailed:anna", 7)
    assert not hold.free
    folds.say("line-sim1", ev.LineQuarantined(line=SIM1, reason="x"), ev.LineReturned(line=SIM1))
    assert folds.lines.lines[SIM1].operator == ANNA
    folds.say("line-sim1", nailed_up(""))
    assert folds.lines.lines[SIM1].free
    assert folds.lines.lines[SIM1].operator is None


def tried(leg: str, *, line: LineId = SIM1) -> ev.LineSeized:
    return ev.LineSeized(line=line, leg=LegId(leg), attempt=1, tester=ANNA)


def test_a_line_is_a_test_call_s_until_it_is_let_go_or_an_alert_has_it(folds: Folds) -> None:
    folds.say("line-sim1", tried("test-1:1"))
    hold = folds.lines.lines[SIM1]
    assert (hold.tester, hold.leg, hold.alert, hold.operator) == (ANNA, "test-1:1", None, None)
    assert not hold.free
    folds.say("line-sim1", tried(""))
    assert folds.lines.lines[SIM1].free
    folds.say("line-sim1", tried("test-2:1"))
    folds.say("inbox-x", received())
    folds.say("line-sim1", seized())
    hold = folds.lines.lines[SIM1]
    assert (hold.tester, hold.alert) == (None, X)


def test_a_line_that_was_taken_out_is_nobody_s_to_seize_until_it_is_put_back(folds: Folds) -> None:
    folds.say("service-sim1", ev.LineTakenOut(line=SIM1, by=ANNA, reason="a new aerial"))
    hold = folds.lines.lines[SIM1]
    assert hold.taken_out == TakenOut(by=ANNA, reason="a new aerial", since=START)
    assert (hold.free, hold.version) == (False, 0)
    folds.say("line-sim1", ev.LineQuarantined(line=SIM1, reason="x"), ev.LineReturned(line=SIM1))
    assert not folds.lines.lines[SIM1].free
    folds.say("service-sim1", ev.LinePutBack(line=SIM1, by=ANNA))
    assert folds.lines.lines[SIM1].free


# ----------------------------------------------------------------------------------- rebuilding

ALERTS = st.sampled_from([AlertId(f"a{n}") for n in range(4)])
OPERATORS = st.sampled_from([OperatorId("anna"), OperatorId("bea")])
LINES = st.sampled_from([LineId("sim1"), LineId("sim2"), LineId("sim3")])
ATTEMPTS = st.integers(1, 2)


def _line_event(line: LineId) -> st.SearchStrategy[tuple[str, ev.Event]]:
    def seizes(alert: AlertId, attempt: int) -> ev.LineSeized:
        return ev.LineSeized(line=line, alert=alert, leg=LegId(f"{alert}:op1"), attempt=attempt)

    events = st.one_of(
        st.builds(seizes, ALERTS, ATTEMPTS),
        st.sampled_from((nailed_up("nailed:anna", line=line), nailed_up("", line=line))),
        st.sampled_from((tried("test-1:1", line=line), tried("", line=line))),
        st.just(ev.LineQuarantined(line=line, reason="x")),
        st.just(ev.LineReturned(line=line)),
    )
    orders = st.sampled_from(
        (ev.LineTakenOut(line=line, by=ANNA, reason="x"), ev.LinePutBack(line=line, by=ANNA))
    )
    return st.one_of(
        events.map(lambda event: (streams.line(line), event)),
        orders.map(lambda event: (streams.service(line), event)),
    )


def _operator_event(operator: OperatorId) -> st.SearchStrategy[tuple[str, ev.Event]]:
    events = st.one_of(
        st.builds(lambda alert: ev.OperatorReserved(operator=operator, alert=alert), ALERTS),
        st.sampled_from(ShiftState).map(lambda state: ev.ShiftChanged(operator=operator, state=state)),
        ALERTS.map(lambda alert: ev.OperatorLeft(operator=operator, reason="left", alert=alert)),
        st.just(ev.WrapUpEnded(operator=operator)),
    )
    return events.map(lambda event: (streams.operator(operator), event))


def _case_event(alert: AlertId) -> st.SearchStrategy[tuple[str, ev.Event]]:
    events = st.one_of(
        ATTEMPTS.map(lambda attempt: ev.LegReleased(leg=LegId(f"{alert}:op1"), attempt=attempt, cause=16)),
        st.builds(originating, st.just(alert), st.sampled_from(("op1", "user")), LINES, ATTEMPTS),
        OPERATORS.map(lambda operator: ev.OperatorLeft(operator=operator)),
        OPERATORS.map(lambda operator: ev.OperatorNotAnswering(operator=operator)),
        OPERATORS.map(lambda operator: ev.OperatorReserved(operator=operator, alert=alert)),
        st.just(ev.AlertClosed(outcome=Outcome.BRIEFED)),
        st.just(ev.UserReached(met_by="answered", by="answer")),
    )
    return events.map(lambda event: (streams.case(alert), event))


def _inbox_event(alert: AlertId) -> st.SearchStrategy[tuple[str, ev.Event]]:
    return st.just((streams.inbox(alert), received()))


STORIES = st.lists(
    st.one_of(
        ALERTS.flatmap(_inbox_event),
        ALERTS.flatmap(_case_event),
        OPERATORS.flatmap(_operator_event),
        LINES.flatmap(_line_event),
    ),
    max_size=60,
)


@settings(max_examples=often(60))
@given(story=STORIES)
@example(story=[("inbox-x", received()), ("alert-x", originating(X, "op1")), ("alert-x", CLOSED)])
def test_what_is_rebuilt_is_what_was_built(story: list[tuple[str, ev.Event]]) -> None:
    """In any order, sensible or not, as long as an inbox begins with its alert and has no other."""
    with tempfile.TemporaryDirectory() as folder:
        journal = journal_at(empty_journal(Path(folder) / "journal.db"))
        built = Folds(journal)
        for stream, event in story:
            if isinstance(event, ev.AlertReceived) and journal.version(stream):
                event = ev.DeadlineMissed()
            built.say(stream, event)
        anew, read_all = Folds(journal), Folds(journal)
        assert rebuild(journal, anew.alerts, anew.operators, anew.lines) == journal.last_seq()
        assert replay(journal, read_all.alerts, read_all.operators, read_all.lines) == journal.last_seq()
        journal.close()
    assert anew.state() == built.state()
    assert read_all.state() == built.state()


@on_both
def test_a_start_reads_little_of_a_long_journal(journal: Journal, clock: Clock) -> None:
    """Closed alerts, used lines and worked shifts cost a start nothing."""
    for n in range(30):
        accepted = accept(journal, signal(clock, f"+39333{n:07d}"), 50)
        leg = LegId(f"{accepted.alert}:op1")
        journal.append(
            Append("line-sim1", None, (seized(alert=accepted.alert),)),
            Append("operator-anna", None, (reserved(accepted.alert),)),
            Append(streams.case(accepted.alert), 0, (ev.LegReleased(leg=leg, attempt=1, cause=16), CLOSED)),
        )
    still_open = accept(journal, signal(clock, "+39334"), 50)
    read: list[str] = []

    class Counting:
        def apply(self, recorded: Any) -> None:
            read.append(recorded.stream)

    alerts = LiveCases()
    assert rebuild(journal, Counting(), alerts) == journal.last_seq()
    assert list(alerts.cases) == [still_open.alert]
    assert sorted(read) == [f"inbox-{still_open.alert}", "line-sim1", "operator-anna"]
