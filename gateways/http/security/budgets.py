"""Request budgets: token buckets by device, app key and address. Pure.

Beyond the budget a reading, a position or a check is refused for a while (429). An alert is always accepted:
beyond the budget the alert gets a lower priority. A request signed by an enrolled phone counts for that phone
alone, so that no other sender can use up the phone's budget.
"""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum
from math import ceil
from typing import Final, NamedTuple

from messages.ids import SECOND, Instant

REMEMBERED: Final = 16_384
"""Number of buckets kept. The bucket unused for longest is dropped first, and is full at its next use."""


class Rate(NamedTuple):
    """Rate of a token bucket: its capacity in tokens (`burst`), and the tokens added each second
    (`each_s`).
    """

    burst: float
    each_s: float


class Kind(Enum):
    """Kind of request."""

    ALERT = "alert"
    POSITION = "position"
    """A position, another report of the app about its alert, or a step of an enrolment."""
    CHECK = "check"
    """A signed test by which a phone sees that its alert would arrive; counts for the phone alone."""
    READ = "read"
    PIN = "pin"
    """A PIN that is hashed. Beyond the budget the response is the usual one, and the PIN is not checked."""
    ENROL = "enrol"
    """A code by SMS, which costs money."""

    TRIAL = "test call"
    """A test call to a number chosen by an operator, on the center's account."""


class Scope(Enum):
    """Sender for which a request counts."""

    OPERATOR = "operator"

    DEVICE = "device"
    """An enrolled phone; without a signature, the alert or the number named in the request."""
    APP_KEY = "app key"
    ADDRESS = "address"


RATES: Final = {
    (Kind.ALERT, Scope.DEVICE): Rate(5, 1 / 20),
    (Kind.ALERT, Scope.APP_KEY): Rate(60, 1 / 30),
    (Kind.ALERT, Scope.ADDRESS): Rate(60, 2),
    (Kind.POSITION, Scope.DEVICE): Rate(60, 2),
    (Kind.POSITION, Scope.APP_KEY): Rate(6000, 400),
    (Kind.POSITION, Scope.ADDRESS): Rate(600, 40),
    (Kind.CHECK, Scope.DEVICE): Rate(10, 1 / 300),
    (Kind.ENROL, Scope.DEVICE): Rate(5, 1 / 600),
    (Kind.ENROL, Scope.APP_KEY): Rate(200, 1 / 20),
    (Kind.ENROL, Scope.ADDRESS): Rate(20, 1 / 60),
    (Kind.READ, Scope.DEVICE): Rate(60, 4),
    (Kind.READ, Scope.APP_KEY): Rate(6000, 400),
    (Kind.READ, Scope.ADDRESS): Rate(600, 40),
    (Kind.TRIAL, Scope.OPERATOR): Rate(20, 1 / 180),
    (Kind.PIN, Scope.DEVICE): Rate(10, 1 / 6),
    (Kind.PIN, Scope.APP_KEY): Rate(60, 5),
    (Kind.PIN, Scope.ADDRESS): Rate(20, 1),
}
"""Rate of each bucket.

A carrier puts many phones behind one address, and all apps of one make share one key. The app key's budget
covers the unproved alerts of a busy evening. In a storm all unproved alerts exceed the budget alike, so the
budget puts no unproved alert behind another."""


class Budgets:
    """Buckets of one process."""

    def __init__(self) -> None:
        self._left: OrderedDict[tuple[Kind, Scope, str], tuple[float, Instant]] = OrderedDict()

    def wait_s(self, kind: Kind, senders: dict[Scope, str], now_us: Instant) -> int:
        """Take one token from each of the senders' buckets and return 0. If a bucket is empty, take none and
        return the seconds, rounded up, until all have a token.
        """
        keys = [(kind, scope, name) for scope, name in senders.items() if name]
        found = [(key, self._now(key, now_us), RATES[kind, key[1]]) for key in keys]
        wait_s = max((_wait_s(left, rate) for _, left, rate in found), default=0)
        for key, left, _ in found:
            self._left[key] = (left if wait_s else left - 1, now_us)
            self._left.move_to_end(key)
        while len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        return wait_s

    def _now(self, key: tuple[Kind, Scope, str], now_us: Instant) -> float:
        rate = RATES[key[0], key[1]]
        left, since = self._left.get(key, (rate.burst, now_us))
        return min(rate.burst, left + max(0, now_us - since) / SECOND * rate.each_s)


def _wait_s(left: float, rate: Rate) -> int:
    return 0 if left >= 1 else ceil((1 - left) / rate.each_s)
