"""Reads of the journal as of one moment, and changes under its write lock.

Neither object outlives the call that receives it, and neither commits: `store.journal.journal` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import msgspec

from messages.events import AlertClosed, Event, UserIdentified
from messages.ids import AlertId, Instant, NodeId, UserId
from messages.journal import Recorded
from store.database.dialect import Connection
from store.database.query import Query, Row
from store.errors import (
    JournalError,
    JournalNotDurable,
    JournalUnavailable,
    LeaseLost,
    StoreError,
    VersionConflict,
)
from store.journal import erasable, rows
from store.journal.sealing import Keys, decode_keys, new_keys
from store.nodes import leases
from store.streams import StreamKind

_CASE: Final = leases.CASE


class Append(msgspec.Struct, frozen=True):
    """Events for the end of one stream."""

    stream: str
    expected: int | None
    """Required version of the stream, 0 for a new one; None accepts any version."""
    events: tuple[Event, ...]


class RetryValues:
    """Random values of a transaction, remembered for its retries.

    A commit with a failed flush may be in the file nevertheless, and appear later. A retry with the same
    random values then produces the same events, and not a second alert.
    """

    def __init__(self) -> None:
        self._known: list[str] = []
        self._named: dict[str, str] = {}
        self._place = 0

    def again(self) -> None:
        """Restart the sequence for a retry."""
        self._place = 0

    def next(self, make: Callable[[], str]) -> str:
        """Return the next value of the sequence."""
        if self._place == len(self._known):
            self._known.append(make())
        self._place += 1
        return self._known[self._place - 1]

    def named(self, name: str, make: Callable[[], str]) -> str:
        """Return the value of this name, independent of the order of calls."""
        if name not in self._named:
            self._named[name] = make()
        return self._named[name]


class Snapshot:
    """Reads of the journal as of one moment, without its write lock.

    The reads of a Transaction see earlier appends of the same transaction.
    """

    def __init__(self, connection: Connection, *, node: NodeId, at_us: Instant, shared: bool) -> None:
        self._connection = connection
        self._node = node
        self.shared: Final = shared
        """True if several nodes write, and only an alert's owner its case stream (`store.nodes.leases`)."""
        self.at_us: Final = at_us
        """Time of the reading, and of all events that a Transaction writes."""

    @property
    def node(self) -> NodeId:
        """Node that reads or writes."""
        return self._node

    @property
    def database_us(self) -> int:
        """Time of the database's own clock, the only one that counts for memberships."""
        return self._connection.now_us(self.at_us)

    @property
    def durable(self) -> bool:
        """True if data written here survives the machine; False while the journal continues in memory."""
        return self._connection.lasting

    def version(self, stream: str) -> int:
        """Return the stream's last version; 0 if it is empty."""
        return rows.scalar_of(self._connection, rows.VERSION, stream)

    def version_before(self, stream: str, at_us: Instant) -> int:
        """Return the stream's last version before `at_us`; 0 if there is none. Reads only the rows since."""
        return rows.scalar_of(self._connection, rows.VERSION_BEFORE, stream, at_us)

    def last(self, stream: str) -> Recorded | None:
        """Return the stream's last event; None if it is empty."""
        return rows.first(self._connection.all(rows.NEWEST_OF_STREAM, stream))

    def newest(self, stream: str) -> list[Recorded]:
        """Return the stream's last few events, newest first."""
        return rows.events_from(self._connection.all(rows.NEWEST_OF_STREAM, stream))

    def last_of_type(self, stream: str, event_type: str) -> Recorded | None:
        """Return the stream's last event of a type; None if there is none."""
        return rows.first(self._connection.all(rows.NEWEST_OF_TYPE, stream, event_type))

    def read(self, stream: str, after: int = 0) -> list[Recorded]:
        """Return the stream's events by version, after version `after`."""
        return rows.events_from(self._connection.all(rows.STREAM, stream, after))

    def one(self, query: Query, *values: object) -> Row | None:
        """Return the first row of a table of the registry or of a projection; None if the query finds
        none.
        """
        return self._connection.one(query, *values)

    def all(self, query: Query, *values: object) -> list[Row]:
        """Return all rows of a table of the registry or of a projection."""
        return self._connection.all(query, *values)


class Transaction(Snapshot):
    """Changes under the write lock. Lives no longer than the call that receives it."""

    def __init__(
        self,
        connection: Connection,
        *,
        node: NodeId,
        at_us: Instant,
        seq: int,
        chances: RetryValues | None = None,
        shared: bool = False,
    ) -> None:
        super().__init__(connection, node=node, at_us=at_us, shared=shared)
        self._chances = chances or RetryValues()
        self._seq = seq
        self.written: Final[list[Row]] = []
        """Rows of the journal appended so far."""
        self.beside: Final[list[tuple[str, Row]]] = []
        """Rows of the tables of `store.journal.erasable` written so far, each with its table."""

    def chance(self, make: Callable[[], str]) -> str:
        """Return the value of `make`; a retry after a failed commit returns the same value."""
        return self._chances.next(make)

    def append(self, *appends: Append) -> tuple[Recorded, ...]:
        """Write all events or, by VersionConflict or LeaseLost, none. Raises EncodeError as well."""
        heads: dict[str, int] = {}
        recorded: list[Recorded] = []
        for append in appends:
            actual = heads.get(append.stream)
            if actual is None:
                actual = self.version(append.stream)
            if append.expected is not None and append.expected != actual:
                raise VersionConflict(append.stream, append.expected, actual)
            epoch = self._epoch(append.stream)
            for event in append.events:
                actual += 1
                recorded.append(
                    Recorded(
                        seq=self._seq + len(recorded) + 1,
                        stream=append.stream,
                        version=actual,
                        at_us=self.at_us,
                        node=self._node,
                        epoch=epoch,
                        event=event,
                    )
                )
            heads[append.stream] = actual
        added = [rows.row_of(one, self.keys_of) for one in recorded]
        self._connection.write_many(rows.INSERT, added)
        self._seq += len(added)
        self.written.extend(added)
        for one in recorded:
            if isinstance(one.event, UserIdentified):
                self.set_person(AlertId(one.stream.removeprefix(_CASE)), one.event.user)
        if self.shared:
            self._drop_closed(recorded)
        return tuple(recorded)

    def stream_of(self, kind: StreamKind, value: str) -> str:
        """Return the stream of this number or device; name it now if it has none."""
        stream = erasable.stream_of(self.one, kind, value)
        if stream is None:
            stream = self._chances.named(f"{kind} {value}", lambda: erasable.new_stream(kind, self.at_us))
            self._write_beside(erasable.ADD_ALIAS, "alias", (stream, kind.value, value))
        return stream

    def set_person(self, alert: AlertId, user: UserId) -> None:
        """Assign the alert to this person, or to the one with whom this person was merged, for an erasure."""
        self.keys_of(alert)
        self._connection.write(erasable.SET_PERSON, user, alert)
        if (row := self.one(erasable.KEY_ROW, alert)) is not None:
            self.beside.append(("alert_key", row))

    def keys_of(self, alert: AlertId) -> Keys:
        """Return the alert's keys; create them with the first event that needs them. The keys are not cached:
        a destroyed key is unusable at once.
        """
        found = self.one(erasable.KEYS_OF, alert)
        if found is not None:
            return found
        keys = decode_keys(self._chances.named(f"keys of {alert}", new_keys))
        self._write_beside(erasable.ADD_KEYS, "alert_key", (alert, *keys, None))
        return keys

    def forget(self, query: Query, alert: AlertId) -> None:
        """Change the alert's keys by this statement, which destroys one."""
        self.write(query, alert)
        if (row := self.one(erasable.KEY_ROW, alert)) is not None:
            self.beside.append(("alert_key", row))

    def _write_beside(self, query: Query, table: str, row: Row) -> None:
        self._connection.write(query, *row)
        self.beside.append((table, row))

    def _epoch(self, stream: str) -> int:
        """Return the epoch of this node's lease on the stream; 0 if none is needed. Raises LeaseLost."""
        if not self.shared or not stream.startswith(_CASE):
            return 0
        epoch = leases.epoch_of(self, AlertId(stream.removeprefix(_CASE)), self._node)
        if epoch is None:
            raise LeaseLost(stream, self._node)
        return epoch

    def _drop_closed(self, recorded: Iterable[Recorded]) -> None:
        for one in recorded:
            if isinstance(one.event, AlertClosed):
                leases.drop_lease(self, AlertId(one.stream.removeprefix(_CASE)))

    @property
    def seq(self) -> int:
        """Last seq of the journal, including this transaction; 0 if it is empty."""
        return self._seq

    def restore(self, exported: Sequence[Row]) -> None:
        """Write rows unchanged, for an import into an empty journal."""
        if exported:
            self._connection.write_many(rows.INSERT, exported)
            self._seq = int(exported[-1][0])
            self.written.append(exported[-1])

    def write_rows(self, query: Query, values: Sequence[Row]) -> None:
        """Change a table of the registry, or a derived one, once for each row of values."""
        self._connection.write_many(query, values)

    def write(self, query: Query, *values: object) -> int:
        """Change a table of the registry or a derived one; return the number of changed rows. Raises
        JournalNotDurable.

        An alert must be handled while the journal is not durable; a change of personal data should be
        repeated later.
        """
        if not self.durable:
            raise JournalNotDurable("the disk cannot be written: the registry cannot be changed now")
        return self.write_nondurable(query, *values)

    def write_nondurable(self, query: Query, *values: object) -> int:
        """Change a table as `write` does, also while the journal is not durable: for rows that are merged on
        its return (`store.registry.access.sessions`).
        """
        return self._connection.write(query, *values)

    @contextmanager
    def unit(self) -> Iterator[None]:
        """Undo all changes made in the context if an error occurs, keep the transaction usable, and raise the
        error again; JournalUnavailable if the database has ended the transaction.
        """
        seq, count, beside = self._seq, len(self.written), len(self.beside)
        self._connection.savepoint()
        try:
            yield
        except BaseException as error:
            try:
                self._connection.back_to_savepoint()
            except StoreError as lost:
                # The database has ended the whole transaction, as SQLite does if the disk is full in the
                # middle of a statement: earlier changes are undone as well.
                if isinstance(error, JournalError):
                    raise error from lost
                raise JournalUnavailable(f"the transaction has ended within it: {lost}") from error
            self._seq = seq
            del self.written[count:]
            del self.beside[beside:]
            raise
        self._connection.forget_savepoint()
