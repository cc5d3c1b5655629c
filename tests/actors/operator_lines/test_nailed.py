"""A call that is nailed up: made on shift, made again when it drops, ended with the shift."""

from __future__ import annotations

from typing import Self

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from actors.operator_lines import nailed
from actors.operator_lines.nailed import LONGEST_PAUSE_US, DesiredCall, Nailed
from messages.base import HangupCause, VoicePort
from messages.calls import CallReport, CallState, DialCall, HangUpCall
from messages.ids import E164, SECOND, Instant, LineId, OperatorId
from messages.lines import RequestLine
from model.rules.calls.own_line import nailed_up_leg
from tests.support.depth import often

ANNA = OperatorId("anna")
NUMBER = E164("+390200000100")
START = Instant(1_700_000_000 * SECOND)
LINES = [LineId("p1"), LineId("p2")]
VOICE = VoicePort(path="/dev/voice")


class Call:
    """One call as its modem has it."""

    def __init__(self) -> None:
        self.state = CallState.DIALLING
        self.cause: int | None = None
        self.heard = False


class Plant:
    """A pool, modems that keep their calls, a journal, and whoever keeps the line."""

    def __init__(self) -> None:
        self.now = START
        self.on_shift = False
        self.dialled_by_alert = False
        self.leg_stands = False
        self.lines_free = True
        self.lost = False
        """Whether what is said to a modem reaches nobody."""
        self.node_lost = False
        """Whether the node of the line that is held is no more."""
        self.hold: tuple[LineId, int] | None = None
        self.calls: dict[tuple[LineId, int], Call] = {}
        self.nailed: Nailed = nailed.begin(ANNA, self.now)
        self.asked: list[RequestLine] = []
        self.dials: list[Instant] = []

    def wanted(self) -> DesiredCall:
        return DesiredCall(
            call=self.on_shift and not self.dialled_by_alert,
            keep=(self.on_shift and not self.dialled_by_alert) or self.leg_stands,
            number=NUMBER,
            line=None if self.hold is None else self.hold[0],
            attempt=0 if self.hold is None else self.hold[1],
            lost=self.hold is not None and self.node_lost,
        )

    def step(self) -> None:
        act = nailed.step(self.nailed, self.wanted(), self.now)
        self.nailed = act.nailed
        if act.free:
            assert self.hold is not None
            self.hold, self.node_lost = None, False
        if act.request is not None:
            assert self.hold is None, "a second line is asked for"
            self.asked.append(act.request)
            if self.lines_free:
                avoid = act.request.avoid
                line = min(LINES, key=lambda one: (one in avoid, one))
                self.hold = (line, act.request.attempt)
                self.step()
            else:
                self.nailed = nailed.refused(self.nailed, "no public line is free")
            return
        if act.order is not None and self.hold is not None and not self.lost:
            self.obey(act.order)

    def obey(self, order: nailed.Order) -> None:
        assert self.hold is not None
        assert (order.leg, order.attempt) == (nailed_up_leg(ANNA), self.hold[1])
        call = self.calls.get(self.hold)
        match order:
            case DialCall() if call is None:
                assert self.wanted().keep
                call = self.calls[self.hold] = Call()
                self.dials.append(self.now)
            case HangUpCall() if call is not None and call.state is not CallState.RELEASED:
                call.state, call.cause = CallState.RELEASED, HangupCause.NORMAL
            case _:
                pass
        self.tell(call)

    def tell(self, call: Call | None) -> None:
        assert self.hold is not None
        line, attempt = self.hold
        report = CallReport(
            leg=nailed_up_leg(ANNA),
            attempt=attempt,
            line=line,
            state=CallState.UNKNOWN if call is None else call.state,
            cause=None if call is None else call.cause,
            voice=VOICE if call is not None and call.state is CallState.ANSWERED else None,
        )
        self.nailed = nailed.on_report(self.nailed, report, self.now)
        if report.state in (CallState.RELEASED, CallState.UNKNOWN):
            self.step()

    @property
    def call(self) -> Call | None:
        return None if self.hold is None else self.calls.get(self.hold)

    def becomes(self, state: CallState, cause: int | None = None) -> Self:
        call = self.call
        if call is not None and call.state is not CallState.RELEASED:
            call.state, call.cause = state, cause
            if not self.lost:
                self.tell(call)
        return self

    def pass_time(self, seconds: int) -> Self:
        for _ in range(seconds):
            self.now = Instant(self.now + SECOND)
            self.step()
        return self

    @property
    def up(self) -> bool:
        return nailed.voice(self.nailed, self.wanted()).state is CallState.ANSWERED


def on_shift() -> Plant:
    plant = Plant()
    plant.on_shift = True
    plant.pass_time(1)
    return plant


def test_the_operator_is_called_at_once_and_then_left_in_peace() -> None:
    plant = on_shift().becomes(CallState.ANSWERED).pass_time(600)
    assert plant.up
    assert len(plant.dials) == 1


def test_it_is_made_again_after_two_seconds_and_then_ever_later() -> None:
    plant = on_shift()
    for _ in range(7):
        plant.becomes(CallState.RELEASED, HangupCause.BUSY)
        before = len(plant.dials)
        while len(plant.dials) == before:
            plant.pass_time(1)
    pauses = [(after - before) // SECOND for before, after in zip(plant.dials, plant.dials[1:], strict=False)]
    assert pauses == [2, 4, 8, 16, 30, 30, 30]
    assert plant.nailed.text == "the operator's phone is busy"


def test_a_call_that_has_stood_begins_the_count_anew() -> None:
    plant = on_shift()
    for _ in range(5):
        plant.becomes(CallState.RELEASED, HangupCause.BUSY).pass_time(31)
    plant.becomes(CallState.ANSWERED).pass_time(61).becomes(CallState.RELEASED, HangupCause.NORMAL)
    dials = len(plant.dials)
    plant.pass_time(3)
    assert len(plant.dials) == dials + 1


def test_the_line_that_failed_is_taken_last() -> None:
    plant = on_shift().becomes(CallState.RELEASED, HangupCause.LINE_LOST).pass_time(3)
    assert plant.asked[-1].avoid == ("p1",)
    assert plant.hold is not None
    assert plant.hold[0] == "p2"


def test_a_modem_that_gives_no_voice_is_no_use() -> None:
    plant = on_shift()
    call = plant.call
    assert call is not None
    assert plant.hold is not None
    call.state = CallState.ANSWERED
    report = CallReport(
        leg=nailed_up_leg(ANNA), attempt=plant.hold[1], line=plant.hold[0], state=CallState.ANSWERED
    )
    plant.nailed = nailed.on_report(plant.nailed, report, plant.now)
    assert nailed.voice(plant.nailed, plant.wanted()).state is CallState.RINGING
    act = nailed.step(plant.nailed, plant.wanted(), Instant(plant.now + nailed.NO_VOICE_US))
    assert isinstance(act.order, HangUpCall)
    assert "p1 delivers no audio" in act.nailed.text


def test_a_phone_that_is_not_answered_is_not_rung_for_ever() -> None:
    plant = on_shift().becomes(CallState.RINGING).pass_time(50)
    assert plant.calls[next(iter(plant.calls))].state is CallState.RELEASED


def test_while_an_alert_calls_the_operator_s_phone_it_is_not_called_by_us() -> None:
    plant = Plant()
    plant.on_shift = plant.dialled_by_alert = True
    plant.pass_time(10)
    assert plant.dials == []
    plant.dialled_by_alert = False
    plant.pass_time(2)
    assert len(plant.dials) == 1


def test_the_shift_may_end_in_an_alert_and_the_call_stays_as_long_as_it() -> None:
    plant = on_shift().becomes(CallState.ANSWERED)
    plant.leg_stands, plant.on_shift = True, False
    plant.pass_time(60)
    assert plant.up
    plant.leg_stands = False
    plant.pass_time(2)
    assert plant.hold is None


def test_nobody_begins_to_stand_on_a_call_that_is_being_hung_up() -> None:
    """It has given way to an alert, or the shift is over: its end is ordered, and comes a moment later."""
    plant = on_shift().becomes(CallState.ANSWERED)
    assert not nailed.voice(plant.nailed, plant.wanted()).wavering
    plant.leg_stands, plant.on_shift = True, False
    assert not nailed.voice(plant.nailed, plant.wanted()).wavering
    plant.leg_stands = False
    assert nailed.voice(plant.nailed, plant.wanted()).wavering


def test_who_comes_after_a_restart_takes_the_call_over() -> None:
    plant = on_shift().becomes(CallState.ANSWERED)
    plant.nailed = nailed.begin(ANNA, plant.now)
    assert nailed.voice(plant.nailed, plant.wanted()).state is CallState.UNKNOWN
    plant.pass_time(1)
    assert plant.up
    assert len(plant.dials) == 1


def test_a_call_on_a_line_of_a_lost_node_is_over_at_once_and_made_anew() -> None:
    plant = on_shift().becomes(CallState.ANSWERED)
    plant.lost = plant.node_lost = True
    plant.pass_time(1)
    assert plant.hold is None
    assert plant.nailed.text == "the node of the line is lost"
    assert nailed.voice(plant.nailed, plant.wanted()).state is CallState.RELEASED
    plant.lost = False
    plant.pass_time(3)
    assert len(plant.dials) == 2


def test_who_takes_a_call_over_whose_node_is_lost_waits_for_no_modem() -> None:
    plant = on_shift().becomes(CallState.ANSWERED)
    plant.lost = plant.node_lost = True
    plant.nailed = nailed.begin(ANNA, plant.now)
    plant.pass_time(1)
    assert plant.hold is None


def test_why_it_is_not_up_is_said_in_words() -> None:
    plant = Plant()
    plant.on_shift, plant.lines_free = True, False
    plant.pass_time(2)
    assert plant.nailed.text == "no public line is free"
    plant.on_shift = False
    plant.pass_time(1)
    assert plant.nailed.text == ""


class AnyShift(RuleBasedStateMachine):
    """Whatever happens: one line at the most, and in the end what is wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.plant = Plant()

    @rule(on=st.booleans())
    def shift(self, on: bool) -> None:
        self.plant.on_shift = on

    @rule(stands=st.booleans())
    def an_alert_has_the_operator(self, stands: bool) -> None:
        self.plant.leg_stands = stands and self.plant.up

    @rule(dialled=st.booleans())
    def an_alert_calls_the_operator_s_phone(self, dialled: bool) -> None:
        self.plant.dialled_by_alert = dialled and not self.plant.leg_stands

    @rule(free=st.booleans())
    def lines(self, free: bool) -> None:
        self.plant.lines_free = free

    @rule(lost=st.booleans())
    def modem(self, lost: bool) -> None:
        self.plant.lost = lost

    @rule()
    def the_node_of_the_line_is_lost(self) -> None:
        self.plant.node_lost = self.plant.hold is not None

    @rule(
        state=st.sampled_from((CallState.RINGING, CallState.ANSWERED, CallState.RELEASED)),
        cause=st.sampled_from((HangupCause.BUSY, HangupCause.NORMAL, HangupCause.LINE_LOST)),
    )
    def the_phone(self, state: CallState, cause: int) -> None:
        self.plant.becomes(state, cause if state is CallState.RELEASED else None)

    @rule(seconds=st.integers(1, 40))
    def time(self, seconds: int) -> None:
        self.plant.pass_time(seconds)

    @rule()
    def restarted(self) -> None:
        self.plant.nailed = nailed.begin(ANNA, self.plant.now)

    @invariant()
    def nobody_is_dialled_without_a_pause(self) -> None:
        assert self.plant.nailed.next_at <= self.plant.now + LONGEST_PAUSE_US

    def teardown(self) -> None:
        plant = self.plant
        plant.lost, plant.lines_free, plant.dialled_by_alert, plant.leg_stands = False, True, False, False
        plant.on_shift = False
        plant.pass_time(3)
        assert plant.hold is None, "a line is held though nobody wants it"
        plant.on_shift = True
        plant.pass_time(32).becomes(CallState.ANSWERED).pass_time(1)
        assert plant.up


AnyShift.TestCase.settings = settings(max_examples=often(150), stateful_step_count=40, deadline=None)
TestAnyShift = AnyShift.TestCase
