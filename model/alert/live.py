"""All open alerts with their whole state: a fold over the journal, kept by each process that follows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from messages.events import AlertReopened
from messages.ids import AlertId
from messages.journal import Recorded, is_kind
from model.alert.case import Case
from model.alert.evolve import begin, evolve

K = TypeVar("K")


class Live(Generic[K]):
    """Open alerts, each folded by `begin` and `evolve`. Feed every event of the journal, in order."""

    def __init__(
        self,
        begin: Callable[[Recorded], K | None],
        evolve: Callable[[K, Recorded], K],
        case_of: Callable[[K], Case],
    ) -> None:
        self.cases: dict[AlertId, K] = {}
        self.missing: set[AlertId] = set()
        """Reopened alerts without a state here: `put` them in."""
        self._begin = begin
        self._evolve = evolve
        self._case_of = case_of

    def put(self, recorded: Iterable[Recorded]) -> None:
        """Insert an alert by all events of its two streams; a repeated event changes nothing."""
        known: K | None = None
        for one in recorded:
            known = self._begin(one) if known is None else self._evolve(known, one)
        if known is not None:
            self.missing.discard(self._case_of(known).alert)
            self.keep(known)

    def known(self, alert: AlertId) -> K | None:
        """Return the alert if kept; else None."""
        return self.cases.get(alert)

    def keep(self, known: K) -> None:
        """Keep the alert in its present state while open; remove a closed alert."""
        case = self._case_of(known)
        if case.closed_at is None:
            self.cases[case.alert] = known
        else:
            self.cases.pop(case.alert, None)

    def apply(self, recorded: Recorded) -> None:
        """Apply the next event."""
        kind, _, name = recorded.stream.partition("-")
        if kind not in ("inbox", "alert"):
            return
        alert = AlertId(name)
        known = self.known(alert)
        if known is None:
            if is_kind(recorded.event, AlertReopened):
                self.missing.add(alert)
            # No other event after the end of an alert opens the alert again.
            after = self._begin(recorded)
        else:
            case = self._case_of(known)
            if recorded.version <= (case.inbox_version if kind == "inbox" else case.case_version):
                return
            after = self._evolve(known, recorded)
        if after is not None:
            self.keep(after)


class LiveCases(Live[Case]):
    """Cases of the open alerts, for deciders."""

    def __init__(self) -> None:
        super().__init__(begin, evolve, lambda case: case)
