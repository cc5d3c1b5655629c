"""What was done in a round, and what was answered: written by those who do it, for the judge. Plain data."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from messages.ids import SECOND, AlertId, Instant, LineId, Role
from runtime.system.imaginary_processes import Ended

FAULT_BEFORE_US = Instant(SECOND)
FAULT_AFTER_US = Instant(30 * SECOND)
"""After a fault of a line has ended what it has led to is still its own."""


def now_us() -> Instant:
    """By the clock that the journal and the carrier have, too."""
    return Instant(round(time.time() * SECOND))


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """An answer to an app's packet. `alert`: the one that it names, whatever the status."""

    at_us: Instant
    id: str
    phone: str
    status: int
    alert: AlertId | None


@dataclass(frozen=True, kw_only=True)
class Text:
    """A short message to the center, and whether the SIM has taken it."""

    at_us: Instant
    phone: str
    words: str
    delivered: bool


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """A key that was pressed, and the answer's status; 0: nobody has answered."""

    at_us: Instant
    alert: AlertId
    command: str
    text: str
    status: int


@dataclass(kw_only=True)
class Done:
    """All of it. Lists are only added to, by any thread."""

    began_us: Instant = field(default_factory=now_us)
    kinds: Counter[str] = field(default_factory=Counter)
    receipts: list[Receipt] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    orders: list[Ordered] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    failed: list[tuple[LineId, Instant, Instant]] = field(default_factory=list)
    tried_phones: set[str] = field(default_factory=set)
    """Called for a trial or a proof, with no alert."""
    odd: list[str] = field(default_factory=list)
    """What was answered or done as it never may be."""
    log: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, kind: str) -> None:
        """One more of this kind."""
        with self._lock:
            self.kinds[kind] += 1

    def say(self, what: str) -> None:
        """Write down that it is done now."""
        self.log.append(f"{(now_us() - self.began_us) / SECOND:8.2f} {what}")

    def struck(self, role: Role, key: str) -> None:
        """Its process is killed or frozen."""
        self.ended.append(Ended(role, key, now_us()))

    def line_fails(self, line: str, for_s: float) -> None:
        """From now on, for so long."""
        at = now_us()
        until = Instant(at + round(for_s * SECOND) + FAULT_AFTER_US)
        self.failed.append((LineId(line), Instant(at - FAULT_BEFORE_US), until))

    def alert_of(self, id: str) -> AlertId | None:
        """The alert of an app's packet, once it has a receipt."""
        return next((one.alert for one in self.receipts if one.id == id and one.alert is not None), None)
