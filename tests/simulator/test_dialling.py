"""Calls that the host places, in every dialect: their progress, their end, and what the network keeps of
them."""

from __future__ import annotations

import pytest

from simulator.network.call import CallState
from tests.simulator.world import AT_ONCE, AWAY, BUSY, DIALECTS, REJECTING, SILENT, USER, World, each_world
from tests.support.each import each

each_dialect = each("dialect", DIALECTS)
each_at_once = pytest.mark.parametrize("dialect", AT_ONCE)


@each_dialect
@each(
    ("number", "cause", "word"),
    [
        (BUSY, 17, "BUSY"),
        (SILENT, 19, "NO ANSWER"),
        (REJECTING, 21, "NO CARRIER"),
        (AWAY, 20, "NO CARRIER"),
        ("+39999999999", 1, "NO CARRIER"),
    ],
)
def test_a_call_that_fails_ends_with_its_cause(dialect: str, number: str, cause: int, word: str) -> None:
    world = World(dialect)
    for _ in range(3):  # a dialect's wordings take turns
        world.one.ask(f"ATD{number};")
        said = world.one.run(30)
        assert world.call.cause == cause
        assert world.one.clcc() == []
        if dialect == "3gpp":
            assert said == [word]
        elif dialect == "huawei":
            assert any(line.replace(" ", "").endswith(f",0,104,{cause}") for line in said)
        else:
            assert dialect != "simcom7600" or any(line.startswith("VOICE CALL") for line in said)
            assert word in said
        assert not set(said) & ({"BUSY", "NO ANSWER", "NO CARRIER"} - {word})


def test_3gpp_tells_nothing_of_a_call_by_itself_but_its_end() -> None:
    world = World("3gpp")
    assert world.one.ask(f"ATD{USER};") == ["OK"]
    assert world.one.run(10) == []
    world.carrier.phone_hang_up(USER, world.now_s)
    assert world.one.lines() == ["NO CARRIER"]


def test_huawei_tells_orig_conf_conn_cend() -> None:
    world = World("huawei")
    assert world.one.ask(f"ATD{USER};") == ["OK", "^ORIG:1,0"]
    assert world.one.run(2.1) == ["^CONF:1"]
    assert world.one.run(2.0) == ["^CONN:1,0"]
    world.one.run(7.0)
    assert world.one.ask("AT+CHUP") == ["OK", "^CEND:1,7,29,16"]


def test_huawei_writes_cend_in_several_ways_with_and_without_no_carrier() -> None:
    world = World("huawei")
    seen = set()
    for _ in range(3):
        world.one.call(USER)
        world.carrier.phone_hang_up(USER, world.now_s)
        seen.add(tuple(world.one.lines()))
    assert seen == {
        ("^CEND:1,0,104,16",),
        ("^CEND: 1, 0, 104, 16", "NO CARRIER"),
        ("^CEND:1,0,104,16", "NO CARRIER"),
    }


def test_huawei_says_rssi_at_any_time_unless_curc_is_off() -> None:
    world = World("huawei")
    world.run(60)
    assert b"^RSSI:" in world.one.modem.take_output()
    world.one.ask("AT^CURC=0")
    world.run(60)
    world.one.ask(f"ATD{USER};")
    world.run(60)
    assert world.one.modem.take_output() == b""


def test_simcom_tells_every_change_as_clcc_and_both_orders_of_the_end() -> None:
    world = World("simcom7600")
    row = f'0,0,"{USER}",145,""'
    world.one.ask("AT+CLCC=1")
    assert world.one.ask(f"ATD{USER};") == ["OK", f"+CLCC: 1,0,2,{row}"]
    assert world.one.run(2.1) == [f"+CLCC: 1,0,3,{row}"]
    assert world.one.run(2.0) == [f"+CLCC: 1,0,0,{row}", "VOICE CALL: BEGIN"]
    world.run(8)
    world.carrier.phone_hang_up(USER, world.now_s)
    end = [f"+CLCC: 1,0,6,{row}", "VOICE CALL: END: 000008", "NO CARRIER"]
    assert world.one.lines() == end
    world.one.call(USER)
    world.one.lines()
    world.carrier.phone_hang_up(USER, world.now_s)
    assert world.one.lines()[0] == "NO CARRIER"


def test_simcom_says_what_chup_causes_before_its_ok() -> None:
    world = World("simcom7600")
    world.one.call(USER)
    said = world.one.ask("AT+CHUP")
    assert said[0].startswith("VOICE CALL: END")
    assert said[-1] == "OK"


def test_simcom_ignores_ath_unless_cvhu_is_0() -> None:
    world = World("simcom7600")
    world.one.call(USER)
    assert world.one.ask("ATH") == ["OK"]
    assert world.one.stats() == [0]
    world.one.ask("AT+CVHU=0")
    world.one.ask("ATH")
    assert world.one.stats() == []


@each("dialect", ["3gpp", "huawei"])
def test_ath_hangs_up_elsewhere(dialect: str) -> None:
    world = World(dialect)
    world.one.call(USER)
    world.one.ask("ATH")
    assert world.one.stats() == []


@each_world
def test_colp_delays_the_ok_of_the_dial_until_the_answer(world: World) -> None:
    world.one.ask("AT+COLP=1")
    world.one.write(f"ATD{USER};\r\n")  # a line feed aborts nothing
    assert "OK" not in world.one.run(3.5)
    said = world.one.run(1.0)
    assert said[-1] == "OK"
    assert said[-2].startswith("+COLP: ")


@each_world
def test_a_dial_that_waits_with_colp_gets_exactly_one_final_result_when_it_fails(world: World) -> None:
    world.one.ask("AT+COLP=1")
    for _ in range(4):
        world.one.ask(f"ATD{BUSY};")
        said = world.one.run(10)
        assert [line for line in said if line in ("OK", "BUSY", "NO CARRIER")] == ["BUSY"]
        assert said[-1] == "BUSY"


@each("dialect", ["3gpp", "simcom7600"])
def test_any_byte_aborts_a_pending_dial_and_is_no_command(dialect: str) -> None:
    world = World(dialect)
    world.one.ask("AT+COLP=1")
    world.one.ask(f"ATD{USER};")
    world.one.run(0.5)
    assert world.one.ask("AT")[-1] == "NO CARRIER"
    assert world.call.state is CallState.ENDED
    assert world.one.run(10) == []
    assert world.one.ask("AT") == ["OK"], "the next command is a command again"


def test_huawei_reads_what_came_during_a_pending_dial_after_it() -> None:
    world = World("huawei")
    world.one.ask("AT+COLP=1")
    world.one.ask(f"ATD{USER};")
    assert world.one.ask("AT+CSQ") == []
    said = world.one.run(5)
    assert said[-3:] == ["OK", "+CSQ: 21,99", "OK"]
    assert world.one.stats() == [0]


def test_huawei_falls_silent_when_a_dial_is_released_by_id_before_conf() -> None:
    world = World("huawei")
    world.one.ask(f"ATD{USER};")
    world.one.ask("AT+CHLD=11")
    assert world.one.ask("AT") == []
    assert world.call.state is CallState.ENDED
    world.one.modem.plug(world.now_s)
    assert world.one.ask("ATE0")[-1] == "OK"


@each_world
def test_a_number_may_be_dialled_in_any_of_its_forms(world: World) -> None:
    for form in ("+390200000100", "00390200000100", "0200000100", "+39 02 0000-0100"):
        world.one.ask(f"ATD{form};")
        assert world.call.to == "+390200000100"
        world.one.ask("AT+CHUP")


@each_world
def test_our_number_can_be_withheld(world: World) -> None:
    for dialled in (f"#31#{USER}", f"{USER}I"):
        world.one.ask(f"ATD{dialled};")
        assert (world.call.to, world.call.withheld) == (USER, True)
        world.one.ask("AT+CHUP")


@each_world
def test_a_data_call_finds_no_carrier(world: World) -> None:
    assert world.one.ask(f"ATD{USER}") == ["NO CARRIER"]
    assert world.carrier.calls == []


@each_world
def test_dtmf_reaches_the_far_end_only_in_a_conversation(world: World) -> None:
    world.one.ask("AT+CMEE=1")
    assert world.one.ask("AT+VTS=5") == ["+CME ERROR: 3"]
    world.one.call(USER)
    assert world.one.ask("AT+VTS=5") == ["OK"]
    assert world.one.ask('AT+VTS="1#"') == ["OK"]
    assert world.call.digits == "51#"


@each_world
def test_ceer_tells_why_the_last_call_ended(world: World) -> None:
    world.one.ask(f"ATD{BUSY};")
    world.one.run(10)
    assert "User busy" in world.one.ask("AT+CEER")[0]


@each(("places", "states"), [(1, {"active", "ended"}), (2, {"active"})])
def test_an_exchange_takes_as_many_calls_as_it_has_places(places: int, states: set[str]) -> None:
    exchange = {"number": "+390211112222", "places": places, "rings_after_s": 0.1, "answers_after_s": 0.1}
    world = World("huawei", phones=(exchange,))
    for caller in (world.one, world.two):
        caller.ask("ATD+390211112222;")
    world.run(10)
    assert {call.state.value for call in world.carrier.calls} == states


@each_at_once
def test_a_second_call_while_one_is_being_set_up_is_refused(dialect: str) -> None:
    world = World(dialect)
    world.one.ask(f"ATD{USER};")
    assert world.one.ask(f"ATD{BUSY};") == ["ERROR"]
    assert len(world.carrier.calls) == 1
