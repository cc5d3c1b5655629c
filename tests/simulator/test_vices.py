"""Each vice as a switch: of the dialect, of a modem in the world's file, and while it runs."""

from __future__ import annotations

import pytest

from simulator.config import parse_config
from simulator.errors import ConfigError
from simulator.modem import Power
from simulator.vices import Vices, over
from simulator.wire import frames
from tests.simulator.world import ONE, OPERATOR, PSAP, USER, World

MODEM = {"name": "m", "dialect": "3gpp", "number": ONE}


def test_what_is_given_goes_over_what_the_dialect_has() -> None:
    base = Vices(early_answer=True, bytes_abort_dial=True)
    assert over(Vices(early_answer=False, echo=True), base) == Vices(
        early_answer=False, bytes_abort_dial=True, echo=True
    )
    assert over(Vices(), base) == base


@pytest.mark.parametrize(
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


@pytest.mark.parametrize("end", ["\r\r\n", "\r"])
def test_lines_end_as_they_are_told_to(end: str) -> None:
    world = World("3gpp", modem={"line_end": end})
    world.one.write("AT+CSQ\r")
    assert world.one.modem.take_output().decode() == f"{end}+CSQ: 21,99{end}{end}OK{end}"


def test_a_modem_may_be_spoilt_while_it_runs_and_be_good_again() -> None:
    world = World("huawei")
    world.one.modem.change(Vices(glued_lines=True, echo=True))
    world.one.write(f"ATD{USER};\r")
    assert world.one.modem.take_output() == f"ATD{USER};\r\r\nOK^ORIG:1,0\r\n".encode()
    world.one.modem.change(Vices(glued_lines=False, echo=False))
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
    world.one.modem.change(Vices(noise_every_s=0))
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
    assert world.call.over
    assert world.one.run(2.0) == ["RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready"]
    world.one.call(USER)
    world.one.ask("AT+CHUP")
    world.run(20)
    assert world.one.modem.power is Power.ON, "a call that has ended takes nobody with it"


@pytest.mark.parametrize(("joins", "answer"), [(False, ["+CME ERROR: 3"]), (True, ["OK"])])
def test_an_emergency_call_is_held_only_where_the_modem_does_what_it_must_not(
    joins: bool, answer: list[str]
) -> None:
    psap = {"number": "112", "rings_after_s": 1.0, "answers_after_s": 2.0}
    world = World("3gpp", modem={"joins_emergency": joins}, phones=(psap,))
    world.one.ask("AT+CMEE=1")
    world.one.call("112")
    assert world.one.ask("AT+CHLD=2") == answer


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
