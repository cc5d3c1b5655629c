"""The alerts of which 112's own systems may be owed something: open ones, and those closed lately."""

from __future__ import annotations

from features.psap_data.due import over
from messages.ids import AlertId, Instant
from model.alert.live import Live
from model.telling.sheet import Sheet, begin, evolve


class LatelyOpen(Live[Sheet]):
    """Alerts that stay after their end, until nothing more can be owed of them."""

    def __init__(self) -> None:
        super().__init__(begin, evolve, lambda sheet: sheet.case)
        self.closed: dict[AlertId, Sheet] = {}

    def known(self, alert: AlertId) -> Sheet | None:
        return self.cases.get(alert) or self.closed.get(alert)

    def keep(self, known: Sheet) -> None:
        super().keep(known)
        if known.case.closed_at is None:
            self.closed.pop(known.case.alert, None)
        else:
            self.closed[known.case.alert] = known

    def all(self, now_us: Instant) -> dict[AlertId, Sheet]:
        """All of them."""
        self.closed = {alert: sheet for alert, sheet in self.closed.items() if not over(sheet.case, now_us)}
        return {**self.closed, **self.cases}
