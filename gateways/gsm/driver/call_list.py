"""Polling of the modem's list of calls, and the knowledge whether the calls are known by the list."""

from __future__ import annotations

from typing import Final

from gateways.gsm.at.commands import Command, Finished, Outcome, Urgency, prefix_of
from gateways.gsm.calls.call import INCOMING_STATES
from gateways.gsm.calls.outcomes import list_finished
from gateways.gsm.calls.table import CallTable
from gateways.gsm.driver.channel import Channel
from gateways.gsm.driver.events import UnreportedCall

MAX_REFUSALS: Final = 3
"""Refusals in a row after which the modem counts as having no +CLCC."""

CURRENT_S: Final = 0.5
"""Seconds after the next poll is due in which the last list of calls still counts as current."""


class CallList:
    """The polling of one modem's list of calls."""

    def __init__(self, channel: Channel, table: CallTable) -> None:
        self._channel, self._table = channel, table
        self._listed = False
        self._tried_s = 0.0
        self._listed_s = float("-inf")
        self._refusals = 0

    def on_opened(self) -> None:
        """Note that the port is open (again): the modem's calls are unknown."""
        self._listed = False

    @property
    def known(self) -> bool:
        """True if the modem has listed its calls since the port was opened, or has no such list."""
        return self._channel.is_open and (self._listed or not self._exists)

    @property
    def is_available(self) -> bool:
        """True if the list can be requested soon."""
        engine = self._channel.engine
        return (
            self._exists
            and self._channel.is_open
            and not (engine.lost or engine.listening or engine.queries_forbidden)
        )

    def is_current(self, now_s: float) -> bool:
        """Return True if the modem has just listed its calls, or has no such list."""
        if not self._exists:
            return True
        return (
            not self._is_requested
            and now_s - self._listed_s <= self._channel.dialect.data.poll.setup_s + CURRENT_S
        )

    def request(self, now_s: float) -> None:
        """Request the list."""
        self._table.take_list_wanted()
        self._channel.submit_text(self._channel.dialect.data.calls, Urgency.TRUTH, now_s, self._finished)

    def request_if_due(self, now_s: float) -> None:
        """Request the list if an event or the polling interval requires it."""
        if self.is_available and not self._is_requested:
            next_s = self.next_s()
            if self._table.list_wanted or (next_s is not None and now_s >= next_s):
                self.request(now_s)

    def request_during_dial(self, now_s: float) -> None:
        """Request the list although a dial is pending, which may end.

        The query's first byte ends an unanswered dial, and does no harm to an answered dial.
        """
        data = self._channel.dialect.data
        query = Command(
            text=data.calls,
            timeout_s=data.times.resync_s,
            urgency=Urgency.HANG_UP,
            prefix=prefix_of(data.calls),
            interrupts=True,
        )
        self._channel.submit(query, now_s, self._finished)

    def next_s(self) -> float | None:
        """Return the time of the next poll; None while no call needs a poll."""
        if not self._table.has_calls or not self.is_available or self._is_requested:
            return None
        poll = self._channel.dialect.data.poll
        return self._tried_s + (poll.setup_s if self._table.has_changing_call else poll.active_s)

    @property
    def _exists(self) -> bool:
        return self._channel.dialect.data.poll.allowed and self._refusals < MAX_REFUSALS

    @property
    def _is_requested(self) -> bool:
        return bool(self._channel.pending(self._finished))

    def _finished(self, finished: Finished, now_s: float) -> None:
        self._tried_s = now_s
        first = not self._listed
        if finished.outcome is Outcome.ERROR:
            self._refusals += 1
        elif finished.outcome is Outcome.OK:
            self._refusals = 0
            self._listed = True
            self._listed_s = now_s
        known = {view.call for view in self._table.calls()}
        list_finished(self._table, self._channel.dialect, self._channel.region, finished, now_s)
        self._channel.events += [
            UnreportedCall(at_s=now_s, call=view.call)
            for view in self._table.calls()
            if not first and view.call not in known and view.state in INCOMING_STATES
        ]
