"""A call of the center's own: what ends it, and that an ended one is hung up and never dialled again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from messages.calls import (
    AttachCall,
    CallReport,
    CallState,
    DialCall,
    HangUpCall,
    IncomingCall,
    OwnCallEnd,
)
from messages.ids import E164, SECOND, Instant, LegId, LineId
from model.rules.calls.own_call import (
    SILENT_US,
    UNNAMED,
    CallEnd,
    Limits,
    OwnCall,
    end_call,
    next_step,
    on_report,
    on_ringing,
    start_call,
)

NOW = Instant(1_000 * SECOND)
LINE, LEG, TO = LineId("sim1"), LegId("own"), E164("+393331112223")
DIALLED = next_step(start_call(LINE, LEG, TO, Limits(rings_s=30, up_s=20, whole_s=60), NOW), NOW).call


def at(seconds: float) -> Instant:
    return Instant(NOW + round(seconds * SECOND))


def told(state: CallState, leg: LegId = LEG) -> CallReport:
    return CallReport(leg=leg, attempt=1, line=LINE, state=state)


def gone_on(call: OwnCall, *said: tuple[float, CallState], until_s: float) -> OwnCall:
    state, ahead = CallState.DIALLING, list(said)
    for tick in range(round(until_s * 4) + 1):
        while ahead and ahead[0][0] <= tick / 4:
            state = ahead.pop(0)[1]
        call = next_step(on_report(call, told(state), at(tick / 4)), at(tick / 4)).call
    return call


UP = (3.0, CallState.ANSWERED)


@pytest.mark.parametrize(
    ("said", "until_s", "why"),
    [
        ((), 29.5, None),
        ((), 30, OwnCallEnd.TIME),
        ((UP,), 22.5, None),
        ((UP,), 23, OwnCallEnd.DONE),
        ((UP, (5.0, CallState.RELEASED)), 5, OwnCallEnd.RELEASED),
        (((1.0, CallState.RINGING), (2.0, CallState.RELEASED)), 2, OwnCallEnd.RELEASED),
        (((0.0, CallState.UNKNOWN),), 0, OwnCallEnd.RELEASED),
    ],
)
def test_it_ends_with_the_call_or_by_the_first_of_its_limits(
    said: tuple[tuple[float, CallState], ...], until_s: float, why: OwnCallEnd | None
) -> None:
    assert gone_on(DIALLED, *said, until_s=until_s).why is why


def test_its_whole_time_is_over_though_it_has_not_been_up_for_long() -> None:
    late = replace(DIALLED, limits=Limits(whole_s=10))
    assert gone_on(late, (9.0, CallState.ANSWERED), until_s=10).why is OwnCallEnd.TIME


def test_a_silent_modem_loses_it_and_is_not_waited_for_to_hang_up() -> None:
    assert next_step(DIALLED, Instant(NOW + SILENT_US - 1)).call.why is None
    due = next_step(DIALLED, Instant(NOW + SILENT_US))
    assert (due.call.why, due.over) == (OwnCallEnd.LOST, True)


def test_it_is_hung_up_until_its_modem_says_that_it_has_ended() -> None:
    ending = next_step(end_call(DIALLED, OwnCallEnd.ORDERED), at(1))
    assert [type(order) for _, order in ending.orders] == [HangUpCall]
    assert not ending.over
    due = next_step(on_report(ending.call, told(CallState.RELEASED), at(2)), at(2))
    assert (due.orders, due.over, due.call.why) == ((), True, OwnCallEnd.ORDERED)


def test_what_was_never_dialled_is_over_at_once() -> None:
    due = next_step(end_call(start_call(LINE, LEG, TO, Limits(), NOW), OwnCallEnd.ORDERED), NOW)
    assert (due.orders, due.over) == ((), True)


def test_another_leg_s_report_changes_nothing() -> None:
    assert on_report(DIALLED, told(CallState.RELEASED, LegId("another")), at(1)) == DIALLED


def test_who_calls_in_on_a_line_that_stands_by_is_the_first_one_alone() -> None:
    stands_by = CallEnd(line=LINE, leg=LEG, number=None, calls=False, heard_at=NOW)
    waiting = OwnCall(ends=(stands_by,), began_at=NOW, limits=Limits())
    first = on_ringing(waiting, IncomingCall(line=LINE, call=3, number=TO), NOW)
    second = on_ringing(first, IncomingCall(line=LINE, call=4, number=E164("+393331112224")), at(1))
    assert second == first
    assert (first.ends[0].call, first.ends[0].number) == (3, TO)


def test_a_call_found_answered_has_been_answered_at_the_line_that_is_called_as_well() -> None:
    other = CallEnd(line=LineId("sim2"), leg=LegId("own:2"), number=TO, calls=False, heard_at=NOW)
    between = replace(DIALLED, ends=(*DIALLED.ends, other))
    due = next_step(on_report(between, told(CallState.ANSWERED), at(1)), at(1))
    assert [type(order) for _, order in due.orders] == [AttachCall, AttachCall]
    assert due.call.ends[1].call == UNNAMED


STATES = st.sampled_from(CallState)


@given(
    st.lists(st.tuples(st.sampled_from(["heard", "end", "turn"]), STATES, st.integers(0, 15)), max_size=40)
)
def test_the_first_reason_stays_and_nothing_is_dialled(steps: list[tuple[str, CallState, int]]) -> None:
    call, now_us, why = DIALLED, NOW, None
    for what, state, seconds in steps:
        now_us = Instant(now_us + seconds * SECOND)
        match what:
            case "heard":
                call = on_report(call, told(state), now_us)
            case "end":
                call = end_call(call, OwnCallEnd.ORDERED)
            case _:
                due = next_step(call, now_us)
                call = due.call
                if call.why is not None:
                    assert not any(isinstance(order, DialCall | AttachCall) for _, order in due.orders)
                    assert due.over or due.orders, "it is hung up again until it has ended"
        assert why in (None, call.why)
        why = call.why
