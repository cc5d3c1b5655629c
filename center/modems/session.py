"""One modem in the hands of the command line: port and driver, turned by a loop of our own, no actor.

The port is opened exclusively, so that a line which a running center uses is refused (over TCP that is up to
whoever serves it), and through the dial guard with both switches off: from here no emergency number can be
dialled, whatever the settings say.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from application.errors import CenterError
from gateways.gsm.dialects.loading import AUTO, Dialects
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import EmergencyNumbers, Event, Stage, Unresponsive
from gateways.gsm.errors import DialRefused, GsmError
from gateways.gsm.port.dial_guard import DialGuard
from gateways.gsm.port.places import resolved
from gateways.gsm.port.serial_port import SerialPort
from gateways.gsm.port.tcp_port import TcpPort, open_port
from gateways.gsm.tracing.trace import TraceWriter
from model.settings.port_names import CARD, by_card

LONGEST_WAIT_S: Final = 0.5
MOST_QUOTED: Final = 40


class ModemSession:
    """Made by `opened`. Time is that of the monotonic clock, in seconds."""

    def __init__(self, port: SerialPort | TcpPort, driver: Driver, trace: TraceWriter | None) -> None:
        self._port = port
        self._trace = trace
        self._began_s: float | None = None
        self._said = b""
        self.written = bytearray()
        """What was said to the modem; whoever looks at it clears it."""
        self.driver = driver
        self.unresponsive = False
        """Whether it was given up: it has not answered after the port was opened anew."""

    def run(self, within_s: float, heard: Callable[[Event], bool]) -> bool:
        """Lets time pass until `heard` says that an event is the one; False when none was within `within_s`.

        Raises CenterError when the port is lost or the dial guard has refused.
        """
        until_s = time.monotonic() + within_s
        try:
            if self._began_s is None:
                self._began_s = time.monotonic()
                self.driver.opened(self._began_s)
            while True:
                self._write()
                for event in self.driver.take_events():
                    if isinstance(event, EmergencyNumbers):
                        self._port.guard.learn(event.numbers)
                    if isinstance(event, Unresponsive) and event.stage is not Stage.RESYNC:
                        self.unresponsive = True
                        return False
                    if heard(event):
                        self._write()
                        return True
                now_s = time.monotonic()
                if now_s >= until_s:
                    return False
                self._read(min(until_s, self.driver.next_deadline() or until_s, now_s + LONGEST_WAIT_S))
        except DialRefused as error:
            raise CenterError(f"the dial guard refused: {error}") from error
        except GsmError as error:
            raise CenterError(str(error)) from error

    def why_not(self) -> str:
        """Why no modem was found to be ready, in words, after as long as was waited for it."""
        waited_s = 0.0 if self._began_s is None else time.monotonic() - self._began_s
        if self.driver.ever_answered:
            falls = "falls silent" if self.unresponsive else "is not ready"
            return f"a modem answers, and {falls} within {waited_s:.1f} s"
        if self._said:
            return f"what answers does not answer as a modem does ({self._said!r}), in {waited_s:.1f} s"
        return f"nothing has answered within {waited_s:.1f} s"

    def _write(self) -> None:
        if data := self.driver.take_output():
            self._port.write(data)
            self.written += data
            if self._trace is not None:
                self._trace.host(data, time.monotonic())

    def _read(self, until_s: float) -> None:
        readable, _, _ = select.select([self._port.fileno()], [], [], max(0.0, until_s - time.monotonic()))
        now_s = time.monotonic()
        if readable and (data := self._port.read()):
            if self._trace is not None:
                self._trace.modem(data, now_s)
            self._said = self._said or data[:MOST_QUOTED]
            self.driver.receive(data, now_s)
        self._port.flush_pending()
        self.driver.tick(now_s)


@contextmanager
def opened(
    path: str, *, dialect: str = AUTO, region: str = "IT", trace: TextIO | None = None, voice_port: str = ""
) -> Iterator[ModemSession]:
    """The modem at this port. `voice_port`: as the setting, which may be a sound card. Raises CenterError:
    no such port, in use, unknown dialect.
    """
    try:
        dialects = Dialects.load()
        if by_card(voice_port):
            dialects = dialects.by_card(own=voice_port == CARD)
        driver = Driver(dialects, dialect, region=region)
        port = open_port(resolved(path) or path, DialGuard(psap_live=False, trunk_emergency=False))
    except GsmError as error:
        raise CenterError(str(error)) from error
    writer = None if trace is None else TraceWriter(trace, time.monotonic())
    try:
        yield ModemSession(port, driver, writer)
    finally:
        port.close()
