"""What of the alarms is new since a console was told last: hundreds would be told hundreds of times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from gateways.console.views.plant import AlarmOverView, AlarmView, QuietView

V = TypeVar("V", AlarmView, AlarmOverView)
Name = tuple[str, str]
"""By what one is known in its list: the alarm, and what it is about."""
Views = tuple[list[AlarmView], list[AlarmOverView], list[QuietView]]


class AlarmNews:
    """Of one console. `by_changes`: as its page has asked; others are told all of them at each change."""

    def __init__(self, *, by_changes: bool) -> None:
        self._by_changes = by_changes
        self._stand: _Told[AlarmView] | None = None
        self._over: _Told[AlarmOverView] | None = None

    def whole(self, views: Views) -> Views:
        """All of them are told."""
        self._stand, self._over = _Told(views[0]), _Told(views[1])
        return views

    def news(self, views: Views) -> dict[str, Any]:
        """The fields of the next message, where something has changed."""
        if not self._by_changes or self._stand is None or self._over is None:
            alarms, over, quiet = self.whole(views)
            return {"alarms": alarms, "alarms_over": over, "quiet": quiet}
        changed, gone = self._stand.since(views[0])
        over_changed, over_gone = self._over.since(views[1])
        return {
            "alarms_changed": changed,
            "alarms_gone": gone,
            "over_changed": over_changed,
            "over_gone": over_gone,
            "quiet": views[2],
        }


class _Told(Generic[V]):
    """One list, as it was told last."""

    def __init__(self, views: Sequence[V]) -> None:
        self._told: dict[Name, V] = {(view.alarm, view.subject): view for view in views}

    def since(self, views: Sequence[V]) -> tuple[list[V], list[Name]]:
        """What is new or another, and what is there no more; it is told by that."""
        before = self._told
        self._told = {(view.alarm, view.subject): view for view in views}
        changed = [view for name, view in self._told.items() if before.get(name) != view]
        return changed, [name for name in before if name not in self._told]
