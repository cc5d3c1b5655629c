"""A call is hung up until it has ended, and no other in its place."""

from __future__ import annotations

import itertools

from gateways.gsm.driver.events import CallAnswered, CallEvent, CallId, CallReleased, HangUpStuck, Ref
from messages.base import HangupCause
from messages.calls import CallReport, CallState, DialCall, HangUpCall
from messages.ids import E164, LegId
from tests.gateways.gsm.bench import USER, Bench, FakeModem
from tests.gateways.gsm.driver.driving import OTHER, legs_of, row, up
from tests.support.each import each
from tests.support.there import there


@each("answered", [False, True])
def test_a_call_given_up_while_the_modem_is_deaf_is_ended_only_if_unanswered(answered: bool) -> None:
    bench = Bench()
    call = bench.dial()
    bench.lists([row(3)], 1.0)
    bench.modem.mute = True
    bench.wait(0.9)
    bench.driver.hang_up(call, bench.now_s, unless_answered=True)
    bench.wait(1.0)
    bench.modem.rows = [row(0 if answered else 3)]
    bench.modem.received.clear()
    bench.modem.mute = False
    bench.wait(8.0)
    assert bool(bench.of(CallReleased)) is not answered
    assert ("AT+CHUP" in bench.modem.received) is not answered
    assert bool(bench.of(CallAnswered)) is answered


def test_hanging_up_is_tried_again_with_another_verb_until_the_call_is_gone() -> None:
    bench, call = up()
    verbs = ("AT+CHUP", "ATH", "AT+CHLD=11", "AT+CHLD=1")
    bench.modem.answers |= dict.fromkeys(verbs, "OK")
    bench.hang_up(call)
    bench.wait(9.0)
    assert [bench.sent(verb) for verb in verbs] >= [1, 1, 1, 1]
    assert bench.of(CallReleased) == []
    bench.lists([], 4.0)
    assert len(bench.of(CallReleased)) == 1
    commands = bench.sent("AT+CHUP") + bench.sent("ATH")
    bench.wait(30.0)
    assert bench.sent("AT+CHUP") + bench.sent("ATH") == commands


def test_a_call_that_cannot_be_hung_up_raises_an_alarm_once() -> None:
    bench, call = up()
    bench.modem.answers |= {"AT+CHUP": "OK", "ATH": "ERROR", "AT+CHLD=11": "ERROR", "AT+CHLD=1": "OK"}
    bench.hang_up(call)
    bench.wait(5.5)
    assert len(bench.of(HangUpStuck)) == 1
    bench.wait(600.0)
    assert len(bench.of(HangUpStuck)) == 1
    assert bench.sent("AT+CFUN=4") == bench.sent("AT+CFUN=1") == bench.sent("AT+CFUN=1,1") == 1
    verbs = [line for line in bench.modem.received if line.startswith(("AT+CHUP", "ATH", "AT+CHLD=1"))]
    assert 100 < len(verbs) < 130, "once in five seconds"


def test_a_modem_that_refused_every_hang_up_ends_the_call_soon_after_it_is_well_again() -> None:
    bench, call = up()
    bench.driver.protected = True
    verbs = ("AT+CHUP", "ATH", "AT+CHLD=11", "AT+CHLD=1")
    bench.modem.answers |= dict.fromkeys(verbs, "ERROR")
    bench.driver.hang_up(call, bench.now_s)
    bench.wait(24.0)
    refused = [bench.sent(verb) for verb in verbs]
    bench.wait(6.0)
    assert sum(bench.sent(verb) for verb in verbs) > sum(refused)


def test_a_call_that_does_not_end_is_not_ended_at_the_cost_of_another() -> None:
    bench, call = up()
    bench.driver.protected = True
    bench.modem.answers |= {"AT+CHUP": "OK", "ATH": "OK", "AT+CHLD=11": "OK", "AT+CHLD=1": "OK"}
    bench.driver.hang_up(call, bench.now_s)
    bench.wait(120.0)
    assert not [line for line in bench.modem.received if line.startswith("AT+CFUN=")]


def test_a_leg_goes_on_without_its_call_when_that_does_not_end() -> None:
    bench = Bench()
    legs = legs_of(bench)
    user = LegId("a1:user")
    bench.modem.rows = [row(0)]
    legs.execute(DialCall(leg=user, attempt=1, number=E164(USER)), bench.now_s)
    bench.wait(2.0)
    bench.modem.answers |= dict.fromkeys(("AT+CHUP", "ATH", "AT+CHLD=11", "AT+CHLD=1"), "OK")
    legs.execute(HangUpCall(leg=user, attempt=1), bench.now_s)
    bench.wait(5.5)
    (stuck,) = bench.of(HangUpStuck)
    report = there(legs.release_stuck(stuck.call))
    assert (report.leg, report.state, report.cause) == (user, CallState.RELEASED, HangupCause.NORMAL)
    assert legs.unowned.orphan_count == 1
    again = legs.execute(DialCall(leg=user, attempt=2, number=E164(USER)), bench.now_s)
    assert (again.state, again.cause) == (CallState.RELEASED, HangupCause.LINE_TAKEN)
    bench.lists([], 40.0)
    assert legs.unowned.orphan_count == 0


def test_a_line_whose_dials_are_refused_rests_longer_and_longer_and_a_dial_that_rings_ends_that() -> None:
    bench = Bench("huawei", modem=FakeModem(dial_result="ERROR"))
    legs = legs_of(bench)

    def dial() -> CallReport:
        attempts.append(len(attempts) + 1)
        order = DialCall(leg=LegId("a1:user"), attempt=attempts[-1], number=E164(USER))
        said = legs.execute(order, bench.now_s)
        bench.pump()
        for event in bench.events:
            if isinstance(event, CallEvent):
                legs.on_event(event, bench.now_s)
        bench.events.clear()
        return said

    attempts: list[int] = []
    began_s, dialled_s = bench.now_s, []
    while bench.now_s < began_s + 300.0:
        before = bench.sent(f"ATD{USER};")
        dial()
        if bench.sent(f"ATD{USER};") > before:
            dialled_s.append(bench.now_s - began_s)
        bench.wait(0.5)
    pauses = [after - before for before, after in itertools.pairwise(dialled_s)]
    assert len(dialled_s) <= 8
    assert pauses == sorted(pauses)
    assert pauses[0] >= 1.0
    assert legs.dial_faults.failing
    bench.modem.dial_result = "OK"
    bench.wait(241.0)
    dial()
    bench.lists([row(3)], 2.0)
    dial()
    assert (
        legs.dial_faults.failing,
        legs.dial_faults.last_dial_succeeded,
        legs.dial_faults.is_paused(bench.now_s),
    ) == (
        False,
        True,
        False,
    )


def test_on_huawei_a_call_that_does_not_ring_yet_is_not_ended_by_its_index() -> None:
    bench, _ = up("huawei")
    bench.modem.rows = [row(1)]
    bench.driver.hold(CallId(1), bench.now_s)
    bench.pump()
    second = bench.driver.dial(Ref("second"), OTHER, bench.now_s)
    bench.pump()
    bench.lists([row(1), row(2, index=2, number=OTHER)], 1.0)
    bench.hang_up(second)
    assert not any(command.startswith("AT+CHLD=12") for command in bench.modem.received)
    assert bench.sent("AT+CHUP") == 1


def test_a_waiting_call_is_declined_without_ending_the_other() -> None:
    bench, _ = up()
    bench.modem.rows = [row(0), row(5, index=2, direction=1, number=OTHER)]
    bench.say(f'+CCWA: "{OTHER}",145,1')
    bench.wait(1.0)
    waiting = bench.driver.calls()[1].call
    bench.driver.hang_up(waiting, bench.now_s)
    bench.modem.rows = bench.modem.rows[:1]
    bench.pump()
    assert bench.sent("AT+CHLD=0") == 1
    assert [event.call for event in bench.of(CallReleased)] == [waiting]


def test_a_dial_that_has_no_result_yet_is_hung_up_within_seconds() -> None:
    bench = Bench("huawei", modem=FakeModem(dial_result=None))
    call = bench.dial()
    bench.wait(1.0)
    bench.driver.hang_up(call, bench.now_s)
    bench.wait(3.5)
    assert bench.sent("AT+CHUP") >= 1
