"""What a heartbeat tells of the node besides whether it is well: its alarms, and what is planned."""

from __future__ import annotations

from messages.events import AlarmShelved, AlarmUnshelved
from messages.ids import Instant, NodeId
from messages.journal import Recorded
from model.alarms.shelf import Shelf
from model.alarms.standing import Key, standing
from store import streams
from store.alarms import since_started, started
from store.journal.journal import Journal


class NodePicture:
    """A fold, begun with what stands. What is applied a second time changes nothing in the end."""

    def __init__(self, journal: Journal, node: NodeId) -> None:
        """Raises JournalError."""
        self._stream = streams.node(node)
        self._shelf = Shelf()
        self.stands: dict[Key, str] = {}
        start = started(journal, node)
        self.began: Instant | None = None if start is None else start.at_us
        """When the node was started: before, nobody could be heard here."""
        for recorded in (*journal.read(streams.SHELF), *since_started(journal, node)):
            self.apply(recorded)

    def apply(self, recorded: Recorded) -> None:
        """Take the next event."""
        event = recorded.event
        if recorded.stream == self._stream:
            self.stands = standing((event,), self.stands)
        elif isinstance(event, AlarmShelved):
            self._shelf.put(event)
        elif isinstance(event, AlarmUnshelved):
            self._shelf.take(event)

    def shelved(self, now_us: Instant) -> list[AlarmShelved]:
        """What is kept quiet."""
        return self._shelf.at(now_us)
