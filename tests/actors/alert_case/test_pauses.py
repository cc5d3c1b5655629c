"""Whatever refuses, time passes between two attempts, and an alert writes little in any minute."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from actors.alert_case.decider import alarms
from messages import events as ev
from messages.base import HangupCause
from messages.calls import CallState
from messages.ids import SECOND, Advice, Instant, OperatorCommand, OperatorId, OperatorLine, Party
from model.alert.leg import Leg, LegState
from model.settings.alerts import Duress
from tests.actors.alert_case.book import EVERYONE, SETTINGS, Book
from tests.support.depth import often
from tests.support.settings import changed

MINUTE_US = 60 * SECOND
MOST = 200


class Refusing(Book):
    """What becomes of each call, by whom it is to: these states, one after another, `takes_s` each."""

    def __init__(self, fates: dict[Party, tuple[CallState, ...]], **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]
        self.fates = fates
        self.cause = int(HangupCause.TEMPORARY_FAILURE)
        self.takes_s = 0.01
        self.releases = True
        self._told: dict[tuple[str, int], int] = {}

    def react(self) -> bool:
        """Each modem says one thing more of its call."""
        said = False
        for leg in list(self.case.legs.values()):
            said = self._react(leg) or said
        return said

    def _react(self, leg: Leg) -> bool:
        if leg.state is LegState.RELEASING:
            if self.releases:
                self.report(leg, CallState.RELEASED, 16)
            return self.releases
        if not self._will_say(leg):
            return False
        told = self._told.get((leg.leg, leg.attempt), 0)
        self._told[leg.leg, leg.attempt] = told + 1
        state = self.fates[leg.party][told]
        self.report(leg, state, self.cause if state is CallState.RELEASED else None)
        return True

    def lasts(self, seconds: float) -> None:
        until = Instant(self.now + round(seconds * SECOND))
        tick = self.now
        while self.now < until and self.case.closed_at is None:
            tick = max(tick, self.now) if tick > self.now else Instant(self.now + SECOND)
            moves = [tick, self.wake_at or tick]
            if any(self._will_say(leg) for leg in self.case.legs.values()):
                moves.append(Instant(self.now + round(self.takes_s * SECOND)))
            self.now = min(one for one in moves if one > self.now)
            if not self.react():
                self.go_on()

    def _will_say(self, leg: Leg) -> bool:
        """Whether its modem has more to say of it."""
        if leg.state is LegState.RELEASING:
            return self.releases
        told = self._told.get((leg.leg, leg.attempt), 0)
        return leg.live and told < len(self.fates.get(leg.party, ()))

    @property
    def busiest(self) -> int:
        """The most events of any minute, those of the inbox too."""
        at = [one.at_us for one in self.recorded]
        return max(sum(first <= one < first + MINUTE_US for one in at) for first in at)


GONE = (CallState.RELEASED,)
RANG = (CallState.RINGING, CallState.RELEASED)
DROPS = (CallState.RINGING, CallState.ANSWERED, CallState.RELEASED)
STAYS = (CallState.RINGING, CallState.ANSWERED)


@pytest.mark.parametrize("fate", [GONE, RANG, DROPS])
@pytest.mark.parametrize("cause", [41, 16, 17, 200])
def test_a_dial_that_is_refused_at_once_is_no_endless_loop_of_operator_calls(
    fate: tuple[CallState, ...], cause: int
) -> None:
    book = Refusing({Party.OPERATOR: fate, Party.USER: GONE})
    book.cause = cause
    book.lasts(180.0)
    assert book.busiest <= MOST, book.busiest
    dialled = [one.at_us for one in book.recorded if isinstance(one.event, ev.LegOriginating)]
    late = [at for at in dialled if at >= book.recorded[0].at_us + 120 * SECOND]
    assert late, "it is tried on"


def test_an_operator_is_not_said_to_be_not_answering_for_a_failed_line_and_the_app_is_told() -> None:
    book = Refusing({Party.OPERATOR: GONE})
    book.lasts(6.0)
    assert book.all_of(ev.OperatorNotAnswering) == []
    assert book.case.advice is Advice.CALL_112_NOW


def test_that_no_operator_can_be_called_is_an_alarm_until_one_is_there() -> None:
    book = Refusing({Party.OPERATOR: GONE})
    book.lasts(6.0)
    blank = replace(book.case, in_vain={})
    raised = [one.alarm for one in alarms(blank, book.case)]
    assert raised == ["alert.no_operator_line"]
    before = book.case
    book.fates = {Party.OPERATOR: STAYS}
    book.lasts(12.0)
    assert book.case.operator is not None
    assert [type(one) for one in alarms(before, book.case)] == [ev.AlarmCleared]


def test_112_that_fails_at_once_is_tried_on_with_pauses() -> None:
    book = Refusing({Party.OPERATOR: STAYS, Party.USER: STAYS, Party.PSAP: GONE})
    book.lasts(3.0)
    book.order(OperatorCommand.CALL_PSAP)
    book.lasts(180.0)
    assert book.busiest <= MOST, book.busiest
    tried = [one.at_us for one in book.recorded if isinstance(one.event, ev.LegOriginating)]
    assert tried[-1] - tried[-2] <= 8 * SECOND


def test_the_first_failure_costs_no_time() -> None:
    book = Book().opened()
    first = book.leg(Party.OPERATOR)
    book.ends(Party.OPERATOR, HangupCause.TEMPORARY_FAILURE)
    again = book.leg(Party.OPERATOR)
    assert again.line != first.line
    assert again.since == book.now


def test_one_who_takes_it_by_hand_is_called_without_a_pause() -> None:
    book = Refusing({Party.OPERATOR: GONE})
    book.lasts(30.0)
    book.fates = {}
    book.order(OperatorCommand.TAKE, by=EVERYONE[2])
    assert book.leg(Party.OPERATOR).operator == EVERYONE[2]
    assert book.leg(Party.OPERATOR).since == book.now


def test_case_09_a_call_that_does_not_end_holds_nobody_up() -> None:
    book = Book().to_talking()
    line = book.leg(Party.USER).line
    book.order(OperatorCommand.MARK_MACHINE).pass_time(24.0)
    assert book.case.active(Party.USER) is None
    book.pass_time(2.0)
    assert book.leg(Party.USER).line != line, "she is called on another line"


def test_case_09_an_alert_whose_last_call_does_not_end_is_closed_all_the_same() -> None:
    book = Book().to_talking().order(OperatorCommand.DECLARE_FALSE_ALARM).pass_time(26.0)
    assert book.case.closed_at is not None


def test_112_is_not_called_again_when_its_line_fails_while_it_is_let_go() -> None:
    book = Book().to_conference().obeyed(OperatorCommand.LEAVE)
    book.pass_time(SETTINGS.alert.leave_alarm_within_s + 1).ends(Party.USER).pass_time(10.5)
    psap = book.case.legs[book.case.of(Party.PSAP)[0].leg]
    assert psap.state is LegState.RELEASING
    book.report(psap, CallState.RELEASED, HangupCause.LINE_LOST).pass_time(30.0)
    assert len([one for one in book.all_of(ev.LegOriginating) if one.party is Party.PSAP]) == 1
    assert book.case.closed_at is not None


FATES = st.sampled_from([(), GONE, RANG, DROPS, STAYS])


@settings(max_examples=often(40))
@example(
    fates={**dict.fromkeys(Party, ()), Party.OPERATOR: DROPS, Party.PSAP: DROPS},
    cause=34,
    operators=2,
    voice=OperatorLine.ON_DEMAND,
    releases=True,
    takes_s=0.01,
    duress=True,
    answering=True,
)
@given(
    fates=st.fixed_dictionaries(dict.fromkeys(Party, FATES)),
    cause=st.sampled_from([16, 17, 18, 21, 31, 34, 38, 41, 200, 201, 203]),
    operators=st.integers(0, 3),
    voice=st.sampled_from([OperatorLine.ON_DEMAND, OperatorLine.HEADSET]),
    releases=st.booleans(),
    takes_s=st.sampled_from([0.01, 0.3, 1.1, 3.1]),
    duress=st.booleans(),
    answering=st.booleans(),
)
def test_whatever_refuses_an_alert_writes_at_most_200_events_in_any_minute(
    fates: dict[Party, tuple[CallState, ...]],
    cause: int,
    operators: int,
    voice: OperatorLine,
    releases: bool,
    takes_s: float,
    duress: bool,
    answering: bool,
) -> None:
    whose: tuple[OperatorId, ...] = EVERYONE[:operators]
    book = Refusing(
        fates,
        operators=whose,
        settings=changed(SETTINGS, {"duress": Duress.PSAP_FIRST, "operator.line": voice}),
    )
    book.voices = dict.fromkeys(whose, voice)
    book.cause, book.releases, book.takes_s = cause, releases, takes_s
    if duress:
        book.write("inbox-a1", ev.AlertCancelled(duress=True))
    book.lasts(20.0)
    book.answering = answering
    if book.case.operator is not None:
        book.order(OperatorCommand.CALL_PSAP)
    book.lasts(100.0)
    assert book.busiest <= MOST, (book.busiest, fates)


def test_a_line_that_fails_after_many_calls_to_the_user_is_followed_by_another() -> None:
    book = Book().attended()
    for _ in range(9):
        book.ends(Party.USER, HangupCause.NO_ANSWER).pass_time(1.0)
        if book.case.active(Party.USER) is None:
            book.order(OperatorCommand.REDIAL_USER)
    attempt = book.leg(Party.USER).attempt
    book.ends(Party.USER, HangupCause.TEMPORARY_FAILURE).pass_time(20.0)
    assert (attempt, book.leg(Party.USER).attempt) == (10, 11)
