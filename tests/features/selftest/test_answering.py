"""A line that stands by for a check answers whichever of the center's lines calls it, and calls nobody."""

from __future__ import annotations

from msgspec.structs import replace

from features.selftest.line_test.decider import LONGEST_S, begin
from features.selftest.trial import TrialOrder, leg_of
from messages.calls import AnswerCall, AttachCall, CallReport, CallState, HangUpCall, IncomingCall, OwnCallEnd
from messages.ids import E164, SECOND, Instant, LineId
from messages.trials import PROOF
from model.rules.calls.own_call import RINGS_US, next_step, on_report, on_ringing

NOW = Instant(1_000 * SECOND)
LONGEST_US = round(LONGEST_S * SECOND)
LINE = LineId("sim2")
ORDER = TrialOrder(trial="t1", line=LINE, number=E164("+390200000002"), by=PROOF, begun_at=NOW, answers=True)
CALL = IncomingCall(line=LINE, call=3, number=E164("+390200000001"), settled=True)


def test_it_answers_who_calls_and_ends_with_the_call() -> None:
    waiting = next_step(begin(ORDER, NOW), NOW)
    assert waiting.orders == (), "it calls nobody"
    call = on_ringing(waiting.call, CALL, NOW)
    later = Instant(NOW + RINGS_US)
    ((line, order),) = next_step(call, later).orders
    assert (line, type(order)) == (LINE, AnswerCall)
    assert isinstance(order, AnswerCall)
    assert (order.call, order.number) == (3, CALL.number)
    call = next_step(call, later).call
    for state in (CallState.ANSWERED, CallState.RELEASED):
        report = CallReport(leg=leg_of("t1", 1), line=LINE, attempt=1, state=state)
        call = on_report(call, report, later)
    over = next_step(call, later)
    assert call.answered_at == later
    assert (over.over, over.call.why) == (True, OwnCallEnd.RELEASED)


def test_a_call_that_never_comes_lets_the_line_go_after_a_minute() -> None:
    call = begin(ORDER, NOW)
    assert not next_step(call, Instant(NOW + LONGEST_US - 1)).over
    over = next_step(call, Instant(NOW + LONGEST_US))
    assert over.over
    assert not any(isinstance(order, HangUpCall) for _, order in over.orders)


def test_a_call_without_a_number_is_not_the_checks_own() -> None:
    call = on_ringing(begin(ORDER, NOW), IncomingCall(line=LINE, call=3, settled=True), NOW)
    assert next_step(call, Instant(NOW + RINGS_US)).orders == ()


def test_a_call_that_a_process_before_this_one_has_set_up_is_attached_at_both_its_lines() -> None:
    other = LineId("sim3")
    between = replace(ORDER, answers=False, other=other, caller=E164("+390200000003"))
    call = next_step(begin(between, NOW), NOW).call
    report = CallReport(leg=leg_of("t1", 1), line=LINE, attempt=1, state=CallState.ANSWERED)
    orders = dict(next_step(on_report(call, report, NOW), NOW).orders)
    assert {line: type(order) for line, order in orders.items()} == {LINE: AttachCall, other: AttachCall}
    attach = orders[other]
    assert isinstance(attach, AttachCall)
    assert (attach.leg, attach.number) == (leg_of("t1", 2), E164("+390200000003"))
    assert attach.call is not None, "it came in"
