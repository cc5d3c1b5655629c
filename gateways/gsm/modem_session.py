"""A modem controlled by a command, or by the watcher: port and driver run by a loop, without an actor; a call
of the center's own through the modem; and its voice port, found as its line would, by the settings or by its
device.

The port is opened exclusively, so that a line in use by a running center is refused (over TCP this depends on
the server of the port). The dial guard has both switches off: no emergency number can be dialled from here,
regardless of the settings.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, TextIO

import msgspec
from msgspec.structs import replace

from application.errors import CenterError
from application.settings.in_use import settings_in_use
from gateways.gsm.dialects.loading import AUTO, Dialects, installed_dialects
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import (
    CallAnswered,
    CallEvent,
    CallId,
    CallReleased,
    CallRinging,
    EmergencyNumbers,
    Event,
    Ref,
    Stage,
    Unresponsive,
    VoiceReady,
)
from gateways.gsm.errors import DialRefused, GsmError, PortLost
from gateways.gsm.port.dial_guard import DialGuard
from gateways.gsm.port.modem_location import Claim, ModemLocation
from gateways.gsm.port.places import present_ports, resolve_port
from gateways.gsm.port.search import roles_of
from gateways.gsm.port.serial_port import Port, SerialPort
from gateways.gsm.port.tcp_port import TcpPort, open_port
from gateways.gsm.tracing.trace import TraceWriter
from messages.base import VoicePort
from messages.calls import CallReport, CallState, DialCall, HangUpCall
from messages.ids import LegId, LineId, TrunkId
from model.rules.calls.own_call import Order
from model.settings.lines import Modem
from model.settings.port_names import CARD, by_card
from runtime.published.file import published

if TYPE_CHECKING:
    from application.state.state_dir import StateDir

NO_LINE = LineId("")


def line_of(state: StateDir, port: str) -> Modem:
    """Return the line that is configured for this port or has its modem there; else a line without a name."""
    path = resolve_port(port) or port
    for spec in settings_in_use(state).lines:
        claim = published(
            state.path / "lines" / f"{spec.line}.port", partial(msgspec.json.decode, type=Claim)
        )
        there = claim.path if spec.imei and claim is not None else resolve_port(spec.port)
        if there and os.path.realpath(there) == os.path.realpath(path):
            return msgspec.structs.replace(spec, imei="", port=path)
    return Modem(name=NO_LINE, trunk=TrunkId(""), port=path)


def voice_of(state: StateDir, line: Modem) -> VoicePort:
    """Return the line's voice port; its path is empty if unknown."""
    dialects = installed_dialects()

    def never(path: str) -> Port:
        raise PortLost(f"{path} is not opened")

    where = ModemLocation(
        line,
        (),
        state.path / "lines",
        places=partial(present_ports, state.run),
        open_port=never,
        roles=roles_of(dialects),
        base=dialects.base(),
    )
    kind = CARD if by_card(line.voice_port) else "tty"
    return VoicePort(path=where.voice(), kind=kind, gains=line.gains)


LEG: Final = LegId("own")
"""Leg of every call from here."""
TURN_S: Final = 0.1
MAX_WAIT_S: Final = 0.5
MAX_QUOTED: Final = 40


class ModemSession:
    """A modem that is open. Created by `open_modem`. Times are in seconds of the monotonic clock."""

    def __init__(self, port: SerialPort | TcpPort, driver: Driver, trace: TraceWriter | None) -> None:
        self._port = port
        self._trace = trace
        self._began_s: float | None = None
        self._first_bytes = b""
        self.written = bytearray()
        """Bytes written to the modem; a reader of this buffer clears it."""
        self.driver = driver
        self.unresponsive = False
        """True if the modem was given up: no answer after the port was reopened."""

    def run(self, within_s: float, until: Callable[[Event], bool]) -> bool:
        """Run the modem until `until` returns True for an event; False if it did for none within
        `within_s` seconds.

        Raises CenterError if the port is lost or the dial guard has refused.
        """
        until_s = time.monotonic() + within_s
        try:
            if self._began_s is None:
                self._began_s = time.monotonic()
                self.driver.on_port_opened(self._began_s)
            while True:
                self._write()
                found = given_up = False
                for event in self.driver.take_events():
                    if isinstance(event, EmergencyNumbers):
                        self._port.guard.learn(event.numbers)
                    given_up |= isinstance(event, Unresponsive) and event.stage is not Stage.RESYNC
                    found |= until(event)
                if found or given_up:
                    self.unresponsive |= given_up
                    self._write()
                    return found and not given_up
                now_s = time.monotonic()
                if now_s >= until_s:
                    return False
                self._read(min(until_s, self.driver.next_deadline() or until_s, now_s + MAX_WAIT_S))
        except DialRefused as error:
            raise CenterError(f"the dial guard refuses the number: {error}") from error
        except GsmError as error:
            raise CenterError(str(error)) from error

    def failure_text(self) -> str:
        """Return the reason why no modem became ready, as text with the time waited."""
        waited_s = 0.0 if self._began_s is None else time.monotonic() - self._began_s
        if self.driver.ever_answered:
            falls = "then stops answering" if self.unresponsive else "is not ready"
            return f"a modem answers, and {falls} within {waited_s:.1f} s"
        if self._first_bytes:
            return (
                f"the device does not answer as a modem does: {self._first_bytes!r} within {waited_s:.1f} s"
            )
        return f"no modem has answered within {waited_s:.1f} s"

    def _write(self) -> None:
        if data := self.driver.take_output():
            self._port.write(data)
            self.written += data
            if self._trace is not None:
                self._trace.record_host(data, time.monotonic())

    def _read(self, until_s: float) -> None:
        readable, _, _ = select.select([self._port.fileno()], [], [], max(0.0, until_s - time.monotonic()))
        now_s = time.monotonic()
        if readable and (data := self._port.read()):
            if self._trace is not None:
                self._trace.record_modem(data, now_s)
            self._first_bytes = self._first_bytes or data[:MAX_QUOTED]
            self.driver.receive(data, now_s)
        self._port.flush_pending()
        self.driver.tick(now_s)


class ModemCall:
    """A call of the center's own through this modem: orders become requests to the driver, and the events of
    this call only become reports.
    """

    def __init__(
        self,
        session: ModemSession,
        ref: Ref,
        on_event: Callable[[Event], None],
        voice: VoicePort | None = None,
    ) -> None:
        """Create the call. `on_event`: called with every event. `voice`: the modem's voice port."""
        self._session, self._ref, self._event_callback, self._voice = session, ref, on_event, voice
        self._report = CallReport(leg=LEG, attempt=1, line=NO_LINE, state=CallState.DIALLING)
        self._call: CallId | None = None

    def execute(self, order: Order | None) -> list[CallReport]:
        """Carry the order out; run the modem until the call has changed, at most TURN_S; return new reports.

        Without a change the last report is returned, but nothing after a hang-up: a modem that does not hang
        up is awaited no longer than a silent modem. Raises like `ModemSession.run`.
        """
        driver, now_s = self._session.driver, time.monotonic()
        match order:
            case DialCall(number=number):
                self._call = driver.dial(self._ref, number, now_s)
            case HangUpCall() if self._call is not None:
                driver.hang_up(self._call, now_s)
        reports: list[CallReport] = []
        self._session.run(TURN_S, lambda event: self._on_event(event, reports))
        return reports or ([] if isinstance(order, HangUpCall) else [self._report])

    def _on_event(self, event: Event, reports: list[CallReport]) -> bool:
        self._event_callback(event)
        if not isinstance(event, CallEvent | VoiceReady) or event.call != self._call:
            return False
        match event:
            case CallRinging():
                self._report = replace(self._report, state=CallState.RINGING)
            case CallAnswered():
                self._report = replace(self._report, state=CallState.ANSWERED)
            case CallReleased(cause=cause):
                self._report = replace(self._report, state=CallState.RELEASED, cause=cause)
            case VoiceReady(rate_hz=rate_hz, frame_bytes=frame_bytes, pace=pace) if self._voice is not None:
                voice = replace(self._voice, rate_hz=rate_hz, frame_bytes=frame_bytes, pace=pace)
                self._report = replace(self._report, voice=voice)
            case _:
                return False
        reports.append(self._report)
        return True


@contextmanager
def open_modem(
    path: str, *, dialect: str = AUTO, region: str = "IT", trace: TextIO | None = None, voice_port: str = ""
) -> Iterator[ModemSession]:
    """Open the modem at this port. `voice_port`: as the setting, may be a sound card. Raises CenterError: no
    such port, port in use, unknown dialect.
    """
    try:
        dialects = Dialects.load()
        if by_card(voice_port):
            dialects = dialects.by_card(own=voice_port == CARD)
        driver = Driver(dialects, dialect, region=region)
        port = open_port(resolve_port(path) or path, DialGuard(psap_live=False, trunk_emergency=False))
    except GsmError as error:
        raise CenterError(str(error)) from error
    writer = None if trace is None else TraceWriter(trace, time.monotonic())
    try:
        yield ModemSession(port, driver, writer)
    finally:
        port.close()
