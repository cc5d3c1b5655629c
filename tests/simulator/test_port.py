"""The AT port and the power supply: closing, aborting, falling silent, garbage, unplugging, restarting; and
the AT grammar."""

from __future__ import annotations

import pytest

from simulator.modem.command_line import Command, Verb, commands_in
from simulator.network.call import CallState
from tests.simulator.world import DIALECTS, SILENT, USER, World, each_world
from tests.support.each import each

each_dialect = each("dialect", DIALECTS)

START_SEQUENCE = (
    *("AT", "ATE0", "ATV1", "AT&D0", "ATX4", "ATS0=0", "ATI", "ATE0 V1 ; +CSQ"),
    *("AT+CGMI", "AT+CGMM", "AT+CGSN", "AT+CIMI", "AT+CPIN?", "AT+CFUN?", "AT+CSQ", "AT+COPS?"),
    *("AT+CMEE=1", "AT+CLIP=1", "AT+CLIP?", "AT+CRC=1", "AT+COLP=0", "AT+CCWA=1", "AT+CCWA=?", "AT+CSSN=1,1"),
    *("AT+CREG=1", "AT+CREG?", "AT+CEREG=1", "AT+CEREG?", "AT+CEER", "AT+CHLD=?", "AT+CLCC"),
    *("AT+CMGF=0", "AT+CNMI=2,2,0,0,0", 'AT+CSCS="IRA"'),
)


# ---------------------------------------------------------------------------------------------- closing


@each_dialect
@each(
    ("hupcl", "d0", "survives"),
    [(False, True, True), (True, True, False), (False, False, False), (True, False, False)],
)
def test_a_call_survives_with_d0_without_hupcl(dialect: str, hupcl: bool, d0: bool, survives: bool) -> None:
    world = World(dialect)
    if d0:
        world.one.ask("AT&D0")
    world.one.call(USER)
    world.one.modem.port_closed(hupcl, world.now_s)
    assert (world.call.state is CallState.ACTIVE) is survives
    world.one.modem.port_opened(world.now_s)
    assert world.one.stats() == ([0] if survives else [])


@each_world
def test_what_is_said_while_nobody_listens_is_lost(world: World) -> None:
    world.one.ask("AT&D0")
    world.one.ask(f"ATD{USER};")
    world.one.modem.port_closed(False, world.now_s)
    world.run(5)
    world.one.modem.port_opened(world.now_s)
    assert world.one.lines() == []


@each_dialect
def test_d0_is_forgotten_when_the_power_is_cut_or_the_defaults_are_restored(dialect: str) -> None:
    for command in ("AT+CFUN=1,1", "AT&F", "ATZ"):
        world = World(dialect)
        world.one.ask("AT&D0")
        world.one.ask(command)
        world.one.run(2)
        world.one.call(USER)
        world.one.modem.port_closed(False, world.now_s)
        assert world.call.state is CallState.ENDED, command


# -------------------------------------------------------------------------------------- power and faults


@each_world
def test_unplugging_ends_the_calls_and_plugging_in_starts_afresh(world: World) -> None:
    world.one.call(USER)
    world.one.modem.unplug(world.now_s)
    assert (world.call.state, world.call.cause) == (CallState.ENDED, 27)
    assert world.one.ask("AT") == []
    world.one.modem.plug(world.now_s)
    assert world.one.ask("AT") == ["AT", "OK"], "the echo is on again"
    assert world.one.clcc() == []


@each_world
def test_a_mute_modem_answers_nothing_but_its_calls_go_on(world: World) -> None:
    world.one.ask(f"ATD{USER};")
    world.one.lines()
    world.one.modem.mute(world.now_s)
    assert world.one.ask("AT") == []
    assert world.one.run(10) == []
    assert world.call.state is CallState.ACTIVE
    world.one.modem.unmute()
    assert world.one.ask("AT") == ["OK"]
    world.one.modem.mute(world.now_s, for_s=5.0)
    world.run(4.9)
    assert world.one.ask("AT") == []
    world.run(0.2)
    assert world.one.ask("AT") == ["OK"]


@each_world
def test_garble_spoils_what_is_said_for_a_moment_and_never_the_calls(world: World) -> None:
    world.one.call(USER)
    world.one.modem.take_output()
    world.one.modem.garble(world.now_s, for_s=3.0)
    spoilt = [world.one.modem.take_output()]
    for _ in range(8):
        world.one.write("AT\r")
        spoilt.append(world.one.modem.take_output())
    assert len(spoilt[0]) > 8
    assert all(answer != b"\r\nOK\r\n" for answer in spoilt[1:])
    world.run(3.1)
    world.one.modem.take_output()
    assert world.one.stats() == [0]


# ------------------------------------------------------------------------------------------ the language


@each_world
def test_what_is_written_is_echoed_until_ate0(world: World) -> None:
    world.one.ask("ATE1")
    world.one.write("AT+CSQ\r")
    assert world.one.modem.take_output() == b"AT+CSQ\r\r\n+CSQ: 21,99\r\n\r\nOK\r\n"


@each_dialect
def test_an_unknown_command_is_refused_in_the_dialects_words(dialect: str) -> None:
    world = World(dialect)
    refusal = "COMMAND NOT SUPPORT" if dialect in ("huawei", "balong") else "ERROR"
    assert world.one.ask("AT+NONSENSE=1") == [refusal]
    assert world.one.ask("AT+CSQ;+NONSENSE;+CGSN") == ["+CSQ: 21,99", refusal]


@each_world
def test_cmee_chooses_the_form_of_a_refusal(world: World) -> None:
    refusals = [world.one.ask(f"AT+CMEE={n};+CHLD=3") for n in range(3)]
    assert refusals == [["ERROR"], ["+CME ERROR: 3"], ["+CME ERROR: operation not allowed"]]


def test_the_vendors_own_commands_exist_only_in_their_dialect() -> None:
    own = {"huawei": "AT^CURC=1;^PORTSEL=1;^CVOICE?;^CVOICE=0", "simcom7600": "AT+CVHU=0;+CPCMFRM=0;+CLCC=1"}
    for dialect in DIALECTS:
        one = World(dialect).one
        for vendor, commands in own.items():
            assert (one.ask(commands)[-1] == "OK") is (vendor == dialect)


@each_dialect
def test_the_usual_start_sequence_is_accepted(dialect: str) -> None:
    one = World(dialect).one
    for command in START_SEQUENCE:
        assert one.ask(command)[-1] in ("OK", "+CPIN: READY"), command


def test_a_line_is_taken_apart_as_v250_says() -> None:
    assert commands_in(b"ATE0V1&D0+CLIP=1;+CSQ;^CURC?;+COPS=?") == [
        Command("E", Verb.SET, "0"),
        Command("V", Verb.SET, "1"),
        Command("&D", Verb.SET, "0"),
        Command("+CLIP", Verb.SET, "1"),
        Command("+CSQ"),
        Command("^CURC", Verb.READ),
        Command("+COPS", Verb.TEST),
    ]
    assert commands_in(b'at+cpin="a;b",2;+csq') == [Command("+CPIN", Verb.SET, '"a;b",2'), Command("+CSQ")]
    assert commands_in(b"\xff\x00gar AT") == []
    assert commands_in(b"nothing") is None
    assert commands_in(b"ATD+39;3;") == [Command("D", Verb.EXECUTE, "+39;3;")]
    for wrong in (b"AT?", b"AT+CSQ?x", b"AT+", b"AT=1", b"AT\xff"):
        with pytest.raises(ValueError, match=r"."):
            commands_in(wrong)


@each_world
def test_a_line_is_understood_byte_by_byte_after_garbage_and_with_a_tail(world: World) -> None:
    for byte in "xyz\xfe AT+CSQ\r\nAT+CGSN\rA".encode("latin-1"):
        world.one.modem.feed(bytes([byte]), world.now_s)
    assert world.one.lines() == ["+CSQ: 21,99", "OK", world.one.modem.imei, "OK"]
    assert world.one.ask("T") == ["OK"]
    assert world.one.ask("AT+CXX\b\bSQ") == ["+CSQ: 21,99", "OK"]


def test_an_endless_line_is_an_error_and_takes_no_memory() -> None:
    world = World("3gpp")
    world.one.write("AT" + "+" * 100_000)
    assert world.one.ask("") == ["ERROR"]


def test_the_output_of_a_host_that_never_reads_is_bounded() -> None:
    world = World("3gpp")
    for _ in range(3000):
        world.one.write("ATI;+CGMM;+CGSN;+CSQ;+COPS?\r")
    assert len(world.one.modem.take_output()) <= 65536


@each_dialect
def test_a_modem_shows_its_own_identity(dialect: str) -> None:
    world = World(dialect, modem={"imei": "490154203237518"})
    assert world.one.ask("AT+CGSN")[0] == "490154203237518"
    assert world.two.ask("AT+CGSN")[0] != world.one.ask("AT+CGSN")[0]
    assert len(world.two.modem.imei) == 15


def test_a_modem_can_be_another_model_of_its_family() -> None:
    one = World("simcom7600", modem={"model": "A7672E-FASE", "early_answer": True}).one
    assert one.ask("AT+CGMM") == ["A7672E-FASE", "OK"]
    assert "Model: A7672E-FASE" in one.ask("ATI")


def test_colp_can_be_missing() -> None:
    world = World("3gpp", modem={"colp": False})
    assert world.one.ask("AT+COLP=1") == ["ERROR"]
    assert world.one.ask(f"ATD{SILENT};") == ["OK"]
