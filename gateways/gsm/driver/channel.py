"""What the parts of the driver share: commands on their way to the modem, who is told their results, and
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
"""Told of a command's result, and when."""
About = TypeVarTuple("About")


class Channel:
    """See the module. A part that sends a command reads its result: `then` is told it, behind `about`, which
    says what the command was for. By the two the part knows a command again that has no result yet.

    `region` (ISO 3166) places national numbers.
    """

    def __init__(self, dialect: CompiledDialect, region: str) -> None:
        self.dialect = dialect
        """The one that is spoken; the base until the modem's own is known."""
        self.region = region
        self.engine = Engine(dialect.rules)
        self.opened = False
        """Whether the port is open."""
        self.events: list[Event] = []
        """What has happened, in order."""
        self._sent: dict[Ticket, tuple[Callable[..., None] | None, tuple[object, ...]]] = {}

    def speak(self, dialect: CompiledDialect) -> None:
        """From now on this dialect holds."""
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
        """The same for a plain command of the dialect."""
        self.submit(command_of(self.dialect, text, urgency), now_s, then, *about)

    def take(self, ticket: Ticket) -> Then | None:
        """Who is told the result of this command, which has come."""
        then, about = self._sent.pop(ticket, (None, ()))
        return None if then is None else partial(then, *about)

    @property
    def waiting(self) -> int:
        """How many commands have no result yet."""
        return len(self._sent)

    def asked(self, then: Callable[[*About, Finished, float], None]) -> list[tuple[*About]]:
        """What the commands are about of which `then` is to be told the result."""
        return [cast("tuple[*About]", about) for told, about in self._sent.values() if told == then]

    def is_in_flight(self, then: Callable[[*About, Finished, float], None], *about: *About) -> bool:
        """Whether such a command is the one of which the answer is waited for."""
        ticket = self.engine.in_flight
        return ticket is not None and self._sent.get(ticket) == (then, about)

    def withdraw(self, then: Callable[[*About, Finished, float], None], *about: *About) -> bool:
        """Take such a command back; false when it was written."""
        for ticket, sent in self._sent.items():
            if sent == (then, about) and self.engine.withdraw(ticket):
                del self._sent[ticket]
                return True
        return False
