"""What the families say of their calls in their own words."""

from __future__ import annotations

from simulator.config import parse_config
from simulator.modem.dialect import dialect_names, load_dialect
from tests.simulator.world import DIALECTS, EARLY, ONE, OPERATOR, USER, World
from tests.support.each import each


def test_the_families_are_those_that_settings_may_name() -> None:
    assert set(dialect_names()) == {*DIALECTS, EARLY}


@each("dialect", dialect_names())
def test_each_says_what_it_is(dialect: str) -> None:
    world = World(dialect)
    model = load_dialect(dialect).model
    assert any(model in line for line in world.one.ask("AT+CGMM"))
    assert world.one.ask("ATI")[-1] == "OK"


@each("dialect", [EARLY, "sim800", "telit", "wavecom"])
def test_a_family_without_voice_has_no_voice_port(dialect: str) -> None:
    world = World(dialect)
    assert not world.one.modem.voice.available
    modem = {"name": "m", "dialect": dialect, "number": ONE, "voice": True}
    assert not parse_config({"modem": [modem]}).modems[0].voice


def test_quectel_tells_calls_as_dsci_and_as_ccinfo_once_asked_for() -> None:
    world = World("quectel_ec2x")
    world.one.call(USER)
    assert world.one.lines() == []
    world.one.ask("AT+CHUP")
    world.one.ask("AT^DSCI=1")
    world.one.ask(f"ATD{USER};")
    assert world.one.run(2.1)[-1] == f"^DSCI: 1,0,7,0,{USER},145"
    assert world.one.run(2.0) == [f"^DSCI: 1,0,3,0,{USER},145"]
    assert world.one.ask("AT^DSCI=0") == ["OK"]
    assert world.one.ask('AT+QINDCFG="ccinfo",1') == ["OK"]
    assert world.one.ask("AT+QHUP=16,1") == ["OK", f'+QIND: "ccinfo",1,0,-1,0,0,"{USER}",145']
    assert world.one.ask("AT+QHUP=16,1") == ["ERROR"]


def test_quectel_shows_a_data_session_in_the_list_of_calls() -> None:
    world = World("quectel_ec2x")
    assert world.one.ask("AT+CLCC") == ['+CLCC: 7,1,0,1,0,"",128', "OK"]


def test_a76xx_cannot_join_a_call_that_only_rings() -> None:
    world = World(EARLY)
    world.one.ask(f"ATD{USER};")
    world.one.run(4.5)
    world.one.ask(f"ATD{OPERATOR};")
    world.one.run(2.1)
    assert world.one.stats() == [1, 0]
    assert world.one.ask("AT+CHLD=3") == ["ERROR"]
    world.one.run(2.0)
    assert world.one.ask("AT+CHLD=3")[-1] == "OK"
