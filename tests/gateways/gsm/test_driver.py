"""The driver against a modem of a few lines, under a clock that only the test moves."""

from __future__ import annotations

import itertools

import pytest

from gateways.gsm.at.parse import Direction, Registration, Stat
from gateways.gsm.driver.events import (
    CallAnswered,
    CallDialing,
    CallEvent,
    CallId,
    CallIdentified,
    CallIncoming,
    CallReleased,
    CallRinging,
    EmergencyNumbers,
    HangUpStuck,
    ModemRebooted,
    PinAnswered,
    Ready,
    Ref,
    RegistrationChanged,
    RequestDone,
    RequestFailed,
    Responsive,
    SimState,
    SmsReceived,
    SmsReported,
    SmsSent,
    Stage,
    UnknownLine,
    Unresponsive,
    UntoldCall,
    VoiceFailed,
    VoiceReady,
)
from gateways.gsm.driver.startup import CALLS_FIRST_S
from gateways.gsm.errors import PduError, RequestRefused
from gateways.gsm.line.condition import condition
from gateways.gsm.line.legs_on_line import LegsOnLine
from messages.base import HangupCause
from messages.calls import AnswerCall, AttachCall, CallReport, CallState, DialCall, HangUpCall
from messages.ids import E164, LegId, LineId, TextFailure
from messages.lines import LineState
from simulator.modem.sms.sms import read_submit
from tests.gateways.gsm.bench import DIALECTS, USER, Bench, FakeModem

LEG = Ref("alert:user#1")
OTHER = "+393409998887"


def _row(stat: int, *, index: int = 1, direction: int = 0, number: str = USER, mpty: int = 0) -> str:
    return f'{index},{direction},{stat},0,{mpty},"{number}",145'


def _up(dialect: str = "3gpp", **more: str) -> tuple[Bench, CallId]:
    """A bench with one answered call of ours."""
    bench = Bench(dialect, modem=FakeModem(**more))  # type: ignore[arg-type]
    call = bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    bench.modem.rows = [_row(0)]
    bench.wait(1.0)
    assert bench.of(CallAnswered)
    return bench, call


def _legs(bench: Bench) -> LegsOnLine:
    return LegsOnLine(LineId("p1"), bench.driver, first_number=0, voice_path="", number_within_s=1.0)


@pytest.mark.parametrize("answered", [False, True])
def test_a_call_given_up_while_the_modem_is_deaf_is_ended_only_if_nobody_has_answered_meanwhile(
    answered: bool,
) -> None:
    bench = Bench()
    call = bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    bench.modem.rows = [_row(3)]
    bench.wait(1.0)
    bench.modem.mute = True
    bench.wait(0.9)
    bench.driver.hang_up(call, bench.now_s, unless_answered=True)
    bench.wait(1.0)
    bench.modem.rows = [_row(0 if answered else 3)]
    bench.modem.received.clear()
    bench.modem.mute = False
    bench.wait(8.0)
    assert bool(bench.of(CallReleased)) is not answered
    assert ("AT+CHUP" in bench.modem.received) is not answered
    assert bool(bench.of(CallAnswered)) is answered


# ------------------------------------------------------------------------------------------------ starting


def test_it_finds_its_step_then_the_calls_then_who_the_modem_is() -> None:
    bench = Bench("huawei", modem=FakeModem(identity="E1550"))
    assert bench.modem.received[:2] == ["AT+CMEE?", "AT+CLCC"]
    assert "AT&D0" in bench.modem.received
    assert "AT^CURC=1" in bench.modem.received
    assert "AT+COLP=1" not in bench.modem.received
    (ready,) = bench.of(Ready)
    assert (ready.identity.model, ready.identity.imei, ready.identity.dialect) == (
        "E1550",
        "490154203237518",
        "huawei",
    )
    assert bench.driver.ready
    assert bench.driver.registration is Registration.HOME
    assert bench.driver.signal_dbm == -73


def _taken_over(kept: str, rows: list[str]) -> Bench:
    """A new process has the port of a modem that may have calls."""
    modem = FakeModem(answers={"AT+CMEE?": f"+CMEE: {kept}\nOK"}, rows=rows)
    bench = Bench("huawei", modem=modem, start=False)
    bench.driver.protected = True
    bench.driver.opened(bench.now_s)
    bench.pump()
    return bench


def test_a_modem_that_has_kept_its_settings_is_not_set_up_anew_before_its_calls_are_taken_over() -> None:
    bench = _taken_over("1", [_row(0)])
    assert bench.modem.received == ["AT+CMEE?", "AT+CLCC", "AT^CVOICE?", "AT^DDSETEX=2"]
    assert bench.driver.knows_calls
    assert not bench.driver.ready
    bench.wait(CALLS_FIRST_S)
    assert "AT&D0" in bench.modem.received
    assert bench.driver.ready


@pytest.mark.parametrize(("kept", "rows"), [("1", []), ("0", [_row(0)])])
def test_one_that_has_no_call_or_was_reset_is_set_up_at_once(kept: str, rows: list[str]) -> None:
    assert _taken_over(kept, rows).driver.ready


@pytest.mark.parametrize(
    ("identity", "dialect"),
    [
        ("Manufacturer: huawei\nModel: E173", "huawei"),
        ("SIMCOM_SIM7600E-H", "simcom7600"),
        ("A7672E-FASE", "simcom_a76xx"),
        ("SIMCOM_SIM800C", "sim800"),
        ("Something else", "3gpp"),
    ],
)
def test_an_unknown_modem_is_asked_and_spoken_to_in_its_dialect(identity: str, dialect: str) -> None:
    bench = Bench("auto", modem=FakeModem(answers={"ATI": f"{identity}\nOK"}, identity="unit"))
    assert bench.driver.dialect.key == dialect


@pytest.mark.parametrize(
    ("identity", "usb", "dialect"),
    [
        ("Nothing that is known", "zte", "zte"),
        ("Nothing that is known", None, "3gpp"),
        ("SIMCOM_SIM7600E-H", "huawei", "simcom7600"),
    ],
)
def test_its_own_words_tell_a_modems_dialect_and_else_its_usb_ids(
    identity: str, usb: str | None, dialect: str
) -> None:
    bench = Bench("auto", modem=FakeModem(identity=identity), start=False)
    bench.driver.plugged_in_as(DIALECTS.get(usb) if usb is not None else None)
    bench.driver.opened(bench.now_s)
    bench.pump()
    assert bench.driver.ready
    assert bench.driver.dialect.key == dialect


def test_a_pin_is_given_once_and_only_if_it_is_asked_for() -> None:
    modem = FakeModem(answers={"AT+CPIN?": "+CPIN: SIM PIN\nOK"})

    def accept(line: str) -> None:
        if line == 'AT+CPIN="1234"':
            modem.answers["AT+CPIN?"] = "+CPIN: READY\nOK"

    modem.on_command = accept
    bench = Bench(modem=modem, pin="1234")
    bench.wait(2.0)
    assert bench.sent('AT+CPIN="1234"') == 1
    assert [event.code for event in bench.of(SimState)] == ["SIM PIN", "READY"]
    assert bench.driver.ready


@pytest.mark.parametrize(
    ("answer", "right"),
    [("+CME ERROR: 16", False), ("+CME ERROR: 12", False), ("+CME ERROR: 14", None), ("ERROR", None)],
)
def test_it_is_said_whether_a_refused_pin_was_wrong(answer: str, right: bool | None) -> None:
    modem = FakeModem(answers={"AT+CPIN?": "+CPIN: SIM PIN\nOK", 'AT+CPIN="0000"': answer})
    bench = Bench(modem=modem, pin="0000")
    bench.wait(60.0)
    assert [event.right for event in bench.of(PinAnswered)] == [right]
    assert bench.sent('AT+CPIN="0000"') == 1
    assert bench.driver.sim == "SIM PIN"
    assert all("0000" not in str(event) for event in bench.events)


def test_a_sim_that_is_locked_for_good_or_opened_by_hand_is_noticed() -> None:
    modem = FakeModem(answers={"AT+CPIN?": "+CPIN: SIM PUK\nOK"})
    bench = Bench(modem=modem, pin="0000")
    bench.wait(30.0)
    assert bench.driver.sim == "SIM PUK"
    assert not any(line.startswith("AT+CPIN=") for line in modem.received)
    modem.answers["AT+CPIN?"] = "+CPIN: READY\nOK"
    bench.wait(30.0)
    assert bench.driver.sim == "READY"
    assert len(bench.of(Ready)) == 2, "what the SIM had refused is set up again"


def test_what_a_busy_sim_refuses_is_asked_again() -> None:
    modem = FakeModem(answers={"AT+CCWA=1": "+CME ERROR: 14"})
    bench = Bench(modem=modem)
    assert not bench.driver.ready
    del modem.answers["AT+CCWA=1"]
    bench.wait(1.5)
    assert bench.sent("AT+CCWA=1") == 2
    assert bench.driver.ready


def test_the_sims_own_emergency_numbers_are_told() -> None:
    bench = Bench(modem=FakeModem(answers={"AT+CRSM=176,28599,0,0,0": '+CRSM: 144,0,"11F2FF51F2FF"\nOK'}))
    assert [event.numbers for event in bench.of(EmergencyNumbers)] == [("112", "152")]


def test_a_radio_that_is_off_is_switched_on_ahead_of_the_sim() -> None:
    modem = FakeModem(answers={"AT+CFUN?": "+CFUN: 0\nOK", "AT+CPIN?": "+CME ERROR: 10"})

    def hear(line: str) -> None:
        if line == "AT+CFUN=1":
            modem.answers |= {"AT+CFUN?": "+CFUN: 1\nOK", "AT+CPIN?": "+CPIN: READY\nOK"}

    modem.on_command = hear
    bench = Bench(modem=modem)
    assert (bench.driver.ready, bench.driver.sim, bench.sent("AT+CFUN=1")) == (True, "READY", 1)


def test_a_radio_that_does_not_go_on_is_said_to_be_off_and_told_so_not_more_than_twice_a_minute() -> None:
    bench = Bench(modem=FakeModem(answers={"AT+CFUN?": "+CFUN: 4\nOK", "AT+CREG?": "+CREG: 1,0\nOK"}))
    bench.wait(120.0)
    assert 4 <= bench.sent("AT+CFUN=1") <= 6
    state, words = condition(bench.driver, open_port=True)
    assert state is LineState.NO_NETWORK
    assert "radio is off" in words
    assert "aerial" not in words


# ----------------------------------------------------------------------------------------------- our calls


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


@pytest.mark.parametrize("number", ["", "1", "+39;ATD112", "39+1", "abc", "+39 333", "112;"])
def test_what_is_no_number_is_not_dialled(number: str) -> None:
    bench = Bench()
    with pytest.raises(RequestRefused):
        bench.driver.dial(LEG, number, bench.now_s)
    assert bench.driver.take_output() == b""


def test_a_call_that_was_answered_is_not_hung_up_for_want_of_an_answer() -> None:
    bench = Bench()
    legs = LegsOnLine(LineId("p1"), bench.driver, first_number=0, voice_path="", number_within_s=1.0)
    user = LegId("a1:user")
    bench.modem.rows = [_row(2)]
    legs.obey(DialCall(leg=user, attempt=1, number=E164(USER)), bench.now_s)
    bench.pump()
    for stat in (3, 0):
        bench.modem.rows = [_row(stat)]
        bench.wait(1.0)
    for event in bench.events:
        if isinstance(event, (CallDialing, CallRinging, CallAnswered)):
            legs.hear(event, bench.now_s)
    said = legs.obey(HangUpCall(leg=user, attempt=1, unanswered=True), bench.now_s)
    bench.pump()
    assert said.state is CallState.ANSWERED
    assert bench.of(CallReleased) == []
    legs.obey(HangUpCall(leg=user, attempt=1), bench.now_s)
    bench.pump()
    assert bench.of(CallReleased)


def test_a_call_found_at_the_start_keeps_its_voice_until_its_leg_asks() -> None:
    bench = Bench("huawei", modem=FakeModem(rows=[_row(0)]))
    legs = LegsOnLine(LineId("p1"), bench.driver, first_number=0, voice_path="/dev/v", number_within_s=1.0)
    bench.wait(3.0)
    ready = bench.of(VoiceReady)
    assert ready
    for event in ready:
        assert legs.hear(event, bench.now_s) is None, "nobody has asked for it yet"
    said = legs.obey(DialCall(leg=LegId("a1:psap"), attempt=1, number=E164(USER)), bench.now_s)
    assert said.state is CallState.ANSWERED
    assert said.voice is not None
    assert said.voice.path == "/dev/v"
    assert legs.voice == said.voice


def test_a_call_found_on_an_early_modem_is_no_surer_than_one_that_was_dialled() -> None:
    bench = Bench("simcom_a76xx", modem=FakeModem(rows=[_row(0)]))
    legs = LegsOnLine(LineId("p1"), bench.driver, first_number=0, voice_path="", number_within_s=1.0)
    bench.wait(3.0)
    said = legs.obey(DialCall(leg=LegId("a1:op1"), attempt=1, number=E164(USER)), bench.now_s)
    assert (said.state, said.confirmed) == (CallState.ANSWERED, False)


def test_a_call_that_a_former_process_was_to_answer_is_found_by_its_number_and_answered() -> None:
    bench = Bench("huawei", modem=FakeModem(rows=[_row(4, direction=1)]))
    legs = LegsOnLine(LineId("p1"), bench.driver, first_number=70, voice_path="", number_within_s=1.0)
    bench.wait(3.0)
    order = AnswerCall(leg=LegId("a2:user"), attempt=1, call=4, number=E164(USER))
    assert legs.obey(order, bench.now_s).state is not CallState.RELEASED
    bench.pump()
    assert bench.sent("ATA") == 1
    bench.modem.rows = [_row(0, direction=1)]
    bench.wait(1.0)
    again = LegsOnLine(LineId("p1"), bench.driver, first_number=90, voice_path="", number_within_s=1.0)
    assert again.obey(order, bench.now_s).state is not CallState.RELEASED, "it is up, and stays so"


def test_an_answer_that_the_modem_has_not_taken_is_given_again() -> None:
    bench = Bench("huawei", modem=FakeModem(rows=[_row(4, direction=1)]))
    legs = LegsOnLine(LineId("p1"), bench.driver, first_number=0, voice_path="", number_within_s=1.0)
    bench.wait(3.0)
    (ringing,) = bench.driver.calls()
    bench.modem.mute = True
    order = AnswerCall(leg=LegId("a2:user"), attempt=1, call=ringing.call, number=E164(USER))
    legs.obey(order, bench.now_s)
    bench.wait(1.5)
    bench.modem.mute = False
    heard = bench.sent("ATA")
    for _ in range(30):
        legs.obey(order, bench.now_s)
        bench.wait(0.5)
    assert bench.sent("ATA") > heard


def test_a_callers_number_is_believed_when_it_was_heard_twice() -> None:
    bench = Bench("huawei")
    legs = LegsOnLine(LineId("p1"), bench.driver, first_number=0, voice_path="", number_within_s=1.5)
    bench.wait(3.0)
    began_s = bench.now_s
    bench.say("RING", f'+CLIP: "{USER}",145,,,,0')
    for event in bench.events:
        if isinstance(event, (CallIncoming, CallIdentified)):
            legs.hear(event, bench.now_s)
    (call,) = legs.ringing.told(began_s)
    assert (call.number, call.settled) == (USER, False)
    bench.modem.rows = [_row(4, direction=1)]
    bench.wait(1.0)
    assert not legs.ringing.unsettled
    (call,) = legs.ringing.told(began_s)
    assert call.settled


@pytest.mark.parametrize("number", [OTHER, ""])
def test_one_who_calls_a_line_with_somebody_on_it_does_not_put_the_user_on_hold(number: str) -> None:
    bench, _ = _up()
    legs = LegsOnLine(LineId("p1"), bench.driver, first_number=0, voice_path="", number_within_s=1.0)
    bench.modem.rows = [_row(0), _row(5, index=2, direction=1, number=number)]
    bench.say(f'+CCWA: "{number}",145,1')
    bench.wait(3.0)
    waiting = next(view for view in bench.driver.calls() if view.state is Stat.WAITING)
    before = len(bench.modem.received)
    order = AnswerCall(leg=LegId("a2:user"), attempt=1, call=waiting.call)
    said = legs.obey(order, bench.now_s)
    bench.pump()
    sent = bench.modem.received[before:]
    assert "ATA" not in sent
    assert "AT+CHLD=2" not in sent
    if number:
        assert (said.state, said.cause) == (CallState.RELEASED, HangupCause.LINE_TAKEN)
        assert "AT+CHLD=0" in sent, "declined: she is called back on another line"
    else:
        assert said.state is CallState.UNKNOWN, "nobody could call her back: she waits for the line"
        bench.modem.rows = [_row(4, index=2, direction=1, number=number)]
        bench.wait(10.0)
        legs.obey(order, bench.now_s)
        bench.pump()
        assert bench.sent("ATA") == 1


def test_a_call_goes_from_dialling_to_its_end() -> None:
    bench = Bench()
    call = bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    for stat in (2, 3, 0):
        bench.modem.rows = [_row(stat)]
        bench.wait(1.0)
    bench.driver.hang_up(call, bench.now_s)
    bench.pump()
    assert bench.names() == ["CallDialing", "CallRinging", "CallAnswered", "CallReleased"]
    (released,) = bench.of(CallReleased)
    assert (released.cause, released.ref, released.answered) == (16, LEG, True)


@pytest.mark.parametrize(("line", "cause"), [("BUSY", 17), ("NO ANSWER", 19)])
def test_a_failed_call_has_the_cause_of_its_line(line: str, cause: int) -> None:
    bench = Bench()
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    bench.modem.rows = [_row(3)]
    bench.wait(1.0)
    bench.modem.rows = []
    bench.say(line)
    assert [event.cause for event in bench.of(CallReleased)] == [cause]


def test_a_weak_cause_is_explained_by_the_modems_report() -> None:
    bench = Bench(modem=FakeModem(answers={"AT+CEER": "+CEER: 5,User busy\nOK"}))
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    bench.say("NO CARRIER")
    bench.wait(3.0)
    assert [event.cause for event in bench.of(CallReleased)] == [17]


def test_no_carrier_as_the_result_of_the_dial_ends_it() -> None:
    bench = Bench(modem=FakeModem(dial_result="NO CARRIER"))
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    bench.wait(1.0)
    assert len(bench.of(CallReleased)) == 1


@pytest.mark.parametrize(("result", "cause"), [("ERROR", 41), ("+CME ERROR: 30", 38), ("+CME ERROR: 10", 41)])
def test_a_dial_that_the_modem_declines_ends_at_once(result: str, cause: int) -> None:
    bench = Bench(modem=FakeModem(dial_result=result))
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    assert [event.cause for event in bench.of(CallReleased)] == [cause]


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
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    received = len(bench.modem.received)
    bench.wait(30.0)
    assert len(bench.modem.received) == received
    bench.modem.rows = [_row(0)]
    bench.say(f'+COLP: "{USER}",145', "OK")
    bench.wait(2.0)
    assert bench.names() == ["CallDialing", "CallAnswered"]
    assert bench.sent("AT+CLCC") > 1


def test_a_blocked_dial_can_be_hung_up_at_any_time() -> None:
    bench = Bench("3gpp", modem=FakeModem(dial_result=None))
    call = bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    bench.wait(5.0)
    bench.driver.hang_up(call, bench.now_s)
    bench.pump()
    bench.say("NO CARRIER")
    bench.wait(3.0)
    assert bench.sent("AT+CHUP") == 1
    assert len(bench.of(CallReleased)) == 1
    assert bench.driver.calls() == ()


def test_a_dial_that_has_not_left_yet_is_taken_back() -> None:
    bench = Bench()
    bench.driver.poll_calls(bench.now_s)
    call = bench.driver.dial(LEG, USER, bench.now_s)
    bench.driver.hang_up(call, bench.now_s)
    bench.pump()
    assert bench.sent(f"ATD{USER};") == 0
    assert [event.cause for event in bench.of(CallReleased)] == [16]


# ------------------------------------------------------------------------------------------------ hang up


def test_hanging_up_is_tried_again_with_another_verb_until_the_call_is_gone() -> None:
    bench, call = _up()
    verbs = ("AT+CHUP", "ATH", "AT+CHLD=11", "AT+CHLD=1")
    bench.modem.answers |= dict.fromkeys(verbs, "OK")
    bench.driver.hang_up(call, bench.now_s)
    bench.pump()
    bench.wait(9.0)
    assert [bench.sent(verb) for verb in verbs] >= [1, 1, 1, 1]
    assert bench.of(CallReleased) == []
    bench.modem.rows = []
    bench.wait(4.0)
    assert len(bench.of(CallReleased)) == 1
    commands = bench.sent("AT+CHUP") + bench.sent("ATH")
    bench.wait(30.0)
    assert bench.sent("AT+CHUP") + bench.sent("ATH") == commands


def test_a_call_that_cannot_be_hung_up_raises_an_alarm_once() -> None:
    bench, call = _up()
    bench.modem.answers |= {"AT+CHUP": "OK", "ATH": "ERROR", "AT+CHLD=11": "ERROR", "AT+CHLD=1": "OK"}
    bench.driver.hang_up(call, bench.now_s)
    bench.pump()
    bench.wait(5.5)
    assert len(bench.of(HangUpStuck)) == 1
    bench.wait(600.0)
    assert len(bench.of(HangUpStuck)) == 1
    assert bench.sent("AT+CFUN=4") == bench.sent("AT+CFUN=1") == bench.sent("AT+CFUN=1,1") == 1
    verbs = [line for line in bench.modem.received if line.startswith(("AT+CHUP", "ATH", "AT+CHLD=1"))]
    assert 100 < len(verbs) < 130, "once in five seconds"


def test_a_modem_that_refused_every_hang_up_ends_the_call_soon_after_it_is_well_again() -> None:
    bench, call = _up()
    bench.driver.protected = True
    verbs = ("AT+CHUP", "ATH", "AT+CHLD=11", "AT+CHLD=1")
    bench.modem.answers |= dict.fromkeys(verbs, "ERROR")
    bench.driver.hang_up(call, bench.now_s)
    bench.wait(24.0)
    refused = [bench.sent(verb) for verb in verbs]
    bench.wait(6.0)
    assert sum(bench.sent(verb) for verb in verbs) > sum(refused)


def test_a_call_that_does_not_end_is_not_ended_at_the_cost_of_another() -> None:
    bench, call = _up()
    bench.driver.protected = True
    bench.modem.answers |= {"AT+CHUP": "OK", "ATH": "OK", "AT+CHLD=11": "OK", "AT+CHLD=1": "OK"}
    bench.driver.hang_up(call, bench.now_s)
    bench.wait(120.0)
    assert not [line for line in bench.modem.received if line.startswith("AT+CFUN=")]


def test_a_leg_goes_on_without_its_call_when_that_does_not_end() -> None:
    bench = Bench()
    legs = _legs(bench)
    user = LegId("a1:user")
    bench.modem.rows = [_row(0)]
    legs.obey(DialCall(leg=user, attempt=1, number=E164(USER)), bench.now_s)
    bench.wait(2.0)
    bench.modem.answers |= dict.fromkeys(("AT+CHUP", "ATH", "AT+CHLD=11", "AT+CHLD=1"), "OK")
    legs.obey(HangUpCall(leg=user, attempt=1), bench.now_s)
    bench.wait(5.5)
    (stuck,) = bench.of(HangUpStuck)
    report = legs.stuck(stuck.call)
    assert report is not None
    assert (report.leg, report.state, report.cause) == (user, CallState.RELEASED, HangupCause.NORMAL)
    assert legs.ghosts == 1
    again = legs.obey(DialCall(leg=user, attempt=2, number=E164(USER)), bench.now_s)
    assert (again.state, again.cause) == (CallState.RELEASED, HangupCause.LINE_TAKEN)
    bench.modem.rows = []
    bench.wait(40.0)
    assert legs.ghosts == 0


def test_a_line_whose_dials_are_refused_rests_longer_and_longer_and_a_dial_that_rings_ends_that() -> None:
    bench = Bench("huawei", modem=FakeModem(dial_result="ERROR"))
    legs = _legs(bench)

    def dial() -> CallReport:
        attempts.append(len(attempts) + 1)
        order = DialCall(leg=LegId("a1:user"), attempt=attempts[-1], number=E164(USER))
        said = legs.obey(order, bench.now_s)
        bench.pump()
        for event in bench.events:
            if isinstance(event, CallEvent):
                legs.hear(event, bench.now_s)
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
    assert legs.faults.failing
    bench.modem.dial_result = "OK"
    bench.wait(241.0)
    dial()
    bench.modem.rows = [_row(3)]
    bench.wait(2.0)
    dial()
    assert (legs.faults.failing, legs.faults.well, legs.faults.rests(bench.now_s)) == (False, True, False)


def test_hanging_up_one_of_two_calls_spares_the_other() -> None:
    bench, call = _up()
    bench.modem.rows = [_row(1), _row(0, index=2, direction=1, number=OTHER)]
    bench.say(f'+CCWA: "{OTHER}",145,1')
    bench.wait(2.0)
    bench.modem.answers["AT+CHLD=11"] = "OK"
    bench.driver.hang_up(call, bench.now_s)
    bench.modem.rows = bench.modem.rows[1:]
    bench.pump()
    assert bench.sent("AT+CHLD=11") == 1
    assert bench.sent("AT+CHUP") == 0
    assert [event.call for event in bench.of(CallReleased)] == [call]


def test_on_huawei_a_call_that_does_not_ring_yet_is_not_ended_by_its_index() -> None:
    bench, _ = _up("huawei")
    bench.modem.rows = [_row(1)]
    bench.driver.hold(CallId(1), bench.now_s)
    bench.pump()
    second = bench.driver.dial(Ref("second"), OTHER, bench.now_s)
    bench.pump()
    bench.modem.rows = [_row(1), _row(2, index=2, number=OTHER)]
    bench.wait(1.0)
    bench.driver.hang_up(second, bench.now_s)
    bench.pump()
    assert not any(command.startswith("AT+CHLD=12") for command in bench.modem.received)
    assert bench.sent("AT+CHUP") == 1


def test_a_waiting_call_is_declined_without_ending_the_other() -> None:
    bench, _ = _up()
    bench.modem.rows = [_row(0), _row(5, index=2, direction=1, number=OTHER)]
    bench.say(f'+CCWA: "{OTHER}",145,1')
    bench.wait(1.0)
    waiting = bench.driver.calls()[1].call
    bench.driver.hang_up(waiting, bench.now_s)
    bench.modem.rows = bench.modem.rows[:1]
    bench.pump()
    assert bench.sent("AT+CHLD=0") == 1
    assert [event.call for event in bench.of(CallReleased)] == [waiting]


# ----------------------------------------------------------------------------------------------- their calls


def test_an_incoming_call_is_answered() -> None:
    bench = Bench()
    bench.modem.rows = [_row(4, direction=1)]
    bench.say("RING", f'+CLIP: "{USER}",145')
    assert bench.names() == ["CallIncoming", "CallIdentified"]
    (view,) = bench.driver.calls()
    bench.modem.rows = [_row(0, direction=1)]
    bench.driver.answer(view.call, bench.now_s)
    bench.driver.answer(view.call, bench.now_s)
    bench.pump()
    assert bench.sent("ATA") == 1
    (answered,) = bench.of(CallAnswered)
    assert answered.direction is Direction.IN


def test_an_incoming_call_is_declined() -> None:
    bench = Bench()
    bench.modem.rows = [_row(4, direction=1)]
    bench.say("RING")
    bench.driver.hang_up(bench.driver.calls()[0].call, bench.now_s)
    bench.pump()
    assert bench.sent("AT+CHUP") == 1
    assert bench.names()[-1] == "CallReleased"


def test_a_caller_who_gives_up_before_the_answer_is_released() -> None:
    bench = Bench(modem=FakeModem(answers={"ATA": "NO CARRIER"}))
    bench.say("RING")
    bench.driver.answer(bench.driver.calls()[0].call, bench.now_s)
    bench.pump()
    bench.wait(2.0)
    assert len(bench.of(CallReleased)) == 1
    assert [event.request for event in bench.of(RequestFailed)] == ["answer"]


def test_only_a_ring_is_heard_and_the_list_tells_that_it_is_over() -> None:
    bench = Bench()
    bench.modem.rows = [_row(4, direction=1)]
    bench.say("RING")
    bench.modem.rows = []
    bench.wait(5.0)
    assert bench.names() == ["CallIncoming", "CallIdentified", "CallReleased"]


# ------------------------------------------------------------------------------------ several calls on
# one line


def test_hold_swap_and_conference_are_the_networks_verbs() -> None:
    bench, call = _up()
    bench.driver.hold(call, bench.now_s)
    bench.modem.rows = [_row(1)]
    bench.pump()
    assert bench.names()[-1] == "CallHeld"
    bench.driver.dial(Ref("second"), OTHER, bench.now_s)
    bench.pump()
    bench.modem.rows = [_row(1), _row(0, index=2, number=OTHER)]
    bench.wait(2.0)
    bench.driver.conference(bench.now_s)
    bench.modem.rows = [_row(0, mpty=1), _row(0, index=2, number=OTHER, mpty=1)]
    bench.pump()
    assert all(view.in_conference for view in bench.driver.calls())
    assert [event.request for event in bench.of(RequestDone)] == ["hold", "conference"]
    bench.driver.hang_up(call, bench.now_s)
    bench.pump()
    assert bench.sent("AT+CHLD=11") == 1


def test_an_emergency_call_is_neither_held_nor_joined() -> None:
    bench = Bench()
    call = bench.driver.dial(LEG, "112", bench.now_s, emergency=True)
    bench.pump()
    bench.modem.rows = [_row(0, number="112").replace("145", "129")]
    bench.wait(1.0)
    with pytest.raises(RequestRefused):
        bench.driver.hold(call, bench.now_s)


def test_requests_that_do_not_fit_are_refused() -> None:
    bench, call = _up()
    with pytest.raises(RequestRefused):
        bench.driver.conference(bench.now_s)
    with pytest.raises(RequestRefused):
        bench.driver.swap(bench.now_s)
    with pytest.raises(RequestRefused):
        bench.driver.answer(call, bench.now_s)
    with pytest.raises(RequestRefused):
        bench.driver.send_digit(call, "12", bench.now_s)
    with pytest.raises(RequestRefused):
        bench.driver.hold(CallId(99), bench.now_s)
    bench.driver.hang_up(CallId(99), bench.now_s)


def test_a_digit_is_sent_into_the_call() -> None:
    bench, call = _up()
    bench.driver.send_digit(call, "#", bench.now_s)
    bench.pump()
    assert bench.sent("AT+VTS=#") == 1
    assert [event.request for event in bench.of(RequestDone)] == ["digit"]


# --------------------------------------------------------------------------------------------------- voice


def test_on_huawei_the_voice_is_switched_on_with_the_dial_and_at_each_call() -> None:
    bench, _ = _up("huawei")
    assert bench.sent("AT^DDSETEX=2") == 1
    assert [(event.rate_hz, event.frame_bytes) for event in bench.of(VoiceReady)] == [(8000, 320)]
    ready = next(place for place, event in enumerate(bench.events) if isinstance(event, VoiceReady))
    answered = next(place for place, event in enumerate(bench.events) if isinstance(event, CallAnswered))
    assert ready < answered


def test_on_simcom_the_voice_is_tried_again_until_the_call_is_really_up() -> None:
    modem = FakeModem(answers={"AT+CPCMREG=1": "ERROR"})
    bench = Bench("simcom7600", modem=modem)
    call = bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    modem.rows = [_row(3)]
    bench.wait(1.0)
    assert bench.sent("AT+CPCMREG=1") == 0
    modem.rows = [_row(0)]
    bench.wait(1.2)
    assert bench.of(VoiceReady) == []
    del modem.answers["AT+CPCMREG=1"]
    bench.wait(1.0)
    assert [event.call for event in bench.of(VoiceReady)] == [call]
    before = bench.sent("AT+CPCMREG=0,1")
    bench.driver.hang_up(call, bench.now_s)
    bench.pump()
    assert bench.sent("AT+CPCMREG=0,1") == before + 1


def test_a_modem_that_refuses_its_voice_says_so_once_and_is_asked_on_for_ever_but_more_rarely() -> None:
    bench = Bench("simcom7600", modem=FakeModem(answers={"AT+CPCMREG=1": "ERROR"}))
    call = bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    bench.modem.rows = [_row(0)]
    bench.wait(14.0)
    assert bench.of(VoiceFailed) == []
    assert 20 <= bench.sent("AT+CPCMREG=1") <= 30
    bench.wait(60.0)
    assert len(bench.of(VoiceFailed)) == 1
    assert bench.sent("AT+CPCMREG=1") <= 42
    del bench.modem.answers["AT+CPCMREG=1"]
    bench.wait(11.0)
    assert [event.call for event in bench.of(VoiceReady)] == [call]


def test_a_modem_that_takes_the_voice_only_12_s_after_the_answer_has_it() -> None:
    bench = Bench("simcom7600", modem=FakeModem(answers={"AT+CPCMREG=1": "ERROR"}))
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    bench.modem.rows = [_row(0)]
    bench.wait(12.0)
    del bench.modem.answers["AT+CPCMREG=1"]
    bench.wait(1.0)
    assert len(bench.of(VoiceReady)) == 1


OFF, ON = "AT+QPCMV=0", "AT+QPCMV=1,0"


def of_voice(bench: Bench) -> list[str]:
    """What was sent for the voice, and the dials and answers in between."""
    return [line for line in bench.modem.received if "QPCMV" in line or line.startswith(("ATD", "ATA"))]


def _left_on() -> Bench:
    """A modem that another program makes use of: its voice is refused until it was switched off."""
    modem = FakeModem(answers={ON: "ERROR"})

    def hear(line: str) -> None:
        if line == OFF:
            modem.answers.pop(ON, None)

    modem.on_command = hear
    return Bench("quectel_ec2x", modem=modem)


def test_a_voice_path_that_another_program_has_left_open_is_closed_ahead_of_the_dial() -> None:
    bench = _left_on()
    assert of_voice(bench) == [OFF, ON]
    assert not bench.driver.voiceless
    bench.modem.answers[ON] = "ERROR"
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    assert of_voice(bench)[2:] == [OFF, ON, f"ATD{USER};"]
    assert len(bench.of(VoiceReady)) == 1
    bench.modem.rows = [_row(0)]
    bench.wait(2.5)
    assert len(of_voice(bench)) == 5, "and not again after the answer"


def test_a_voice_path_that_was_refused_ahead_of_the_dial_is_asked_for_once_the_call_is_answered() -> None:
    bench = Bench("quectel_ec2x")
    bench.modem.answers[ON] = "ERROR"
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.modem.rows = [_row(3)]
    bench.wait(20.0)
    assert of_voice(bench)[2:] == [OFF, ON, f"ATD{USER};"], "the call goes on, and rings"
    bench.modem.rows = [_row(0)]
    bench.wait(12.0)
    assert bench.of(VoiceFailed) == []
    del bench.modem.answers[ON]
    bench.wait(1.0)
    assert len(bench.of(VoiceReady)) == 1


def test_a_voice_path_is_opened_ahead_of_an_answer_and_closed_behind_the_call() -> None:
    bench = Bench("quectel_ec2x")

    def hear(line: str) -> None:
        if line == "ATA":
            bench.modem.rows = [_row(0, direction=1)]

    bench.modem.on_command = hear
    bench.modem.rows = [_row(4, direction=1)]
    bench.say("RING")
    (view,) = bench.driver.calls()
    bench.driver.answer(view.call, bench.now_s)
    bench.pump()
    assert of_voice(bench)[2:] == [OFF, ON, "ATA"]
    bench.wait(2.0)
    bench.driver.hang_up(view.call, bench.now_s)
    bench.modem.rows = []
    bench.wait(5.0)
    assert bench.driver.calls() == ()
    assert of_voice(bench)[5:] == [OFF]


def test_a_voice_path_is_not_closed_behind_the_next_dial() -> None:
    bench = Bench("quectel_ec2x")
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.modem.rows = [_row(0)]
    bench.wait(2.0)
    bench.modem.received.clear()
    bench.modem.rows = []
    bench.modem.say("NO CARRIER")
    bench.driver.receive(bench.modem.take(), bench.now_s)
    bench.driver.dial(Ref("next"), OTHER, bench.now_s)
    bench.wait(3.0)
    assert [line for line in of_voice(bench) if line != OFF] == [ON, f"ATD{OTHER};"]
    assert OFF not in of_voice(bench)[of_voice(bench).index(ON) :]


def test_a_set_up_anew_leaves_the_voice_of_a_call_alone_and_is_made_up_for_behind_it() -> None:
    bench = Bench("quectel_ec2x", modem=FakeModem(rows=[_row(0)]))
    bench.wait(10.0)
    assert bench.driver.ready
    assert OFF not in of_voice(bench)
    bench.modem.rows = []
    bench.wait(10.0)
    assert bench.driver.calls() == ()
    assert of_voice(bench)[-3:] == [OFF, ON, OFF], "tried, and closed as behind any call"


@pytest.mark.parametrize(
    ("dialect", "identity", "refuses"),
    [
        ("quectel_ec2x", "EC25EFA", "AT+QPCMV=1,0"),
        ("auto", "SIM7670G-MNGV", "AT+CPCMREG=?"),
        ("huawei", "E173", "AT^CVOICE?"),
    ],
)
def test_a_firmware_for_data_is_known_by_what_it_refuses(dialect: str, identity: str, refuses: str) -> None:
    bench = Bench(dialect, modem=FakeModem(identity=identity, answers={refuses: "ERROR"}))
    assert bench.driver.ready
    assert bench.driver.voiceless
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.modem.rows = [_row(0)]
    bench.wait(30.0)
    assert bench.of(VoiceReady) == bench.of(VoiceFailed) == []
    bench.modem.rows = []
    del bench.modem.answers[refuses]
    bench.wait(90.0)
    assert not bench.driver.voiceless, "it may have been asked too early"


def test_a_firmware_that_had_no_voice_last_time_is_taken_for_such_until_it_was_asked() -> None:
    bench = Bench("quectel_ec2x", modem=FakeModem(rows=[_row(0)]), start=False)
    bench.driver.assume_voiceless()
    assert bench.driver.voiceless
    bench.driver.opened(bench.now_s)
    bench.wait(10.0)
    assert bench.driver.voiceless, "it has a call, and was not asked"
    bench.modem.rows = []
    bench.wait(10.0)
    assert not bench.driver.voiceless


def test_on_huawei_dropping_one_call_switches_the_voice_of_the_other_on_again() -> None:
    bench, _ = _up("huawei")
    bench.modem.rows = [_row(1), _row(0, index=2, direction=1, number=OTHER)]
    bench.say(f'+CCWA: "{OTHER}",145,1')
    bench.wait(3.0)
    before = bench.sent("AT^DDSETEX=2")
    bench.modem.rows = [_row(0)]
    bench.say("^CEND:2,5,104,16")
    bench.wait(1.0)
    assert bench.sent("AT^DDSETEX=2") == before + 1


# ------------------------------------------------------------------------------------------- after a restart


def test_calls_that_the_modem_still_holds_are_taken_back_without_a_dial() -> None:
    modem = FakeModem(rows=[_row(0)])
    bench = Bench("huawei", modem=modem, start=False)
    call = bench.driver.adopt(LEG, USER, bench.now_s)
    bench.driver.opened(bench.now_s)
    bench.pump()
    assert bench.names()[:2] == ["CallDialing", "CallAnswered"]
    assert bench.driver.call_of(LEG) == call
    assert not any(command.startswith("ATD") for command in modem.received)
    assert bench.of(VoiceReady)


def test_a_leg_that_the_modem_does_not_hold_any_more_is_released() -> None:
    bench = Bench("huawei", start=False)
    bench.driver.adopt(LEG, USER, bench.now_s)
    bench.driver.opened(bench.now_s)
    bench.pump()
    bench.wait(3.0)
    assert [event.ref for event in bench.of(CallReleased)] == [LEG]


def test_on_a_modem_that_aborts_at_any_byte_a_restart_only_listens() -> None:
    modem = FakeModem(rows=[_row(2)])
    bench = Bench("3gpp", modem=modem, start=False, listen_first=True)
    bench.driver.adopt(LEG, USER, bench.now_s)
    bench.driver.opened(bench.now_s)
    bench.pump()
    bench.wait(44.0)
    assert modem.received == []
    bench.wait(2.0)
    assert modem.received[:2] == ["AT+CMEE?", "AT+CLCC"]


@pytest.mark.parametrize("line", ["OK", "NO CARRIER", f'+COLP: "{USER}",145'])
def test_listening_ends_with_the_dial(line: str) -> None:
    modem = FakeModem()
    bench = Bench("3gpp", modem=modem, start=False, listen_first=True)
    bench.driver.adopt(LEG, USER, bench.now_s)
    bench.driver.opened(bench.now_s)
    bench.wait(5.0)
    assert modem.received == []
    bench.say(line)
    assert modem.received[:2] == ["AT+CMEE?", "AT+CLCC"]


def test_a_restart_on_a_modem_that_answers_dials_at_once_does_not_wait() -> None:
    bench = Bench("huawei", start=False, listen_first=True)
    bench.driver.opened(bench.now_s)
    bench.pump()
    assert bench.driver.ready


def test_a_remembered_dialect_saves_an_unknown_modem_the_listening() -> None:
    modem = FakeModem(identity="E1550")
    bench = Bench("auto", modem=modem, start=False, listen_first=True, assume="huawei")
    bench.driver.opened(bench.now_s)
    bench.pump()
    assert bench.driver.ready
    assert bench.driver.dialect.key == "huawei"
    bench = Bench(
        "auto", modem=FakeModem(identity="SIM7600"), start=False, listen_first=True, assume="huawei"
    )
    bench.driver.opened(bench.now_s)
    bench.pump()
    assert bench.driver.dialect.key == "simcom7600"


# ------------------------------------------------------------------------------------------ trouble


def test_a_modem_that_falls_silent_while_idle_is_found_out() -> None:
    bench = Bench()
    bench.modem.mute = True
    bench.wait(17.0)
    assert [event.stage for event in bench.of(Unresponsive)] == [Stage.RESYNC, Stage.REOPEN]
    assert not bench.driver.ready


def test_a_setting_whose_answer_is_lost_is_made_again_and_one_that_a_modem_stalls_at_is_left_out() -> None:
    modem = FakeModem(answers={"AT+CLIP=1": None, "AT+CRC=1": None})

    def hear(line: str) -> None:
        if line == "AT+CLIP=1":
            modem.answers.pop(line, None)

    modem.on_command = hear
    bench = Bench(modem=modem)
    bench.wait(30.0)
    assert bench.driver.ready
    assert (bench.sent("AT+CLIP=1"), bench.sent("AT+CRC=1")) == (2, 2)


def test_the_ladder_goes_from_reopen_to_reset_to_quarantine_and_back() -> None:
    bench = Bench()
    bench.modem.mute = True
    bench.wait(17.0)
    bench.driver.opened(bench.now_s)
    bench.pump()
    bench.wait(4.0)
    assert bench.sent("AT+CFUN=1,1") == 1
    bench.wait(120.0)
    stages = [event.stage for event in bench.of(Unresponsive)]
    assert stages[:5] == [Stage.RESYNC, Stage.REOPEN, Stage.RESET, Stage.USB_RESET, Stage.QUARANTINE]
    bench.modem.mute = False
    bench.wait(35.0)
    assert len(bench.of(Responsive)) == 1
    assert bench.driver.ready


def test_a_modem_with_a_live_call_is_never_reset() -> None:
    bench, _ = _up()
    bench.modem.mute = True
    bench.wait(300.0)
    assert bench.sent("AT+CFUN=1,1") == 0
    assert len(bench.driver.calls()) == 1
    bench.modem.mute = False
    bench.wait(6.0)
    assert bench.driver.ready
    assert bench.of(CallReleased) == []


def test_a_modem_that_the_journal_protects_is_never_reset() -> None:
    bench = Bench()
    bench.driver.protected = True
    bench.modem.mute = True
    bench.wait(300.0)
    assert bench.sent("AT+CFUN=1,1") == 0


def test_a_dial_to_a_silent_modem_ends_soon_and_the_next_at_once() -> None:
    bench = Bench("huawei")
    bench.modem.mute = True
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    bench.wait(25.0)
    bench.driver.dial(Ref("next"), USER, bench.now_s)
    bench.pump()
    assert [event.cause for event in bench.of(CallReleased)] == [HangupCause.LINE_LOST] * 2


@pytest.mark.parametrize("slow_s", [4.5, 6.0, 9.0])
def test_a_slow_sim_takes_no_line_away_and_its_messages_are_read(slow_s: float) -> None:
    bench = Bench(modem=FakeModem(answers={"AT+CMGL=4": None}))
    assert bench.driver.ready, "ahead of the messages"
    bench.wait(slow_s)
    bench.say("+CMGL: 5,1,,24", PDU, "OK")
    bench.wait(30.0)
    assert [event.text for event in bench.of(SmsReceived)] == ["How are you?"]
    assert bench.of(Unresponsive) == []
    assert len(bench.of(Ready)) == 1


def test_an_idle_question_that_is_answered_late_reopens_nothing() -> None:
    bench = Bench()
    bench.modem.mute = True
    bench.wait(5.0 + 8.0)
    late = "".join(f"\r\n{name}: 1\r\n\r\nOK\r\n" for name in ("+CMEE", "+CMGF", "+CRC"))
    bench.modem.mute = False
    bench.modem.say_raw(f"\r\n+CPIN: READY\r\n\r\nOK\r\n{late}".encode())
    bench.pump()
    bench.wait(20.0)
    assert [event.stage for event in bench.of(Unresponsive)] == [Stage.RESYNC]
    assert len(bench.of(Ready)) == 1


def test_a_dial_does_not_wait_long_for_a_slow_sim_and_is_not_dropped_for_it() -> None:
    bench = Bench("huawei", modem=FakeModem(answers={"AT+CMGL=4": None}))
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    bench.wait(4.0)
    assert bench.sent(f"ATD{USER};") == 1
    assert bench.of(CallReleased) == []


def test_a_dial_whose_result_takes_15_s_is_still_a_dial() -> None:
    bench = Bench("huawei", modem=FakeModem(dial_result=None))
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    bench.wait(15.0)
    bench.modem.rows = [_row(3)]
    bench.say("OK")
    bench.wait(3.0)
    assert [type(event) for event in bench.of(CallEvent)] == [CallDialing, CallRinging]
    assert bench.of(Unresponsive) == []


def test_a_dial_that_has_no_result_yet_is_hung_up_within_seconds() -> None:
    bench = Bench("huawei", modem=FakeModem(dial_result=None))
    call = bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    bench.wait(1.0)
    bench.driver.hang_up(call, bench.now_s)
    bench.wait(3.5)
    assert bench.sent("AT+CHUP") >= 1


def test_words_behind_an_error_make_it_none_the_less_a_result() -> None:
    bench = Bench(modem=FakeModem(dial_result="ERROR: call not allowed"))
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    released = bench.of(CallReleased)
    assert [(one.cause, one.text) for one in released] == [
        (41, "the modem refused the dial: ERROR: call not allowed")
    ]


def test_an_error_means_alive() -> None:
    bench = Bench(modem=FakeModem(answers={"AT+CSQ": "ERROR", "AT+CREG?": "ERROR"}))
    bench.wait(120.0)
    assert bench.of(Unresponsive) == []


def test_a_modem_that_has_started_anew_is_set_up_again_and_its_calls_are_gone() -> None:
    bench, _ = _up()
    bench.modem.rows = []
    bench.say("RDY")
    bench.wait(5.0)
    assert len(bench.of(ModemRebooted)) == 1
    assert [event.cause for event in bench.of(CallReleased)] == [HangupCause.LINE_LOST]
    assert len(bench.of(Ready)) == 2


def test_a_modem_that_has_started_anew_and_does_not_say_so_is_found_out_by_its_settings() -> None:
    bench, _ = _up()
    bench.modem.mute = True
    bench.wait(4.0)
    bench.modem.mute = False
    bench.modem.rows = []
    bench.modem.answers["AT+CMEE?"] = "+CMEE: 0\nOK"
    bench.wait(3.0)
    del bench.modem.answers["AT+CMEE?"]
    bench.wait(5.0)
    assert len(bench.of(ModemRebooted)) == 1
    assert [event.cause for event in bench.of(CallReleased)] == [HangupCause.LINE_LOST]
    assert len(bench.of(Ready)) == 2


def test_a_port_that_is_lost_keeps_the_calls_until_the_modem_tells() -> None:
    bench, _ = _up()
    bench.driver.port_lost(bench.now_s)
    bench.pump()
    assert bench.of(CallReleased) == []
    assert not bench.driver.ready
    bench.now_s += 3.0
    bench.driver.opened(bench.now_s)
    bench.pump()
    assert bench.driver.ready
    assert bench.of(CallReleased) == []


@pytest.mark.parametrize(
    ("seen_again", "reset", "cause"),
    [(False, True, HangupCause.LINE_LOST), (False, False, None), (True, False, None)],
)
def test_a_call_that_is_gone_with_the_port_was_lost_by_a_modem_that_was_reset(
    seen_again: bool, reset: bool, cause: int | None
) -> None:
    bench, _ = _up()
    bench.driver.port_lost(bench.now_s)
    bench.pump()
    bench.now_s += 1.5
    if not seen_again:
        bench.modem.rows = []
    bench.modem.answers["AT+CMEE?"] = f"+CMEE: {0 if reset else 1}\nOK"
    bench.driver.opened(bench.now_s)
    bench.pump()
    assert bench.driver.kept_settings is not reset
    bench.wait(3.0)
    bench.modem.rows = []
    bench.wait(10.0)
    assert [event.cause for event in bench.of(CallReleased)] == [cause]


@pytest.mark.parametrize("reset", [False, True])
def test_of_a_call_that_ended_before_this_process_it_is_said_whether_the_modem_was_reset(reset: bool) -> None:
    modem = FakeModem(answers={"AT+CMEE?": f"+CMEE: {0 if reset else 1}\nOK"})
    bench = Bench(modem=modem)
    legs = LegsOnLine(LineId("p1"), bench.driver, first_number=0, voice_path="", number_within_s=1.0)
    said = legs.obey(AttachCall(leg=LegId("a1:psap"), attempt=1, number=E164(USER)), bench.now_s)
    assert said.state is CallState.UNKNOWN
    assert said.reset is reset


def test_a_firmware_without_voice_that_is_found_in_a_call_is_not_asked_for_it_without_end() -> None:
    answers: dict[str, str | None] = {"AT^CVOICE?": "ERROR", "AT^DDSETEX=2": "ERROR"}
    bench = Bench("huawei", modem=FakeModem(answers=answers, rows=[_row(0)]))
    bench.wait(30.0)
    assert bench.driver.voiceless
    assert bench.sent("AT^DDSETEX=2") <= 1


@pytest.mark.parametrize("held", [False, True])
def test_after_a_restart_the_members_of_a_conference_in_one_row_are_those_of_the_journal(held: bool) -> None:
    def attach(leg: str, number: str, *, answered: bool) -> CallReport:
        order = AttachCall(leg=LegId(leg), attempt=1, number=E164(number), answered=answered)
        return legs.obey(order, bench.now_s)

    row = f'5,0,{int(held)},0,{int(held)},"sip:mmtel",128'
    bench = Bench("quectel_ec2x", modem=FakeModem(rows=[row]))
    bench.wait(1.0)
    legs = _legs(bench)
    assert attach("a1:psap", OTHER, answered=False).state is CallState.UNKNOWN, "it was never up"
    for leg, number in (("a1:op1", OTHER), ("a1:user", USER)):
        assert attach(leg, number, answered=True).state is CallState.ANSWERED
    assert len(bench.driver.calls()) == 2
    bench.say(f"^DSCI: 3,0,1,0,{USER},145")
    bench.wait(5.0)
    states = {view.number: view.state for view in bench.driver.calls()}
    assert states == {OTHER: Stat.ACTIVE, USER: Stat.HELD}
    bench.modem.rows = []
    bench.wait(10.0)
    assert bench.driver.calls() == (), "no conference, no members"


def test_a_caller_who_has_to_wait_is_told_of_no_more_while_a_leg_asks_for_the_user() -> None:
    bench = Bench()
    legs = _legs(bench)
    legs.obey(DialCall(leg=LegId("a1:op1"), attempt=1, number=E164(OTHER)), bench.now_s)
    bench.pump()
    bench.modem.rows = [_row(0, number=OTHER), '2,1,5,0,0,"",128']
    bench.wait(2.0)
    for event in bench.of(CallEvent):
        legs.hear(event, bench.now_s)
    (told,) = legs.ringing.told(bench.now_s + 2.0)
    assert (told.number, told.settled) == (None, True)
    wish = AnswerCall(leg=LegId("a2:user"), attempt=1, call=told.call)
    assert legs.obey(wish, bench.now_s).state is CallState.UNKNOWN, "somebody talks"
    assert legs.ringing.told(bench.now_s + 1.0) == []
    assert len(legs.ringing.told(bench.now_s + 4.0)) == 1, "nobody asks any more"


def test_a_digit_goes_into_the_call_once_however_often_it_is_told_and_not_again_after_a_restart() -> None:
    def attach(legs: LegsOnLine, digits: str) -> None:
        order = AttachCall(leg=LegId("a1:psap"), attempt=1, number=E164(USER), digits=digits)
        assert legs.obey(order, bench.now_s).state is CallState.ANSWERED
        bench.pump()

    def sent() -> str:
        return "".join(line[-1] for line in bench.modem.received if line.startswith("AT+VTS="))

    bench = Bench()
    legs = _legs(bench)
    legs.obey(DialCall(leg=LegId("a1:psap"), attempt=1, number=E164(USER)), bench.now_s)
    bench.pump()
    bench.modem.rows = [_row(0)]
    bench.wait(1.0)
    for event in bench.of(CallAnswered):
        legs.hear(event, bench.now_s)
    for digits in "", "1", "1", "11#", "11#":
        attach(legs, digits)
    attach(legs, "1")
    assert sent() == "11#"
    again = Bench(modem=bench.modem)
    bench = again
    bench.wait(1.0)
    legs = _legs(bench)
    attach(legs, "11#")
    attach(legs, "11#9")
    assert sent() == "11#9"


def test_a_modem_that_is_gone_for_good_takes_its_calls_with_it() -> None:
    bench, _ = _up()
    bench.driver.port_lost(bench.now_s)
    bench.driver.calls_lost(bench.now_s, "unplugged")
    bench.pump()
    assert [event.cause for event in bench.of(CallReleased)] == [HangupCause.LINE_LOST]


def test_a_modem_without_a_list_of_calls_is_believed_line_by_line() -> None:
    bench = Bench(modem=FakeModem(answers={"AT+CLCC": "ERROR"}))
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    bench.say(f'+COLP: "{USER}",145')
    bench.wait(10.0)
    bench.say("NO CARRIER")
    bench.wait(1.0)
    assert bench.names() == ["CallDialing", "CallAnswered", "CallReleased"]


def test_an_unknown_line_is_told_and_does_nothing() -> None:
    bench = Bench()
    bench.say("+XYZZY: 1", "gibberish")
    assert [event.text for event in bench.of(UnknownLine)] == ["+XYZZY: 1", "gibberish"]
    assert bench.driver.ready


def test_registration_changes_are_told_once() -> None:
    bench = Bench()
    bench.modem.answers["AT+CREG?"] = '+CREG: 1,5,"00C3","01A2"\nOK'
    bench.say("+CREG: 2", "+CREG: 2", '+CREG: 5,"00C3","01A2"')
    assert [event.state for event in bench.of(RegistrationChanged)] == [
        Registration.HOME,
        Registration.SEARCHING,
        Registration.ROAMING,
    ]


SEEN_WITHIN_S = DIALECTS.base().data.poll.idle_s + 0.5


def test_idle_polling_is_sparse() -> None:
    bench = Bench()
    before = len(bench.modem.received)
    bench.wait(60.0)
    assert 40 <= len(bench.modem.received) - before <= 52, "12 looks: SIM, network, signal, calls"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("+CME ERROR: 10", "NOT INSERTED"),
        ("+CME ERROR: 13", "SIM FAILURE"),
        ("+CPIN: SIM PUK\nOK", "SIM PUK"),
    ],
)
def test_a_sim_that_is_lost_without_a_word_is_missed_within_seconds_and_noticed_when_it_is_back(
    said: str, code: str
) -> None:
    bench = Bench()
    bench.modem.answers["AT+CPIN?"] = said
    bench.wait(SEEN_WITHIN_S)
    assert bench.driver.sim == code
    del bench.modem.answers["AT+CPIN?"]
    bench.wait(SEEN_WITHIN_S)
    assert [event.code for event in bench.of(SimState)][-2:] == [code, "READY"]
    assert bench.driver.ready


@pytest.mark.parametrize("in_call", [False, True])
def test_a_network_that_is_lost_without_a_word_is_missed_within_seconds(in_call: bool) -> None:
    bench = _up()[0] if in_call else Bench()
    for stat, state in (
        (0, Registration.OFF),
        (3, Registration.DENIED),
        (5, Registration.ROAMING),
    ):
        bench.modem.answers["AT+CREG?"] = f"+CREG: 1,{stat}\nOK"
        bench.modem.answers["AT+CEREG?"] = f"+CEREG: 0,{stat}\nOK"
        bench.wait(SEEN_WITHIN_S)
        assert bench.driver.registration is state


# ----------------------------------------------------------------------------------------------------- SMS


PDU = "07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07"
"""`How are you?`, a well-known example."""


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


@pytest.mark.parametrize(
    ("text", "parts"), [("ciao", 1), ("ciao" * 40, 1), ("ciao" * 41, 2), ("però ‘sì’", 1), ("‘sì’" * 20, 2)]
)
def test_a_message_is_sent_at_the_prompt_one_part_after_the_other(text: str, parts: int) -> None:
    bench = Bench()
    _send(bench, text)
    assert _became(bench) == [(SMS, None, 7)]
    assert len(bench.modem.messages) == parts
    assert not bench.driver.sends_sms
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
    assert bench.driver.sends_sms
    bench.wait(0.2)
    assert _became(bench) == [(SMS, TextFailure.UNKNOWN, None)]
    assert bench.driver.sends_sms, "it cannot be dialled on before it answers again"
    bench.modem.mute = False
    bench.wait(2.0)
    assert not bench.driver.sends_sms
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.pump()
    assert bench.sent(f"ATD{USER};") == 1, "in sync again, and the second part was not sent before it"
    assert len(bench.modem.messages) == 1


def test_a_port_that_is_lost_in_the_middle_leaves_open_whether_it_was_sent() -> None:
    bench = Bench()
    bench.modem.message_result = None
    _send(bench)
    bench.driver.port_lost(bench.now_s)
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
    bench.modem.rows = [_row(4, direction=1)]
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
    assert bench.driver.tells_delivery


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
    assert not bench.driver.tells_delivery
    assert bench.sent("AT+CNMI=2,1") == 1


@pytest.mark.parametrize("number", ["aiuto", "", "+" + "1" * 21])
def test_to_what_is_no_number_nothing_is_sent(number: str) -> None:
    bench = Bench()
    with pytest.raises(PduError):
        _send(bench, number=number)
    assert not bench.driver.sends_sms


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


@pytest.mark.parametrize("before", [True, False])
def test_that_a_call_was_not_told_of_is_no_news_where_it_rang_before_this_process_began(before: bool) -> None:
    row = _row(4, direction=1)
    modem = FakeModem(rows=[row] if before else [])
    bench = Bench(modem=modem)
    bench.wait(1.0)
    modem.rows = [row]
    bench.wait(20.0)
    assert [view.direction for view in bench.driver.calls()] == [Direction.IN]
    assert len(bench.of(UntoldCall)) == (0 if before else 1)
