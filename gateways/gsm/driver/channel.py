"""The shared part of the driver: commands on their way to the modem, the callbacks for their results, and
events on their way to the driver's shell.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVarTuple, cast

from gateways.gsm.at.commands import Command, Finished, Ticket, Urgency
from gateways.gsm.at.engine import Engine
from gateways.gsm.dialects.dialect import CompiledDialect
from gateways.gsm.driver.events import Event
from gateways.gsm.driver.startup import command_of

Then = Callable[[Finished, float], None]
"""Callback for a command's result and its time."""
About = TypeVarTuple("About")


class Channel:
    """The way to one modem. A part that sends a command reads its result: `then` is called with `about`, the
    result and the time; `about` identifies the purpose of the command. By `then` and `about` the part finds a
    command that has no result yet.

    `region` (ISO 3166) is the region of national numbers.
    """

    def __init__(self, dialect: CompiledDialect, region: str) -> None:
        self.dialect = dialect
        """Dialect in use; the base dialect until the modem's own is known."""
        self.region = region
        self.engine = Engine(dialect.rules)
        self.opened = False
        """True if the port is open."""
        self.events: list[Event] = []
        """Events so far, in order."""
        self._sent: dict[Ticket, tuple[Callable[..., None] | None, tuple[object, ...]]] = {}

    def speak(self, dialect: CompiledDialect) -> None:
        """Use this dialect from now on."""
        self.dialect = dialect
        self.engine.set_rules(dialect.rules)

    def submit(
        self,
        command: Command,
        now_s: float,
        then: Callable[[*About, Finished, float], None] | None = None,
        *about: *About,
    ) -> None:
        """Queue the command."""
        self._sent[self.engine.submit(command, now_s)] = (then, about)

    def ask(
        self,
        text: str,
        urgency: Urgency,
        now_s: float,
        then: Callable[[*About, Finished, float], None] | None = None,
        *about: *About,
    ) -> None:
        """Queue a plain command of the dialect."""
        self.submit(command_of(self.dialect, text, urgency), now_s, then, *about)

    def take(self, ticket: Ticket) -> Then | None:
        """Return the callback for the result of this command, and forget the command; None without one."""
        then, about = self._sent.pop(ticket, (None, ()))
        return None if then is None else partial(then, *about)

    @property
    def waiting(self) -> int:
        """Number of commands without a result yet."""
        return len(self._sent)

    def asked(self, then: Callable[[*About, Finished, float], None]) -> list[tuple[*About]]:
        """Return the `about` of each pending command with the callback `then`."""
        return [cast("tuple[*About]", about) for told, about in self._sent.values() if told == then]

    def is_in_flight(self, then: Callable[[*About, Finished, float], None], *about: *About) -> bool:
        """Return True if this command is in flight."""
        ticket = self.engine.in_flight
        return ticket is not None and self._sent.get(ticket) == (then, about)

    def withdraw(self, then: Callable[[*About, Finished, float], None], *about: *About) -> bool:
        """Withdraw this command; False if it was written."""
        for ticket, sent in self._sent.items():
            if sent == (then, about) and self.engine.withdraw(ticket):
                del self._sent[ticket]
                return True
        return False
