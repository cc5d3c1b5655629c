"""Each vice as a switch: of the dialect, of a modem in the world's file, and while it runs."""

from __future__ import annotations

import pytest

from simulator.config import parse_config
from simulator.errors import ConfigError
from simulator.modem.modem import Power
from simulator.modem.outlet import frames
from simulator.modem.vices import Vices, over
from tests.foundation.tree import ROOT
from tests.simulator.world import ONE, OPERATOR, PSAP, USER, World
from tests.support.each import each

MODEM = {"name": "m", "dialect": "3gpp", "number": ONE}


def test_every_vice_stands_in_the_page_about_modems() -> None:
    page = (ROOT / "docs/hardware.md").read_text("utf-8")
    assert [name for name in Vices.__struct_fields__ if f"`{name}`" not in page] == []


def test_what_is_given_goes_over_what_the_dialect_has() -> None:
    base = Vices(early_answer=True, bytes_abort_dial=True)
    assert over(Vices(early_answer=False, echo=True), base) == Vices(
        early_answer=False, bytes_abort_dial=True, echo=True
    )
    assert over(Vices(), base) == base


@each(
    "wrong",
    [{"line_end": "\n"}, {"silent_after": -1}, {"echo": "yes"}, {"reboots_after_s": -1}, {"lies": True}],
)
def test_an_impossible_vice_is_refused_with_its_path(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"^modem\[0\]"):
        parse_config({"modem": [{**MODEM, **wrong}]})


def test_a_result_runs_into_the_code_behind_it_and_nothing_else_does() -> None:
    lines = ["OK", "^ORIG:1,0", "RING", "+CLIP: 1", "NO CARRIER", "OK", "+CGEV: X"]
    assert b"".join(frames(lines, glued=True)) == (
        b"\r\nOK^ORIG:1,0\r\n\r\nRING\r\n\r\n+CLIP: 1\r\n\r\nNO CARRIER\r\n\r\nOK+CGEV: X\r\n"
    )
    assert len(frames(lines, glued=False)) == len(lines)


@each("end", ["\r\r\n", "\r"])
def test_lines_end_as_they_are_told_to(end: str) -> None:
    world = World("3gpp", modem={"line_end": end})
    world.one.write("AT+CSQ\r")
    assert world.one.modem.take_output().decode() == f"{end}+CSQ: 21,99{end}{end}OK{end}"


def test_a_modem_may_be_spoilt_while_it_runs_and_be_good_again() -> None:
    world = World("huawei")
    world.one.modem.change_vices(Vices(glued_lines=True, echo=True))
    world.one.write(f"ATD{USER};\r")
    assert world.one.modem.take_output() == f"ATD{USER};\r\r\nOK^ORIG:1,0\r\n".encode()
    world.one.modem.change_vices(Vices(glued_lines=False, echo=False))
    assert world.one.ask("AT+CSQ") == ["+CSQ: 21,99", "OK"]


def test_a_freed_id_rests_until_the_others_had_their_turn() -> None:
    world = World("3gpp", modem={"reused_ids": False})
    ids = []
    for _ in range(9):
        world.one.call(USER)
        ids += [row[0] for row in world.one.clcc()]
        world.one.ask("AT+CHUP")
    assert ids == [1, 2, 3, 4, 5, 6, 7, 1, 2]


def test_noise_comes_by_itself_and_stops() -> None:
    world = World("3gpp", modem={"noise_every_s": 1.0})
    world.run(5.5)
    assert world.one.modem.take_output().count(b"\r\n") >= 10
    world.one.modem.change_vices(Vices(noise_every_s=0))
    world.run(20)
    assert world.one.modem.take_output() == b""


def test_the_ok_of_the_dial_waits_for_the_answer_without_colp() -> None:
    world = World("3gpp", modem={"ok_after_answer": True})
    assert world.one.ask(f"ATD{USER};") == []
    assert world.one.run(3.9) == []
    assert world.one.run(0.2) == ["OK"]


def test_it_stops_answering_after_so_many_commands_until_its_power_is_cut() -> None:
    world = World("3gpp", modem={"silent_after": 3})
    assert [world.one.ask("AT+CSQ") != [] for _ in range(4)] == [True, True, False, False]
    world.one.modem.plug(world.now_s)
    world.one.modem.port_opened(world.now_s)
    assert "OK" in world.one.ask("AT")


def test_it_starts_anew_in_the_middle_of_a_call() -> None:
    world = World("sim800", modem={"reboots_after_s": 5.0})
    world.one.call(USER)
    world.one.lines()
    world.run(5.0)
    assert world.one.modem.power is Power.BOOTING
    assert world.call.ended
    assert world.one.run(2.0) == ["RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready"]
    world.one.call(USER)
    world.one.ask("AT+CHUP")
    world.run(20)
    assert world.one.modem.power is Power.ON, "a call that has ended takes nobody with it"


@each(("joins", "answer"), [(False, ["+CME ERROR: 3"]), (True, ["OK"])])
def test_an_emergency_call_is_held_only_where_the_modem_does_what_it_must_not(
    joins: bool, answer: list[str]
) -> None:
    psap = {"number": "112", "rings_after_s": 1.0, "answers_after_s": 2.0}
    world = World("3gpp", modem={"joins_emergency": joins}, phones=(psap,))
    world.one.ask("AT+CMEE=1")
    world.one.call("112")
    assert world.one.ask("AT+CHLD=2") == answer


def test_of_every_third_code_a_piece_is_left_and_answers_are_whole() -> None:
    world = World("ublox", modem={"cut_codes": True})
    world.one.ask("AT+UCALLSTAT=1")
    world.one.ask(f"ATD{USER};")
    assert world.one.run(4.5) == ["+UCALLSTAT: 1,3", "+U", "+UCALLSTAT: 1,0"]
    assert world.one.clcc() == [(1, 0, 0, 0, USER.lstrip("+"))]
    world.carrier.phone_hang_up(USER, world.now_s)
    world.one.lines()
    assert world.one.ask(f"ATD{USER};") == ["OK", "1,"]


def test_the_network_is_lost_with_the_calls_and_comes_back() -> None:
    world = World("3gpp")
    world.one.ask("AT+CREG=1")
    world.one.call(USER)
    world.one.lines()
    world.one.modem.change_vices(Vices(registration="searching"))
    assert world.one.lines() == ["+CREG: 2", "NO CARRIER"]
    assert world.call.ended
    assert world.one.ask("AT+CREG?") == ["+CREG: 1,2", "OK"]
    assert world.one.ask("AT+CSQ") == ["+CSQ: 99,99", "OK"]
    assert world.one.ask(f"ATD{USER};") == ["ERROR"]
    world.carrier.phone_call(USER, ONE, world.now_s)
    world.run(2)
    assert world.call.cause == 20
    world.one.modem.change_vices(Vices(registration="roaming"))
    assert world.one.lines() == ["+CREG: 5"]
    world.one.call(USER)


@each(("word", "stat"), [("denied", 3), ("none", 0)])
def test_a_modem_may_find_no_network_from_the_start(word: str, stat: int) -> None:
    world = World("huawei", modem={"registration": word})
    assert world.one.ask("AT+CREG?") == [f"+CREG: 0,{stat}", "OK"]
    assert not world.one.modem.line.reachable


def test_the_third_wrong_pin_locks_the_sim_and_its_puk_gives_it_a_new_one() -> None:
    world = World("3gpp", modem={"pin": "1234"})
    one = world.one
    one.ask("AT+CMEE=1")
    assert one.ask('AT+CPIN="0000"') == ["+CME ERROR: 16"]
    one.modem.plug(world.now_s)
    one.modem.port_opened(world.now_s)
    one.ask("ATE0;+CMEE=1")
    assert one.ask('AT+CPIN="0000"') == ["+CME ERROR: 16"]
    assert one.ask('AT+CPIN="0000"') == ["+CME ERROR: 12"], "the counter outlives the power"
    assert one.ask("AT+CPIN?") == ["+CPIN: SIM PUK", "OK"]
    assert one.ask('AT+CPIN="1234"') == ["+CME ERROR: 12"]
    assert one.ask(f"ATD{USER};") == ["+CME ERROR: 12"]
    assert one.ask('AT+CPIN="87654321","4321"') == ["+CME ERROR: 16"]
    assert one.ask('AT+CPIN="12345678","4321"') == ["OK"]
    assert one.ask("AT+CREG?") == ["+CREG: 0,1", "OK"]
    one.modem.plug(world.now_s)
    assert one.ask('ATE0;+CPIN="4321"')[-1] == "OK"


def test_the_right_pin_sets_the_counter_back() -> None:
    world = World("3gpp", modem={"pin": "1234", "pin_tries": 1})
    assert world.one.ask('AT+CPIN="1234"') == ["OK"]
    world.one.modem.plug(world.now_s)
    for _ in range(2):
        world.one.ask('AT+CPIN="0000"')
    assert world.one.modem.sim.state == "SIM PIN"


def test_the_members_of_a_conference_stand_in_one_row() -> None:
    world = World("quectel_ec2x", modem={"collapsed_conference": True})
    world.one.call(USER)
    world.one.call(OPERATOR)
    world.one.ask("AT+CHLD=3")
    rows = ['+CLCC: 7,1,0,1,0,"",128', '+CLCC: 5,0,0,0,0,"sip:mmtel",128', "OK"]
    assert world.one.ask("AT+CLCC") == rows
    assert world.one.ask(f'AT+QCHLDIPMPTY="{PSAP}"') == ["ERROR"]
    assert world.one.ask(f'AT+QCHLDIPMPTY="{OPERATOR}"')[-1] == "OK"
    assert world.one.clcc() == [(1, 0, 0, 0, USER.lstrip("+"))]


def test_a_command_may_be_refused_in_words_or_ignored() -> None:
    world = World("3gpp", modem={"refuses": ["D"], "worded_errors": True})
    assert world.one.ask(f"ATD{USER};") == ["ERROR: operation not allowed"]
    world.one.modem.change_vices(Vices(refuses=(), ignores=("+CHUP", "+CHLD=1x"), bytes_abort_dial=False))
    world.one.call(USER)
    assert world.one.ask("AT+CHUP") == world.one.ask("AT+CHLD=11") == ["OK"]
    assert len(world.one.clcc()) == 1
    world.one.ask("AT+CHLD=1")
    assert world.one.clcc() == []


def test_a_slow_command_holds_up_whatever_is_written_behind_it() -> None:
    world = World("3gpp", modem={"slow_s": {"+CMGL": 6.0}})
    world.one.write("AT+CMGL=4\r")
    world.one.write("AT+CSQ\r")
    world.run(5.9)
    assert world.one.modem.take_output() == b""
    world.run(0.2)
    assert world.one.modem.take_output() == b"\r\nOK\r\n\r\n+CSQ: 21,99\r\n\r\nOK\r\n"


def test_a_radio_that_is_off_is_in_no_network_until_it_is_told() -> None:
    world = World("3gpp", modem={"radio_off": True})
    assert world.one.ask("AT+CFUN?") == ["+CFUN: 0", "OK"]
    assert world.one.ask("AT+CREG?") == ["+CREG: 0,0", "OK"]
    assert world.one.ask("AT+CFUN=1")[-1] == "OK"
    assert world.one.ask("AT+CREG?") == ["+CREG: 0,1", "OK"]
    world.one.call(USER)
    world.one.ask("AT+CFUN=4")
    assert str(world.call.state) == "ended"


def test_a_voice_that_another_program_has_left_on_is_refused_until_it_is_switched_off() -> None:
    one = World("quectel_ec2x", modem={"pcm_left": True}).one
    assert one.ask("AT+QPCMV?") == ["+QPCMV: 1,2", "OK"]
    assert one.ask("AT+QPCMV=1,0") == ["ERROR"]
    assert one.ask("AT+QPCMV=0;+QPCMV=1,0") == ["OK"]
    one.call(USER)
    assert one.modem.voice.is_flowing()


@each(("before", "flows"), [(True, True), (False, False)])
def test_a_voice_that_is_switched_on_after_the_dial_may_be_dead(before: bool, flows: bool) -> None:
    one = World("quectel_ec2x", modem={"late_voice_dead": True}).one
    if before:
        one.ask("AT+QPCMV=1,0")
    one.call(USER)
    assert one.ask("AT+QPCMV=1,0") == ["OK"]
    assert one.modem.voice.is_flowing() is flows
    one.ask("AT+CHUP")
    one.call(USER)
    assert one.modem.voice.is_flowing(), "it was on before this one"
