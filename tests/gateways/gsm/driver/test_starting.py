"""How the driver starts: the modem found, set up, its PIN given, its calls taken back after a restart."""

from __future__ import annotations

from gateways.gsm.at.parse import Direction, Registration, Stat
from gateways.gsm.driver.events import PinAnswered, Ready, UnreportedCall, VoiceReady
from gateways.gsm.driver.startup import CALL_LIST_WAIT_S
from gateways.gsm.line.report import condition
from messages.calls import AttachCall, CallReport, CallState
from messages.ids import E164, LegId
from messages.lines import LineState
from tests.gateways.gsm.bench import DIALECTS, LEG, USER, Bench, FakeModem
from tests.gateways.gsm.driver.driving import OTHER, legs_of, row
from tests.support.each import each


def test_it_finds_its_step_then_the_calls_then_who_the_modem_is() -> None:
    bench = Bench("huawei", modem=FakeModem(identity="E1550"))
    assert bench.modem.received[:2] == ["AT+CMEE?", "AT+CLCC"]
    assert "AT&D0" in bench.modem.received
    assert "AT^CURC=1" in bench.modem.received
    assert "AT+COLP=1" not in bench.modem.received
    (ready,) = bench.of(Ready)
    assert (ready.identity.model, ready.identity.imei, ready.identity.dialect) == (
        "E1550", "490154203237518", "huawei",
    )  # fmt: skip
    assert bench.driver.ready
    assert bench.driver.registration is Registration.HOME
    assert bench.driver.signal_dbm == -73


def _taken_over(kept: str, rows: list[str]) -> Bench:
    """A new process has the port of a modem that may have calls."""
    modem = FakeModem(answers={"AT+CMEE?": f"+CMEE: {kept}\nOK"}, rows=rows)
    bench = Bench("huawei", modem=modem, start=False)
    bench.driver.protected = True
    bench.open()
    return bench


def test_a_modem_that_has_kept_its_settings_is_not_set_up_anew_before_its_calls_are_taken_over() -> None:
    bench = _taken_over("1", [row(0)])
    assert bench.modem.received == ["AT+CMEE?", "AT+CLCC", "AT^CVOICE?", "AT^DDSETEX=2"]
    assert bench.driver.knows_calls
    assert not bench.driver.ready
    bench.wait(CALL_LIST_WAIT_S)
    assert "AT&D0" in bench.modem.received
    assert bench.driver.ready


@each(("kept", "rows"), [("1", []), ("0", [row(0)])])
def test_one_that_has_no_call_or_was_reset_is_set_up_at_once(kept: str, rows: list[str]) -> None:
    assert _taken_over(kept, rows).driver.ready


@each(
    ("identity", "usb", "dialect"),
    [
        ("Manufacturer: huawei\nModel: E173", None, "huawei"),
        ("SIMCOM_SIM7600E-H", None, "simcom7600"),
        ("A7672E-FASE", None, "simcom_a76xx"),
        ("SIMCOM_SIM800C", None, "sim800"),
        ("Something else", None, "3gpp"),
        # Its own words tell it, and else its USB ids.
        ("Something else", "zte", "zte"),
        ("SIMCOM_SIM7600E-H", "huawei", "simcom7600"),
    ],
)
def test_an_unknown_modem_is_asked_and_so_spoken_to(identity: str, usb: str | None, dialect: str) -> None:
    modem = FakeModem(answers={"ATI": f"{identity}\nOK"}, identity="unit")
    bench = Bench("auto", modem=modem, start=False)
    bench.driver.set_usb_dialect(DIALECTS.get(usb) if usb is not None else None)
    bench.open()
    assert bench.driver.ready
    assert bench.driver.dialect.key == dialect


@each(
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


def test_a_radio_that_is_off_is_switched_on_ahead_of_the_sim() -> None:
    on = {"AT+CFUN=1": {"AT+CFUN?": "+CFUN: 1\nOK", "AT+CPIN?": "+CPIN: READY\nOK"}}
    bench = Bench(
        modem=FakeModem(answers={"AT+CFUN?": "+CFUN: 0\nOK", "AT+CPIN?": "+CME ERROR: 10"}, then=on)
    )
    assert (bench.driver.ready, bench.driver.sim, bench.sent("AT+CFUN=1")) == (True, "READY", 1)


def test_a_radio_that_does_not_go_on_is_said_to_be_off_and_told_so_not_more_than_twice_a_minute() -> None:
    bench = Bench(modem=FakeModem(answers={"AT+CFUN?": "+CFUN: 4\nOK", "AT+CREG?": "+CREG: 1,0\nOK"}))
    bench.wait(120.0)
    assert 4 <= bench.sent("AT+CFUN=1") <= 6
    state, words = condition(bench.driver, open_port=True)
    assert state is LineState.NO_NETWORK
    assert "radio is off" in words
    assert "aerial" not in words


def test_calls_that_the_modem_still_holds_are_taken_back_without_a_dial() -> None:
    bench = Bench("huawei", modem=FakeModem(rows=[row(0)]), start=False)
    call = bench.driver.adopt(LEG, USER, bench.now_s)
    bench.open()
    assert bench.names()[:2] == ["CallDialing", "CallAnswered"]
    assert bench.driver.call_of(LEG) == call
    assert not any(command.startswith("ATD") for command in bench.modem.received)
    assert bench.of(VoiceReady)


def test_on_a_modem_that_aborts_at_any_byte_a_restart_only_listens() -> None:
    modem = FakeModem(rows=[row(2)])
    bench = Bench("3gpp", modem=modem, start=False, listen_first=True)
    bench.driver.adopt(LEG, USER, bench.now_s)
    bench.open()
    bench.wait(44.0)
    assert modem.received == []
    bench.wait(2.0)
    assert modem.received[:2] == ["AT+CMEE?", "AT+CLCC"]


@each("line", ["OK", "NO CARRIER", f'+COLP: "{USER}",145'])
def test_listening_ends_with_the_dial(line: str) -> None:
    modem = FakeModem()
    bench = Bench("3gpp", modem=modem, start=False, listen_first=True)
    bench.driver.adopt(LEG, USER, bench.now_s)
    bench.driver.on_port_opened(bench.now_s)
    bench.wait(5.0)
    assert modem.received == []
    bench.say(line)
    assert modem.received[:2] == ["AT+CMEE?", "AT+CLCC"]


@each(
    ("dialect", "identity", "assume", "found"),
    [
        ("huawei", "Anonymous", "", "huawei"),
        # A remembered dialect saves an unknown modem the listening, and does not outweigh its words.
        ("auto", "E1550", "huawei", "huawei"),
        ("auto", "SIM7600", "huawei", "simcom7600"),
    ],
)
def test_a_restart_on_a_modem_that_answers_dials_at_once_does_not_wait(
    dialect: str, identity: str, assume: str, found: str
) -> None:
    modem = FakeModem(identity=identity)
    bench = Bench(dialect, modem=modem, start=False, listen_first=True, assume=assume)
    bench.open()
    assert bench.driver.ready
    assert bench.driver.dialect.key == found


@each("reset", [False, True])
def test_of_a_call_that_ended_before_this_process_it_is_said_whether_the_modem_was_reset(reset: bool) -> None:
    modem = FakeModem(answers={"AT+CMEE?": f"+CMEE: {0 if reset else 1}\nOK"})
    bench = Bench(modem=modem)
    legs = legs_of(bench)
    said = legs.execute(AttachCall(leg=LegId("a1:psap"), attempt=1, number=E164(USER)), bench.now_s)
    assert said.state is CallState.UNKNOWN
    assert said.reset is reset


@each("held", [False, True])
def test_after_a_restart_the_members_of_a_conference_in_one_row_are_those_of_the_journal(held: bool) -> None:
    def attach(leg: str, number: str, *, answered: bool) -> CallReport:
        order = AttachCall(leg=LegId(leg), attempt=1, number=E164(number), answered=answered)
        return legs.execute(order, bench.now_s)

    row = f'5,0,{int(held)},0,{int(held)},"sip:mmtel",128'
    bench = Bench("quectel_ec2x", modem=FakeModem(rows=[row]))
    bench.wait(1.0)
    legs = legs_of(bench)
    assert attach("a1:psap", OTHER, answered=False).state is CallState.UNKNOWN, "it was never up"
    for leg, number in (("a1:op1", OTHER), ("a1:user", USER)):
        assert attach(leg, number, answered=True).state is CallState.ANSWERED
    assert len(bench.driver.calls()) == 2
    bench.say(f"^DSCI: 3,0,1,0,{USER},145")
    bench.wait(5.0)
    states = {view.number: view.state for view in bench.driver.calls()}
    assert states == {OTHER: Stat.ACTIVE, USER: Stat.HELD}
    bench.lists([], 10.0)
    assert bench.driver.calls() == (), "no conference, no members"


@each("before", [True, False])
def test_that_a_call_was_not_told_of_is_no_news_where_it_rang_before_this_process_began(before: bool) -> None:
    ringing = row(4, direction=1)
    modem = FakeModem(rows=[ringing] if before else [])
    bench = Bench(modem=modem)
    bench.wait(1.0)
    modem.rows = [ringing]
    bench.wait(20.0)
    assert [view.direction for view in bench.driver.calls()] == [Direction.IN]
    assert len(bench.of(UnreportedCall)) == (0 if before else 1)


@each("at", ["AT+CMEE=1", "AT+CPIN?", "AT+CLIP=1", "AT+CREG?"])
def test_a_modem_that_starts_anew_while_it_is_set_up_is_set_up_from_the_beginning(at: str) -> None:
    modem = FakeModem(identity="SIMCOM_SIM7600E-H")

    def starts_anew_once(line: str) -> None:
        if line == at and modem.received.count(at) == 1:
            modem.say("RDY")

    modem.on_command = starts_anew_once
    bench = Bench("auto", modem=modem)
    bench.wait(40)
    again = modem.received[modem.received.index(at) + 1 :]
    assert again[:3] == ["AT+CMEE?", "AT+CLCC", "ATE0"]
    (ready,) = bench.of(Ready)
    assert ready.identity.dialect == "simcom7600"


def test_a_modem_whose_port_is_lost_while_it_is_set_up_is_not_ready() -> None:
    bench = Bench(modem=FakeModem(answers={"AT+CSQ": None}))
    bench.driver.on_port_lost(bench.now_s)
    bench.pump()
    assert not bench.driver.ready
    assert bench.of(Ready) == []
