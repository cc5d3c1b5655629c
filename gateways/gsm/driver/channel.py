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

ResultCallback = Callable[[Finished, float], None]
"""Callback for a command's result and its time."""
Context = TypeVarTuple("Context")


class Channel:
    """The way to one modem. A part that sends a command reads its result: `on_result` is called with
    `context`, the result and the time; `context` identifies the purpose of the command. By `on_result` and
    `context` the part finds a command that has no result yet.

    `region` (ISO 3166) is the region of national numbers.
    """

    def __init__(self, dialect: CompiledDialect, region: str) -> None:
        self.dialect = dialect
        """Dialect in use; the base dialect until the modem's own is known."""
        self.region = region
        self.engine = Engine(dialect.rules)
        self.is_open = False
        """True if the port is open."""
        self.events: list[Event] = []
        """Events so far, in order."""
        self._sent: dict[Ticket, tuple[Callable[..., None] | None, tuple[object, ...]]] = {}

    def set_dialect(self, dialect: CompiledDialect) -> None:
        """Use this dialect from now on."""
        self.dialect = dialect
        self.engine.set_rules(dialect.rules)

    def submit(
        self,
        command: Command,
        now_s: float,
        on_result: Callable[[*Context, Finished, float], None] | None = None,
        *context: *Context,
    ) -> None:
        """Queue the command."""
        self._sent[self.engine.submit(command, now_s)] = (on_result, context)

    def submit_text(
        self,
        text: str,
        urgency: Urgency,
        now_s: float,
        on_result: Callable[[*Context, Finished, float], None] | None = None,
        *context: *Context,
    ) -> None:
        """Queue a plain command of the dialect."""
        self.submit(command_of(self.dialect, text, urgency), now_s, on_result, *context)

    def take_callback(self, ticket: Ticket) -> ResultCallback | None:
        """Return the callback for the result of this command, and forget the command; None without one."""
        on_result, context = self._sent.pop(ticket, (None, ()))
        return None if on_result is None else partial(on_result, *context)

    @property
    def pending_count(self) -> int:
        """Number of commands without a result yet."""
        return len(self._sent)

    def pending(self, on_result: Callable[[*Context, Finished, float], None]) -> list[tuple[*Context]]:
        """Return the `context` of each pending command with the callback `on_result`."""
        return [
            cast("tuple[*Context]", context)
            for callback, context in self._sent.values()
            if callback == on_result
        ]

    def is_in_flight(
        self, on_result: Callable[[*Context, Finished, float], None], *context: *Context
    ) -> bool:
        """Return True if this command is in flight."""
        ticket = self.engine.in_flight
        return ticket is not None and self._sent.get(ticket) == (on_result, context)

    def withdraw(self, on_result: Callable[[*Context, Finished, float], None], *context: *Context) -> bool:
        """Withdraw this command; False if it was written."""
        for ticket, sent in self._sent.items():
            if sent == (on_result, context) and self.engine.withdraw(ticket):
                del self._sent[ticket]
                return True
        return False
