"""Which orders of legs may be obeyed at once, which wait until the modem's own list of calls is known, and
which come too late; and until when an order may still be dialled.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum
from typing import Final

from gateways.gsm.driver.driver import Driver
from gateways.gsm.line.legs_on_line import LegsOnLine, Order
from messages.calls import DialCall
from messages.envelope import Envelope
from messages.ids import SECOND, AlertId, Instant, LegId, NodeId
from runtime.logs import Logger
from store.errors import JournalError
from store.journal.journal import Journal
from store.nodes import owners

LATE_US: Final = Instant(4 * SECOND)
"""A leg asks every second, and has given the line up by then: to dial so late would be to dial twice."""
FORGOTTEN_US: Final = Instant(5 * SECOND)
"""A leg asks for its call every second."""


class OrderTurn(Enum):
    """When an order is obeyed."""

    NOW = "now"
    WAITS = "waits"
    TOO_LATE = "too late"


class Orders:
    """The orders that one line has been given; `now_us`: when its process began."""

    def __init__(self, legs: LegsOnLine, driver: Driver, now_us: Instant) -> None:
        self._legs = legs
        self._driver = driver
        self._asked_at = now_us
        self._waiting: dict[LegId, tuple[Order, Envelope]] = {}

    def turn(self, order: Order, envelope: Envelope, now_us: Instant) -> OrderTurn:
        """At once where the leg is known here; else only once the modem's own list of calls has been seen."""
        if self._legs.standing.knows(order.leg, order.attempt):
            return OrderTurn.NOW
        if isinstance(order, DialCall) and now_us - envelope.at_us > LATE_US:
            return OrderTurn.TOO_LATE
        if self._driver.knows_calls:
            return OrderTurn.NOW
        self._waiting[order.leg] = order, envelope
        return OrderTurn.WAITS

    def heard_of_legs(self, now_us: Instant) -> None:
        """A leg has asked for its call."""
        self._asked_at = now_us

    def take_waiting(self) -> list[tuple[Order, Envelope]]:
        """The modem's own list of calls is known: what legs have ordered meanwhile."""
        if not self._waiting or not self._driver.knows_calls:
            return []
        waiting, self._waiting = self._waiting, {}
        return list(waiting.values())

    def waits_since_lately(self, now_us: Instant) -> bool:
        """Whether a leg asks for a call of which this process, just started, cannot know yet."""
        return any(now_us - envelope.at_us < FORGOTTEN_US for _, envelope in self._waiting.values())

    def seem_forgotten(self, now_us: Instant) -> bool:
        """Whether there is a call that was set up, and no leg has asked for one for a while; once in that
        while.
        """
        if (
            now_us - self._asked_at < FORGOTTEN_US
            or not self._driver.knows_calls
            or not self._legs.standing.set_up
        ):
            return False
        self._asked_at = now_us
        return True


class RightToDial:
    """Until when an order may still be dialled: as long as its node has the alert for certain. Asked before
    each order is obeyed.

    A node that was frozen, or cut off, may not have noticed that another one has the alert, and both would
    call. It may be frozen at the very point of asking, too, or while the dial waits for its turn.
    """

    def __init__(
        self, journal: Journal, legs: LegsOnLine, now_us: Callable[[], Instant], log: Logger
    ) -> None:
        self._journal = journal
        self._legs = legs
        self._now_us = now_us
        self._log = log

    def until_s(self, order: Order, node: NodeId, alert: AlertId | None) -> float:
        """When the right ends, in seconds of the actor's clock; for ever for what dials nothing, and where
        there is one node. Where nobody can be asked it has ended.
        """
        if alert is None or not self._journal.shared or not self._legs.may_dial(order):
            return math.inf
        asked_us = self._now_us()
        try:
            return (asked_us + owners.holds_for_us(self._journal, alert, node)) / SECOND
        except JournalError as error:
            self._log.error("the lease cannot be looked at", leg=order.leg, error=str(error))
            return asked_us / SECOND
