"""Short messages through the driver, sent, read and reported on."""

from __future__ import annotations

import pytest

from gateways.gsm.driver.events import CallIncoming, Ref, SmsReceived, SmsReported, SmsSent, UnknownLine
from gateways.gsm.errors import PduError
from messages.ids import TextFailure
from simulator.modem.messages import read_submit
from tests.gateways.gsm.bench import USER, Bench, FakeModem
from tests.gateways.gsm.driver.driving import PDU, row
from tests.support.each import each


def test_a_message_that_comes_directly_is_told() -> None:
    bench = Bench()
    bench.say("+CMT: ,24", PDU)
    (received,) = bench.of(SmsReceived)
    assert (received.number, received.text, received.stored) == ("+31641600986", "How are you?", ())
    assert received.sent_at.startswith("2002-08-26T")


SMS = Ref("sms")

WITHIN_S = 10.0


def _send(bench: Bench, text: str = "ciao", number: str = USER) -> None:
    bench.driver.send_sms(SMS, number, text, bench.now_s, within_s=WITHIN_S)
    bench.pump()


def _became(bench: Bench) -> list[tuple[str, TextFailure | None, int | None]]:
    return [
        (event.ref, event.failure, event.references[-1] if event.references else None)
        for event in bench.of(SmsSent)
    ]


@each(
    ("text", "parts"), [("ciao", 1), ("ciao" * 40, 1), ("ciao" * 41, 2), ("però ‘sì’", 1), ("‘sì’" * 20, 2)]
)
def test_a_message_is_sent_at_the_prompt_one_part_after_the_other(text: str, parts: int) -> None:
    bench = Bench()
    _send(bench, text)
    assert _became(bench) == [(SMS, None, 7)]
    assert len(bench.modem.messages) == parts
    assert not bench.driver.is_sending_sms
    sent = [read_submit(pdu) for pdu in bench.modem.messages]
    assert {one.to for one in sent} == {USER}
    assert "".join(one.text for one in sent) == text


def test_of_a_message_that_is_refused_nothing_more_is_sent() -> None:
    bench = Bench()
    bench.modem.message_result = "+CMS ERROR: 38"
    _send(bench, "ciao" * 41)
    assert _became(bench) == [(SMS, TextFailure.REFUSED, None)]
    assert bench.of(SmsSent)[0].text == "+CMS ERROR: 38"
    assert len(bench.modem.messages) == 1


def test_a_network_that_is_silent_keeps_the_line_for_ten_seconds_and_no_longer() -> None:
    bench = Bench()
    bench.modem.message_result = None
    _send(bench, "ciao" * 41)
    bench.modem.mute = True
    bench.wait(WITHIN_S - 0.1)
    assert _became(bench) == []
    assert bench.driver.is_sending_sms
    bench.wait(0.2)
    assert _became(bench) == [(SMS, TextFailure.UNKNOWN, None)]
    assert bench.driver.is_sending_sms, "it cannot be dialled on before it answers again"
    bench.modem.mute = False
    bench.wait(2.0)
    assert not bench.driver.is_sending_sms
    bench.dial()
    assert bench.sent(f"ATD{USER};") == 1, "in sync again, and the second part was not sent before it"
    assert len(bench.modem.messages) == 1


def test_a_port_that_is_lost_in_the_middle_leaves_open_whether_it_was_sent() -> None:
    bench = Bench()
    bench.modem.message_result = None
    _send(bench)
    bench.driver.on_port_lost(bench.now_s)
    bench.pump()
    assert _became(bench) == [(SMS, TextFailure.UNKNOWN, None)]


def test_a_message_that_never_had_its_turn_was_not_sent() -> None:
    bench = Bench()
    bench.modem.mute = True
    bench.driver.poll_calls(bench.now_s)
    _send(bench)
    bench.wait(60.0)
    assert _became(bench) == [(SMS, TextFailure.TOO_LATE, None)]
    assert not any(line.startswith("AT+CMGS") for line in bench.modem.received)


def test_a_call_that_comes_in_between_is_told_and_declined_ahead_of_the_next_part() -> None:
    bench = Bench()
    bench.modem.message_result = None
    _send(bench, "ciao" * 41)
    bench.modem.rows = [row(4, direction=1)]
    bench.say("RING", f'+CLIP: "{USER}",145')
    (ringing,) = bench.of(CallIncoming)
    bench.driver.hang_up(ringing.call, bench.now_s)
    bench.modem.message_result = "+CMGS: 7\nOK"
    bench.say("+CMGS: 6", "OK")
    assert _became(bench) == [(SMS, None, 7)]
    sent = [line for line in bench.modem.received if line.startswith(("AT+CMGS", "AT+CHUP"))]
    assert [line[:7] for line in sent] == ["AT+CMGS", "AT+CHUP", "AT+CMGS"]


CDS = ("+CDS: 25", "079119890400202306400C91197909913764511090718384225110907183252200")
"""Reference 64, delivered."""


def test_a_message_that_is_reported_on_tells_the_number_of_each_part() -> None:
    bench = Bench()
    bench.driver.send_sms(SMS, USER, "ciao" * 41, bench.now_s, within_s=WITHIN_S, report=True)
    bench.pump()
    assert [event.references for event in bench.of(SmsSent)] == [(7, 7)]
    assert all(read_submit(pdu).report for pdu in bench.modem.messages)
    assert bench.driver.reports_delivery


def test_a_report_is_told_whenever_it_comes_also_between_a_message_and_its_answer() -> None:
    bench = Bench()
    bench.modem.message_result = None
    _send(bench)
    bench.say(*CDS)
    bench.say("+CMGS: 64", "OK")
    (told,) = bench.of(SmsReported)
    assert (told.reference, told.recipient, told.status, told.stored) == (64, "+919790197346", 0, ())
    assert _became(bench) == [(SMS, None, 64)]
    assert bench.of(UnknownLine) == []


def test_a_modem_that_hands_on_no_reports_is_known_and_tells_of_messages_all_the_same() -> None:
    bench = Bench(modem=FakeModem(answers={"AT+CNMI=2,1,0,1": "+CMS ERROR: 302"}))
    assert bench.driver.ready
    assert not bench.driver.reports_delivery
    assert bench.sent("AT+CNMI=2,1") == 1


@each("number", ["aiuto", "", "+" + "1" * 21])
def test_to_what_is_no_number_nothing_is_sent(number: str) -> None:
    bench = Bench()
    with pytest.raises(PduError):
        _send(bench, number=number)
    assert not bench.driver.is_sending_sms


def test_a_stored_message_is_read_and_deleted_only_by_request() -> None:
    bench = Bench(modem=FakeModem(answers={"AT+CMGR=3": f"+CMGR: 0,,24\n{PDU}\nOK"}))
    bench.say('+CMTI: "SM",3')
    (received,) = bench.of(SmsReceived)
    assert received.stored == (3,)
    assert bench.sent("AT+CMGD=3") == 0
    bench.driver.delete_sms(received.stored, bench.now_s)
    bench.pump()
    assert bench.sent("AT+CMGD=3") == 1


def test_messages_that_came_while_nobody_listened_are_read_at_the_start() -> None:
    bench = Bench(modem=FakeModem(answers={"AT+CMGL=4": f"+CMGL: 1,1,,24\n{PDU}\n+CMGL: 2,0,,24\n{PDU}\nOK"}))
    assert [event.stored for event in bench.of(SmsReceived)] == [(1,), (2,)]


def test_a_message_whose_arrival_was_missed_is_found_within_a_minute_or_so() -> None:
    bench = Bench()
    bench.modem.answers["AT+CMGL=4"] = f"+CMGL: 5,0,,24\n{PDU}\nOK"
    bench.wait(90.0)
    assert {event.stored for event in bench.of(SmsReceived)} == {(5,)}
