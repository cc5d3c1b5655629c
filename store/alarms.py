"""Alarms in a node's own stream: raise, clear, summarise and read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec.structs import replace
from sqlalchemy import bindparam, select, text

from messages.events import AlarmRaised, Event
from messages.ids import Instant, NodeId
from messages.journal import Recorded
from model.alarms.active import Key, Words, active_alarms, alarm_changes
from model.alarms.book import AlarmBook
from model.alarms.history import TYPES
from store import streams
from store.database.query import Query
from store.database.schema import event
from store.journal import rows
from store.journal.journal import Append, Journal, Transaction

SUMMARY_AFTER_EVENTS: Final = 300
"""Number of events that a start may read; below the number of a node's events in the fallback journal."""
_END: Final = 2**31 - 1
"""Version above that of any stream."""
_c = event.c
_IS_ALARM_EVENT: Final = f"type IN ({', '.join(repr(name) for name in TYPES)})"
_EVENTS_AFTER: Final = Query(
    select(event)
    .where(_c.stream == bindparam("stream"), text(_IS_ALARM_EVENT), _c.version > bindparam("after"))
    .order_by(_c.version),
    "stream",
    "after",
)


def last_node_start(journal: Journal, node: NodeId) -> Recorded | None:
    """Return the node's last start; None if there is none. Raises JournalError."""
    return rows.first(journal.rows(rows.NEWEST_OF_TYPE, streams.node(node), "node.started"))


def active_alarm_events(journal: Journal, node: NodeId) -> list[Recorded]:
    """Return the events that determine the node's active alarms: those since its last start, which ends all
    earlier alarms, or since the last summary. Raises JournalError.
    """
    return journal.read(streams.node(node), _first_version(journal, node, _END))


def _first_version(journal: Journal, node: NodeId, upto: int) -> int:
    """Return the version after which to read the node's events, to know its alarms as of version `upto`."""
    stream = streams.node(node)

    def newest(kind: str) -> int:
        found = rows.first(journal.rows(rows.NEWEST_OF_TYPE_UPTO, stream, kind, upto))
        return 0 if found is None else found.version

    start, summary = newest("node.started"), newest("alarms.summed")
    return summary - 1 if summary > start else start


def write_alarm_summary(journal: Journal, node: NodeId) -> bool:
    """Write a summary of all alarms into the node's stream if at least SUMMED_AFTER events follow the last
    start or summary. Return True if a summary was written. Raises JournalError.
    """
    stream, begins = streams.node(node), _first_version(journal, node, _END)
    if journal.version(stream) - begins < SUMMARY_AFTER_EVENTS:
        return False

    def work(tx: Transaction) -> None:
        book = AlarmBook(lambda _: True)
        for recorded in tx.read(stream, begins):
            book.apply(node, recorded)
        tx.append(Append(stream, None, (book.summed(node),)))

    journal.transact(work)
    return True


def alarm_events_since(journal: Journal, nodes: Iterable[NodeId], since_us: Instant) -> list[Recorded]:
    """Return the alarm events of these nodes since `since_us`, in journal order. Raises JournalError."""
    names = [streams.node(node) for node in nodes]
    found = [
        row
        for one in names
        for row in journal.rows(_EVENTS_AFTER, one, journal.version_before(one, since_us))
    ]
    return rows.events_from(sorted(found))


def recent_alarm_events(journal: Journal, node: NodeId, since_us: Instant) -> list[Recorded]:
    """Return the events since `since_us`, preceded by those that determine the alarms at that time."""
    stream, start = streams.node(node), last_node_start(journal, node)
    before = journal.version_before(stream, since_us)
    if start is None or start.version <= before:
        before = _first_version(journal, node, before)
    return journal.read(stream, before)


def read_active_alarms(journal: Journal, node: NodeId) -> dict[Key, str]:
    """Return the node's active alarms, each with its text. Raises JournalError."""
    return active_alarms(one.event for one in active_alarm_events(journal, node))


class NodeAlarms:
    """Writer of an actor's alarms into the node's stream: each alarm once, and its end once.

    The stream is read at first use, so that a restarted actor continues from the alarms of its predecessor.
    Two actors must not raise the same alarm of the same subject. An actor that clears another actor's alarm
    calls `refresh` first.
    """

    def __init__(self, journal: Journal, node: NodeId) -> None:
        self._journal = journal
        self._node = node
        self._stands: dict[Key, str] | None = None
        self._version = 0
        """Version up to which the node's stream is read."""

    @property
    def stands(self) -> Words:
        """Active alarms of the node, as last read. Raises JournalError."""
        return self.refresh() if self._stands is None else self._stands

    def refresh(self) -> Words:
        """Read the events since the last read; return the active alarms. Raises JournalError."""
        if self._stands is None:
            self._version = _first_version(self._journal, self._node, _END)
        found = self._journal.read(streams.node(self._node), self._version)
        self._stands = active_alarms((one.event for one in found), self._stands)
        self._version = found[-1].version if found else self._version
        return self._stands

    def tell(self, found: Words, *, over: str = "", reworded: bool = False) -> None:
        """Write the alarms that begin or end with `found`. Raises JournalError: nothing was written; the next
        call retries. `over`: reason of an end, in words. `reworded`: raise an active alarm again with its new
        text.
        """
        alarms = alarm_changes(self.stands, found, over=over, reworded=reworded)
        if alarms:
            self._journal.append(Append(streams.node(self._node), None, tuple(alarms)))
            self._stands = active_alarms(alarms, self.stands)

    def news(self, appends: Sequence[Append]) -> Callable[[Transaction], list[Append]]:
        """Return a filter of `appends` for use within the transaction that writes them: the filter drops
        alarms of this node that are already active. For actors that raise an alarm together with other
        events. Raises JournalError.
        """
        stream = streams.node(self._node)
        if not any(one.stream == stream for one in appends):
            return lambda _: list(appends)
        # Read before the write lock is taken: within the lock only newer events remain to be read.
        before, after = dict(self.refresh()), self._version

        def news(tx: Transaction) -> list[Append]:
            now = active_alarms((one.event for one in tx.read(stream, after)), before)
            return [left for one in appends if (left := _without_active(one, now)) is not None]

        return news


def _without_active(append: Append, stands: Words) -> Append | None:
    """Return the append without alarms that are already active; None if no event remains."""

    def stood(event: Event) -> bool:
        return isinstance(event, AlarmRaised) and (event.alarm, event.subject) in stands

    left = tuple(event for event in append.events if not stood(event))
    return replace(append, events=left) if left else None
