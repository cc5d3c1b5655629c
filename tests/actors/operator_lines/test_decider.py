"""Legs on an operator's own voice: answered at once, never confirmed, let go without an end of the voice."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from actors.operator_lines.decider import (
    ABSENT,
    FORGOTTEN_US,
    LATE_US,
    UNKNOWN,
    Answer,
    Order,
    OwnLineAttempt,
    Ref,
    Voice,
    forget,
    is_in_use,
    moved,
    on_order,
    on_voice_change,
)
from messages.base import HangupCause, VoicePort
from messages.calls import AttachCall, CallReport, CallState, DialCall, HangUpCall
from messages.ids import E164, SECOND, Instant, LegId, LineId
from tests.support.depth import often

NOW = Instant(1_000 * SECOND)
ANNA = LineId("headset:anna")
LEG = LegId("a1:op1")
NUMBER = E164("+390200000100")
PORT = VoicePort(path="/run/voice/anna.sock", rate_hz=16_000, frame_bytes=640, kind="unix")
THERE = Voice(state=CallState.ANSWERED, port=PORT)
WAVERING = replace(THERE, wavering=True)
RINGING = Voice(state=CallState.RINGING)
GONE = Voice(state=CallState.RELEASED, cause=HangupCause.LINE_LOST)

DIAL = DialCall(leg=LEG, attempt=1, number=NUMBER, line=ANNA)
ATTACH = AttachCall(leg=LEG, attempt=1, number=NUMBER, line=ANNA)
HANG_UP = HangUpCall(leg=LEG, attempt=1, number=NUMBER, line=ANNA)


def give(
    order: Order, voice: Voice, legs: dict[Ref, OwnLineAttempt] | None = None, *, said_s: float = 0.0
) -> Answer:
    return on_order(legs or {}, ANNA, order, voice, Instant(NOW - round(said_s * SECOND)), NOW)


def states(said: tuple[CallReport, ...]) -> list[CallState]:
    return [one.state for one in said]


def test_the_operator_is_answered_at_once_and_nothing_is_proved_by_it() -> None:
    _, said = give(DIAL, THERE)
    assert states(said) == [CallState.RINGING, CallState.ANSWERED]
    assert said[-1].voice == PORT
    assert not said[-1].confirmed


def test_the_same_order_again_is_the_same_answer() -> None:
    legs, said = give(DIAL, THERE)
    assert give(DIAL, THERE, legs)[1] == give(ATTACH, THERE, legs)[1] == said[-1:]


def test_who_has_no_voice_is_not_called_and_the_operator_s_line_has_failed() -> None:
    assert give(DIAL, ABSENT)[1][0].cause == HangupCause.NETWORK_OUT_OF_ORDER
    assert give(DIAL, GONE)[1][0].cause == HangupCause.LINE_LOST
    assert states(give(DIAL, WAVERING)[1]) == [CallState.RELEASED]


def test_who_stands_on_a_voice_that_wavers_stays() -> None:
    legs, _ = give(DIAL, THERE)
    assert on_voice_change(legs, ANNA, WAVERING) == (legs, ())
    legs, said = on_voice_change(legs, ANNA, GONE)
    assert [(one.state, one.cause) for one in said] == [(CallState.RELEASED, HangupCause.LINE_LOST)]
    assert on_voice_change(legs, ANNA, THERE)[1] == (), "it has ended, and is not answered again"


def test_to_hang_up_only_lets_go() -> None:
    legs, _ = give(DIAL, THERE)
    legs, said = give(HANG_UP, THERE, legs)
    assert [(one.state, one.cause) for one in said] == [(CallState.RELEASED, HangupCause.NORMAL)]
    assert not is_in_use(legs, ANNA)
    again = DialCall(leg=LegId("a2:op1"), attempt=1, number=NUMBER, line=ANNA)
    assert states(give(again, THERE, legs)[1])[-1] is CallState.ANSWERED


def test_a_dial_that_comes_after_its_end_or_late_is_none() -> None:
    legs, _ = give(HANG_UP, THERE)
    assert states(give(DIAL, THERE, legs)[1]) == [CallState.RELEASED]
    assert give(DIAL, THERE, said_s=LATE_US / SECOND + 0.1) == ({}, ())


def test_after_a_restart_who_stood_there_is_taken_over() -> None:
    for voice in (THERE, WAVERING):
        _, said = give(ATTACH, voice)
        assert [(one.state, one.adopted) for one in said] == [(CallState.ANSWERED, True)]
    assert give(ATTACH, UNKNOWN) == ({}, ())
    assert [one.cause for one in give(ATTACH, GONE)[1]] == [HangupCause.LINE_LOST]


def test_a_call_that_is_still_being_made_is_heard_of_as_it_goes_on() -> None:
    legs, said = give(DIAL, Voice(state=CallState.DIALLING))
    assert states(said) == [CallState.DIALLING]
    legs, said = on_voice_change(legs, ANNA, RINGING)
    assert states(said) == [CallState.RINGING]
    legs, said = on_voice_change(legs, ANNA, Voice(state=CallState.RELEASED, cause=HangupCause.NO_ANSWER))
    assert [one.cause for one in said] == [HangupCause.NO_ANSWER]


def test_a_voice_that_has_moved_is_told() -> None:
    legs, _ = give(DIAL, THERE)
    other = replace(PORT, path="/dev/ttyUSB7", kind="tty")
    _, said = on_voice_change(legs, ANNA, replace(THERE, port=other))
    assert [one.voice for one in said] == [other]


def test_who_stood_on_a_voice_that_has_gone_to_another_node_is_let_go_in_silence_and_may_come_back() -> None:
    legs, _ = give(DIAL, THERE)
    over = AttachCall(leg=LegId("a0:op1"), attempt=1, number=NUMBER, line=ANNA)
    legs, _ = give(over, ABSENT, legs)
    left = moved(legs, ANNA)
    assert not is_in_use(left, ANNA)
    assert on_voice_change(left, ANNA, GONE)[1] == ()
    assert [(one.state, one.adopted) for one in give(ATTACH, THERE, left)[1]] == [(CallState.ANSWERED, True)]
    assert states(give(over, THERE, left)[1]) == [CallState.RELEASED], "what is over stays so"


def test_others_stay_when_one_voice_has_moved() -> None:
    legs, _ = give(DIAL, THERE)
    assert moved(legs, LineId("headset:bea")) == legs


VOICES = st.sampled_from((UNKNOWN, ABSENT, GONE, RINGING, THERE, WAVERING))
LEGS = [LegId(f"a{n}:op1") for n in range(3)]


class OneVoice(RuleBasedStateMachine):
    """Orders in any order, a voice that comes and goes, restarts: no leg comes back from its end."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.voice = UNKNOWN
        self.legs: dict[Ref, OwnLineAttempt] = {}
        self.said: dict[Ref, CallState] = {}
        self.new: tuple[CallReport, ...] = ()

    def take(self, answer: Answer) -> None:
        self.legs, self.new = answer
        for one in self.new:
            ref = (one.leg, one.attempt)
            ended = self.said.get(ref) is CallState.RELEASED
            assert not ended or one.state is CallState.RELEASED, f"{ref} is back from its end"
            self.said[ref] = one.state

    @rule(leg=st.sampled_from(LEGS), attempt=st.integers(1, 2), late=st.booleans())
    def dialled(self, leg: LegId, attempt: int, late: bool) -> None:
        order = DialCall(leg=leg, attempt=attempt, number=NUMBER)
        said_at = Instant(self.now - 2 * LATE_US) if late else self.now
        known = (leg, attempt) in self.legs
        self.take(on_order(self.legs, ANNA, order, self.voice, said_at, self.now))
        if self.voice == THERE and not known and not late:
            assert self.new[-1].state is CallState.ANSWERED

    @rule(leg=st.sampled_from(LEGS), attempt=st.integers(1, 2))
    def asked_for(self, leg: LegId, attempt: int) -> None:
        if self.said.get((leg, attempt)) is not CallState.RELEASED:
            # A case asks for what it believes to be up; what is over it asks for no more.
            order = AttachCall(leg=leg, attempt=attempt, number=NUMBER)
            self.take(on_order(self.legs, ANNA, order, self.voice, self.now, self.now))

    @rule(leg=st.sampled_from(LEGS), attempt=st.integers(1, 2))
    def hung_up(self, leg: LegId, attempt: int) -> None:
        order = HangUpCall(leg=leg, attempt=attempt, number=NUMBER)
        self.take(on_order(self.legs, ANNA, order, self.voice, self.now, self.now))
        assert self.new[-1].state is CallState.RELEASED

    @rule(voice=VOICES)
    def the_voice_changes(self, voice: Voice) -> None:
        self.voice = voice
        self.take(on_voice_change(self.legs, ANNA, voice))

    @rule()
    def the_operator_goes_on_at_another_node(self) -> None:
        self.legs, self.new = moved(self.legs, ANNA), ()
        assert not is_in_use(self.legs, ANNA)

    @rule()
    def time_passes(self) -> None:
        self.now = Instant(self.now + FORGOTTEN_US // 3)
        self.legs = forget(self.legs, self.now)

    @precondition(lambda self: all(not one.live for one in self.legs.values()))
    @rule()
    def restarted_with_nobody_there(self) -> None:
        self.said = {ref: state for ref, state in self.said.items() if ref in self.legs}

    @invariant()
    def nobody_is_on_a_voice_that_is_gone(self) -> None:
        if self.voice.state is CallState.RELEASED:
            assert not any(one.state is CallState.ANSWERED for one in self.legs.values())

    @invariant()
    def an_answer_has_a_voice(self) -> None:
        assert all(one.voice is not None for one in self.new if one.state is CallState.ANSWERED)
        assert not any(one.confirmed for one in self.new)


OneVoice.TestCase.settings = settings(max_examples=often(100), stateful_step_count=40, deadline=None)
TestOneVoice = OneVoice.TestCase
