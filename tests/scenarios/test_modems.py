"""What modems do to a center: found by their IMEI, silent, started anew, with a closed SIM."""

from __future__ import annotations

from pathlib import Path

import pytest

from messages import events as ev
from messages.ids import LineId, Party, Role
from messages.lines import LineState
from runtime.published import line_files
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import joined, to_talking
from tests.scenarios.world import USER, World

pytestmark = pytest.mark.scenario


def alarms(world: World) -> list[tuple[str, str, str]]:
    """What was said of lines."""
    return [one for one in world.alarms() if one[1].startswith("line.")]


def state(world: World, line: str) -> LineState:
    return line_files.read_all(world.env.run)[LineId(line)].state


def ready(world: World, line: str) -> bool:
    return state(world, line) is LineState.READY


def port(world: World, line: str) -> str:
    return line_files.read_all(world.env.run)[LineId(line)].port


def test_a_modem_comes_back_under_another_name_in_the_middle_of_everything(make_world: MakeWorld) -> None:
    world = make_world(by_imei=("sim3",))
    world.until("it is found", lambda: ready(world, "sim3"))
    world.network.unplug("sim3")
    world.until("it is missed", lambda: ("raised", "line.out_of_service", "sim3") in alarms(world))
    world.network.plug("sim3", "elsewhere")
    world.until("it is back", lambda: ready(world, "sim3"))
    assert port(world, "sim3") == "elsewhere"
    world.until("so it is said", lambda: alarms(world)[-1] == ("cleared", "line.out_of_service", "sim3"))


def test_another_modem_in_the_place_of_the_one_that_was_found_is_noticed_and_let_go(
    make_world: MakeWorld,
) -> None:
    world = make_world(by_imei=("sim3",))
    world.until("it is found", lambda: ready(world, "sim3"))
    modem = world.network.carrier.modem("sim3")
    own, modem.imei = modem.imei, "868859030000014"
    modem.reboot(world.network.now_s)
    world.until("it is not taken for it", lambda: state(world, "sim3") is LineState.LOST).advance(5)
    assert "868859030000014" in line_files.read_all(world.env.run)[LineId("sim3")].text
    modem.imei = own
    world.network.plug("sim3")
    world.until("the right one is back", lambda: ready(world, "sim3"))


def test_a_modem_that_starts_anew_in_a_call_loses_it_and_the_case_goes_on_on_another_line(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2, boots_in_s=5.0)
    to_talking(world)
    user = world.leg(Party.USER)
    modem = world.network.carrier.modem(user.line)
    modem.feed(b"AT+CFUN=1,1\r", world.network.now_s)
    world.network.pump()
    world.until("her call is over", lambda: world.case.legs[user.leg].attempt > 1, within_s=90)
    world.until(
        "she is called again on another line",
        lambda: len(joined(world)) == 2 and world.case.legs[user.leg].line != user.line,
        within_s=90,
    )
    released = world.events(ev.LegReleased)
    assert [one.cause for one in released if one.leg == user.leg] == [200], "line lost"


def test_a_silent_modem_with_a_call_is_never_reset_not_even_by_a_process_that_has_just_started(
    world: World,
) -> None:
    to_talking(world)
    user = world.leg(Party.USER)
    modem = world.network.carrier.modem(user.line)
    modem.mute(world.network.now_s)
    assert world.system.kill(Role.GSM_MODEM, user.line)
    world.advance(120)  # long after the case has given the call up
    assert b"CFUN=" not in world.network.written[user.line]
    assert modem.line.legs, "her call is up"
    modem.unmute()


def test_a_wrong_pin_is_given_once_however_often_the_line_is_started_again(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    pin = tmp_path / "pin"
    pin.write_text("0000\n")
    world = make_world(pins={"sim3": ("1234", str(pin))})
    for _ in range(3):
        assert world.system.kill(Role.GSM_MODEM, "sim3")
        world.advance(20)
    modem = world.network.carrier.modem("sim3")
    assert world.network.pins_given("sim3") == ["0000"]
    assert alarms(world) == [("raised", "line.pin_needed", "sim3")]
    pin.write_text("1234\n")
    world.until("the line is open", lambda: ready(world, "sim3"))
    assert modem.sim.usable
    assert world.network.pins_given("sim3") == ["0000", "1234"]
    world.until("so it is said", lambda: alarms(world)[-1] == ("cleared", "line.pin_needed", "sim3"))


def test_a_line_without_a_sim_carries_no_calls_and_is_an_alarm_again_after_each_start_of_the_node(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2, modems={"sim3": "sim = false"}).advance(15)
    raised = ("raised", "line.no_sim", "sim3")
    assert alarms(world) == [raised]
    to_talking(world)
    assert "sim3" not in {leg.line for leg in world.case.legs.values()}
    started = ev.NodeStarted(version="1", pid=1)
    world.note(started)
    assert world.system.kill(Role.GSM_MODEM, "sim3")
    world.until("it is an alarm again", lambda: alarms(world) == [raised, raised], 30)


def test_a_sim_that_wants_its_puk_is_never_given_anything_and_opened_by_hand_is_a_line_again(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    pin = tmp_path / "pin"
    pin.write_text("0000\n")
    world = make_world(
        public=4, emergency=2, pins={"sim3": ("1234", str(pin))}, modems={"sim3": "pin_tries = 1"}
    )
    world.until("it is an alarm", lambda: ("raised", "line.puk_needed", "sim3") in alarms(world))
    assert world.network.pins_given("sim3") == ["0000"], "the last that the card allowed"
    pin.write_text("1234\n")
    assert world.system.kill(Role.GSM_MODEM, "sim3")
    world.advance(60)
    assert world.network.written["sim3"].count(b"AT+CPIN=") == 1
    to_talking(world)
    assert "sim3" not in lines_used(world)
    modem = world.network.carrier.modem("sim3")
    assert modem.sim.enter_puk("12345678", "4321")
    modem.update_registration(world.network.now_s)
    world.until("it is a line again", lambda: ready(world, "sim3"))
    world.until("so it is said", lambda: alarms(world)[-1] == ("cleared", "line.puk_needed", "sim3"))


def test_a_line_without_a_network_is_an_alarm_is_not_granted_and_comes_back_by_itself(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2, modems={"sim3": 'registration = "searching"'})
    world.until("it is an alarm", lambda: alarms(world) == [("raised", "line.no_network", "sim3")])
    to_talking(world)
    assert lines_used(world) == {"sim2", "sim4"}
    world.network.vices("sim3", registration="home")
    world.until("it is a line again", lambda: ready(world, "sim3"), within_s=1)
    world.until("so it is said", lambda: alarms(world)[-1] == ("cleared", "line.no_network", "sim3"))


def test_a_network_that_is_lost_in_mid_call_costs_the_call_and_the_line_is_not_tried_again(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2)
    to_talking(world)
    user = world.leg(Party.USER)
    world.network.vices(user.line, registration="searching")
    world.until("it is known", lambda: state(world, user.line) is LineState.NO_NETWORK, within_s=1)
    world.until(
        "she is called again on another line",
        lambda: len(joined(world)) == 2 and world.case.of(Party.USER)[-1].line != user.line,
    )
    assert len(world.calls(USER)) == 2, "at once, and not where there is no network"


def words(world: World, alarm: str) -> list[str]:
    """What the person on duty reads, once for each time that it was raised."""
    return [one.text for one in world.noted(ev.AlarmRaised) if one.alarm == alarm]


def lines_used(world: World) -> set[str]:
    """On which lines the alert's calls are."""
    return {leg.line for leg in world.case.legs.values() if leg.joined}
