"""Ports as the kernel shows them, out of a /dev and a /sys made for the test; the reset of a USB device."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from gateways.gsm.port.places import mark_of, resolve_port
from gateways.gsm.port.search import SeenPort, ports_to_probe, roles_of, same_imei, voice_port_of
from gateways.gsm.port.usb_devices import DONE, usb_reset
from model.settings.port_names import is_port_name
from tests.gateways.gsm.bench import DIALECTS
from tests.support.each import each
from tests.support.usb_machine import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_every_usb_port_is_found_with_its_device_and_interface(machine: Machine) -> None:
    machine.plug("1-2.3", "12d1:1001", {0: "ttyUSB0", 1: "ttyUSB1", 2: "ttyUSB10"})
    machine.plug("1-4", "2c7c:0125", {2: "ttyACM0"})
    (machine.sys / "class/tty/ttyS0").mkdir()
    found = [(Path(one.path).name, one.usb, one.position, one.interface) for one in machine.places()]
    assert found == [
        ("ttyACM0", "2c7c:0125", "1-4", 2),
        ("ttyUSB0", "12d1:1001", "1-2.3", 0),
        ("ttyUSB1", "12d1:1001", "1-2.3", 1),
        ("ttyUSB10", "12d1:1001", "1-2.3", 2),
    ]


def test_a_port_that_is_plugged_in_again_has_another_mark(tmp_path: Path) -> None:
    port, other = tmp_path / "ttyUSB0", tmp_path / "ttyUSB1"
    port.touch()
    before = mark_of(str(port))
    assert before
    assert mark_of(str(port)) == before
    port.rename(other)
    assert mark_of(str(port)) == ""
    port.touch()
    assert mark_of(str(port)) != before


def test_a_socket_and_interface_name_the_tty_that_is_there_now(machine: Machine) -> None:
    machine.plug("1-2.3", "1e0e:9001", {0: "ttyUSB0", 2: "ttyUSB2"})

    def where(port: str) -> str:
        return resolve_port(port, dev=machine.dev, sys=machine.sys)

    assert where("usb:1-2.3:1.2") == str(machine.dev / "ttyUSB2")
    assert where("usb:1-2.3") == str(machine.dev / "ttyUSB0")
    assert where("usb:1-9:1.0") == ""
    assert where("/dev/serial/by-id/usb-x") == "/dev/serial/by-id/usb-x"


@each(
    ("port", "fits"),
    [
        ("/dev/ttyUSB0", True),
        ("usb:1-2.3:1.0", True),
        ("usb:1-2", True),
        ("usb:", False),
        ("usb:1-2:x", False),
        ("usb:../../etc", False),
    ],
)
def test_what_can_name_a_port(port: str, fits: bool) -> None:
    assert is_port_name(port) is fits


def test_of_a_known_device_the_command_port_alone_is_asked_and_of_others_all() -> None:
    roles = roles_of(DIALECTS)
    known = next(iter(roles.values()))
    ports = [
        SeenPort(path=f"{usb}/{number}", mark=f"{usb}{number}", usb=usb, position=usb, interface=number)
        for usb in (known.usb, "ffff:0001")
        for number in range(5)
    ]
    asked = [place.path for place in ports_to_probe(ports, roles, occupied=(), silent={"ffff:00013"})]
    assert asked == [f"{known.usb}/{known.at}", *(f"ffff:0001/{number}" for number in (0, 1, 2, 4))]


def stick(*interfaces: int, at: int | None = None) -> list[SeenPort]:
    """A Huawei of which several tables are known; `at`: its interface that says so by its descriptor."""
    return [
        SeenPort(
            path=f"/dev/{number}", mark=f"m{number}", usb="12d1:1506", position="1-1",
            interface=number, descriptor="ff/02/02" if number == at else "ff/ff/ff",
        )
        for number in interfaces
    ]  # fmt: skip


def asked_of(ports: list[SeenPort], silent: set[str]) -> list[int | None]:
    return [place.interface for place in ports_to_probe(ports, roles_of(DIALECTS), (), silent)]


def test_where_the_tables_interface_is_silent_or_not_there_the_others_of_the_device_are_asked() -> None:
    assert asked_of(stick(0, 1, 2, 3), silent=set()) == [2]
    assert asked_of(stick(0, 1, 2, 3), silent={"m2"}) == [0, 1, 3]
    assert asked_of(stick(0, 1, 3), silent=set()) == [0, 1, 3]


def test_a_descriptor_that_tells_what_takes_commands_is_believed_before_the_table() -> None:
    assert asked_of(stick(0, 1, 2, 3, 4, at=4), silent=set()) == [4]
    assert asked_of(stick(0, 1, 2, 3, 4, at=4), silent={"m4"}) == [0, 1, 2, 3]


@each(("answers", "voice"), [(2, 1), (3, 2), (1, 2), (4, 1)])
def test_the_voice_goes_with_the_interface_that_has_answered(answers: int, voice: int) -> None:
    ports = stick(0, 1, 2, 3, 4)
    place = next(one for one in ports if one.interface == answers)
    assert voice_port_of(place, ports, roles_of(DIALECTS)) == f"/dev/{voice}"


def test_the_descriptor_of_an_interface_is_read(machine: Machine) -> None:
    device = machine.plug("1-2", "12d1:1506", {2: "ttyUSB2"})
    interface = next(device.rglob("bInterfaceNumber")).parent
    for name, text in (("Class", "ff"), ("SubClass", "01"), ("Protocol", "02")):
        (interface / f"bInterface{name}").write_text(f"{text}\n")
    assert [one.descriptor for one in machine.places()] == ["ff/01/02"]


def test_of_a_device_that_is_another_lines_no_port_is_asked() -> None:
    ports = [
        SeenPort(
            path=f"{position}/{number}", mark=f"{position}/{number}", usb="ffff:0001",
            position=position, interface=number,
        )
        for position in ("1-1", "1-2")
        for number in (0, 2)
    ]  # fmt: skip
    assert [place.path for place in ports_to_probe(ports, {}, occupied={"1-1/0"})] == ["1-2/0", "1-2/2"]
    simulated = [SeenPort(path=f"{name}.at", mark=name) for name in ("one", "two")]
    assert [place.path for place in ports_to_probe(simulated, {}, occupied={"one"})] == ["two.at"]


def test_the_voice_port_is_the_one_that_the_dialect_names_on_the_same_device() -> None:
    roles = roles_of(DIALECTS)
    ports = next(one for one in roles.values() if one.voice is not None)
    assert ports.voice is not None
    beside = [
        SeenPort(path=f"{position}/{number}", mark="m", usb=ports.usb, position=position, interface=number)
        for position in ("1-1", "1-2")
        for number in (ports.at, ports.voice)
    ]
    assert voice_port_of(beside[2], beside, roles) == f"1-2/{ports.voice}"
    assert voice_port_of(SeenPort(path="p", mark="m", usb="ffff:0001"), beside, roles) == ""
    assert voice_port_of(SeenPort(path="x.at", mark="m", voice="x.voice"), [], roles) == "x.voice"


def test_an_imei_is_the_same_with_a_check_digit_and_with_a_version() -> None:
    assert same_imei("490154203237518", "4901542032375101")
    assert same_imei("490154203237518", "49015420323751")
    assert not same_imei("490154203237518", "490154203237528"[:13] + "99")
    assert not same_imei("", "")


def test_the_device_of_a_port_alone_is_reset(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.plug("1-2", "12d1:1001", {0: "ttyUSB0"})
    asked: list[tuple[str, int]] = []

    def reset(fd: int, request: int, argument: int) -> int:
        asked.append((os.readlink(f"/proc/self/fd/{fd}"), request))
        return 0

    monkeypatch.setattr(fcntl, "ioctl", reset)
    assert usb_reset("/dev/ttyUSB0", dev=machine.dev, sys=machine.sys) == DONE
    assert asked == [(str(machine.dev / "bus/usb/001/007"), 0x5514)]


def test_without_a_device_or_the_right_to_it_the_reset_is_left_out_with_its_reason(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.plug("1-2", "12d1:1001", {0: "ttyUSB0"})

    def told(port: str = "/dev/ttyUSB0") -> str:
        return usb_reset(port, dev=machine.dev, sys=machine.sys)

    assert "no USB device" in told("/dev/ttyS0")
    assert "cannot be reset" in told(), "no node answers to the request"

    def refused(*_: object, **__: object) -> int:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(os, "open", refused)
    assert "may not write" in told()


def test_a_pseudo_terminal_is_told_by_its_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    port = tmp_path / "sim1.at"
    port.symlink_to(os.ttyname(theirs))

    def looked_at(path: str) -> None:
        raise AssertionError(path)

    monkeypatch.setattr(os, "lstat", looked_at)
    assert mark_of(str(port)).endswith(f".{os.fstat(theirs).st_ctime_ns}")
    os.close(ours)
    os.close(theirs)
