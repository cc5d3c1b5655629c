"""How much one sender may ask of the center: buckets of tokens by device, app key and address. Pure.

Beyond its budget a reading, a position or a check waits (429), and an alert never does: it comes behind
others in need. What an enrolled phone has signed is counted for that phone alone: nobody else can use its
budget up.
"""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum
from math import ceil
from typing import Final, NamedTuple

from messages.ids import SECOND, Instant

REMEMBERED: Final = 16_384
"""Buckets. The one that was not used for longest is forgotten first, and is full again then."""


class Rate(NamedTuple):
    """So many at once, and so many more each second."""

    burst: float
    each_s: float


class Kind(Enum):
    """What is asked."""

    ALERT = "alert"
    POSITION = "position"
    """And what else an app says of its alert."""
    CHECK = "check"
    """A test by which a phone sees that an alert of its would arrive: signed, so it is one device's."""
    READ = "read"
    PIN = "pin"
    """A PIN that is hashed; beyond the budget it is answered like any other, and not looked at."""
    ENROL = "enrol"
    """A code by a short message, which is paid for."""

    TRIAL = "test call"
    """A call to a number of somebody's choice, on the center's account."""


class Scope(Enum):
    """For whom it is counted."""

    OPERATOR = "operator"

    DEVICE = "device"
    """An enrolled phone; without a signature the alert, or the number, that is named."""
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
"""A carrier puts many phones behind one address, and all apps of a kind have one key.

An alert that nothing but the app key speaks for is within the budget while they are as many as come on an
evening; in a storm all of them are beyond it alike, and it puts none behind another.
"""


class Budgets:
    """The buckets of one process."""

    def __init__(self) -> None:
        self._left: OrderedDict[tuple[Kind, Scope, str], tuple[float, Instant]] = OrderedDict()

    def wait_s(self, kind: Kind, senders: dict[Scope, str], now_us: Instant) -> int:
        """Take one token of each sender's; for how many seconds, rounded up, there is none (0: taken)."""
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
