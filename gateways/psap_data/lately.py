"""The alerts of which 112's own systems may be owed something: open ones, and those closed lately."""

from __future__ import annotations

from messages.ids import AlertId, Instant
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.evolve import evolve
from model.alert.live import LiveCases
from model.telling.data_due import over


class LatelyOpen(LiveCases):
    """LiveCases lets go of an alert with its end; here it stays until nothing more can be owed of it."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: dict[AlertId, Case] = {}

    def put(self, case: Case) -> None:
        super().put(case)
        if case.closed_at is None:
            self.closed.pop(case.alert, None)
        else:
            self.closed[case.alert] = case

    def apply(self, recorded: Recorded) -> None:
        alert = AlertId(recorded.stream.partition("-")[2])
        before = self.cases.get(alert)
        super().apply(recorded)
        kept = self.closed.get(alert)
        if before is not None and alert not in self.cases:
            self.closed[alert] = evolve(before, recorded)
        elif kept is not None and recorded.stream.startswith(("inbox-", "alert-")):
            known = kept.inbox_version if recorded.stream.startswith("inbox-") else kept.case_version
            self.closed[alert] = evolve(kept, recorded) if recorded.version > known else kept

    def all(self, now_us: Instant) -> dict[AlertId, Case]:
        """All of them."""
        self.closed = {alert: case for alert, case in self.closed.items() if not over(case, now_us)}
        return {**self.closed, **self.cases}
