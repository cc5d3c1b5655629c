"""Polling of the modem's list of calls, and the knowledge whether the calls are known by the list."""

from __future__ import annotations

from typing import Final

from gateways.gsm.at.commands import Command, Finished, Outcome, Urgency, prefix_of
from gateways.gsm.calls.call import COMING_IN
from gateways.gsm.calls.outcomes import list_finished
from gateways.gsm.calls.table import CallTable
from gateways.gsm.driver.channel import Channel
from gateways.gsm.driver.events import UnreportedCall

REFUSED: Final = 3
"""Refusals in a row after which the modem counts as having no +CLCC."""

SEEN_S: Final = 0.5
"""Seconds after the next poll is due in which the last list of calls still counts as current."""


class CallList:
    """The polling of one modem's list of calls."""

    def __init__(self, channel: Channel, table: CallTable) -> None:
        self._channel, self._table = channel, table
        self._listed = False
        self._tried_s = 0.0
        self._listed_s = float("-inf")
        self._refused = 0

    def opened(self) -> None:
        """Note that the port is open (again): the modem's calls are unknown."""
        self._listed = False

    @property
    def known(self) -> bool:
        """True if the modem has listed its calls since the port was opened, or has no such list."""
        return self._channel.opened and (self._listed or not self._exists)

    @property
    def can_be_asked(self) -> bool:
        """True if the list can be requested soon."""
        engine = self._channel.engine
        return (
            self._exists and self._channel.opened and not (engine.lost or engine.listening or engine.silenced)
        )

    def sees(self, now_s: float) -> bool:
        """Return True if the modem has just listed its calls, or has no such list."""
        if not self._exists:
            return True
        return not self._asked and now_s - self._listed_s <= self._channel.dialect.data.poll.setup_s + SEEN_S

    def ask(self, now_s: float) -> None:
        """Request the list."""
        self._table.take_look()
        self._channel.ask(self._channel.dialect.data.calls, Urgency.TRUTH, now_s, self._finished)

    def ask_if_due(self, now_s: float) -> None:
        """Request the list if an event or the polling interval requires it."""
        if self.can_be_asked and not self._asked:
            next_s = self.next_s()
            if self._table.looks or (next_s is not None and now_s >= next_s):
                self.ask(now_s)

    def ask_over_the_dial(self, now_s: float) -> None:
        """Request the list although a dial is pending, which may end.

        The query's first byte ends an unanswered dial, and does no harm to an answered dial.
        """
        data = self._channel.dialect.data
        look = Command(
            text=data.calls,
            timeout_s=data.times.resync_s,
            urgency=Urgency.HANG_UP,
            prefix=prefix_of(data.calls),
            interrupts=True,
        )
        self._channel.submit(look, now_s, self._finished)

    def next_s(self) -> float | None:
        """Return the time of the next poll; None while no call needs a poll."""
        if not self._table.busy or not self.can_be_asked or self._asked:
            return None
        poll = self._channel.dialect.data.poll
        return self._tried_s + (poll.setup_s if self._table.unsettled else poll.active_s)

    @property
    def _exists(self) -> bool:
        return self._channel.dialect.data.poll.allowed and self._refused < REFUSED

    @property
    def _asked(self) -> bool:
        return bool(self._channel.asked(self._finished))

    def _finished(self, finished: Finished, now_s: float) -> None:
        self._tried_s = now_s
        first = not self._listed
        if finished.outcome is Outcome.ERROR:
            self._refused += 1
        elif finished.outcome is Outcome.OK:
            self._refused = 0
            self._listed = True
            self._listed_s = now_s
        known = {view.call for view in self._table.calls()}
        list_finished(self._table, self._channel.dialect, self._channel.region, finished, now_s)
        self._channel.events += [
            UnreportedCall(at_s=now_s, call=view.call)
            for view in self._table.calls()
            if not first and view.call not in known and view.state in COMING_IN
        ]
