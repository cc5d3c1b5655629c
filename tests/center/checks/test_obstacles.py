"""What the machine itself tells of its modems: what is in their way, and which of them nobody has named."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from application.state.state_dir import StateDir
from center.checks.obstacles import at_port, plugged_in, said_of, sentence
from center.modems.obstacles import FoundObstacle, Obstacle, modems_of, obstacles
from center.modems.unnamed import Unnamed, unnamed
from gateways.gsm.port import places
from gateways.gsm.port.modem_location import Claim
from messages.ids import TrunkId
from model.checks import Severity
from model.settings import Settings
from model.settings.lines import Modem, Trunk
from tests.gateways.gsm.bench import DIALECTS
from tests.support.usb_machine import QUECTEL, Machine

TTYS = {0: "ttyUSB0", 1: "ttyUSB1", 2: "ttyUSB2", 3: "ttyUSB3"}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


def found(machine: Machine, ours: tuple[int, ...] = ()) -> list[tuple[Obstacle, str, int]]:
    told = obstacles(modems_of(DIALECTS, machine.roots), DIALECTS, ours=ours, roots=machine.roots)
    return [(one.obstacle, one.about, one.count) for one in told]


def test_a_modem_that_is_well_has_nothing_in_its_way(machine: Machine) -> None:
    machine.plug("1-2", QUECTEL, TTYS, attributes={"power/control": "on", "port/over_current_count": "0"})
    machine.plug("1-3", "046d:c31c", {}, attributes={"power/control": "auto"})  # a keyboard
    machine.process(1, "systemd")
    assert found(machine) == []


def test_a_port_that_somebody_else_has_open_is_told_with_the_process(machine: Machine) -> None:
    machine.plug("1-2", QUECTEL, TTYS)
    machine.process(812, "ModemManager", "null", "ttyUSB2")
    assert found(machine) == [(Obstacle.HELD, "ModemManager (812)", 0)]
    assert found(machine, ours=(812,)) == [(Obstacle.MODEM_MANAGER, "", 0)]


def test_a_modem_manager_that_a_rule_keeps_away_is_in_nobodys_way(machine: Machine) -> None:
    machine.plug("1-2", QUECTEL, TTYS)
    machine.process(812, "ModemManager")
    assert found(machine) == [(Obstacle.MODEM_MANAGER, "", 0)]
    (machine.run / "udev/data/c188:0").write_text("E:ID_MM_DEVICE_IGNORE=1\nE:ID_MM_PORT_IGNORE=1\n")
    assert found(machine) == []


def test_a_known_device_without_a_driver_at_its_ports_is_told_with_its_ids(machine: Machine) -> None:
    machine.plug("1-2", QUECTEL, {}, without_driver=dict.fromkeys(range(4), "ff"))
    machine.plug("1-3", "1e0e:9001", {0: "ttyUSB9", 2: "ttyUSB10"}, without_driver={4: "ff"})
    assert found(machine) == [(Obstacle.NO_DRIVER, QUECTEL, 0), (Obstacle.NO_DRIVER, "1e0e:9001", 0)]
    (told, _) = obstacles(modems_of(DIALECTS, machine.roots), DIALECTS, roots=machine.roots)
    assert "echo 2c7c 0125 > /sys/bus/usb-serial/drivers/option1/new_id" in sentence(told)


def test_a_stick_that_still_is_a_disk_is_told_whatever_its_product(machine: Machine) -> None:
    machine.plug("1-2", "12d1:1446", {}, without_driver={0: "08", 1: "08"})
    machine.plug("1-3", "0781:5581", {}, without_driver={0: "08"})  # a memory stick
    assert found(machine) == [(Obstacle.STORAGE, "12d1:1446", 0)]


def test_what_the_kernel_counts_of_power_and_sleep_is_told(machine: Machine) -> None:
    device = machine.plug(
        "1-2",
        QUECTEL,
        TTYS,
        attributes={
            "power/control": "auto",
            "power/connected_duration": "420000",
            "port/over_current_count": "3",
        },
    )
    (machine.proc / "uptime").write_text("9000.00 17000.00\n")
    assert found(machine) == [
        (Obstacle.SUSPENDS, "", 0),
        (Obstacle.OVER_CURRENT, "", 3),
        (Obstacle.CAME_BACK, "", 7),
    ]
    (device / "power/connected_duration").write_text("3700000\n")
    assert [one for one, _, _ in found(machine)] == [Obstacle.SUSPENDS, Obstacle.OVER_CURRENT]
    (device / "power/connected_duration").write_text("420000\n")
    (machine.proc / "uptime").write_text("430.00 800.00\n")
    assert [one for one, _, _ in found(machine)] == [Obstacle.SUSPENDS, Obstacle.OVER_CURRENT]
    (device / "port/over_current_count").write_text("(unknown)\n")
    assert [one for one, _, _ in found(machine)] == [Obstacle.SUSPENDS]


@pytest.mark.parametrize(("attributes", "told"), [("80", True), ("a0", True), ("e0", False)])
def test_a_hub_without_a_supply_of_its_own_is_told(machine: Machine, attributes: str, told: bool) -> None:
    hub = machine.plug("1-1", "2109:3431", {}, attributes={"bDeviceClass": "09", "bmAttributes": attributes})
    machine.plug("1-1.3", QUECTEL, TTYS, hub=f"usb1/{hub.name}")
    assert found(machine) == [(Obstacle.HUB_WITHOUT_SUPPLY, "", 0)] * told


def test_a_machine_whose_supply_sags_is_told_once_and_only_where_it_has_modems(machine: Machine) -> None:
    monitor = machine.sys / "class/hwmon/hwmon1"
    monitor.mkdir(parents=True)
    (monitor / "name").write_text("rpi_volt\n")
    (monitor / "in0_lcrit_alarm").write_text("1\n")
    assert found(machine) == []
    machine.plug("1-2", QUECTEL, TTYS)
    assert found(machine) == [(Obstacle.UNDER_VOLTAGE, "", 0)]


def test_a_port_or_a_card_that_this_account_may_not_open_is_told_with_its_group(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = machine.plug("1-2", QUECTEL, TTYS)
    (device / "1-2:1.0/sound/card1").mkdir(parents=True)
    (machine.dev / "snd").mkdir()
    (machine.dev / "snd/pcmC1D0c").touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(Path, "group", lambda self: "audio" if self.parent.name == "snd" else "dialout")
    assert found(machine) == [(Obstacle.NOT_ALLOWED, "dialout", 0), (Obstacle.CARD_NOT_ALLOWED, "audio", 0)]


def test_of_a_port_the_obstacles_of_its_own_device_are_told(machine: Machine, tmp_path: Path) -> None:
    machine.plug("1-2", QUECTEL, TTYS)
    machine.plug("1-3", QUECTEL, {2: "ttyUSB7"}, attributes={"power/control": "auto"})
    state = StateDir(tmp_path)
    assert at_port(str(machine.dev / "ttyUSB2"), state, roots=machine.roots) == []
    (told,) = at_port("usb:1-3:1.2", state, roots=machine.roots)
    assert (told.position, told.obstacle) == ("1-3", Obstacle.SUSPENDS)
    assert at_port("/dev/ttyS0", state, roots=machine.roots) == []


@pytest.mark.parametrize("obstacle", Obstacle)
def test_every_obstacle_has_a_sentence_that_says_what_helps(obstacle: Obstacle) -> None:
    said = sentence(FoundObstacle(obstacle=obstacle, position="1-2", about="2c7c:0125", count=2))
    assert said.startswith("modem at usb:1-2: ")
    assert "{" not in said


# ------------------------------------------------------------------------------------- who is nobody's


def line(name: str, **fields: str) -> Modem:
    return Modem(name=name, trunk=TrunkId("public"), **fields)


def nobodys(machine: Machine, state: Path, *lines: Modem) -> list[Unnamed]:
    return unnamed(modems_of(DIALECTS, machine.roots), lines, StateDir(state), DIALECTS, roots=machine.roots)


def test_a_modem_that_no_line_names_is_told_with_its_ports(machine: Machine, tmp_path: Path) -> None:
    machine.plug("1-2", QUECTEL, TTYS, attributes={"manufacturer": "Quectel", "product": "EG25-G"})
    (one,) = nobodys(machine, tmp_path, line("a", port="/dev/ttyS0"))
    assert (one.position, one.dialect, one.product) == ("1-2", "quectel_ec2x", "EG25-G")
    assert (one.ports[0], one.voice) == (str(machine.dev / "ttyUSB2"), str(machine.dev / "ttyUSB1"))
    assert [Path(path).name for path in one.ports] == ["ttyUSB2", "ttyUSB0", "ttyUSB3"]
    assert "no [[modem]] names the Quectel EG25-G at usb:1-2: `securwoman modem list --toml`" in said_of(one)


def test_a_line_has_the_whole_device_of_the_port_that_it_names(machine: Machine, tmp_path: Path) -> None:
    machine.plug("1-2", QUECTEL, TTYS)
    assert nobodys(machine, tmp_path, line("a", port="usb:1-2:1.3")) == []
    assert nobodys(machine, tmp_path, line("a", port=str(machine.dev / "ttyUSB3"))) == []
    assert len(nobodys(machine, tmp_path, line("a", port="usb:1-4"))) == 1


def test_a_line_with_an_imei_has_the_modem_that_it_has_found_and_else_it_may_be_its(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.plug("1-2", QUECTEL, TTYS)
    spec = line("a", imei="490154203237518")
    (one,) = nobodys(machine, tmp_path, spec)
    assert one.perhaps == ("a",)
    assert "unless it is the one that a looks for" in said_of(one)
    path = str(machine.dev / "ttyUSB2")
    claim = Claim(path=path, mark=places.mark_of(path), imei="490154203237518")
    (tmp_path / "lines").mkdir()
    (tmp_path / "lines/a.port").write_bytes(msgspec.json.encode(claim))
    assert nobodys(machine, tmp_path, spec) == []
    (machine.dev / "ttyUSB2").rename(machine.dev / "gone")
    (machine.dev / "ttyUSB2").touch()
    assert len(nobodys(machine, tmp_path, spec)) == 1, "it was plugged in anew since"


def test_the_doctor_tells_both(machine: Machine, tmp_path: Path) -> None:
    machine.plug("1-2", QUECTEL, TTYS)
    machine.process(812, "cat", "ttyUSB2")
    settings = Settings(
        trunk=(Trunk(name="public"),), modem=(Modem(name="a", trunk="public", port="/dev/ttyS0"),)
    )
    told = list(plugged_in(settings, StateDir(tmp_path), roots=machine.roots))
    assert [one.verdict for one in told] == [Severity.WARN, Severity.WARN], "it may be for its own connection"
    assert told[0].text == "modem at usb:1-2: cat (812) has its port open: stop that program"
    assert told[1].text.startswith("no [[modem]] names the 2c7c:0125 at usb:1-2")


def test_what_keeps_a_lines_own_modem_from_its_calls_is_a_failure(machine: Machine, tmp_path: Path) -> None:
    machine.plug("1-2", QUECTEL, TTYS, attributes={"power/control": "auto"})
    machine.process(812, "cat", "ttyUSB2")
    for named in ({"port": "usb:1-2"}, {"imei": "490154203237518"}):
        lines = (Modem(name="a", trunk="public", **named),)
        settings = Settings(trunk=(Trunk(name="public"),), modem=lines)
        held, asleep, *_ = plugged_in(settings, StateDir(tmp_path), roots=machine.roots)
        assert (held.verdict, asleep.verdict) == (Severity.FAIL, Severity.WARN)
