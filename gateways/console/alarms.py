"""What is wrong with the center, as the journal says: what stands, what was and nobody has seen, what is kept
quiet. Pure; fed event by event.
"""

from __future__ import annotations

from collections.abc import Callable, Container

import msgspec

from gateways.console.views.plant import AlarmOverView, AlarmView, QuietView
from messages import events as ev
from messages.ids import AlertId, Instant, NodeId, Role
from messages.journal import Recorded
from model.alarms.kind import About
from model.alarms.shelf import Shelf, quiet_until
from model.alarms.standing import STUCK
from model.alarms.table import about
from model.alarms.told import Told, over, seen

AlarmKey = tuple[NodeId, str, str]
"""By whom, which alarm, about what."""
Nodes = Container[NodeId] | None
"""Of several those that take part: what a lost one has said last says nothing of now. None: there is one."""


class Alarms:
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
                if about(alarm) is About.ALERT and not self._is_open(_alert_of(subject)):
                    return False
                self.told[node, alarm, subject] = Told(at=at, text=text)
            case ev.AlarmCleared(alarm=alarm, subject=subject):
                # What is an alert's is cleared by the node that has it then.
                is_alerts = self._is_open(_alert_of(subject)) is not None
                for whose in {key[0] for key in self.told} if is_alerts else (node,):
                    self._step((whose, alarm, subject), lambda told: over(told, alarm, at))
            case ev.AlarmSeen(alarm=alarm, subject=subject, raised_at=raised_at, by=by):
                self._step((node, alarm, subject), lambda told: seen(told, raised_at, by, at))
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
        return self._forget(lambda key: _alert_of(key[2]) == alert)

    def stand(self, alive: Nodes = None) -> list[AlarmKey]:
        """What stands now, as far as those nodes say."""
        return [key for key, told in self.told.items() if told.stands and (alive is None or key[0] in alive)]

    def unseen(self, alarm: str, subject: str, raised_at: Instant) -> list[NodeId]:
        """The nodes that have raised it by then, and by whose word nobody has seen it."""
        return [
            node
            for (node, *what), told in self.told.items()
            if what == [alarm, subject] and told.at <= raised_at and told.seen_at is None
        ]

    def views(self, now_us: Instant, alive: Nodes = None) -> list[AlarmView]:
        """What stands, oldest first; what several have found is told once."""
        shelved = self.shelf.at(now_us)
        found: dict[tuple[str, str], AlarmView] = {}
        for key in sorted(self.stand(alive), key=lambda key: self.told[key].at):
            one = _view(key, self.told[key], quiet_until(shelved, key[1], key[2], key[0]))
            before = found.get(key[1:])
            found[key[1:]] = one if before is None else _together(before, one)
        return list(found.values())

    def over_views(self, alive: Nodes = None) -> list[AlarmOverView]:
        """What is over and nobody has seen, oldest first; not what stands by another node's word."""
        stands = {key[1:] for key in self.stand(alive)}
        found = {
            key[1:]: AlarmOverView(alarm=key[1], subject=key[2], since_us=told.at, over_us=told.over_at)
            for key, told in sorted(self.told.items(), key=lambda item: item[1].at)
            if told.over_at is not None and key[1:] not in stands
        }
        return list(found.values())

    def quiet_views(self, now_us: Instant) -> list[QuietView]:
        """What is kept quiet, the first to end first."""
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


def _view(key: AlarmKey, told: Told, quiet_us: Instant | None) -> AlarmView:
    _, alarm, subject = key
    return AlarmView(
        alarm=alarm,
        subject=subject,
        text=told.text,
        since_us=told.at,
        seen_us=told.seen_at,
        seen_by=told.seen_by,
        quiet_us=quiet_us,
    )


def _together(older: AlarmView, newer: AlarmView) -> AlarmView:
    """What two nodes have found: it was seen, and is quiet, where both were. It is known by the newest that
    was not: who acknowledges that has seen both.
    """
    one = newer if newer.seen_us is None else older
    quiet_us = older.quiet_us and newer.quiet_us and min(older.quiet_us, newer.quiet_us)
    return msgspec.structs.replace(one, quiet_us=quiet_us)


def _alert_of(subject: str) -> AlertId:
    """Of an alarm about an alert, or a leg of one."""
    return AlertId(subject.partition(":")[0])
