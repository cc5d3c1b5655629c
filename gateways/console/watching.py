"""Who looks at which alert: each console says what it shows, and the others are told. Kept nowhere else."""

from __future__ import annotations

from typing import Generic, TypeVar

from messages.ids import AlertId, OperatorId

Of = TypeVar("Of")


class Watching(Generic[Of]):
    """By console. Two consoles of one operator that show the same alert are one who watches."""

    def __init__(self) -> None:
        self._shown: dict[Of, tuple[OperatorId, AlertId]] = {}

    def shows(self, console: Of, operator: OperatorId, alert: AlertId | None) -> bool:
        """The console shows this alert now, or none; whether anything has changed by it."""
        before = self._shown.pop(console, None)
        now = None if alert is None else (operator, alert)
        if now is not None:
            self._shown[console] = now
        return before != now

    def of(self, alert: AlertId) -> list[Of]:
        """The consoles that show this alert."""
        return [console for console, (_, shown) in self._shown.items() if shown == alert]

    def by_alert(self) -> dict[AlertId, list[OperatorId]]:
        """The alerts that somebody looks at, and who."""
        found: dict[AlertId, list[OperatorId]] = {}
        for operator, alert in sorted(set(self._shown.values())):
            found.setdefault(alert, []).append(operator)
        return found
