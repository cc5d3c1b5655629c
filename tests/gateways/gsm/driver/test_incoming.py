"""Calls that others make, and several calls on one line, through the driver."""

from __future__ import annotations

import pytest

from gateways.gsm.at.parse import Direction, Stat
from gateways.gsm.driver import events as ev
from gateways.gsm.errors import RequestRefused
from gateways.gsm.line.legs_on_line import LegsOnLine
from messages.base import HangupCause
from messages.calls import AnswerCall, CallState, DialCall
from messages.ids import E164, LegId, LineId
from tests.gateways.gsm.bench import LEG, USER, Bench, FakeModem
from tests.gateways.gsm.driver.driving import OTHER, legs_of, row, up
from tests.support.each import each


def test_a_call_that_a_former_process_was_to_answer_is_found_by_its_number_and_answered() -> None:
    bench = Bench("huawei", modem=FakeModem(rows=[row(4, direction=1)]))
    legs = LegsOnLine(LineId("p1"), bench.driver, first_number=70, voice_path="", number_within_s=1.0)
    bench.wait(3.0)
    order = AnswerCall(leg=LegId("a2:user"), attempt=1, call=4, number=E164(USER))
    assert legs.execute(order, bench.now_s).state is not CallState.RELEASED
    bench.pump()
    assert bench.sent("ATA") == 1
    bench.lists([row(0, direction=1)], 1.0)
    again = LegsOnLine(LineId("p1"), bench.driver, first_number=90, voice_path="", number_within_s=1.0)
    assert again.execute(order, bench.now_s).state is not CallState.RELEASED, "it is up, and stays so"


def test_an_answer_that_the_modem_has_not_taken_is_given_again() -> None:
    bench = Bench("huawei", modem=FakeModem(rows=[row(4, direction=1)]))
    legs = legs_of(bench)
    bench.wait(3.0)
    (ringing,) = bench.driver.calls()
    bench.modem.mute = True
    order = AnswerCall(leg=LegId("a2:user"), attempt=1, call=ringing.call, number=E164(USER))
    legs.execute(order, bench.now_s)
    bench.wait(1.5)
    bench.modem.mute = False
    heard = bench.sent("ATA")
    for _ in range(30):
        legs.execute(order, bench.now_s)
        bench.wait(0.5)
    assert bench.sent("ATA") > heard


def test_a_callers_number_is_believed_when_it_was_heard_twice() -> None:
    bench = Bench("huawei")
    legs = LegsOnLine(LineId("p1"), bench.driver, first_number=0, voice_path="", number_within_s=1.5)
    bench.wait(3.0)
    began_s = bench.now_s
    bench.say("RING", f'+CLIP: "{USER}",145,,,,0')
    for event in bench.events:
        if isinstance(event, (ev.CallIncoming, ev.CallIdentified)):
            legs.on_event(event, bench.now_s)
    (call,) = legs.ringing.to_publish(began_s)
    assert (call.number, call.settled) == (USER, False)
    bench.lists([row(4, direction=1)], 1.0)
    assert not legs.ringing.has_unconfirmed_number
    (call,) = legs.ringing.to_publish(began_s)
    assert call.settled


@each("number", [OTHER, ""])
def test_one_who_calls_a_line_with_somebody_on_it_does_not_put_the_user_on_hold(number: str) -> None:
    bench, _ = up()
    legs = legs_of(bench)
    bench.modem.rows = [row(0), row(5, index=2, direction=1, number=number)]
    bench.say(f'+CCWA: "{number}",145,1')
    bench.wait(3.0)
    waiting = next(view for view in bench.driver.calls() if view.state is Stat.WAITING)
    before = len(bench.modem.received)
    order = AnswerCall(leg=LegId("a2:user"), attempt=1, call=waiting.call)
    said = legs.execute(order, bench.now_s)
    bench.pump()
    sent = bench.modem.received[before:]
    assert "ATA" not in sent
    assert "AT+CHLD=2" not in sent
    if number:
        assert (said.state, said.cause) == (CallState.RELEASED, HangupCause.LINE_TAKEN)
        assert "AT+CHLD=0" in sent, "declined: she is called back on another line"
    else:
        assert said.state is CallState.UNKNOWN, "nobody could call her back: she waits for the line"
        bench.lists([row(4, index=2, direction=1, number=number)], 10.0)
        legs.execute(order, bench.now_s)
        bench.pump()
        assert bench.sent("ATA") == 1


def test_an_incoming_call_is_answered() -> None:
    bench = Bench()
    bench.modem.rows = [row(4, direction=1)]
    bench.say("RING", f'+CLIP: "{USER}",145')
    assert bench.names() == ["CallIncoming", "CallIdentified"]
    (view,) = bench.driver.calls()
    bench.modem.rows = [row(0, direction=1)]
    bench.driver.answer(view.call, bench.now_s)
    bench.driver.answer(view.call, bench.now_s)
    bench.pump()
    assert bench.sent("ATA") == 1
    (answered,) = bench.of(ev.CallAnswered)
    assert answered.direction is Direction.IN


def test_a_caller_who_gives_up_before_the_answer_is_released() -> None:
    bench = Bench(modem=FakeModem(answers={"ATA": "NO CARRIER"}))
    bench.say("RING")
    bench.driver.answer(bench.driver.calls()[0].call, bench.now_s)
    bench.pump()
    bench.wait(2.0)
    assert len(bench.of(ev.CallReleased)) == 1
    assert [event.request for event in bench.of(ev.RequestFailed)] == ["answer"]


def test_requests_that_do_not_fit_are_refused_and_an_emergency_call_is_not_held() -> None:
    bench, call = up()
    driver, now_s = bench.driver, bench.now_s
    for request in (
        lambda: driver.conference(now_s),
        lambda: driver.swap(now_s),
        lambda: driver.answer(call, now_s),
        lambda: driver.send_digit(call, "12", now_s),
        lambda: driver.hold(ev.CallId(99), now_s),
    ):
        with pytest.raises(RequestRefused):
            request()
    driver.hang_up(ev.CallId(99), now_s)
    bench = Bench()
    call = bench.driver.dial(LEG, "112", bench.now_s, emergency=True)
    bench.pump()
    bench.lists([row(0, number="112").replace("145", "129")], 1.0)
    with pytest.raises(RequestRefused):
        bench.driver.hold(call, bench.now_s)


def test_a_caller_who_has_to_wait_is_told_of_no_more_while_a_leg_asks_for_the_user() -> None:
    bench = Bench()
    legs = legs_of(bench)
    legs.execute(DialCall(leg=LegId("a1:op1"), attempt=1, number=E164(OTHER)), bench.now_s)
    bench.pump()
    bench.lists([row(0, number=OTHER), '2,1,5,0,0,"",128'], 2.0)
    for event in bench.of(ev.CallEvent):
        legs.on_event(event, bench.now_s)
    (told,) = legs.ringing.to_publish(bench.now_s + 2.0)
    assert (told.number, told.settled) == (None, True)
    wish = AnswerCall(leg=LegId("a2:user"), attempt=1, call=told.call)
    assert legs.execute(wish, bench.now_s).state is CallState.UNKNOWN, "somebody talks"
    assert legs.ringing.to_publish(bench.now_s + 1.0) == []
    assert len(legs.ringing.to_publish(bench.now_s + 4.0)) == 1, "nobody asks any more"
