"""A driver, a modem of a few lines, and a clock, in one process. The modem is a mere test double: it
answers by table and keeps a list of calls; what a network does is up to the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from gateways.gsm.dialects.loading import Dialects
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import CallId, Event, Ref, SimState

DIALECTS = Dialects.load()
USER = "+393331112223"
LEG = Ref("alert:user#1")

E = TypeVar("E", bound=Event)


@dataclass
class FakeModem:
    """Answers each command line at once, as `answers` or its few habits say."""

    identity: str = "Anonymous"
    answers: dict[str, str | None] = field(default_factory=dict)
    """By command; None: no answer at all."""
    rows: list[str] = field(default_factory=list)
    """What +CLCC shows."""
    dial_result: str | None = "OK"
    mute: bool = False
    received: list[str] = field(default_factory=list)
    then: dict[str, dict[str, str | None]] = field(default_factory=dict)
    """By command; what it answers to others from then on."""
    on_command: Callable[[str], None] | None = None
    _line: bytearray = field(default_factory=bytearray)
    _out: bytearray = field(default_factory=bytearray)
    _prompting: bool = False
    messages: list[str] = field(default_factory=list)
    message_result: str | None = "+CMGS: 7\nOK"
    """What the network makes of one; None: it says nothing."""

    def write(self, data: bytes) -> None:
        for byte in data:
            if byte == 0x1B:
                self._line.clear()
                self._prompting = False
            elif byte == 0x1A and self._prompting:
                self.messages.append(self._line.decode())
                self._line.clear()
                self._prompting = False
                if self.message_result is not None:
                    self.say(*self.message_result.split("\n"))
            elif byte == 0x0D:
                line = self._line.decode()
                self._line.clear()
                self._command(line)
            else:
                self._line.append(byte)

    def say(self, *lines: str) -> None:
        for line in lines:
            self._out += f"\r\n{line}\r\n".encode("latin-1")

    def say_raw(self, data: bytes) -> None:
        self._out += data

    def take(self) -> bytes:
        data = bytes(self._out)
        self._out.clear()
        return data

    def _command(self, line: str) -> None:
        self.received.append(line)
        if self.mute:
            return
        if line in self.answers:
            answer = self.answers[line]
            if answer is not None:
                self.say(*answer.split("\n"))
        elif line == "AT+CLCC":
            self.say(*(f"+CLCC: {row}" for row in self.rows), "OK")
        elif line in ("AT+CMEE?", "AT+CMGF?", "AT+CRC?"):
            self.say(f"{line[2:-1]}: 1", "OK")
        elif line == "AT+CPIN?":
            self.say("+CPIN: READY", "OK")
        elif line == "AT+CREG?":
            self.say("+CREG: 1,1", "OK")
        elif line == "AT+CSQ":
            self.say("+CSQ: 20,99", "OK")
        elif line == "AT+CGSN":
            self.say("490154203237518", "OK")
        elif line in ("ATI", "AT+CGMM"):
            self.say(self.identity, "OK")
        elif line.startswith("ATD"):
            if self.dial_result is not None:
                self.say(self.dial_result)
        elif line.startswith("AT+CMGS="):
            self._prompting = True
            self.say_raw(b"\r\n> ")
        elif line in ("AT+CHUP", "ATH") or line.startswith("AT+CHLD=1"):
            self.rows.clear()
            self.say("OK")
        else:
            self.say("OK")
        self.answers |= self.then.get(line, {})
        if self.on_command is not None:
            self.on_command(line)


class Bench:
    """Runs a driver against a fake modem under a clock that only this moves."""

    def __init__(
        self,
        dialect: str = "3gpp",
        *,
        modem: FakeModem | None = None,
        start: bool = True,
        listen_first: bool = False,
        pin: str = "",
        assume: str = "",
        dialects: Dialects = DIALECTS,
    ) -> None:
        self.modem = modem or FakeModem()
        self.pin = pin
        self.driver = Driver(dialects, dialect, listen_first=listen_first, assume=assume)
        self.now_s = 100.0
        self.events: list[Event] = []
        if start:
            self.open()

    def open(self) -> None:
        """The port is opened, and all that can be said is said."""
        self.driver.on_port_opened(self.now_s)
        self.pump()

    def pump(self) -> None:
        """Carry bytes both ways until both are silent."""
        for _ in range(1000):
            output = self.driver.take_output()
            self.modem.write(output)
            answer = self.modem.take()
            if answer:
                self.driver.receive(answer, self.now_s)
            news = self.driver.take_events()
            self.events += news
            if self.pin and any(isinstance(one, SimState) and one.code == "SIM PIN" for one in news):
                # Once, as whoever keeps PINs sees to it.
                pin, self.pin = self.pin, ""
                self.driver.enter_pin(pin, self.now_s)
            if not output and not answer:
                return
        raise AssertionError("driver and modem talk without end")

    def dial(self, ref: Ref = LEG) -> CallId:
        call = self.driver.dial(ref, USER, self.now_s)
        self.pump()
        return call

    def hang_up(self, call: CallId) -> None:
        self.driver.hang_up(call, self.now_s)
        self.pump()

    def lists(self, rows: list[str], for_s: float) -> None:
        """For so long, and on, the modem has these calls."""
        self.modem.rows = rows
        self.wait(for_s)

    def say(self, *lines: str) -> None:
        self.modem.say(*lines)
        self.pump()

    def wait(self, seconds: float) -> None:
        until = self.now_s + seconds
        for _ in range(10_000):
            deadline = self.driver.next_deadline()
            if deadline is None or deadline > until:
                self.now_s = until
                return
            self.now_s = max(self.now_s, deadline)
            self.driver.tick(self.now_s)
            self.pump()
        raise AssertionError("the driver's deadline does not move")

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def names(self) -> list[str]:
        return [type(event).__name__ for event in self.events if type(event).__name__.startswith("Call")]

    def sent(self, command: str) -> int:
        return self.modem.received.count(command)
