"""The journal: events in streams, appended at an expected version, durable before anybody is told.

One Journal a process, opened after a fork and never before. Any thread may use it; writers take
turns, readers have a connection of their own and never wait for a writer's flush.
It decides nothing, and keeps nothing that the file does not hold.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from messages.ids import Instant, NodeId
from messages.journal import Recorded
from store import forks, rows
from store.checkpoint import Checkpointer
from store.dialect import Connection, path_of
from store.errors import JournalError, JournalUnavailable, StoreMisuse
from store.migrate import bring_up_to_date
from store.notify import Notifier
from store.query import Query, Row
from store.transaction import Append, Transaction

T = TypeVar("T")

PATIENCE_S: Final = 2.0
"""How long a writer waits for the others before it says JournalLocked."""

_FORK_PATIENCE_S: Final = 1.0


class Journal:
    """The journal of one state directory. `open` it; the constructor is its own."""

    def __init__(
        self, url: str, *, node: NodeId, clock: Callable[[], Instant], notify: Notifier, patience_s: float
    ) -> None:
        self.node: Final = node
        self.url: Final = url
        self.notify: Final = notify
        self._path = path_of(url)
        self._clock = clock
        self._patience_s = patience_s
        self._pid = os.getpid()
        self._closed = False
        self._write_lock = threading.RLock()
        self._read_lock = threading.RLock()
        self._writing = False
        self._suspect = False
        """After a failed flush that could not be made good."""
        self._writer: Connection | None = self._connect(create=True)
        self._reader: Connection | None = None
        self._checkpointer = Checkpointer(self._connect, self._write_lock)
        self._held_for_fork: list[threading.Lock | threading.RLock] = []
        forks.watch(self)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        node: NodeId,
        clock: Callable[[], Instant],
        notify: Notifier,
        patience_s: float = PATIENCE_S,
    ) -> Journal:
        """Open the journal, made or brought up to date if need be.

        `url` is `sqlite:///PATH`. Raises JournalUnavailable (no such folder, a newer version's
        file), JournalReadOnly, JournalTorn, JournalLocked, JournalFull.
        """
        return cls(url, node=node, clock=clock, notify=notify, patience_s=patience_s)

    def close(self) -> None:
        """Let go of the file; again does nothing. In a forked child it only forgets."""
        if self._closed:
            return
        self._closed = True
        if self._pid != os.getpid():
            return
        self._checkpointer.close()
        with self._write_lock, self._read_lock:
            self._let_go()

    def before_fork(self) -> None:
        """For `store.forks`: wait for the threads, let go of the file, and let nobody take it up."""
        for lock in (self._checkpointer.busy, self._write_lock, self._read_lock):
            # A disk that hangs must not keep the Supervisor from starting what deals with it.
            if lock.acquire(timeout=_FORK_PATIENCE_S):
                self._held_for_fork.append(lock)
        if self._pid == os.getpid() and len(self._held_for_fork) == 3:
            self._let_go()

    def after_fork(self) -> None:
        """For `store.forks`: go on."""
        while self._held_for_fork:
            self._held_for_fork.pop().release()

    def _let_go(self) -> None:
        for connection in (self._writer, self._reader):
            if connection is not None:
                connection.close()
        self._writer = self._reader = None

    # --------------------------------------------------------------------------------- writing

    def append(self, *appends: Append) -> tuple[Recorded, ...]:
        """Write all of it in one transaction, durably, then tell the followers.

        Raises VersionConflict when a stream is elsewhere, any other JournalError when the
        journal fails, EncodeError for an event that cannot be said; nothing was written then
        (but see JournalUnavailable).
        """
        return self.transact(lambda transaction: transaction.append(*appends))

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Do `work` under the write lock and make what it wrote last. Its own error undoes everything.

        `work` must be short and must not use the Journal itself.
        """
        with self._write_lock:
            connection = self._usable_writer()
            try:
                connection.begin_write()
                self._writing = True
                row = connection.one(rows.LAST_SEQ)
                seq = 0 if row is None or row[0] is None else int(row[0])
                transaction = Transaction(connection, node=self.node, at_us=self._clock(), seq=seq)
                value = work(transaction)
                self._commit(connection, transaction.written)
            except JournalUnavailable:
                # A descriptor that has failed once is not asked again.
                if self._writer is connection:
                    self._writer = None
                raise
            finally:
                self._writing = False
                connection.end()
                if self._writer is not connection:
                    # Replaced, or given up.
                    connection.close()
        if transaction.written:
            self.notify.committed(transaction.written[-1][0])
            self._checkpointer.grown(len(transaction.written))
        return value

    def _usable_writer(self) -> Connection:
        self._check()
        if self._writing:
            raise StoreMisuse("a transaction within a transaction")
        if self._writer is None or self._writer.closed:
            self._writer = self._connect()
        if self._suspect:
            self._harden(self._writer)
            self._suspect = False
        return self._writer

    def _commit(self, connection: Connection, written: list[Row]) -> None:
        try:
            connection.commit()
        except JournalUnavailable as error:
            self._writer = None
            connection.close()
            self._find_out(written, error)

    def _find_out(self, written: list[Row], error: JournalUnavailable) -> None:
        """After a failed flush: whether it is there says the file, opened anew, and nothing else.

        The kernel forgets after one failed fsync what it could not write, and says that the next
        one went well. So what is found is written once more, into the file itself, before it
        counts as durable; until that has worked nothing more is written on top of it.
        """
        self._suspect = True
        try:
            self._writer = self._connect()
            there = bool(written) and self._writer.one(rows.AT_SEQ, written[-1][0]) == written[-1]
            if there or not written:
                self._harden(self._writer)
        except JournalError as second:
            text = f"{error}; and then: {second}"
            raise JournalUnavailable(text, outcome_known=False) from error
        self._suspect = False
        if not written:
            # Tables of the registry alone: nothing tells whether they were changed.
            raise JournalUnavailable(str(error), outcome_known=False) from error
        if not there:
            raise error

    def _harden(self, connection: Connection) -> None:
        try:
            pages, moved = connection.checkpoint(restart=True)
        except JournalError as error:
            raise JournalUnavailable(str(error), outcome_known=False) from error
        if pages != moved:
            raise JournalUnavailable(
                f"{self._path}: what a failed flush left cannot be written again yet", outcome_known=False
            )

    # --------------------------------------------------------------------------------- reading

    def read(self, stream: str, after: int = 0) -> list[Recorded]:
        """The stream's events by version, from the one after `after`. Unknown types are left out."""
        return rows.known(self.rows(rows.STREAM, stream, after))

    def read_streams(self, *streams: str) -> list[Recorded]:
        """Several streams as they were at one moment, in the order in which they were written."""
        with self._reading() as connection:
            connection.begin_read()
            try:
                found = [
                    row for stream in dict.fromkeys(streams) for row in connection.all(rows.STREAM, stream, 0)
                ]
            finally:
                connection.end()
        found.sort(key=lambda row: int(row[0]))
        return rows.known(found)

    def read_all(self, after_seq: int = 0, limit: int = 1000) -> list[Recorded]:
        """At most `limit` events after this seq; fewer than that, even none, where some are of unknown types.

        To walk through the whole journal use `store.follower.Follower`, which knows the difference.
        """
        return rows.known(self.rows(rows.AFTER, after_seq, limit))

    def version(self, stream: str) -> int:
        """The stream's last version; 0 where it has none."""
        row = self.row(rows.VERSION, stream)
        return 0 if row is None or row[0] is None else int(row[0])

    def last(self, stream: str) -> Recorded | None:
        """The stream's last event that this version knows."""
        return rows.first_known(self.rows(rows.NEWEST_OF_STREAM, stream))

    def last_seq(self) -> int:
        """The place of the journal's last event; 0 where it is empty."""
        row = self.row(rows.LAST_SEQ)
        return 0 if row is None or row[0] is None else int(row[0])

    def row(self, query: Query, *values: object) -> Row | None:
        """The first row of a query, for this package's own modules."""
        with self._reading() as connection:
            return connection.one(query, *values)

    def rows(self, query: Query, *values: object) -> list[Row]:
        """All rows of a query, for this package's own modules."""
        with self._reading() as connection:
            return connection.all(query, *values)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection on which all reads see one moment, for this package's own modules."""
        with self._reading() as connection:
            connection.begin_read()
            try:
                yield connection
            finally:
                connection.end()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._read_lock:
            self._check()
            if self._reader is None or self._reader.closed:
                self._reader = self._connect()
            try:
                yield self._reader
            except JournalUnavailable:
                # A descriptor that has failed once is not asked again.
                broken, self._reader = self._reader, None
                if broken is not None:
                    broken.close()
                raise

    # ----------------------------------------------------------------------------- maintenance

    def checkpoint(self) -> tuple[int, int]:
        """Move what the WAL holds into the file: (pages in the WAL, pages of them moved)."""
        self._check()
        return self._checkpointer.run_now()

    def check_file(self) -> list[Row]:
        """What the database itself says of the file, one row a fault; `ok` alone if there is none."""
        with self._reading() as connection:
            return connection.check()

    def _connect(self, *, create: bool = False) -> Connection:
        connection = Connection(self._path, patience_s=self._patience_s, create=create)
        if create:
            try:
                bring_up_to_date(connection)
            except BaseException:
                connection.close()
                raise
        return connection

    def _check(self) -> None:
        if self._closed:
            raise StoreMisuse("the journal is closed")
        if self._pid != os.getpid():
            raise StoreMisuse("the journal was opened before a fork")


__all__ = ["PATIENCE_S", "Append", "Journal", "Transaction"]
