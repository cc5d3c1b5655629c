"""Queries to one modem from the command line, one at a time. Only `ask` can set anything.

The port is opened exclusively and through the dial guard with both switches off, as in a ModemSession.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from application.errors import CenterError
from gateways.gsm.at.commands import Finished, InSync, Outcome, SyncLost, Unsolicited, Urgency
from gateways.gsm.at.engine import Engine
from gateways.gsm.at.parse import parse_imei
from gateways.gsm.dialects.detection import by_identity
from gateways.gsm.dialects.dialect import CompiledDialect
from gateways.gsm.dialects.hints import Sign
from gateways.gsm.dialects.loading import AUTO, installed_dialects
from gateways.gsm.driver.startup import command_of
from gateways.gsm.errors import GsmError
from gateways.gsm.port.dial_guard import DialGuard
from gateways.gsm.port.places import mark_of, resolve_port
from gateways.gsm.port.serial_port import SerialPort
from gateways.gsm.port.tcp_port import TcpPort, open_port

LONGEST_WAIT_S: Final = 0.25


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a command."""

    ok: bool
    lines: tuple[str, ...] = ()
    final: str = ""
    """Final result as received; empty if none arrived."""


class Questions:
    """Queries to one modem; made by `questions`. Raises CenterError if the port is lost or no
    modem answers.
    """

    def __init__(self, path: str, port: SerialPort | TcpPort, dialect: CompiledDialect) -> None:
        self.path = path
        self.dialect = dialect
        self._port = port
        self._engine = Engine(dialect.rules)
        self._finished: list[Finished] = []
        self._rebooted = self._lost = False
        self._engine.start(time.monotonic())
        self._until(lambda: self._engine.in_sync, 15.0)

    def identify(self, name: str = AUTO) -> tuple[str, ...]:
        """Return maker, model, firmware and IMEI, as far as known; use the modem's own dialect
        from then on.
        """
        told = {text: self.ask(text).lines for text in self.dialect.data.identify}
        maker, model, firmware = (_first(told.get(f"AT+CGM{letter}", ())) for letter in "IMR")
        if name == AUTO:
            said = [line for lines in told.values() for line in lines]
            self.dialect = by_identity(installed_dialects(), said, maker=maker)
        else:
            self.dialect = installed_dialects().get(name)
        self._engine.set_rules(self.dialect.rules)
        return maker, model, firmware, parse_imei(told.get("AT+CGSN", ()) + told.get("ATI", ()))

    def ask(self, text: str, *, within_s: float | None = None) -> Answer:
        """Send a command and wait for its end. Answers may begin with the command's name even if 27.007
        defines none.
        """
        command = command_of(self.dialect, text, Urgency.SET_UP, timeout_s=within_s)
        name = text.removeprefix("AT").partition("=")[0].rstrip("?")
        if not command.prefix and not command.unprefixed and name[:1] in ("+", "^", "$", "#"):
            command = msgspec.structs.replace(command, prefix=f"{name}:")
        self._finished.clear()
        self._engine.submit(command, time.monotonic())
        self._until(lambda: bool(self._finished), command.timeout_s + 10.0)
        if not self._finished:
            return Answer(ok=False)
        done = self._finished[-1]
        return Answer(ok=done.outcome is Outcome.OK, lines=done.lines, final=done.final)

    def sees_it_start(self, within_s: float) -> bool:
        """Return True if the modem reports a restart within this time, or its port disappears."""
        mark, self._rebooted = mark_of(self.path), False
        try:
            self._until(lambda: self._rebooted or mark_of(self.path) != mark, within_s)
        except CenterError:
            return True
        return self._rebooted or mark_of(self.path) != mark

    def _until(self, over: Callable[[], bool], within_s: float) -> None:
        until_s = time.monotonic() + within_s
        try:
            while not over():
                now_s = time.monotonic()
                if self._lost or now_s >= until_s:
                    break
                self._turn(min(until_s, self._engine.next_deadline() or until_s, now_s + LONGEST_WAIT_S))
        except GsmError as error:
            raise CenterError(str(error)) from error
        if self._lost and not over():
            raise CenterError(f"{self.path}: no modem answers at this port")

    def _turn(self, until_s: float) -> None:
        if data := self._engine.take_output():
            self._port.write(data)
        descriptor = self._port.fileno()
        readable, _, _ = select.select([descriptor], [], [], max(0.0, until_s - time.monotonic()))
        now_s = time.monotonic()
        if readable:
            self._engine.receive(self._port.read(), now_s)
        self._port.flush_pending()
        self._engine.tick(now_s)
        for event in self._engine.take_events():
            match event:
                case Finished():
                    self._finished.append(event)
                case Unsolicited(text=text):
                    found = self.dialect.find(text)
                    self._rebooted |= found is not None and found[1].event is Sign.REBOOTED
                case SyncLost():
                    self._lost = True
                case InSync():
                    self._lost = False
                case _:
                    pass


@contextmanager
def questions(path: str) -> Iterator[Questions]:
    """Yield the modem at this port, with the commands common to all modems. Raises CenterError."""
    try:
        port = open_port(resolve_port(path) or path, DialGuard(psap_live=False, trunk_emergency=False))
    except GsmError as error:
        raise CenterError(str(error)) from error
    try:
        yield Questions(resolve_port(path) or path, port, installed_dialects().base())
    finally:
        port.close()


def _first(lines: tuple[str, ...]) -> str:
    """Return the first line, without a prefix that some firmware adds."""
    text = lines[0] if lines else ""
    return (text.partition(":")[2] if text.startswith("+") and ":" in text else text).strip().strip('"')
