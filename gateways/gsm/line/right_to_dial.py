"""Until when an order may still be dialled: as long as its node has the alert for certain."""

from __future__ import annotations

import math
from collections.abc import Callable

from gateways.gsm.line.legs_on_line import LegsOnLine, Order
from messages.ids import SECOND, AlertId, Instant, NodeId
from runtime.logs import Logger
from store.errors import JournalError
from store.journal.journal import Journal
from store.nodes import owners


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
