"""When the modem's voice is switched on, and what of one that has none."""

from __future__ import annotations

from gateways.gsm.driver.events import CallAnswered, Ref, VoiceFailed, VoiceReady
from tests.gateways.gsm.bench import LEG, USER, Bench, FakeModem
from tests.gateways.gsm.driver.driving import OTHER, row, up
from tests.support.each import each


def test_on_huawei_the_voice_is_switched_on_with_the_dial_and_at_each_call() -> None:
    bench, _ = up("huawei")
    assert bench.sent("AT^DDSETEX=2") == 1
    assert [(event.rate_hz, event.frame_bytes) for event in bench.of(VoiceReady)] == [(8000, 320)]
    ready = next(place for place, event in enumerate(bench.events) if isinstance(event, VoiceReady))
    answered = next(place for place, event in enumerate(bench.events) if isinstance(event, CallAnswered))
    assert ready < answered


def test_on_simcom_the_voice_is_tried_again_until_the_call_is_really_up() -> None:
    modem = FakeModem(answers={"AT+CPCMREG=1": "ERROR"})
    bench = Bench("simcom7600", modem=modem)
    call = bench.dial()
    modem.rows = [row(3)]
    bench.wait(1.0)
    assert bench.sent("AT+CPCMREG=1") == 0
    modem.rows = [row(0)]
    bench.wait(1.2)
    assert bench.of(VoiceReady) == []
    del modem.answers["AT+CPCMREG=1"]
    bench.wait(1.0)
    assert [event.call for event in bench.of(VoiceReady)] == [call]
    before = bench.sent("AT+CPCMREG=0,1")
    bench.hang_up(call)
    assert bench.sent("AT+CPCMREG=0,1") == before + 1


def test_a_modem_that_refuses_its_voice_says_so_once_and_is_asked_on_for_ever_but_more_rarely() -> None:
    bench = Bench("simcom7600", modem=FakeModem(answers={"AT+CPCMREG=1": "ERROR"}))
    call = bench.dial()
    bench.lists([row(0)], 14.0)
    assert bench.of(VoiceFailed) == []
    assert 20 <= bench.sent("AT+CPCMREG=1") <= 30
    bench.wait(60.0)
    assert len(bench.of(VoiceFailed)) == 1
    assert bench.sent("AT+CPCMREG=1") <= 42
    del bench.modem.answers["AT+CPCMREG=1"]
    bench.wait(11.0)
    assert [event.call for event in bench.of(VoiceReady)] == [call]


OFF, ON = "AT+QPCMV=0", "AT+QPCMV=1,0"


def of_voice(bench: Bench) -> list[str]:
    """What was sent for the voice, and the dials and answers in between."""
    return [line for line in bench.modem.received if "QPCMV" in line or line.startswith(("ATD", "ATA"))]


def _left_on() -> Bench:
    """A modem that another program makes use of: its voice is refused until it was switched off."""
    return Bench("quectel_ec2x", modem=FakeModem(answers={ON: "ERROR"}, then={OFF: {ON: "OK"}}))


def test_a_voice_path_that_another_program_has_left_open_is_closed_ahead_of_the_dial() -> None:
    bench = _left_on()
    assert of_voice(bench) == [OFF, ON]
    assert not bench.driver.voiceless
    bench.modem.answers[ON] = "ERROR"
    bench.dial()
    assert of_voice(bench)[2:] == [OFF, ON, f"ATD{USER};"]
    assert len(bench.of(VoiceReady)) == 1
    bench.lists([row(0)], 2.5)
    assert len(of_voice(bench)) == 5, "and not again after the answer"


def test_a_voice_path_that_was_refused_ahead_of_the_dial_is_asked_for_once_the_call_is_answered() -> None:
    bench = Bench("quectel_ec2x")
    bench.modem.answers[ON] = "ERROR"
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.lists([row(3)], 20.0)
    assert of_voice(bench)[2:] == [OFF, ON, f"ATD{USER};"], "the call goes on, and rings"
    bench.lists([row(0)], 12.0)
    assert bench.of(VoiceFailed) == []
    del bench.modem.answers[ON]
    bench.wait(1.0)
    assert len(bench.of(VoiceReady)) == 1


def test_a_voice_path_is_opened_ahead_of_an_answer_and_closed_behind_the_call() -> None:
    bench = Bench("quectel_ec2x")

    def hear(line: str) -> None:
        if line == "ATA":
            bench.modem.rows = [row(0, direction=1)]

    bench.modem.on_command = hear
    bench.modem.rows = [row(4, direction=1)]
    bench.say("RING")
    (view,) = bench.driver.calls()
    bench.driver.answer(view.call, bench.now_s)
    bench.pump()
    assert of_voice(bench)[2:] == [OFF, ON, "ATA"]
    bench.wait(2.0)
    bench.driver.hang_up(view.call, bench.now_s)
    bench.lists([], 5.0)
    assert bench.driver.calls() == ()
    assert of_voice(bench)[5:] == [OFF]


def test_a_voice_path_is_not_closed_behind_the_next_dial() -> None:
    bench = Bench("quectel_ec2x")
    bench.driver.dial(LEG, USER, bench.now_s)
    bench.lists([row(0)], 2.0)
    bench.modem.received.clear()
    bench.modem.rows = []
    bench.modem.say("NO CARRIER")
    bench.driver.receive(bench.modem.take(), bench.now_s)
    bench.driver.dial(Ref("next"), OTHER, bench.now_s)
    bench.wait(3.0)
    assert [line for line in of_voice(bench) if line != OFF] == [ON, f"ATD{OTHER};"]
    assert OFF not in of_voice(bench)[of_voice(bench).index(ON) :]


def test_a_set_up_anew_leaves_the_voice_of_a_call_alone_and_is_made_up_for_behind_it() -> None:
    bench = Bench("quectel_ec2x", modem=FakeModem(rows=[row(0)]))
    bench.wait(10.0)
    assert bench.driver.ready
    assert OFF not in of_voice(bench)
    bench.lists([], 10.0)
    assert bench.driver.calls() == ()
    assert of_voice(bench)[-3:] == [OFF, ON, OFF], "tried, and closed as behind any call"


@each(
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
    bench.lists([row(0)], 30.0)
    assert bench.of(VoiceReady) == bench.of(VoiceFailed) == []
    bench.modem.rows = []
    del bench.modem.answers[refuses]
    bench.wait(90.0)
    assert not bench.driver.voiceless, "it may have been asked too early"


def test_a_firmware_that_had_no_voice_last_time_is_taken_for_such_until_it_was_asked() -> None:
    bench = Bench("quectel_ec2x", modem=FakeModem(rows=[row(0)]), start=False)
    bench.driver.assume_voiceless()
    assert bench.driver.voiceless
    bench.driver.on_port_opened(bench.now_s)
    bench.wait(10.0)
    assert bench.driver.voiceless, "it has a call, and was not asked"
    bench.lists([], 10.0)
    assert not bench.driver.voiceless


def test_on_huawei_dropping_one_call_switches_the_voice_of_the_other_on_again() -> None:
    bench, _ = up("huawei")
    bench.modem.rows = [row(1), row(0, index=2, direction=1, number=OTHER)]
    bench.say(f'+CCWA: "{OTHER}",145,1')
    bench.wait(3.0)
    before = bench.sent("AT^DDSETEX=2")
    bench.modem.rows = [row(0)]
    bench.say("^CEND:2,5,104,16")
    bench.wait(1.0)
    assert bench.sent("AT^DDSETEX=2") == before + 1


def test_a_firmware_without_voice_that_is_found_in_a_call_is_not_asked_for_it_without_end() -> None:
    answers: dict[str, str | None] = {"AT^CVOICE?": "ERROR", "AT^DDSETEX=2": "ERROR"}
    bench = Bench("huawei", modem=FakeModem(answers=answers, rows=[row(0)]))
    bench.wait(30.0)
    assert bench.driver.voiceless
    assert bench.sent("AT^DDSETEX=2") <= 1
