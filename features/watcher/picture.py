"""What a heartbeat tells of the node besides whether it is well: alarms, who has them, what is planned."""

from __future__ import annotations

from itertools import chain

from messages.events import AlarmShelved, AlertClosed
from messages.ids import CalloutKind, Instant, NodeId
from messages.journal import Recorded, is_kind
from model.alarms.book import AlarmBook, AlarmKey
from model.alarms.kind import Wakes
from model.alarms.standing import Key
from model.alarms.table import wakes
from model.callouts.callout import Callouts
from store import streams
from store.alarms import since_started, started
from store.callouts import told_lately
from store.journal.journal import Journal


class NodePicture:
    """A fold, begun with what stands. What is applied a second time changes nothing in the end."""

    def __init__(self, journal: Journal, node: NodeId) -> None:
        """Raises JournalError."""
        self._node = node
        self._stream = streams.node(node)
        self._book = AlarmBook(lambda _: True)
        self._callouts = Callouts()
        start = started(journal, node)
        self.began: Instant | None = None if start is None else start.at_us
        """When the node was started: before, nobody could be heard here."""
        told = journal.read(streams.SHELF), told_lately(journal)[1], since_started(journal, node)
        for recorded in chain(*told):
            self.apply(recorded)

    def apply(self, recorded: Recorded) -> None:
        """Take the next event."""
        if recorded.stream in (self._stream, streams.SHELF):
            self._book.apply(self._node, recorded)
        elif recorded.stream == streams.DUTY:
            self._callouts.apply(recorded)
        elif is_kind(recorded.event, AlertClosed):
            alert = streams.alert_of(recorded.stream)
            if alert is not None:
                self._book.closed(alert)

    def stands(self) -> list[Key]:
        """The node's alarms."""
        return [(alarm, subject) for _, alarm, subject in self._book.stand()]

    def taken(self) -> bool:
        """Whether somebody has all that wakes people: has taken a callout for it, or seen it at a console."""
        # By the newest callout: who had it some days ago has not taken it again.
        has: dict[AlarmKey, bool] = {
            one.key: callout.taken
            for callout in (*self._callouts.ended, *self._callouts.open)
            if callout.kind is CalloutKind.ALARM
            for one in callout.alarms
        }
        # Because of a line that is lost somebody is called only where few are left.
        waking = [
            key
            for key in self._book.stand()
            if wakes(key[1]) is Wakes.AT_ONCE or (wakes(key[1]) is Wakes.FEW_LEFT and key in has)
        ]
        seen = {key for key in waking if self._book.told[key].seen_at is not None}
        return bool(waking) and all(key in seen or has.get(key, False) for key in waking)

    def shelved(self, now_us: Instant) -> list[AlarmShelved]:
        """What is kept quiet."""
        return self._book.shelf.at(now_us)
