"""A modem behind a TCP socket is a line as any other: its calls, the dial guard, the unplugging."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import CallAnswered, CallReleased, CallRinging, Event, Ready, Ref
from gateways.gsm.errors import DialRefused, PortBusy, PortLost
from gateways.gsm.port.dial_guard import DialGuard
from gateways.gsm.port.serial_port import GuardedPort
from gateways.gsm.port.tcp_port import TcpPort, open_port
from model.settings.port_names import tcp_address
from simulator.config import parse_config
from simulator.network.carrier import Carrier
from tests.gateways.gsm.bench import DIALECTS, USER
from tests.support.each import each

LINE = "+390200000001"
PATIENCE_S = 20.0


class Stranger:
    """A 3GPP modem that somebody serves over TCP: one host at a time, in a thread of its own."""

    def __init__(self) -> None:
        phone = {"number": USER, "rings_after_s": 0.1, "answers_after_s": 0.2}
        modem = {"name": "one", "dialect": "3gpp", "number": LINE, "setup_time_s": 0.1}
        self.carrier = Carrier(parse_config({"modem": [modem], "phone": [phone]}), time.monotonic())
        self.lock = threading.Lock()
        self.heard = b""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"socket://127.0.0.1:{self._listening.getsockname()[1]}"
        self._host: socket.socket | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def hang_up_on_host(self) -> None:
        """The connection is closed, as a terminal server does that is switched off."""
        with self.lock:
            if self._host is not None:
                self._host.close()
                self._host = None

    def close(self) -> None:
        self._ending.set()
        self._thread.join(PATIENCE_S)
        self.hang_up_on_host()
        self._listening.close()

    def _serve(self) -> None:
        modem = self.carrier.modem("one")
        while not self._ending.is_set():
            with self.lock:
                host = self._host
                ready, _, _ = select.select([host or self._listening], [], [], 0)
                now_s = time.monotonic()
                self.carrier.advance(now_s)
                if ready and host is None:
                    self._host, _ = self._listening.accept()
                    modem.port_opened(now_s)
                elif ready and host is not None:
                    data = host.recv(4096)
                    self.heard += data
                    modem.feed(data, now_s)
                    if not data:
                        host.close()
                        self._host = None
                        modem.port_closed(False, now_s)
                if self._host is not None and (said := modem.take_output()):
                    self._host.sendall(said)
            self._ending.wait(0.005)


class Line:
    def __init__(self, port: TcpPort) -> None:
        self.port = port
        self.driver = Driver(DIALECTS, "auto")
        self.events: list[Event] = []
        self.driver.on_port_opened(time.monotonic())

    def until(self, condition: Callable[[], bool]) -> None:
        deadline_s = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline_s, self.events
            if output := self.driver.take_output():
                self.port.write(output)
            select.select([self.port.fileno()], [], [], 0.02)
            if data := self.port.read():
                self.driver.receive(data, time.monotonic())
            self.driver.tick(time.monotonic())
            self.events += self.driver.take_events()

    def has(self, kind: type[Event]) -> bool:
        return any(isinstance(event, kind) for event in self.events)


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    made = Stranger()
    yield made
    made.close()


@pytest.fixture
def port(stranger: Stranger) -> Iterator[TcpPort]:
    opened = TcpPort(stranger.url, _guard())
    yield opened
    opened.close()


def _guard() -> DialGuard:
    return DialGuard(psap_live=False, trunk_emergency=False)


def test_a_strangers_modem_places_sees_and_ends_a_call(stranger: Stranger, port: TcpPort) -> None:
    line = Line(port)
    line.until(lambda: line.has(Ready))
    assert line.driver.dialect.key == "3gpp"
    call = line.driver.dial(Ref("leg"), USER, time.monotonic())
    line.until(lambda: line.has(CallAnswered))
    assert line.has(CallRinging) or stranger.carrier.calls[0].ringing_at_s is not None
    line.driver.hang_up(call, time.monotonic())
    line.until(lambda: line.has(CallReleased))
    with stranger.lock:
        assert [str(call.state) for call in stranger.carrier.calls] == ["ended"]


def test_closed_by_the_other_side_it_is_unplugged_and_opened_again(stranger: Stranger, port: TcpPort) -> None:
    line = Line(port)
    line.until(lambda: line.has(Ready))
    stranger.hang_up_on_host()
    with pytest.raises(PortLost):
        line.until(lambda: False)
    line.driver.on_port_lost(time.monotonic())
    port.close()
    line.port = again = TcpPort(stranger.url, _guard())
    line.events.clear()
    line.driver.on_port_opened(time.monotonic())
    line.until(lambda: line.has(Ready))
    again.close()


def test_the_dial_guard_is_the_only_way_to_write(stranger: Stranger, port: TcpPort) -> None:
    assert type(port).write is GuardedPort.write
    with pytest.raises(DialRefused):
        port.write(b"ATD112;\r")
    port.write(b"AT+CSQ\r")
    line = Line(port)
    line.until(lambda: line.has(Ready))
    assert b"112" not in stranger.heard


def test_nobody_there_is_a_lost_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    with pytest.raises(PortLost, match=f"socket://127.0.0.1:{number}"):
        open_port(f"socket://127.0.0.1:{number}", _guard())
    with pytest.raises(PortLost):
        open_port("/dev/ttyNOSUCH0", _guard())


def test_a_port_that_is_open_already_is_busy_however_it_is_spelled(stranger: Stranger, port: TcpPort) -> None:
    number = stranger.url.rpartition(":")[2]
    with pytest.raises(PortBusy, match="another process has the port open"):
        TcpPort(f"socket://127.0.0.1:0{number}", DialGuard(psap_live=False, trunk_emergency=False))
    port.close()
    TcpPort(stranger.url, DialGuard(psap_live=False, trunk_emergency=False)).close()


def test_a_closed_port_is_lost_and_closing_it_twice_is_no_fault(port: TcpPort) -> None:
    port.close()
    port.close()
    for action in (port.fileno, port.read, lambda: port.write(b"AT\r")):
        with pytest.raises(PortLost):
            action()


@each(
    ("port", "address"),
    [
        ("socket://127.0.0.1:5000", ("127.0.0.1", 5000)),
        ("socket://[::1]:5000", ("::1", 5000)),
        ("socket://modems.example:23", ("modems.example", 23)),
    ],
)
def test_an_address_is_a_host_and_a_port(port: str, address: tuple[str, int]) -> None:
    assert tcp_address(port) == address


@each(
    "port",
    [
        "socket://", "socket://host", "socket://:5", "socket://host:0", "socket://host:99999",
        "rfc2217://host:5",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(port: str) -> None:
    with pytest.raises(ValueError, match="expected socket://HOST:PORT"):
        tcp_address(port)


def test_a_path_is_a_tty() -> None:
    with pytest.raises(PortLost, match="/dev/null"):
        open_port("/dev/null", _guard())
