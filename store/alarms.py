"""The node's own stream, where alarms are raised and cleared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec.structs import replace
from sqlalchemy import bindparam, select, text

from messages.events import AlarmRaised, Event
from messages.ids import Instant, NodeId
from messages.journal import Recorded
from model.alarms.book import AlarmBook
from model.alarms.history import TYPES
from model.alarms.standing import Key, Words, due, standing
from store import streams
from store.database.query import Query
from store.database.schema import event
from store.journal import rows
from store.journal.journal import Append, Journal, Transaction

SUMMED_AFTER: Final = 300
"""So many events a start may read; fewer than the spare journal has of a node."""
_END: Final = 2**31 - 1
"""No stream has so many."""
_c = event.c
_ARE: Final = f"type IN ({', '.join(repr(name) for name in TYPES)})"
_TOLD: Final = Query(
    select(event)
    .where(_c.stream == bindparam("stream"), text(_ARE), _c.version > bindparam("after"))
    .order_by(_c.version),
    "stream",
    "after",
)


def started(journal: Journal, node: NodeId) -> Recorded | None:
    """The node's last start. Raises JournalError."""
    return rows.first(journal.rows(rows.NEWEST_OF_TYPE, streams.node(node), "node.started"))


def since_started(journal: Journal, node: NodeId) -> list[Recorded]:
    """What says which alarms the node has: what it has written since its last start, with which the alarms of
    its earlier life are over, or since they were summed up.
    """
    return journal.read(streams.node(node), _begins(journal, node, _END))


def _begins(journal: Journal, node: NodeId, upto: int) -> int:
    """The version behind which the node's alarms are to be read, in order to know them as of `upto`."""
    stream = streams.node(node)

    def newest(kind: str) -> int:
        found = rows.first(journal.rows(rows.NEWEST_OF_TYPE_UPTO, stream, kind, upto))
        return 0 if found is None else found.version

    start, summary = newest("node.started"), newest("alarms.summed")
    return summary - 1 if summary > start else start


def sum_up(journal: Journal, node: NodeId) -> bool:
    """Write into the node's stream how all its alarms are, where much was written since that was done last;
    whether it was. Raises JournalError.
    """
    stream, begins = streams.node(node), _begins(journal, node, _END)
    if journal.version(stream) - begins < SUMMED_AFTER:
        return False

    def work(tx: Transaction) -> None:
        book = AlarmBook(lambda _: True)
        for recorded in tx.read(stream, begins):
            book.apply(node, recorded)
        tx.append(Append(stream, None, (book.summed(node),)))

    journal.transact(work)
    return True


def told_since(journal: Journal, nodes: Iterable[NodeId], since_us: Instant) -> list[Recorded]:
    """What of alarms these nodes have told since then, in the journal's order. Raises JournalError."""
    names = [streams.node(node) for node in nodes]
    found = [row for one in names for row in journal.rows(_TOLD, one, journal.version_before(one, since_us))]
    return rows.recorded(sorted(found))


def told_lately(journal: Journal, node: NodeId, since_us: Instant) -> list[Recorded]:
    """What the node has written since this moment at least, and before it what says which alarms it had."""
    stream, start = streams.node(node), started(journal, node)
    before = journal.version_before(stream, since_us)
    if start is None or start.version <= before:
        before = _begins(journal, node, before)
    return journal.read(stream, before)


def standing_now(journal: Journal, node: NodeId) -> dict[Key, str]:
    """The node's alarms. Raises JournalError."""
    return standing(one.event for one in since_started(journal, node))


class NodeAlarms:
    """Tells a node's stream what an actor finds wrong, once. Reads it when it is first asked: an actor goes
    on with what the one before it has told. No two actors may raise the same alarm of the same subject; an
    actor that clears the alarm of another calls `refresh` first.
    """

    def __init__(self, journal: Journal, node: NodeId) -> None:
        self._journal = journal
        self._node = node
        self._stands: dict[Key, str] | None = None
        self._version = 0
        """Up to which the node's stream is read."""

    @property
    def stands(self) -> Words:
        """What stands, as far as it is this actor's. Raises JournalError."""
        return self.refresh() if self._stands is None else self._stands

    def refresh(self) -> Words:
        """Read what was written to the stream since it was read last: what stands. Raises JournalError."""
        if self._stands is None:
            self._version = _begins(self._journal, self._node, _END)
        found = self._journal.read(streams.node(self._node), self._version)
        self._stands = standing((one.event for one in found), self._stands)
        self._version = found[-1].version if found else self._version
        return self._stands

    def tell(self, found: Words, *, over: str = "", reworded: bool = False) -> None:
        """Write down what is due. Raises JournalError: nothing was written then, and it is due again."""
        alarms = due(self.stands, found, over=over, reworded=reworded)
        if alarms:
            self._journal.append(Append(streams.node(self._node), None, tuple(alarms)))
            self._stands = standing(alarms, self.stands)

    def news(self, appends: Sequence[Append]) -> Callable[[Transaction], list[Append]]:
        """Return what says, within the transaction that writes these, which of them are to be written: no
        alarm of this node that stands already. For who raises one beside something else. Raises JournalError.
        """
        stream = streams.node(self._node)
        if not any(one.stream == stream for one in appends):
            return lambda _: list(appends)
        # Before the write lock is taken: within it only what has come since is read.
        before, after = dict(self.refresh()), self._version

        def news(tx: Transaction) -> list[Append]:
            now = standing((one.event for one in tx.read(stream, after)), before)
            return [left for one in appends if (left := _news(one, now)) is not None]

        return news


def _news(append: Append, stands: Words) -> Append | None:
    """The append without alarms that stand; none where nothing is left of it."""

    def stood(event: Event) -> bool:
        return isinstance(event, AlarmRaised) and (event.alarm, event.subject) in stands

    left = tuple(event for event in append.events if not stood(event))
    return replace(append, events=left) if left else None
