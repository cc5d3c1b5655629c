"""Port and driver on the pseudo-terminals of a real carrier: a killed host leaves the call up, and the next
one takes it over."""

from __future__ import annotations

import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import CallAnswered, CallDialing, CallReleased, Event, Ref
from gateways.gsm.port.dial_guard import DialGuard
from gateways.gsm.port.serial_port import SerialPort
from tests.gateways.gsm.bench import DIALECTS
from tests.simulator.process import PATIENCE_S, ROOT, carrier, until

USER = "+393331112223"
LEG = Ref("leg")
WORLD = f"""
[simulator]
control = "127.0.0.1:0"
[[modem]]
name = "one"
dialect = "{{dialect}}"
number = "+390200000001"
setup_time_s = 0.05
[[phone]]
number = "{USER}"
rings_after_s = 0.1
answers_after_s = 0.2
"""

pytestmark = pytest.mark.process


class Host:
    """What a GsmModem does: a port, a driver, a loop."""

    def __init__(self, path: str, dialect: str) -> None:
        self.port = SerialPort(path, DialGuard(psap_live=False, trunk_emergency=False))
        self.driver = Driver(DIALECTS, dialect)
        self.events: list[Event] = []

    def run(self, done: Callable[[], bool]) -> None:
        """Turn the loop until the condition holds."""
        give_up_s = time.monotonic() + PATIENCE_S
        while not done():
            now_s = time.monotonic()
            assert now_s < give_up_s, self.events
            data = self.driver.take_output()
            if data:
                self.port.write(data)
            self.events += self.driver.take_events()
            wait_s = (self.driver.next_deadline() or now_s + 1.0) - now_s
            if select.select([self.port.fileno()], [], [], min(0.2, max(0.0, wait_s)))[0]:
                self.driver.receive(self.port.read(), time.monotonic())
            self.driver.tick(time.monotonic())

    def has(self, kind: type[Event]) -> bool:
        return any(isinstance(event, kind) for event in self.events)


def _main(path: str, dialect: str) -> None:
    """The host that will be killed: dials, and says so when somebody has answered."""
    host = Host(path, dialect)
    host.driver.opened(time.monotonic())
    host.run(lambda: host.driver.ready)
    host.driver.dial(LEG, USER, time.monotonic())
    host.run(lambda: host.has(CallAnswered))
    print("answered", flush=True)
    host.run(lambda: False)


@pytest.mark.parametrize("dialect", ["3gpp", "huawei", "simcom7600"])
def test_killed_while_a_call_is_up_it_leaves_the_call_and_the_next_one_takes_it_over(
    tmp_path: Path, dialect: str
) -> None:
    with carrier(WORLD.format(dialect=dialect), tmp_path) as network:
        path = str(network.port("one"))
        script = f"from tests.gateways.gsm.test_carrier_process import _main; _main({path!r}, {dialect!r})"
        with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE) as first:
            try:
                assert first.stdout is not None
                assert first.stdout.readline() == b"answered\n"
                assert network.call_state() == "active"
            finally:
                first.send_signal(signal.SIGKILL)
        second = Host(path, dialect)
        try:
            second.driver.adopt(LEG, USER, time.monotonic())
            second.driver.opened(time.monotonic())
            second.run(lambda: second.has(CallAnswered))
            assert network.call_state() == "active"
            assert len(network.calls()) == 1
            assert second.has(CallDialing)
            call = second.driver.call_of(LEG)
            assert call is not None
            second.driver.hang_up(call, time.monotonic())
            second.run(lambda: second.has(CallReleased))
        finally:
            second.port.close()
        until(lambda: network.call_state() == "ended", "the call ends")
