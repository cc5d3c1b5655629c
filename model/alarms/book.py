"""Alarms of all nodes, read from the nodes' streams: active, unacknowledged and shelved ones (ISA 18.2).
Pure; the book is fed event by event.

```
            raised            seen
  (none) ──────────▶ unseen ────────▶ seen
                       │                │
                       │ over           │ over
                       ▼        seen    ▼
                   over, unseen ────▶ (none)
```

An alarm about an alert is removed once over: the alert's own story keeps it. An alarm that is raised again is
a new alarm, and unacknowledged.

Alarms on which a user in danger depends are never shelved.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import Final

import msgspec

from messages import events as ev
from messages.events import AlarmShelved, AlarmUnshelved
from messages.ids import SECOND, AlertId, Instant, NodeId, OperatorId, Role
from messages.journal import Recorded
from model.alarms.active import STUCK
from model.alarms.kind import SubjectKind
from model.alarms.table import may_be_shelved, subject_kind_of


class AlarmRecord(msgspec.Struct, frozen=True, kw_only=True):
    """State of one raised alarm."""

    at: Instant
    """Time at which the alarm was raised."""
    text: str
    seen_at: Instant | None = None
    seen_by: OperatorId | None = None
    over_at: Instant | None = None

    @property
    def stands(self) -> bool:
        """True if the alarm is active."""
        return self.over_at is None


def acknowledge(told: AlarmRecord, raised_at: Instant, by: OperatorId, at: Instant) -> AlarmRecord | None:
    """Return the alarm, acknowledged if raised at or before `raised_at`; None if the alarm goes."""
    if told.at > raised_at or told.seen_at is not None:
        return told
    return msgspec.structs.replace(told, seen_at=at, seen_by=by) if told.stands else None


def clear(told: AlarmRecord, name: str, at: Instant) -> AlarmRecord | None:
    """Return the alarm once its cause is over; None if the alarm goes."""
    if told.seen_at is not None or subject_kind_of(name) is SubjectKind.ALERT:
        return None
    return told if not told.stands else msgspec.structs.replace(told, over_at=at)


LONGEST_US: Final = 24 * 3600 * SECOND

ShelvingKey = tuple[str, str, NodeId]
"""Name of an alarm, its subject, its node; an empty part matches any value."""


def shelving_key(event: AlarmShelved | AlarmUnshelved) -> ShelvingKey:
    """Return the key of the shelving."""
    return event.alarm, event.subject, event.node


class ShelvedAlarms:
    """Shelved alarms. Fold of `shelf-center`."""

    def __init__(self) -> None:
        self._slots: dict[ShelvingKey, AlarmShelved] = {}

    def put(self, event: AlarmShelved) -> None:
        """Shelve, in place of an earlier shelving with the same key."""
        self._slots.pop(shelving_key(event), None)
        self._slots[shelving_key(event)] = event

    def take(self, event: AlarmUnshelved) -> None:
        """Unshelve."""
        self._slots.pop(shelving_key(event), None)

    def at(self, now_us: Instant) -> list[AlarmShelved]:
        """Return the shelvings in force, the first to end first."""
        self._slots = {key: one for key, one in self._slots.items() if one.ends_at > now_us}
        return sorted(self._slots.values(), key=lambda one: one.ends_at)


def shelved_until(shelved: Iterable[AlarmShelved], name: str, subject: str, node: NodeId) -> Instant | None:
    """Return the time until which this alarm of this node calls no one; None if the alarm calls."""
    if not may_be_shelved(name):
        return None
    found = [one.ends_at for one in shelved if _covers(one, name, subject, node)]
    return max(found, default=None)


def _covers(one: AlarmShelved, name: str, subject: str, node: NodeId) -> bool:
    of_node = one.node in ("", node) or (subject_kind_of(name) is SubjectKind.NODE and subject == one.node)
    return one.alarm in ("", name) and one.subject in ("", subject) and of_node


AlarmKey = tuple[NodeId, str, str]
"""Node, name and subject of an alarm."""
Nodes = Container[NodeId] | None
"""Nodes that take part; the last report of a lost node may be out of date. None: a single node.
"""


class AlarmBook:
    """State of all alarms and of the shelf, fed event by event."""

    def __init__(self, is_open: Callable[[AlertId], bool | None]) -> None:
        """Create the book. `is_open`: return True if the alert is open; None if no such alert is known."""
        self._is_open = is_open
        self.told: dict[AlarmKey, AlarmRecord] = {}
        self.shelf = ShelvedAlarms()

    def apply(self, node: NodeId, recorded: Recorded) -> bool:
        """Apply an event of this node's stream, or of the shelf; True if the display changes."""
        event, at = recorded.event, recorded.at_us
        match event:
            case ev.AlarmRaised(alarm=alarm, subject=subject, text=text):
                if subject_kind_of(alarm) is SubjectKind.ALERT and not self._is_open(alert_of(subject)):
                    return False
                self.told[node, alarm, subject] = AlarmRecord(at=at, text=text)
            case ev.AlarmCleared(alarm=alarm, subject=subject):
                # An alarm about an alert is cleared by the node that owns the alert at that time.
                is_alerts = self._is_open(alert_of(subject)) is not None
                for whose in {key[0] for key in self.told} if is_alerts else (node,):
                    self._step((whose, alarm, subject), lambda told: clear(told, alarm, at))
            case ev.AlarmSeen(alarm=alarm, subject=subject, raised_at=raised_at, by=by):
                self._step((node, alarm, subject), lambda told: acknowledge(told, raised_at, by, at))
            case ev.AlarmsSummed(alarms=alarms):
                return self._begin(node, alarms)
            case ev.AlarmShelved():
                self.shelf.put(event)
            case ev.AlarmUnshelved():
                self.shelf.take(event)
            case ev.ActorStarted(role=Role.DEADLINE_WATCHDOG):
                # The watchdog does not remember stuck alerts; alerts that are still stuck are found again.
                return self._forget(lambda key: key[:2] == (node, STUCK))
            case ev.NodeStarted():
                # The alarms belong to the node's earlier run; an alarm with a lasting cause is raised again.
                return self._forget(lambda key: key[0] == node)
            case _:
                return False
        return True

    def closed(self, alert: AlertId) -> bool:
        """Remove the alarms of a closed alert. Return True if any existed."""
        return self._forget(lambda key: alert_of(key[2]) == alert)

    def stand(self, alive: Nodes = None) -> list[AlarmKey]:
        """Return the active alarms reported by these nodes."""
        return [key for key, told in self.told.items() if told.stands and (alive is None or key[0] in alive)]

    def summed(self, node: NodeId) -> ev.AlarmsSummed:
        """Return the alarms of this node in one event."""
        return ev.AlarmsSummed(
            alarms=tuple(
                ev.AlarmState(
                    alarm=alarm,
                    subject=subject,
                    text=told.text,
                    raised_at=told.at,
                    seen_at=told.seen_at,
                    seen_by=told.seen_by,
                    over_at=told.over_at,
                )
                for (whose, alarm, subject), told in self.told.items()
                if whose == node
            )
        )

    def _begin(self, node: NodeId, alarms: Iterable[ev.AlarmState]) -> bool:
        """Apply a summary if no alarm of this node is known; a reader with one has followed every event."""
        if any(whose == node for whose, _, _ in self.told):
            return False
        for one in alarms:
            if subject_kind_of(one.alarm) is SubjectKind.ALERT and not self._is_open(alert_of(one.subject)):
                continue
            self.told[node, one.alarm, one.subject] = AlarmRecord(
                at=one.raised_at,
                text=one.text,
                seen_at=one.seen_at,
                seen_by=one.seen_by,
                over_at=one.over_at,
            )
        return True

    def _step(self, key: AlarmKey, step: Callable[[AlarmRecord], AlarmRecord | None]) -> None:
        told = self.told.pop(key, None)
        after = None if told is None else step(told)
        if after is not None:
            self.told[key] = after

    def _forget(self, which: Callable[[AlarmKey], bool]) -> bool:
        gone = [key for key in self.told if which(key)]
        for key in gone:
            del self.told[key]
        return bool(gone)


def alert_of(subject: str) -> AlertId:
    """Return the alert of an alarm about an alert or one of its legs."""
    return AlertId(subject.partition(":")[0])
