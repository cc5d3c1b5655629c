"""What can be read of the journal at one moment, and what can be done to it while its write lock is held.

Neither outlives the call that it is given to, and none commits: `store.journal.journal` does.
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
from store.journal.sealing import Keys, keys_in, new_keys
from store.nodes import leases
from store.streams import StreamKind

_CASE: Final = leases.CASE


class Append(msgspec.Struct, frozen=True):
    """Events for the end of one stream."""

    stream: str
    expected: int | None
    """The version that the stream has to have, 0 for a new one; none takes whatever it has."""
    events: tuple[Event, ...]


class Chances:
    """What is left to chance within a transaction, remembered.

    A commit whose flush fails may be in the file all the same, and come to light later. Done again
    with the same chances it is then the same, and not a second alert.
    """

    def __init__(self) -> None:
        self._known: list[str] = []
        self._named: dict[str, str] = {}
        self._place = 0

    def again(self) -> None:
        """From the beginning."""
        self._place = 0

    def next(self, make: Callable[[], str]) -> str:
        """The next one."""
        if self._place == len(self._known):
            self._known.append(make())
        self._place += 1
        return self._known[self._place - 1]

    def named(self, name: str, make: Callable[[], str]) -> str:
        """The one of this name, whenever it is asked for."""
        if name not in self._named:
            self._named[name] = make()
        return self._named[name]


class Snapshot:
    """What can be read of the journal at one moment, without its write lock.

    Where a Transaction is given, its reads see what was appended before in the same transaction.
    """

    def __init__(self, connection: Connection, *, node: NodeId, at_us: Instant, shared: bool) -> None:
        self._connection = connection
        self._node = node
        self.shared: Final = shared
        """Whether several nodes write here, and an alert's story is its owner's alone
        (`store.nodes.leases`).
        """
        self.at_us: Final = at_us
        """The time of the reading, and of everything that a Transaction writes."""

    @property
    def node(self) -> NodeId:
        """The node that reads or writes."""
        return self._node

    @property
    def database_us(self) -> int:
        """The time by the database's own clock, which alone says how long a membership lasts."""
        return self._connection.now_us(self.at_us)

    @property
    def durable(self) -> bool:
        """Whether what is written here survives the machine; not while the journal goes on in memory."""
        return self._connection.lasting

    def version(self, stream: str) -> int:
        """The stream's last version; 0 where it has none."""
        return rows.highest(self._connection, rows.VERSION, stream)

    def version_before(self, stream: str, at_us: Instant) -> int:
        """The stream's last version before that moment; 0 where it has none. Reads no row but those since."""
        return rows.highest(self._connection, rows.VERSION_BEFORE, stream, at_us)

    def last(self, stream: str) -> Recorded | None:
        """The stream's last event."""
        return rows.first(self._connection.all(rows.NEWEST_OF_STREAM, stream))

    def newest(self, stream: str) -> list[Recorded]:
        """The stream's last few events, newest first."""
        return rows.recorded(self._connection.all(rows.NEWEST_OF_STREAM, stream))

    def last_of_type(self, stream: str, event_type: str) -> Recorded | None:
        """The stream's last event of a type."""
        return rows.first(self._connection.all(rows.NEWEST_OF_TYPE, stream, event_type))

    def read(self, stream: str, after: int = 0) -> list[Recorded]:
        """The stream by version."""
        return rows.recorded(self._connection.all(rows.STREAM, stream, after))

    def one(self, query: Query, *values: object) -> Row | None:
        """The first row of a table of the registry or of a projection."""
        return self._connection.one(query, *values)

    def all(self, query: Query, *values: object) -> list[Row]:
        """Rows of such a table."""
        return self._connection.all(query, *values)


class Transaction(Snapshot):
    """What can be done while the write lock is held. Lives no longer than the call that it was given to."""

    def __init__(
        self,
        connection: Connection,
        *,
        node: NodeId,
        at_us: Instant,
        seq: int,
        chances: Chances | None = None,
        shared: bool = False,
    ) -> None:
        super().__init__(connection, node=node, at_us=at_us, shared=shared)
        self._chances = chances or Chances()
        self._seq = seq
        self.written: Final[list[Row]] = []
        """The journal's rows appended so far."""
        self.beside: Final[list[tuple[str, Row]]] = []
        """Rows of the tables of `store.journal.erasable` that were written so far, each with its table."""

    def chance(self, make: Callable[[], str]) -> str:
        """What `make` gives; the same again where the work is done again because its commit failed."""
        return self._chances.next(make)

    def append(self, *appends: Append) -> tuple[Recorded, ...]:
        """Write all of it or, by VersionConflict or LeaseLost, none. Raises EncodeError, too."""
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
        """The stream of this number or device, named now if it has none yet."""
        stream = erasable.stream_of(self.one, kind, value)
        if stream is None:
            stream = self._chances.named(f"{kind} {value}", lambda: erasable.new_stream(kind, self.at_us))
            self._write_beside(erasable.ADD_ALIAS, "alias", (stream, kind.value, value))
        return stream

    def set_person(self, alert: AlertId, user: UserId) -> None:
        """The alert is this person's, or whose id leads to another: it is forgotten with who is there."""
        self.keys_of(alert)
        self._connection.write(erasable.SET_PERSON, user, alert)
        if (row := self.one(erasable.KEY_ROW, alert)) is not None:
            self.beside.append(("alert_key", row))

    def keys_of(self, alert: AlertId) -> Keys:
        """The alert's keys, made with its first event that needs them. Not kept in mind: what is destroyed is
        destroyed at once.
        """
        found = self.one(erasable.KEYS_OF, alert)
        if found is not None:
            return found
        keys = keys_in(self._chances.named(f"keys of {alert}", new_keys))
        self._write_beside(erasable.ADD_KEYS, "alert_key", (alert, *keys, None))
        return keys

    def forget(self, query: Query, alert: AlertId) -> None:
        """Change the alert's keys by this statement."""
        self.write(query, alert)
        if (row := self.one(erasable.KEY_ROW, alert)) is not None:
            self.beside.append(("alert_key", row))

    def _write_beside(self, query: Query, table: str, row: Row) -> None:
        self._connection.write(query, *row)
        self.beside.append((table, row))

    def _epoch(self, stream: str) -> int:
        """By which right this stream is written to; 0 where none is needed. Raises LeaseLost."""
        if not self.shared or not stream.startswith(_CASE):
            return 0
        epoch = leases.epoch_of(self, AlertId(stream.removeprefix(_CASE)), self._node)
        if epoch is None:
            raise LeaseLost(stream, self._node)
        return epoch

    def _drop_closed(self, recorded: Iterable[Recorded]) -> None:
        for one in recorded:
            if isinstance(one.event, AlertClosed):
                leases.drop(self, AlertId(one.stream.removeprefix(_CASE)))

    @property
    def seq(self) -> int:
        """The journal's last seq as it is now; 0 where it is empty."""
        return self._seq

    def restore(self, exported: Sequence[Row]) -> None:
        """Write rows as they are; for an import into an empty journal."""
        if exported:
            self._connection.write_many(rows.INSERT, exported)
            self._seq = int(exported[-1][0])
            self.written.append(exported[-1])

    def write_rows(self, query: Query, values: Sequence[Row]) -> None:
        """Change a table of the registry, or one that is derived, once for each of the rows."""
        self._connection.write_many(query, values)

    def write(self, query: Query, *values: object) -> int:
        """Change such a table; how many rows it was. Raises JournalNotDurable.

        An alert is worth handling while nothing lasts; a person's data are better asked for again.
        """
        if not self.durable:
            raise JournalNotDurable("the disk cannot be written: the registry is not changed now")
        return self.write_meanwhile(query, *values)

    def write_meanwhile(self, query: Query, *values: object) -> int:
        """The same, also while nothing lasts: for what the journal gets on its return
        (`store.registry.access.sessions`).
        """
        return self._connection.write(query, *values)

    @contextmanager
    def unit(self) -> Iterator[None]:
        """What fails within leaves nothing behind, and the transaction usable for the next."""
        seq, count, beside = self._seq, len(self.written), len(self.beside)
        self._connection.savepoint()
        try:
            yield
        except BaseException as error:
            try:
                self._connection.back_to_savepoint()
            except StoreError as lost:
                # The database has ended the whole transaction with it, as SQLite does where the disk is full
                # in the middle of a statement: what was done before is undone as well.
                if isinstance(error, JournalError):
                    raise error from lost
                raise JournalUnavailable(f"the transaction has ended within it: {lost}") from error
            self._seq = seq
            del self.written[count:]
            del self.beside[beside:]
            raise
        self._connection.forget_savepoint()
