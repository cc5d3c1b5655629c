"""Which alerts the consoles are told of: all of them, until a storm brings more than anybody can look at.

Beyond that those with the earliest deadlines, and always those that have an operator; the others
are counted, and come in as places become free. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gateways.console.picture import Known, Picture
from messages.ids import AlertId

LISTED_MAX: Final = 500


class Listed:
    """The alerts that are told, the same for all consoles."""

    def __init__(self, most: int = LISTED_MAX) -> None:
        self._most = most
        self._open: dict[AlertId, None] = {}
        self._ended: dict[AlertId, None] = {}

    def update(
        self, picture: Picture, changed: Iterable[AlertId] = (), gone: Iterable[AlertId] = ()
    ) -> list[AlertId]:
        """Take in what has changed; the alerts that are to be told now."""
        told: dict[AlertId, None] = {}
        for alert in changed:
            known = picture.alerts.get(alert)
            if known is not None and self._takes(known):
                told[alert] = None
        for alert in gone:
            self._open.pop(alert, None)
            self._ended.pop(alert, None)
        if len(self._open) < min(self._most // 2 + 1, picture.open_count):
            for known in picture.open():
                if len(self._open) >= self._most:
                    break
                if known.case.alert not in self._open:
                    self._open[known.case.alert] = None
                    told[known.case.alert] = None
        return list(told)

    def all(self, picture: Picture) -> list[AlertId]:
        """Everything that is told, the open ones by their deadline first."""
        self.update(picture)
        opened = [known.case.alert for known in picture.open() if known.case.alert in self._open]
        return opened + [alert for alert in self._ended if alert in picture.alerts]

    def __contains__(self, alert: AlertId) -> bool:
        return alert in self._open or alert in self._ended

    def _takes(self, known: Known) -> bool:
        case = known.case
        if case.closed_at is not None:
            if case.alert in self._open or len(self._ended) < self._most:
                self._open.pop(case.alert, None)
                self._ended[case.alert] = None
            return case.alert in self._ended
        self._ended.pop(case.alert, None)
        if case.alert not in self._open:
            wanted = case.operator is not None or bool(case.reserved)
            if not wanted and len(self._open) >= self._most:
                return False
            self._open[case.alert] = None
        return True
