"""The time of each leg's order: at once, after the modem's own list of calls is known, or too late; and the
time until which an order may still dial.
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

MAX_DIAL_AGE_US: Final = Instant(4 * SECOND)
"""Age of an order that is too late. A leg repeats its order each second or two, and has given the line up by
then: a dial so late would be a second dial."""
UNREQUESTED_US: Final = Instant(5 * SECOND)
"""Time without a request after which calls seem forgotten. A leg requests its call each second or two."""


class OrderTiming(Enum):
    """Time at which an order is obeyed."""

    NOW = "now"
    LATER = "waits"
    TOO_LATE = "too late"


class Orders:
    """The orders for one line. `now_us`: start of its process."""

    def __init__(self, legs: LegsOnLine, driver: Driver, now_us: Instant) -> None:
        self._legs = legs
        self._driver = driver
        self._last_request_at = now_us
        self._waiting: dict[LegId, tuple[Order, Envelope]] = {}

    def timing(self, order: Order, envelope: Envelope, now_us: Instant) -> OrderTiming:
        """Return NOW if the leg is known here, or the modem's own list of calls is known; WAITS, and keep the
        order, until then; TOO_LATE for an old dial."""
        if self._legs.register.has_attempt(order.leg, order.attempt):
            return OrderTiming.NOW
        if isinstance(order, DialCall) and now_us - envelope.at_us > MAX_DIAL_AGE_US:
            return OrderTiming.TOO_LATE
        if self._driver.knows_calls:
            return OrderTiming.NOW
        self._waiting[order.leg] = order, envelope
        return OrderTiming.LATER

    def on_leg_request(self, now_us: Instant) -> None:
        """Note that a leg has requested its call."""
        self._last_request_at = now_us

    def take_waiting(self) -> list[tuple[Order, Envelope]]:
        """Return the waiting orders, once the modem's own list of calls is known."""
        if not self._waiting or not self._driver.knows_calls:
            return []
        waiting, self._waiting = self._waiting, {}
        return list(waiting.values())

    def has_recent_waiting(self, now_us: Instant) -> bool:
        """Return True if a leg requests a call that this process, just started, cannot know yet."""
        return any(now_us - envelope.at_us < UNREQUESTED_US for _, envelope in self._waiting.values())

    def take_unrequested(self, now_us: Instant) -> bool:
        """Return True if a call is set up without any leg's request for UNREQUESTED_US; once in that time."""
        if (
            now_us - self._last_request_at < UNREQUESTED_US
            or not self._driver.knows_calls
            or not self._legs.register.calls_set_up
        ):
            return False
        self._last_request_at = now_us
        return True


class RightToDial:
    """The time until which an order may still dial: as long as its node certainly has the alert. Determined
    before each order is obeyed.

    A node that was frozen, or cut off, may not have noticed that another node has the alert, and both would
    call. The node may also freeze during this very check, or while the dial waits for its turn.
    """

    def __init__(
        self, journal: Journal, legs: LegsOnLine, now_us: Callable[[], Instant], log: Logger
    ) -> None:
        self._journal = journal
        self._legs = legs
        self._now_us = now_us
        self._log = log

    def until_s(self, order: Order, node: NodeId, alert: AlertId | None) -> float:
        """Return the end of the right, in seconds of the actor's clock. Infinite for an order without a dial,
        and with a single node. If the journal cannot be read, the right has ended.
        """
        if alert is None or not self._journal.shared or not self._legs.may_dial(order):
            return math.inf
        asked_us = self._now_us()
        try:
            return (asked_us + owners.lease_left_us(self._journal, alert, node)) / SECOND
        except JournalError as error:
            self._log.error("the lease of the alert cannot be read", leg=order.leg, error=str(error))
            return asked_us / SECOND
