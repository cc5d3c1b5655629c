"""A leg tells the modem what its case wishes, says what the modem says, and never dials what has been up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from actors.call_leg.decider import (
    RELEASES_WITHIN_US,
    REPEAT_US,
    SILENT_ANSWER_US,
    SILENT_CALL_US,
    SILENT_DIAL_US,
    UP_REPEAT_US,
    Act,
    Task,
    on_call,
    on_line_back,
    on_lost,
    on_tick,
    on_wish,
)
from messages.base import HangupCause, VoicePort
from messages.calls import AnswerCall, AttachCall, CallReport, CallState, DialCall, HangUpCall
from messages.cases import Originate, ReleaseLeg
from messages.ids import E164, SECOND, AlertId, Instant, LegId, LineId, Party

NOW = Instant(1_000 * SECOND)
LINE = LineId("p1")
LEG = LegId("a1:user")


def wish(
    seen: CallState = CallState.UNKNOWN, *, attempt: int = 1, call: int | None = None, number: str = "+39333"
) -> Originate:
    return Originate(
        alert=AlertId("a1"),
        leg=LEG,
        party=Party.USER,
        line=LINE,
        attempt=attempt,
        number=E164(number),
        call=call,
        seen=seen,
    )


def release(attempt: int = 1, *, unanswered: bool = False) -> ReleaseLeg:
    return ReleaseLeg(
        alert=AlertId("a1"), leg=LEG, attempt=attempt, line=LINE, number=E164("+39333"), unanswered=unanswered
    )


def said(state: CallState, attempt: int = 1, cause: int | None = None) -> CallReport:
    return CallReport(leg=LEG, attempt=attempt, line=LINE, state=state, cause=cause)


def test_a_new_wish_is_dialled() -> None:
    act = on_wish(None, wish(), NOW)
    assert isinstance(act.order, DialCall)
    assert act.line == LINE
    assert act.report is None


def test_an_inbound_call_is_answered_and_not_dialled() -> None:
    assert isinstance(on_wish(None, wish(call=4), NOW).order, AnswerCall)


def test_an_inbound_call_that_rings_is_answered_again_until_it_is() -> None:
    task = on_wish(None, wish(call=4), NOW).task
    rings = on_call(task, said(CallState.RINGING), NOW)
    back = on_line_back(rings.task, LINE, NOW)
    assert back.order == AnswerCall(leg=LEG, attempt=1, call=4, number=E164("+39333"))
    up = on_call(rings.task, said(CallState.ANSWERED), NOW)
    assert isinstance(on_line_back(up.task, LINE, NOW).order, AttachCall)


def test_what_was_up_is_looked_for_and_never_dialled() -> None:
    for seen in (CallState.RINGING, CallState.ANSWERED):
        act = on_wish(None, wish(seen), NOW)
        assert isinstance(act.order, AttachCall)
        lost = on_call(act.task, said(CallState.UNKNOWN), NOW)
        assert lost.report is not None
        assert (lost.report.state, lost.report.cause) == (CallState.RELEASED, HangupCause.LINE_LOST)


def test_a_wish_for_an_attempt_that_is_over_changes_nothing() -> None:
    task = on_wish(None, wish(attempt=5), NOW).task
    late = on_wish(task, wish(attempt=3), NOW)
    assert (late.task, late.order, late.report) == (task, None, None)


def test_what_ended_while_nobody_listened_was_not_lost_by_the_line() -> None:
    act = on_wish(None, wish(CallState.ANSWERED), NOW)
    gone = CallReport(leg=LEG, attempt=1, line=LINE, state=CallState.UNKNOWN, reset=False)
    ended = on_call(act.task, gone, NOW)
    assert ended.report is not None
    assert ended.report.cause == HangupCause.NORMAL_UNSPECIFIED


def test_what_the_modem_says_is_passed_on() -> None:
    task = on_wish(None, wish(), NOW).task
    task = on_call(task, said(CallState.DIALLING), NOW).task
    for state in (CallState.RINGING, CallState.ANSWERED):
        act = on_call(task, said(state), NOW)
        assert act.report is not None
        assert act.report.state is state
        task = act.task
    ended = on_call(task, said(CallState.RELEASED, cause=16), NOW)
    assert ended.report is not None
    assert ended.report.cause == 16


def test_what_is_known_already_is_not_said_again() -> None:
    task = on_wish(None, wish(), NOW).task
    dialling = on_call(task, said(CallState.DIALLING), NOW)
    assert dialling.report is None, "the case has decided the dial itself"
    ringing = on_call(dialling.task, said(CallState.RINGING), NOW)
    again = on_call(ringing.task, said(CallState.RINGING), NOW)
    assert again.report is None
    assert on_wish(again.task, wish(CallState.RINGING), NOW).report is None
    assert on_wish(again.task, wish(CallState.UNKNOWN), NOW).report is not None


def test_a_wish_told_again_is_answered_with_what_is_known() -> None:
    task = on_call(on_wish(None, wish(), NOW).task, said(CallState.RINGING), NOW).task
    act = on_wish(task, wish(), NOW)
    assert act.report is not None
    assert act.report.state is CallState.RINGING
    assert isinstance(act.order, AttachCall), "a call that has been dialled is not dialled again"


def test_an_order_is_repeated_only_where_the_case_has_not_just_repeated_it() -> None:
    task = on_wish(None, wish(), NOW).task
    assert on_tick(task, Instant(NOW + REPEAT_US - 1)) == Act(task=task)
    again = on_tick(task, Instant(NOW + REPEAT_US))
    assert isinstance(again.order, DialCall)
    assert on_tick(again.task, Instant(NOW + REPEAT_US + SECOND // 2)).order is None, (
        "the leg has just asked itself"
    )


def test_the_order_of_a_call_that_is_up_is_repeated_less_often() -> None:
    task = on_wish(None, wish(CallState.ANSWERED), NOW).task
    assert on_tick(task, Instant(NOW + UP_REPEAT_US - 1)) == Act(task=task)
    assert isinstance(on_tick(task, Instant(NOW + UP_REPEAT_US)).order, AttachCall)


def test_a_modem_that_was_started_again_is_asked_for_the_call_at_once() -> None:
    task = on_wish(None, wish(CallState.ANSWERED), NOW).task
    act = on_line_back(task, LINE, NOW)
    assert isinstance(act.order, AttachCall)
    assert act.line == LINE
    assert on_line_back(task, LineId("p2"), NOW) == Act(task=task), "the leg has moved to another line"
    over = on_call(task, said(CallState.RELEASED), NOW).task
    assert on_line_back(over, LINE, NOW).order is None
    assert on_line_back(None, LINE, NOW) == Act(task=None)


def test_an_older_attempts_report_is_nothing() -> None:
    task = on_wish(None, wish(attempt=2), NOW).task
    assert on_call(task, said(CallState.RELEASED), NOW) == Act(task=task)


def test_a_release_is_told_until_the_modem_says_that_it_is_over() -> None:
    task = on_call(on_wish(None, wish(), NOW).task, said(CallState.ANSWERED), NOW).task
    for _ in range(3):
        act = on_wish(task, release(), NOW)
        assert isinstance(act.order, HangUpCall)
        task = act.task
    act = on_call(task, said(CallState.UNKNOWN), NOW)
    assert act.report is not None
    assert act.report.state is CallState.RELEASED


def test_a_caller_who_cannot_be_answered_yet_is_asked_for_again_at_the_next_tick_and_not_at_once() -> None:
    asked = on_wish(None, wish(call=7), NOW)
    assert isinstance(asked.order, AnswerCall)
    told = on_call(asked.task, said(CallState.UNKNOWN), NOW)
    assert told.order is None
    assert isinstance(on_tick(told.task, Instant(NOW + REPEAT_US)).order, AnswerCall)


def test_an_answer_that_the_case_has_not_heard_of_counts_for_more_than_its_giving_up() -> None:
    act = on_wish(None, release(unanswered=True), NOW)
    assert isinstance(act.order, HangUpCall)
    assert act.order.unanswered
    act = on_call(act.task, said(CallState.ANSWERED), NOW)
    assert act.report is not None
    assert act.report.state is CallState.ANSWERED
    act = on_wish(act.task, wish(CallState.ANSWERED), NOW)
    assert isinstance(act.order, AttachCall), "the call goes on"
    act = on_wish(act.task, release(), NOW)
    assert isinstance(act.order, HangUpCall)
    assert not act.order.unanswered
    assert isinstance(on_wish(act.task, wish(CallState.ANSWERED), NOW).order, HangUpCall)


def test_a_silent_modem_is_given_up_quickly_before_the_call_and_slowly_during_it() -> None:
    task = on_wish(None, wish(), NOW).task
    assert on_tick(task, Instant(NOW + SILENT_DIAL_US - 1)).report is None
    act = on_tick(task, Instant(NOW + SILENT_DIAL_US))
    assert act.report is not None
    assert act.report.cause == HangupCause.LINE_LOST
    assert isinstance(act.order, HangUpCall), "should it be there after all, it must not ring on"
    up = on_wish(None, wish(CallState.ANSWERED), NOW).task
    assert on_tick(up, Instant(NOW + SILENT_DIAL_US)).report is None
    assert on_tick(up, Instant(NOW + SILENT_CALL_US)).report is not None


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("wish"), st.sampled_from([CallState.UNKNOWN, CallState.RINGING, CallState.ANSWERED])
        ),
        st.tuples(st.just("release"), st.none()),
        st.tuples(st.just("said"), st.sampled_from(CallState)),
        st.tuples(st.just("tick"), st.integers(0, 40)),
    ),
    max_size=30,
)


@given(STEPS)
def test_no_course_dials_after_the_call_was_seen_or_speaks_after_the_end(
    steps: list[tuple[str, object]],
) -> None:
    task: Task | None = None
    now, seen_up, ended = NOW, False, False
    for kind, what in steps:
        match kind, what:
            case "wish", CallState() as seen:
                act = on_wish(task, wish(seen), now)
                seen_up = seen_up or seen is not CallState.UNKNOWN
            case "release", _:
                act = on_wish(task, release(), now)
            case "said", CallState() as state:
                act = on_call(task, said(state), now)
                seen_up = seen_up or (
                    task is not None and state not in (CallState.UNKNOWN, CallState.RELEASED)
                )
            case _, int(seconds):
                now = Instant(now + seconds * SECOND)
                act = on_tick(task, now)
            case _:
                raise AssertionError((kind, what))
        if seen_up and kind != "said":
            assert not isinstance(act.order, DialCall)
        if ended:
            assert act.order is None
            assert act.report is None or act.report.state is CallState.RELEASED
        task = act.task
        ended = task is not None and task.done


def test_a_lost_nodes_call_is_given_up_as_such_and_nobody_is_told_to_end_it() -> None:
    """The node may be back as this is decided, and its modem have the call, which is taken back then."""
    up = on_call(on_wish(None, wish(), NOW).task, said(CallState.ANSWERED), NOW).task
    act = on_lost(up)
    assert act.report is not None
    assert (act.report.state, act.report.cause) == (CallState.RELEASED, HangupCause.NODE_LOST)
    assert act.order is None
    assert on_lost(act.task) == replace(act, report=None)


def test_the_user_s_own_call_is_not_given_up_as_quickly_as_one_that_another_line_can_make() -> None:
    task = on_wish(None, wish(call=7), NOW).task
    assert on_tick(task, Instant(NOW + SILENT_DIAL_US)).report is None
    act = on_tick(task, Instant(NOW + SILENT_ANSWER_US))
    assert act.report is not None
    assert act.report.cause == HangupCause.LINE_LOST


def test_a_voice_of_which_the_case_has_not_heard_is_said_again() -> None:
    voice = VoicePort(path="/dev/voice")
    task = on_call(on_wish(None, wish(), NOW).task, said(CallState.ANSWERED), NOW).task
    task = on_call(task, replace(said(CallState.ANSWERED), voice=voice), NOW).task
    act = on_wish(task, wish(CallState.ANSWERED), NOW)
    assert act.report is not None
    assert act.report.voice == voice
    assert on_wish(task, replace(wish(CallState.ANSWERED), voice=voice), NOW).report is None


def test_a_modem_that_goes_on_saying_that_the_call_is_up_is_given_up() -> None:
    task = on_wish(None, wish(CallState.ANSWERED), NOW).task
    at = Instant(NOW + 60 * SECOND)
    task = on_wish(task, release(), at).task
    while at < NOW + 60 * SECOND + RELEASES_WITHIN_US - SECOND:
        at = Instant(at + SECOND)
        task = on_call(task, said(CallState.ANSWERED), at).task
        act = on_wish(task, release(), at)
        assert isinstance(act.order, HangUpCall)
        act = on_tick(act.task, at)
        assert act == Act(task=act.task)
        task = act.task
    act = on_tick(on_call(task, said(CallState.ANSWERED), at).task, Instant(at + SECOND))
    assert act.report is not None
    assert (act.report.state, act.report.cause) == (CallState.RELEASED, HangupCause.LINE_LOST)


def test_what_was_answered_in_the_instant_in_which_it_was_given_up_has_its_time_anew() -> None:
    task = on_wish(None, release(unanswered=True), NOW).task
    task = on_wish(task, wish(CallState.ANSWERED), Instant(NOW + SECOND)).task
    late = Instant(NOW + 60 * SECOND)
    task = on_call(task, said(CallState.ANSWERED), late).task
    assert on_tick(on_wish(task, release(), late).task, late).report is None
