"""A modem that is silent, slow, reset or lost, and a SIM or network that goes."""

from __future__ import annotations

from gateways.gsm.at.parse import Registration
from gateways.gsm.driver import events as ev
from messages.base import HangupCause
from tests.gateways.gsm.bench import DIALECTS, USER, Bench, FakeModem
from tests.gateways.gsm.driver.driving import PDU, row, up
from tests.support.each import each


def test_a_setting_whose_answer_is_lost_is_made_again_and_one_that_a_modem_stalls_at_is_left_out() -> None:
    answers: dict[str, str | None] = {"AT+CLIP=1": None, "AT+CRC=1": None}
    bench = Bench(modem=FakeModem(answers=answers, then={"AT+CLIP=1": {"AT+CLIP=1": "OK"}}))
    bench.wait(30.0)
    assert bench.driver.ready
    assert (bench.sent("AT+CLIP=1"), bench.sent("AT+CRC=1")) == (2, 2)


def test_the_ladder_goes_from_reopen_to_reset_to_quarantine_and_back() -> None:
    bench = Bench()
    bench.modem.mute = True
    bench.wait(17.0)
    bench.open()
    bench.wait(4.0)
    assert bench.sent("AT+CFUN=1,1") == 1
    bench.wait(120.0)
    stages = [event.stage for event in bench.of(ev.Unresponsive)]
    assert stages[:5] == [
        ev.Stage.RESYNC, ev.Stage.REOPEN, ev.Stage.RESET, ev.Stage.USB_RESET, ev.Stage.QUARANTINE,
    ]  # fmt: skip
    bench.modem.mute = False
    bench.wait(35.0)
    assert len(bench.of(ev.Responsive)) == 1
    assert bench.driver.ready


@each("known_by", ["its list", "the journal"])
def test_a_modem_with_a_live_call_is_never_reset(known_by: str) -> None:
    bench = up()[0] if known_by == "its list" else Bench()
    bench.driver.protected = known_by == "the journal"
    bench.modem.mute = True
    bench.wait(300.0)
    assert bench.sent("AT+CFUN=1,1") == 0
    assert len(bench.driver.calls()) == (known_by == "its list")
    bench.modem.mute = False
    bench.wait(6.0)
    assert bench.driver.ready
    assert bench.of(ev.CallReleased) == []


def test_a_dial_to_a_silent_modem_ends_soon_and_the_next_at_once() -> None:
    bench = Bench("huawei")
    bench.modem.mute = True
    bench.dial()
    bench.wait(25.0)
    bench.dial(ev.Ref("next"))
    assert [event.cause for event in bench.of(ev.CallReleased)] == [HangupCause.LINE_LOST] * 2


@each("slow_s", [4.5, 6.0, 9.0])
def test_a_slow_sim_takes_no_line_away_and_its_messages_are_read(slow_s: float) -> None:
    bench = Bench(modem=FakeModem(answers={"AT+CMGL=4": None}))
    assert bench.driver.ready, "ahead of the messages"
    bench.wait(slow_s)
    bench.say("+CMGL: 5,1,,24", PDU, "OK")
    bench.wait(30.0)
    assert [event.text for event in bench.of(ev.SmsReceived)] == ["How are you?"]
    assert bench.of(ev.Unresponsive) == []
    assert len(bench.of(ev.Ready)) == 1


def test_an_idle_question_that_is_answered_late_reopens_nothing() -> None:
    bench = Bench()
    bench.modem.mute = True
    bench.wait(5.0 + 8.0)
    late = "".join(f"\r\n{name}: 1\r\n\r\nOK\r\n" for name in ("+CMEE", "+CMGF", "+CRC"))
    bench.modem.mute = False
    bench.modem.say_raw(f"\r\n+CPIN: READY\r\n\r\nOK\r\n{late}".encode())
    bench.pump()
    bench.wait(20.0)
    assert [event.stage for event in bench.of(ev.Unresponsive)] == [ev.Stage.RESYNC]
    assert len(bench.of(ev.Ready)) == 1


def test_a_dial_does_not_wait_long_for_a_slow_sim_and_is_not_dropped_for_it() -> None:
    bench = Bench("huawei", modem=FakeModem(answers={"AT+CMGL=4": None}))
    bench.dial()
    bench.wait(4.0)
    assert bench.sent(f"ATD{USER};") == 1
    assert bench.of(ev.CallReleased) == []


def test_a_dial_whose_result_takes_15_s_is_still_a_dial() -> None:
    bench = Bench("huawei", modem=FakeModem(dial_result=None))
    bench.dial()
    bench.wait(15.0)
    bench.modem.rows = [row(3)]
    bench.say("OK")
    bench.wait(3.0)
    assert [type(event) for event in bench.of(ev.CallEvent)] == [ev.CallDialing, ev.CallRinging]
    assert bench.of(ev.Unresponsive) == []


def test_an_error_means_alive() -> None:
    bench = Bench(modem=FakeModem(answers={"AT+CSQ": "ERROR", "AT+CREG?": "ERROR"}))
    bench.wait(120.0)
    assert bench.of(ev.Unresponsive) == []


def test_a_modem_that_has_started_anew_and_does_not_say_so_is_found_out_by_its_settings() -> None:
    bench, _ = up()
    bench.modem.mute = True
    bench.wait(4.0)
    bench.modem.mute = False
    bench.modem.rows = []
    bench.modem.answers["AT+CMEE?"] = "+CMEE: 0\nOK"
    bench.wait(3.0)
    del bench.modem.answers["AT+CMEE?"]
    bench.wait(5.0)
    assert len(bench.of(ev.ModemRebooted)) == 1
    assert [event.cause for event in bench.of(ev.CallReleased)] == [HangupCause.LINE_LOST]
    assert len(bench.of(ev.Ready)) == 2


def test_a_port_that_is_lost_keeps_the_calls_until_the_modem_tells() -> None:
    bench, _ = up()
    bench.driver.on_port_lost(bench.now_s)
    bench.pump()
    assert not bench.driver.ready
    bench.now_s += 3.0
    bench.open()
    assert bench.driver.ready
    assert bench.of(ev.CallReleased) == []


@each(
    ("seen_again", "reset", "cause"),
    [(False, True, HangupCause.LINE_LOST), (False, False, None), (True, False, None)],
)
def test_a_call_that_is_gone_with_the_port_was_lost_by_a_modem_that_was_reset(
    seen_again: bool, reset: bool, cause: int | None
) -> None:
    bench, _ = up()
    bench.driver.on_port_lost(bench.now_s)
    bench.pump()
    bench.now_s += 1.5
    if not seen_again:
        bench.modem.rows = []
    bench.modem.answers["AT+CMEE?"] = f"+CMEE: {0 if reset else 1}\nOK"
    bench.open()
    assert bench.driver.kept_settings is not reset
    bench.wait(3.0)
    bench.lists([], 10.0)
    assert [event.cause for event in bench.of(ev.CallReleased)] == [cause]


def test_a_modem_that_is_gone_for_good_takes_its_calls_with_it() -> None:
    bench, _ = up()
    bench.driver.on_port_lost(bench.now_s)
    bench.driver.end_all_calls(bench.now_s, "unplugged")
    bench.pump()
    assert [event.cause for event in bench.of(ev.CallReleased)] == [HangupCause.LINE_LOST]


def test_a_modem_without_a_list_of_calls_is_believed_line_by_line() -> None:
    bench = Bench(modem=FakeModem(answers={"AT+CLCC": "ERROR"}))
    bench.dial()
    bench.say(f'+COLP: "{USER}",145')
    bench.wait(10.0)
    bench.say("NO CARRIER")
    bench.wait(1.0)
    assert bench.names() == ["CallDialing", "CallAnswered", "CallReleased"]


def test_an_unknown_line_is_told_and_does_nothing() -> None:
    bench = Bench()
    bench.say("+XYZZY: 1", "gibberish")
    assert [event.text for event in bench.of(ev.UnknownLine)] == ["+XYZZY: 1", "gibberish"]
    assert bench.driver.ready


def test_registration_changes_are_told_once() -> None:
    bench = Bench()
    bench.modem.answers["AT+CREG?"] = '+CREG: 1,5,"00C3","01A2"\nOK'
    bench.say("+CREG: 2", "+CREG: 2", '+CREG: 5,"00C3","01A2"')
    assert [event.state for event in bench.of(ev.RegistrationChanged)] == [
        Registration.HOME, Registration.SEARCHING, Registration.ROAMING,
    ]  # fmt: skip


SEEN_WITHIN_S = DIALECTS.base().data.poll.idle_s + 0.5


def test_idle_polling_is_sparse() -> None:
    bench = Bench()
    before = len(bench.modem.received)
    bench.wait(60.0)
    assert 40 <= len(bench.modem.received) - before <= 52, "12 looks: SIM, network, signal, calls"


@each(
    ("said", "code"),
    [
        ("+CME ERROR: 10", "NOT INSERTED"),
        ("+CME ERROR: 13", "SIM FAILURE"),
        ("+CPIN: SIM PUK\nOK", "SIM PUK"),
    ],
)
def test_a_sim_that_is_lost_without_a_word_is_missed_soon_and_so_is_its_return(said: str, code: str) -> None:
    bench = Bench()
    bench.modem.answers["AT+CPIN?"] = said
    bench.wait(SEEN_WITHIN_S)
    assert bench.driver.sim == code
    del bench.modem.answers["AT+CPIN?"]
    bench.wait(SEEN_WITHIN_S)
    assert [event.code for event in bench.of(ev.SimState)][-2:] == [code, "READY"]
    assert bench.driver.ready


@each("in_call", [False, True])
def test_a_network_that_is_lost_without_a_word_is_missed_within_seconds(in_call: bool) -> None:
    bench = up()[0] if in_call else Bench()
    for stat, state in ((0, Registration.OFF), (3, Registration.DENIED), (5, Registration.ROAMING)):
        bench.modem.answers["AT+CREG?"] = f"+CREG: 1,{stat}\nOK"
        bench.modem.answers["AT+CEREG?"] = f"+CEREG: 0,{stat}\nOK"
        bench.wait(SEEN_WITHIN_S)
        assert bench.driver.registration is state
