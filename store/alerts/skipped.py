"""Count, in memory, what was sent again and again of an alert and not kept (`model.rules.duplicates`)."""

from __future__ import annotations

from collections import Counter, OrderedDict
from typing import Final

from messages.events import SignalNamed
from messages.ids import AlertId

REMEMBERED_MAX: Final = 1024


class Skipped:
    """What was not kept by this process."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[AlertId, bool]] = Counter()
        self._names: OrderedDict[AlertId, SignalNamed] = OrderedDict()

    def add(self, alert: AlertId, *, claimed: bool) -> None:
        """Count one more. `claimed`: it came under an alias."""
        if len(self._counts) < REMEMBERED_MAX or self._counts[alert, claimed]:
            self._counts[alert, claimed] += 1

    def take(self, alert: AlertId, *, claimed: bool) -> int:
        """Return how many there were since the last one that was kept, and begin anew."""
        return self._counts.pop((alert, claimed), 0)

    def name(self, alias: AlertId, named: SignalNamed) -> SignalNamed:
        """Remember the alias of a signal that was not kept, as it was told first."""
        if len(self._names) >= REMEMBERED_MAX and alias not in self._names:
            self._names.popitem(last=False)
        return self._names.setdefault(alias, named)

    def named(self, alias: AlertId) -> SignalNamed | None:
        """Return the signal of an alias that the journal does not have."""
        return self._names.get(alias)
