"""A modem is found by its IMEI wherever it is; nobody asks a port that is another line's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gateways.gsm.errors import PortBusy, PortLost
from gateways.gsm.port.modem_location import OTHER_MODEM_RETRY_S, SILENT_RETRY_S, ModemLocation
from gateways.gsm.port.places import mark_of
from gateways.gsm.port.search import SeenPort, roles_of
from gateways.gsm.port.serial_port import Port
from messages.ids import TrunkId
from model.settings.lines import Modem
from tests.gateways.gsm.bench import DIALECTS, FakeModem

ONE, TWO, THREE = "490154203237518", "356938035643809", "868859030000014"


class FakePort:
    def __init__(self, modem: FakeModem) -> None:
        self.modem = modem
        self.closed = False

    def fileno(self) -> int | None:
        return None

    def read(self) -> bytes:
        return self.modem.take()

    def write(self, data: bytes) -> None:
        self.modem.write(data)

    def flush_pending(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True


class Hub:
    def __init__(self) -> None:
        self.modems: dict[str, FakeModem] = {}
        self.marks: dict[str, str] = {}
        self.open: list[tuple[str, FakePort]] = []
        self.busy: set[str] = set()
        self.usb: dict[str, str] = {}
        self._plugged = 0

    def plug(self, path: str, imei: str | None) -> FakeModem:
        """A modem, or with no IMEI something that says nothing."""
        self._plugged += 1
        self.marks[path] = f"m{self._plugged}"
        told = {"AT+CGSN": f"{imei}\nOK"}
        self.modems[path] = FakeModem(answers={**told}, mute=imei is None)
        return self.modems[path]

    def unplug(self, path: str) -> None:
        del self.modems[path], self.marks[path]

    def places(self) -> list[SeenPort]:
        return [
            SeenPort(path=path, mark=mark, voice=f"{path}.voice", usb=self.usb.get(path, ""))
            for path, mark in sorted(self.marks.items())
        ]

    def open_port(self, path: str) -> Port:
        if path in self.busy:
            raise PortBusy(path)
        if path not in self.modems:
            raise PortLost(path)
        port = FakePort(self.modems[path])
        self.open.append((path, port))
        return port

    @property
    def asked(self) -> list[str]:
        return [path for path, _ in self.open]


def spec(name: str, imei: str = "", port: str = "") -> Modem:
    return Modem(name=name, trunk=TrunkId("public"), imei=imei, port=port)


LINES = (spec("one", ONE), spec("two", TWO))
Make = Callable[..., ModemLocation]


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def make(hub: Hub, tmp_path: Path) -> Make:
    def made(name: str, lines: tuple[Modem, ...] = LINES) -> ModemLocation:
        mine = next(line for line in lines if line.line == name)
        return ModemLocation(
            mine,
            [line for line in lines if line is not mine],
            tmp_path / "lines",
            places=hub.places,
            open_port=hub.open_port,
            roles={},
            base=DIALECTS.base(),
        )

    return made


def found(where: ModemLocation, now_s: float = 0.0, within_s: float = 10.0) -> str:
    until_s = now_s + within_s
    while now_s < until_s:
        if where.search(now_s):
            return where.path()
        now_s += 0.1
    return ""


def test_it_is_found_among_others_and_at_once_where_it_was(hub: Hub, make: Make) -> None:
    hub.plug("/dev/a", TWO)
    hub.plug("/dev/b", None)
    hub.plug("/dev/c", ONE)
    hub.usb["/dev/c"] = "1e0e:9001"
    where = make("one")
    assert (where.path(), where.usb()[0]) == ("", "")
    assert found(where) == "/dev/c"
    assert (where.voice(), where.usb()[0]) == ("/dev/c.voice", "1e0e:9001")
    assert all(port.closed for _, port in hub.open)
    hub.open.clear()
    assert make("one").path() == "/dev/c", "a restart need not ask anybody"
    assert hub.open == []


def test_after_a_replug_it_is_found_under_its_new_name(hub: Hub, make: Make) -> None:
    hub.plug("/dev/a", ONE)
    where = make("one")
    assert found(where) == "/dev/a"
    hub.unplug("/dev/a")
    assert where.path() == ""
    assert found(where, 20.0) == ""
    hub.plug("/dev/b", ONE)
    assert found(where, 40.0) == "/dev/b"


def test_two_that_were_swapped_are_not_confused(hub: Hub, make: Make) -> None:
    hub.plug("/dev/a", ONE)
    hub.plug("/dev/b", TWO)
    one, two = make("one"), make("two")
    assert (found(one), found(two)) == ("/dev/a", "/dev/b")
    for path in ("/dev/a", "/dev/b"):
        hub.unplug(path)
    hub.plug("/dev/a", TWO)
    hub.plug("/dev/b", ONE)
    assert (one.path(), two.path()) == ("", "")
    assert (found(one, 20.0), found(two, 20.0)) == ("/dev/b", "/dev/a")


def test_a_port_another_line_has_or_is_to_have_is_never_asked(hub: Hub, make: Make, tmp_path: Path) -> None:
    configured = tmp_path / "tty"
    configured.touch()
    lines = (*LINES, spec("three", port=str(configured)))
    hub.plug("/dev/a", TWO)
    assert found(make("two", lines)) == "/dev/a"
    hub.plug(str(configured), THREE)
    hub.marks[str(configured)] = mark_of(str(configured))
    hub.open.clear()
    assert found(make("one", lines)) == ""
    assert hub.open == []


def test_a_claim_of_what_was_unplugged_since_keeps_nobody_away(hub: Hub, make: Make) -> None:
    hub.plug("/dev/a", TWO)
    assert found(make("two")) == "/dev/a"
    hub.unplug("/dev/a")
    hub.plug("/dev/a", ONE)
    assert found(make("one")) == "/dev/a"


def test_nothing_is_set_and_no_call_is_listed_at_a_port_that_is_asked(hub: Hub, make: Make) -> None:
    modem = hub.plug("/dev/a", TWO)
    assert found(make("one")) == ""
    assert set(modem.received) <= {"AT+CMEE?", "AT+CGSN", "ATI"}


def test_another_modem_is_asked_once_and_a_silent_port_now_and_then(hub: Hub, make: Make) -> None:
    hub.plug("/dev/a", TWO)
    hub.plug("/dev/b", None)
    where = make("one")
    assert found(where, 0.0, SILENT_RETRY_S * 3) == ""
    assert hub.asked.count("/dev/a") == 1
    assert 2 <= hub.asked.count("/dev/b") <= 4


def test_a_port_that_somebody_has_open_is_tried_again_later(hub: Hub, make: Make) -> None:
    hub.plug("/dev/a", ONE)
    hub.busy.add("/dev/a")
    where = make("one")
    assert found(where, 0.0, 3.0) == ""
    hub.busy.clear()
    assert found(where, 3.0) == "/dev/a"


def test_what_was_found_instead_is_said_in_words(hub: Hub, make: Make, tmp_path: Path) -> None:
    port = tmp_path / "ttyUSB0"
    port.touch()
    lines = (spec("one", ONE, port=str(port)),)
    hub.plug(str(port), TWO)
    hub.plug("/dev/b", None)
    where = make("one", lines)
    hub.marks[str(port)] = mark_of(str(port))
    assert found(where) == ""
    assert where.another_modem_there
    assert f"no port has the modem with IMEI {ONE}" in where.text()
    assert f"{port} (IMEI {TWO})" in where.text()
    assert "/dev/b (no modem answers)" in where.text()


def test_a_port_not_to_be_claimed_on_a_full_disk_is_used_too(hub: Hub, make: Make, tmp_path: Path) -> None:
    (tmp_path / "lines").write_text("no directory")
    hub.plug("/dev/a", ONE)
    where = make("one")
    assert found(where) == "/dev/a"
    assert where.path() == "/dev/a"


@pytest.mark.parametrize("address", [False, True])
def test_a_port_of_another_kind_is_asked_where_the_settings_name_it(
    hub: Hub, make: Make, tmp_path: Path, address: bool
) -> None:
    file = tmp_path / "ttyS0"
    file.touch()
    port = "socket://127.0.0.1:5000" if address else str(file)
    hub.modems[port] = FakeModem(answers={"AT+CGSN": f"{ONE}\nOK"})
    lines = (spec("one", ONE, port=port), spec("two", TWO))
    assert found(make("two", lines)) == ""
    assert hub.open == []
    assert found(make("one", lines)) == port


def test_a_line_without_an_imei_is_where_its_port_is(hub: Hub, make: Make) -> None:
    where = make("three", (spec("three", port="/dev/x"),))
    assert (where.path(), where.usb()) == ("/dev/x", ("", False))
    assert not where.another_modem_there
    assert not where.reject_other_modem(TWO, 0.0), "whoever is there"


def test_no_line_asks_an_address_that_is_another_lines_however_it_is_spelled(hub: Hub, make: Make) -> None:
    port = "socket://modems.example:5000"
    hub.modems[port] = FakeModem(answers={"AT+CGSN": f"{ONE}\nOK"})
    lines = (spec("one", ONE, port=port), spec("three", port="socket://Modems.example:05000"))
    assert found(make("one", lines)) == ""
    assert hub.open == []


def test_behind_an_address_another_modem_may_be_put_and_the_right_one_again(hub: Hub, make: Make) -> None:
    port = "socket://127.0.0.1:5000"
    lines = (spec("one", ONE, port=port),)
    where = make("one", lines)
    hub.modems[port] = FakeModem(answers={"AT+CGSN": f"{ONE}\nOK"})
    assert found(where) == port
    assert not where.reject_other_modem(ONE, 5.0)
    assert not where.reject_other_modem("", 5.0), "it has not said which it is"
    assert where.path() == port
    hub.modems[port] = FakeModem(answers={"AT+CGSN": f"{TWO}\nOK"})
    assert where.reject_other_modem(TWO, 10.0)
    assert (where.path(), make("one", lines).path(), where.another_modem_there) == ("", "", True)
    assert found(where, 10.0, within_s=OTHER_MODEM_RETRY_S - 1.0) == ""
    assert len(hub.asked) == 1, "it is not asked all the time"
    hub.modems[port] = FakeModem(answers={"AT+CGSN": f"{ONE}\nOK"})
    assert found(where, 10.0 + OTHER_MODEM_RETRY_S) == port
    assert not where.another_modem_there


def test_a_stick_with_another_command_port_is_found_with_its_voice(hub: Hub, tmp_path: Path) -> None:
    for number, imei in ((1, None), (2, None), (3, ONE)):
        hub.plug(f"/dev/{number}", imei)

    def places() -> list[SeenPort]:
        return [
            SeenPort(path=path, mark=mark, usb="12d1:1506", position="1-1", interface=int(path[-1]))
            for path, mark in sorted(hub.marks.items())
        ]

    line = spec("one", ONE)
    where = ModemLocation(
        line,
        [],
        tmp_path / "lines",
        places=places,
        open_port=hub.open_port,
        roles=roles_of(DIALECTS),
        base=DIALECTS.base(),
    )
    assert found(where, within_s=20.0) == "/dev/3"
    assert hub.asked[0] == "/dev/2", "the table's first"
    assert (where.voice(), where.usb()) == ("/dev/2", ("12d1:1506", True))
