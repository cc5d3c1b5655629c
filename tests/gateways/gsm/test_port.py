"""The port on a pseudo-terminal: nobody is hung up, nothing gets past the guard, every loss is PortLost."""

from __future__ import annotations

import fcntl
import os
import select
import termios
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import serial

from gateways.gsm.errors import DialRefused, PortBusy, PortLost
from gateways.gsm.port.dial_guard import DialGuard
from gateways.gsm.port.serial_port import GuardedPort, SerialPort

PATIENCE_S = 10.0


class Pair:
    def __init__(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        attributes = termios.tcgetattr(slave)
        attributes[2] |= termios.HUPCL
        termios.tcsetattr(slave, termios.TCSANOW, attributes)
        self.path = os.ttyname(slave)
        self._slave = slave

    @property
    def hangs_up_on_close(self) -> bool:
        return bool(termios.tcgetattr(self.master)[2] & termios.HUPCL)

    def heard(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            assert select.select([self.master], [], [], PATIENCE_S)[0], data
            data += os.read(self.master, 4096)
        return data

    def silent(self) -> bool:
        return not select.select([self.master], [], [], 0)[0]

    def unplug(self) -> None:
        os.close(self.master)
        self.master = -1

    def close(self) -> None:
        if self.master >= 0:
            os.close(self.master)
        os.close(self._slave)


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    yield made
    made.close()


@pytest.fixture
def port(pair: Pair) -> Iterator[SerialPort]:
    opened = SerialPort(pair.path, _guard())
    yield opened
    opened.close()


def _guard() -> DialGuard:
    return DialGuard(psap_live=False, trunk_emergency=False)


def _read_until(port: SerialPort, wanted: bytes) -> bytes:
    data = b""
    deadline = time.monotonic() + PATIENCE_S
    while len(data) < len(wanted):
        assert time.monotonic() < deadline, data
        select.select([port.fileno()], [], [], PATIENCE_S)
        data += port.read()
    return data


def test_hupcl_is_off_as_soon_as_the_port_is_open(pair: Pair) -> None:
    assert pair.hangs_up_on_close
    port = SerialPort(pair.path, _guard())
    assert not pair.hangs_up_on_close
    port.close()
    assert not pair.hangs_up_on_close


def test_it_is_off_even_before_pyserial_sees_the_port(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def fail(*_: object, **__: object) -> None:
        seen.append(pair.hangs_up_on_close)
        raise serial.SerialException("no")

    monkeypatch.setattr(serial, "Serial", fail)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(PortLost):
        SerialPort(pair.path, _guard())
    assert seen == [False]
    assert len(os.listdir("/proc/self/fd")) == before


def test_bytes_go_both_ways(pair: Pair, port: SerialPort) -> None:
    port.write(b"AT+CLCC\r")
    assert pair.heard(8) == b"AT+CLCC\r"
    os.write(pair.master, b"\r\nOK\r\n")
    assert _read_until(port, b"\r\nOK\r\n") == b"\r\nOK\r\n"
    assert port.read() == b""


def test_a_second_process_does_not_get_the_port(pair: Pair, port: SerialPort) -> None:
    with pytest.raises(PortBusy):
        SerialPort(pair.path, _guard())
    port.write(b"AT\r")
    assert pair.heard(3) == b"AT\r"


def test_a_refused_dial_leaves_the_line_silent(pair: Pair, port: SerialPort) -> None:
    with pytest.raises(DialRefused):
        port.write(b"ATD112;\r")
    port.write(b"ATD1")
    port.write(b"12")
    with pytest.raises(DialRefused):
        port.write(b";\r")
    assert pair.silent()


def test_there_is_no_other_way_to_write_than_through_the_guard(port: SerialPort) -> None:
    assert type(port).write is GuardedPort.write
    assert isinstance(port.guard, DialGuard)


def test_a_port_that_is_not_there_is_lost() -> None:
    with pytest.raises(PortLost):
        SerialPort("/dev/ttyNOSUCH0", _guard())


def test_what_is_no_tty_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(PortLost):
        SerialPort(str(path), _guard())


def test_an_unplugged_port_is_lost_to_readers_and_writers(pair: Pair, port: SerialPort) -> None:
    pair.unplug()
    with pytest.raises(PortLost):
        _read_until(port, b"x")
    with pytest.raises(PortLost):
        port.write(b"AT\r")
    port.close()
    port.close()


@pytest.mark.parametrize(
    "error",
    [serial.SerialException("gone"), OSError(5, "gone"), termios.error(5, "gone"), TypeError("fd is None")],
)
def test_whatever_says_that_the_port_is_gone_it_is_port_lost(
    port: SerialPort, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> bytes:
        raise error

    for name in ("read", "fileno"):
        with monkeypatch.context() as patch:
            patch.setattr(port._serial, name, fail)
            action: Callable[[], object] = port.read if name == "read" else port.fileno
            with pytest.raises(PortLost):
                action()
            if name == "fileno":
                with pytest.raises(PortLost):
                    port.write(b"AT\r")


def test_a_child_process_does_not_inherit_the_port(port: SerialPort) -> None:
    assert fcntl.fcntl(port.fileno(), fcntl.F_GETFD) & fcntl.FD_CLOEXEC


class _SlowPort(GuardedPort):
    """Takes a few bytes at a time, and none when it is full."""

    def __init__(self) -> None:
        super().__init__(_guard())
        self.room = 5
        self.taken = b""

    def _write_some(self, data: bytes) -> int:
        size = min(3, self.room, len(data))
        self.room -= size
        self.taken += data[:size]
        return size


def test_what_the_kernel_does_not_take_at_once_is_written_later_and_in_order() -> None:
    port = _SlowPort()
    port.write(b"AT+CLCC\r")
    assert port.taken == b"AT+CL"
    assert not port.flush_pending()
    port.room = 100
    port.write(b"ATA\r")
    assert port.flush_pending()
    assert port.taken == b"AT+CLCC\rATA\r"
