"""Calls of ours through the driver, from the dial to the end."""

from __future__ import annotations

import pytest

from gateways.gsm.driver.events import CallAnswered, CallDialing, CallReleased, CallRinging, Ref, VoiceReady
from gateways.gsm.errors import RequestRefused
from gateways.gsm.line.legs_on_line import LegsOnLine
from messages.base import HangupCause
from messages.calls import AttachCall, CallState, DialCall, HangUpCall
from messages.ids import E164, LegId, LineId
from tests.gateways.gsm.bench import LEG, USER, Bench, FakeModem
from tests.gateways.gsm.driver.driving import legs_of, row
from tests.support.each import each


def test_a_dial_reaches_the_wire_at_once_when_the_engine_is_idle() -> None:
    bench = Bench()
    bench.driver.dial(LEG, USER, bench.now_s)
    assert bench.driver.take_output() == f"ATD{USER};\r".encode()


def test_a_dial_waits_for_one_command_at_most() -> None:
    bench = Bench()
    bench.wait(10.0)
    bench.modem.answers["AT+CSQ"] = None
    bench.driver.poll_calls(bench.now_s)
    assert bench.driver.take_output() == b"AT+CLCC\r"
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.driver.receive(b"\r\nOK\r\n", bench.now_s)
    assert bench.driver.take_output() == f"ATD{USER};\r".encode()


def test_a_dial_whose_right_has_ended_while_it_waited_is_no_call() -> None:
    """The process was frozen in between, it may be, and another node has the alert."""
    bench = Bench()
    bench.wait(10.0)
    bench.driver.poll_calls(bench.now_s)
    assert bench.driver.take_output() == b"AT+CLCC\r"
    bench.driver.dial(LEG, USER, bench.now_s, until_s=bench.now_s + 1.2)
    bench.now_s += 1.2
    bench.driver.receive(b"\r\nOK\r\n", bench.now_s)
    bench.pump()
    assert bench.sent(f"ATD{USER};") == 0
    released = bench.of(CallReleased)
    assert [(one.cause, one.text) for one in released] == [(HangupCause.LINE_LOST, "too late to be dialled")]
    assert bench.driver.calls() == ()


def test_a_dial_whose_right_ends_just_before_it_is_written_is_no_call() -> None:
    bench = Bench()
    bench.wait(10.0)
    bench.driver.dial(LEG, USER, bench.now_s, until_s=bench.now_s + 1.2)
    bench.now_s += 4.0
    bench.modem.write(bench.driver.take_output(bench.now_s))
    bench.pump()
    assert bench.sent(f"ATD{USER};") == 0
    released = bench.of(CallReleased)
    assert [(one.cause, one.text) for one in released] == [(HangupCause.LINE_LOST, "too late to be dialled")]
    bench.driver.dial(Ref("next"), USER, bench.now_s, until_s=bench.now_s + 1.2)
    bench.pump()
    assert bench.sent(f"ATD{USER};") == 1


def test_the_same_leg_is_dialled_once_however_often_it_is_asked_for() -> None:
    bench = Bench()
    calls = {bench.driver.dial(LEG, USER, bench.now_s) for _ in range(3)}
    bench.pump()
    bench.wait(20.0)
    calls.add(bench.driver.dial(LEG, USER, bench.now_s))
    bench.pump()
    assert len(calls) == 1
    assert bench.sent(f"ATD{USER};") == 1


@each("number", ["", "1", "+39;ATD112", "39+1", "abc", "+39 333", "112;"])
def test_what_is_no_number_is_not_dialled(number: str) -> None:
    bench = Bench()
    with pytest.raises(RequestRefused):
        bench.driver.dial(LEG, number, bench.now_s)
    assert bench.driver.take_output() == b""


def test_a_call_that_was_answered_is_not_hung_up_for_want_of_an_answer() -> None:
    bench = Bench()
    legs = legs_of(bench)
    user = LegId("a1:user")
    bench.modem.rows = [row(2)]
    legs.execute(DialCall(leg=user, attempt=1, number=E164(USER)), bench.now_s)
    bench.pump()
    for stat in (3, 0):
        bench.lists([row(stat)], 1.0)
    for event in bench.events:
        if isinstance(event, (CallDialing, CallRinging, CallAnswered)):
            legs.on_event(event, bench.now_s)
    said = legs.execute(HangUpCall(leg=user, attempt=1, unanswered=True), bench.now_s)
    bench.pump()
    assert said.state is CallState.ANSWERED
    assert bench.of(CallReleased) == []
    legs.execute(HangUpCall(leg=user, attempt=1), bench.now_s)
    bench.pump()
    assert bench.of(CallReleased)


def test_a_call_found_at_the_start_keeps_its_voice_until_its_leg_asks() -> None:
    bench = Bench("huawei", modem=FakeModem(rows=[row(0)]))
    legs = LegsOnLine(LineId("p1"), bench.driver, first_number=0, voice_path="/dev/v", number_within_s=1.0)
    bench.wait(3.0)
    ready = bench.of(VoiceReady)
    assert ready
    for event in ready:
        assert legs.on_event(event, bench.now_s) is None, "nobody has asked for it yet"
    said = legs.execute(DialCall(leg=LegId("a1:psap"), attempt=1, number=E164(USER)), bench.now_s)
    assert said.state is CallState.ANSWERED
    assert said.voice is not None
    assert said.voice.path == "/dev/v"
    assert legs.register.voice == said.voice


def test_a_call_found_on_an_early_modem_is_no_surer_than_one_that_was_dialled() -> None:
    bench = Bench("simcom_a76xx", modem=FakeModem(rows=[row(0)]))
    legs = legs_of(bench)
    bench.wait(3.0)
    said = legs.execute(DialCall(leg=LegId("a1:op1"), attempt=1, number=E164(USER)), bench.now_s)
    assert (said.state, said.confirmed) == (CallState.ANSWERED, False)


def test_a_weak_cause_is_explained_by_the_modems_report() -> None:
    bench = Bench(modem=FakeModem(answers={"AT+CEER": "+CEER: 5,User busy\nOK"}))
    bench.dial()
    bench.say("NO CARRIER")
    bench.wait(3.0)
    assert [event.cause for event in bench.of(CallReleased)] == [17]


def test_no_carrier_as_the_result_of_the_dial_ends_it() -> None:
    bench = Bench(modem=FakeModem(dial_result="NO CARRIER"))
    bench.dial()
    bench.wait(1.0)
    assert len(bench.of(CallReleased)) == 1


@each(
    ("result", "cause", "text"),
    [
        ("ERROR", 41, ""),
        ("+CME ERROR: 30", 38, ""),
        ("+CME ERROR: 10", 41, ""),
        ("ERROR: call not allowed", 41, "the modem refused the dial: ERROR: call not allowed"),
    ],
)
def test_a_dial_that_the_modem_declines_ends_at_once(result: str, cause: int, text: str) -> None:
    bench = Bench(modem=FakeModem(dial_result=result))
    bench.dial()
    (released,) = bench.of(CallReleased)
    assert released.cause == cause
    assert text in released.text


def test_a_dial_that_the_guard_keeps_back_ends_as_guarded() -> None:
    bench = Bench()
    bench.driver.dial(LEG, "112", bench.now_s, emergency=True)
    assert bench.driver.take_output() == b"ATD112;\r"
    bench.driver.write_refused(bench.now_s, "no")
    bench.pump()
    assert [event.cause for event in bench.of(CallReleased)] == [HangupCause.GUARDED]
    assert bench.driver.calls() == ()
    bench.driver.dial(Ref("next"), USER, bench.now_s)
    assert b"ATD+39" in bench.driver.take_output()


def test_a_blocked_dial_is_left_alone_and_believed_line_by_line() -> None:
    bench = Bench("3gpp", modem=FakeModem(dial_result=None))
    bench.dial()
    received = len(bench.modem.received)
    bench.wait(30.0)
    assert len(bench.modem.received) == received
    bench.modem.rows = [row(0)]
    bench.say(f'+COLP: "{USER}",145', "OK")
    bench.wait(2.0)
    assert bench.names() == ["CallDialing", "CallAnswered"]
    assert bench.sent("AT+CLCC") > 1


def test_a_dial_that_has_not_left_yet_is_taken_back() -> None:
    bench = Bench()
    bench.driver.poll_calls(bench.now_s)
    call = bench.driver.dial(LEG, USER, bench.now_s)
    bench.hang_up(call)
    assert bench.sent(f"ATD{USER};") == 0
    assert [event.cause for event in bench.of(CallReleased)] == [16]


def test_a_digit_goes_into_the_call_once_however_often_it_is_told_and_not_again_after_a_restart() -> None:
    def attach(legs: LegsOnLine, digits: str) -> None:
        order = AttachCall(leg=LegId("a1:psap"), attempt=1, number=E164(USER), digits=digits)
        assert legs.execute(order, bench.now_s).state is CallState.ANSWERED
        bench.pump()

    def sent() -> str:
        return "".join(line[-1] for line in bench.modem.received if line.startswith("AT+VTS="))

    bench = Bench()
    legs = legs_of(bench)
    legs.execute(DialCall(leg=LegId("a1:psap"), attempt=1, number=E164(USER)), bench.now_s)
    bench.pump()
    bench.lists([row(0)], 1.0)
    for event in bench.of(CallAnswered):
        legs.on_event(event, bench.now_s)
    for digits in "", "1", "1", "11#", "11#":
        attach(legs, digits)
    attach(legs, "1")
    assert sent() == "11#"
    again = Bench(modem=bench.modem)
    bench = again
    bench.wait(1.0)
    legs = legs_of(bench)
    attach(legs, "11#")
    attach(legs, "11#9")
    assert sent() == "11#9"
