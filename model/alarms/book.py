"""What is wrong with the center by its nodes' streams: what stands, what was and nobody has seen (ISA 18.2),
and what is kept quiet for planned work. Pure; the book is fed event by event.

```
            raised            seen
  (none) ──────────▶ unseen ────────▶ seen
                       │                │
                       │ over           │ over
                       ▼        seen    ▼
                   over, unseen ────▶ (none)
```

Of an alert none is told as over: its story has it. Raised anew it is another, and unseen.

What a user in danger depends on is never kept quiet, whatever is on the shelf.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import Final

import msgspec

from messages import events as ev
from messages.events import AlarmShelved, AlarmUnshelved
from messages.ids import SECOND, AlertId, Instant, NodeId, OperatorId, Role
from messages.journal import Recorded
from model.alarms.kind import About
from model.alarms.standing import STUCK
from model.alarms.table import about, may_be_quiet


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    at: Instant
    """When it was raised."""
    text: str
    seen_at: Instant | None = None
    seen_by: OperatorId | None = None
    over_at: Instant | None = None

    @property
    def stands(self) -> bool:
        """Whether it is so now."""
        return self.over_at is None


def seen(told: Told, raised_at: Instant, by: OperatorId, at: Instant) -> Told | None:
    """Once an operator has acknowledged what was raised then; None: there is nothing more to tell."""
    if told.at > raised_at or told.seen_at is not None:
        return told
    return msgspec.structs.replace(told, seen_at=at, seen_by=by) if told.stands else None


def over(told: Told, name: str, at: Instant) -> Told | None:
    """Once it is over; None: there is nothing more to tell."""
    if told.seen_at is not None or about(name) is About.ALERT:
        return None
    return told if not told.stands else msgspec.structs.replace(told, over_at=at)


LONGEST_US: Final = 24 * 3600 * SECOND

Slot = tuple[str, str, NodeId]
"""An alarm's name, its subject, the node; what is empty is any."""


def slot(event: AlarmShelved | AlarmUnshelved) -> Slot:
    """By what it is known on the shelf."""
    return event.alarm, event.subject, event.node


class Shelf:
    """What is on it. Fold of `shelf-center`."""

    def __init__(self) -> None:
        self._slots: dict[Slot, AlarmShelved] = {}

    def put(self, event: AlarmShelved) -> None:
        """From now on, in place of what was said of the same before."""
        self._slots.pop(slot(event), None)
        self._slots[slot(event)] = event

    def take(self, event: AlarmUnshelved) -> None:
        """It is heard again."""
        self._slots.pop(slot(event), None)

    def at(self, now_us: Instant) -> list[AlarmShelved]:
        """What is quiet now, the first to end first."""
        self._slots = {key: one for key, one in self._slots.items() if one.ends_at > now_us}
        return sorted(self._slots.values(), key=lambda one: one.ends_at)


def quiet_until(shelved: Iterable[AlarmShelved], name: str, subject: str, node: NodeId) -> Instant | None:
    """Until when this alarm of this node calls nobody; None: it calls."""
    if not may_be_quiet(name):
        return None
    found = [one.ends_at for one in shelved if _covers(one, name, subject, node)]
    return max(found, default=None)


def _covers(one: AlarmShelved, name: str, subject: str, node: NodeId) -> bool:
    of_node = one.node in ("", node) or (about(name) is About.NODE and subject == one.node)
    return one.alarm in ("", name) and one.subject in ("", subject) and of_node


AlarmKey = tuple[NodeId, str, str]
"""By whom, which alarm, about what."""
Nodes = Container[NodeId] | None
"""Of several those that take part: what a lost one has said last says nothing of now. None: there is one."""


class AlarmBook:
    """See the module."""

    def __init__(self, is_open: Callable[[AlertId], bool | None]) -> None:
        """`is_open`: whether this alert is open; None where it is no alert that is known."""
        self._is_open = is_open
        self.told: dict[AlarmKey, Told] = {}
        self.shelf = Shelf()

    def apply(self, node: NodeId, recorded: Recorded) -> bool:
        """An event of this node's stream, or of the shelf; whether something is to be told otherwise now."""
        event, at = recorded.event, recorded.at_us
        match event:
            case ev.AlarmRaised(alarm=alarm, subject=subject, text=text):
                if about(alarm) is About.ALERT and not self._is_open(alert_of(subject)):
                    return False
                self.told[node, alarm, subject] = Told(at=at, text=text)
            case ev.AlarmCleared(alarm=alarm, subject=subject):
                # What is an alert's is cleared by the node that has it then.
                is_alerts = self._is_open(alert_of(subject)) is not None
                for whose in {key[0] for key in self.told} if is_alerts else (node,):
                    self._step((whose, alarm, subject), lambda told: over(told, alarm, at))
            case ev.AlarmSeen(alarm=alarm, subject=subject, raised_at=raised_at, by=by):
                self._step((node, alarm, subject), lambda told: seen(told, raised_at, by, at))
            case ev.AlarmsSummed(alarms=alarms):
                return self._begin(node, alarms)
            case ev.AlarmShelved():
                self.shelf.put(event)
            case ev.AlarmUnshelved():
                self.shelf.take(event)
            case ev.ActorStarted(role=Role.DEADLINE_WATCHDOG):
                # Which alerts were stuck it does not remember; those that still are it finds again.
                return self._forget(lambda key: key[:2] == (node, STUCK))
            case ev.NodeStarted():
                # Its alarms were of its earlier life; what still holds is raised again.
                return self._forget(lambda key: key[0] == node)
            case _:
                return False
        return True

    def closed(self, alert: AlertId) -> bool:
        """With an alert its alarms go; whether there were any."""
        return self._forget(lambda key: alert_of(key[2]) == alert)

    def stand(self, alive: Nodes = None) -> list[AlarmKey]:
        """What stands now, as far as those nodes say."""
        return [key for key, told in self.told.items() if told.stands and (alive is None or key[0] in alive)]

    def summed(self, node: NodeId) -> ev.AlarmsSummed:
        """What is told of this node, in one event."""
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
        """Take a summary where nothing of this node is known. Who knows something has followed all of it."""
        if any(whose == node for whose, _, _ in self.told):
            return False
        for one in alarms:
            if about(one.alarm) is About.ALERT and not self._is_open(alert_of(one.subject)):
                continue
            self.told[node, one.alarm, one.subject] = Told(
                at=one.raised_at,
                text=one.text,
                seen_at=one.seen_at,
                seen_by=one.seen_by,
                over_at=one.over_at,
            )
        return True

    def _step(self, key: AlarmKey, step: Callable[[Told], Told | None]) -> None:
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
    """Of an alarm about an alert, or a leg of one."""
    return AlertId(subject.partition(":")[0])
