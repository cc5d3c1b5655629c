"""Alarms of the center as views for consoles, and the changes since a console received the alarms last. Pure.

Without changes only, hundreds of alarms would be sent hundreds of times.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from gateways.console.views.infrastructure import AlarmOverView, AlarmView, QuietView
from messages.ids import Instant, NodeId
from model.alarms.book import AlarmBook, AlarmKey, AlarmRecord, Nodes, shelved_until
from model.alarms.kind import Wakes
from model.alarms.table import waking_of

__all__ = ["AlarmKey", "Alarms", "Nodes"]


class Alarms(AlarmBook):
    """The alarms in the nodes' streams, and their views."""

    def unseen(self, alarm: str, subject: str, raised_at: Instant) -> list[NodeId]:
        """Return the nodes that raised the alarm at `raised_at` or before, and have not recorded an
        acknowledgement.
        """
        return [
            node
            for (node, *what), told in self.told.items()
            if what == [alarm, subject] and told.at <= raised_at and told.seen_at is None
        ]

    def views(self, now_us: Instant, alive: Nodes = None, waits: Container[str] = ()) -> list[AlarmView]:
        """Return the active alarms, oldest first; an alarm of several nodes appears once.

        `waits` has the lines that can wait: enough others of their kind are left.
        """
        shelved = self.shelf.at(now_us)
        found: dict[tuple[str, str], AlarmView] = {}
        for key in sorted(self.stand(alive), key=lambda key: self.told[key].at):
            one = _view(key, self.told[key], shelved_until(shelved, key[1], key[2], key[0]), waits)
            before = found.get(key[1:])
            found[key[1:]] = one if before is None else _of_both_nodes(before, one)
        return list(found.values())

    def over_views(self, alive: Nodes = None) -> list[AlarmOverView]:
        """Return the cleared alarms that are not acknowledged, oldest first; without alarms that still stand
        at another node.
        """
        stands = {key[1:] for key in self.stand(alive)}
        found = {
            key[1:]: AlarmOverView(alarm=key[1], subject=key[2], since_us=told.at, over_us=told.over_at)
            for key, told in sorted(self.told.items(), key=lambda item: item[1].at)
            if told.over_at is not None and key[1:] not in stands
        }
        return list(found.values())

    def quiet_views(self, now_us: Instant) -> list[QuietView]:
        """Return the shelved alarms, in the order of their ends."""
        return [
            QuietView(
                alarm=one.alarm,
                subject=one.subject,
                node=one.node,
                until_us=one.ends_at,
                by=one.by,
                reason=one.reason,
            )
            for one in self.shelf.at(now_us)
        ]


def _view(key: AlarmKey, told: AlarmRecord, quiet_us: Instant | None, waits: Container[str]) -> AlarmView:
    _, alarm, subject = key
    return AlarmView(
        alarm=alarm,
        subject=subject,
        text=told.text,
        since_us=told.at,
        seen_us=told.seen_at,
        seen_by=told.seen_by,
        quiet_us=quiet_us,
        waits=waking_of(alarm) is Wakes.FEW_LEFT and subject in waits,
    )


def _of_both_nodes(older: AlarmView, newer: AlarmView) -> AlarmView:
    """Merge the views of two nodes. The alarm is acknowledged, and shelved, if both are. The view is that of
    the newest alarm without acknowledgement: an acknowledgement of this alarm covers both.
    """
    one = newer if newer.seen_us is None else older
    quiet_us = older.quiet_us and newer.quiet_us and min(older.quiet_us, newer.quiet_us)
    return msgspec.structs.replace(one, quiet_us=quiet_us)


V = TypeVar("V", AlarmView, AlarmOverView)
Name = tuple[str, str]
"""Key of an alarm in a list: the alarm, and its subject."""
Views = tuple[list[AlarmView], list[AlarmOverView], list[QuietView]]


class AlarmNews:
    """Alarms as sent to one console. With `by_changes`, if its page requested this, only changes are sent;
    otherwise all alarms at each change.
    """

    def __init__(self, *, by_changes: bool) -> None:
        self._by_changes = by_changes
        self._stand: _SentViews[AlarmView] | None = None
        self._over: _SentViews[AlarmOverView] | None = None

    def whole(self, views: Views) -> Views:
        """Return all alarms, and remember them as sent."""
        self._stand, self._over = _SentViews(views[0]), _SentViews(views[1])
        return views

    def news(self, views: Views) -> dict[str, Any]:
        """Return the fields of the next message."""
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


class _SentViews(Generic[V]):
    """A list as sent last."""

    def __init__(self, views: Sequence[V]) -> None:
        self._sent: dict[Name, V] = {(view.alarm, view.subject): view for view in views}

    def since(self, views: Sequence[V]) -> tuple[list[V], list[Name]]:
        """Return the new and changed views, and the keys of removed ones; remember the list as sent."""
        before = self._sent
        self._sent = {(view.alarm, view.subject): view for view in views}
        changed = [view for name, view in self._sent.items() if before.get(name) != view]
        return changed, [name for name in before if name not in self._sent]
