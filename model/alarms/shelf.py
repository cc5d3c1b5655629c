"""What is kept quiet for planned work: until then, by whom and why. It ends by itself.

What a user in danger depends on is never kept quiet, whatever is on the shelf.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from messages.events import AlarmShelved, AlarmUnshelved
from messages.ids import SECOND, Instant, NodeId
from model.alarms.kind import About
from model.alarms.table import about, may_be_quiet

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
