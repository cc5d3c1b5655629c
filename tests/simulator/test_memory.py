"""What a simulated modem keeps over its starts, and what it forgets though it has said OK."""

from __future__ import annotations

from tests.simulator.world import World


def asked(world: World, text: str) -> list[str]:
    world.one.write(f"{text}\r")
    return [line for line in world.one.modem.take_output().decode().split("\r\n") if line]


def started_anew(world: World) -> None:
    asked(world, "AT+CFUN=1,1")
    world.run(5.0)
    world.one.write("ATE0\r")
    world.one.modem.take_output()


def ready(**modem: object) -> World:
    world = World("quectel_ec2x", modem=modem)
    world.one.write("ATE0\r")
    world.one.modem.take_output()
    return world


def test_what_is_set_is_there_after_a_start() -> None:
    world = ready(memory={'+QMBNCFG="AutoSel"': "0"})
    assert asked(world, 'AT+QMBNCFG="AutoSel"') == ['+QMBNCFG: "AutoSel",0', "OK"]
    assert asked(world, 'AT+QMBNCFG="AutoSel",1') == ["OK"]
    started_anew(world)
    assert asked(world, 'AT+QMBNCFG="AutoSel"') == ['+QMBNCFG: "AutoSel",1', "OK"]


def test_what_it_forgets_is_there_until_its_next_start() -> None:
    world = ready(memory={'+QCFG="servicedomain"': "1"}, forgets=['+QCFG="servicedomain"'])
    asked(world, 'AT+QCFG="servicedomain",2')
    assert asked(world, 'AT+QCFG="servicedomain"')[0] == '+QCFG: "servicedomain",2'
    started_anew(world)
    assert asked(world, 'AT+QCFG="servicedomain"')[0] == '+QCFG: "servicedomain",1'


def test_a_question_about_all_of_a_name_lists_those_that_are_there() -> None:
    world = ready(memory={"+CGDCONT=5": ""})
    assert [line[:12] for line in asked(world, "AT+CGDCONT?")] == ["+CGDCONT: 1,", "OK"]
    asked(world, 'AT+CGDCONT=5,"IPV4V6","ims"')
    assert [line[:12] for line in asked(world, "AT+CGDCONT?")] == ["+CGDCONT: 1,", "+CGDCONT: 5,", "OK"]


def test_a_setting_of_which_it_has_none_is_taken_as_before() -> None:
    world = ready()
    assert asked(world, 'AT+QCFG="ledmode",0') == ["OK"]
