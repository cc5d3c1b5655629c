"""Facts for the rule which numbers of users are not dialled automatically
(`model.rules.calls.withheld_numbers`).

The facts are the recent calls of any node, across restarts, from the journal; and the operators' numbers,
from the registry. While the registry is unreadable the last known numbers count: no user waits for it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from messages.events import LegOriginating
from messages.ids import E164, SECOND, Instant, Party
from messages.journal import Recorded
from messages.lines import LineRefused, RequestLine
from model.rules.calls.withheld_numbers import HOUR_US, NEVER, NoDialReason, RecentlyDialled, why_not_dialled
from model.setup import Setup
from runtime import logs
from store.errors import StoreError
from store.journal.history import originated_since
from store.journal.journal import Journal
from store.registry.registry import Registry

FORGETS_EACH_US: Final = Instant(60 * SECOND)

log = logs.get("trunk_pool")


class DialGate:
    """Check of numbers to dial, for one TrunkPool."""

    def __init__(self, setup: Setup, journal: Journal, now_us: Instant) -> None:
        """Read the recent calls and the operators. Raises JournalError."""
        self._settings = setup.settings
        self._registry = Registry(journal)
        self._no_registry = logs.Outage(log, "the registry cannot be read")
        self._called = RecentlyDialled(setup.settings.region)
        self._staff: frozenset[E164] = frozenset()
        self._forgotten_us = now_us
        for recorded in originated_since(journal, Instant(now_us - HOUR_US)):
            self.apply(recorded)
        self.refresh(now_us)

    def apply(self, recorded: Recorded) -> None:
        """Record the dial of a user."""
        event = recorded.event
        if not isinstance(event, LegOriginating) or event.party is not Party.USER or event.call is not None:
            return
        if event.number is not None:
            self._called.add(event.number, recorded.at_us)

    def refresh(self, now_us: Instant) -> None:
        """Read the operators' numbers and expire old calls; called each second."""
        try:
            self._staff = frozenset(one.phone for one in self._registry.operators())
            self._no_registry.works()
        except StoreError as error:
            self._no_registry.failed(error)
        if now_us - self._forgotten_us >= FORGETS_EACH_US:
            self._forgotten_us = now_us
            self._called.forget(now_us)

    def withheld(self, request: RequestLine, own: Collection[E164], now_us: Instant) -> NoDialReason | None:
        """Return the reason why the request's number is not dialled; None if allowed or without a number to
        dial.
        """
        if request.number is None or request.party is not Party.USER or request.held:
            return None
        others = 0 if request.ordered else self._called.others(request.number, now_us)
        why = why_not_dialled(request.number, self._settings, own=own, staff=self._staff, others=others)
        return None if request.ordered and why not in NEVER else why


def refused(request: RequestLine, why: NoDialReason) -> LineRefused:
    """Return the refusal of a line."""
    reason = "this number is not dialled automatically"
    return LineRefused(leg=request.leg, attempt=request.attempt, reason=reason, withheld=why.value)
