"""Journal: events in streams, appended at an expected version, durable before any notification.

One Journal per process, opened after a fork and never before. Any thread may use it; writers take turns, and
readers have a connection of their own and never wait for a writer's flush.

The Journal decides nothing, and keeps nothing that the file does not hold. `store.journal.access` selects the
present file or server; callers see the difference only in `durable`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Generic, TypeVar

from messages.ids import Instant, NodeId
from messages.journal import Recorded
from store.database.dialect import Connection, is_server, open_connection
from store.database.query import Query, Row
from store.errors import (
    JournalError,
    JournalLocked,
    JournalUnavailable,
    StoreMisuse,
)
from store.journal import rows
from store.journal.access import Access
from store.journal.notify import Notifier, encode_commit
from store.journal.transaction import Append, RetryValues, Snapshot, Transaction


class JournalReader(ABC):
    """Reads of the journal. Each is answered as of one moment, by the present file or server.

    All methods raise JournalError if the journal cannot be read.
    """

    @abstractmethod
    def _read(self, work: Callable[[Connection], T]) -> T:
        """Return the result of `work` on a reading connection; `work` may be called twice."""

    def read(self, stream: str, after: int = 0) -> list[Recorded]:
        """Return the stream's events by version, after version `after`."""
        return rows.events_from(self.rows(rows.STREAM, stream, after))

    def read_streams(self, *streams: str) -> list[Recorded]:
        """Return the events of several streams as of one moment, in the order of writing."""
        found = self.at_one_moment(
            lambda connection: [
                row for stream in dict.fromkeys(streams) for row in connection.all(rows.STREAM, stream, 0)
            ]
        )
        found.sort(key=lambda row: int(row[0]))
        return rows.events_from(found)

    def read_all(self, after_seq: int = 0, limit: int = 1000) -> list[Recorded]:
        """Return at most `limit` events after this seq."""
        return rows.events_from(self.rows(rows.AFTER, after_seq, limit))

    def version(self, stream: str) -> int:
        """Return the stream's last version; 0 if it is empty."""
        return self._read(lambda connection: rows.scalar_of(connection, rows.VERSION, stream))

    def version_before(self, stream: str, at_us: Instant) -> int:
        """Return the stream's last version before `at_us`; 0 if there is none. Reads only the rows since."""
        return self._read(lambda connection: rows.scalar_of(connection, rows.VERSION_BEFORE, stream, at_us))

    def last(self, stream: str) -> Recorded | None:
        """Return the stream's last event; None if it is empty."""
        return rows.first(self.rows(rows.NEWEST_OF_STREAM, stream))

    def last_seq(self) -> int:
        """Return the seq of the journal's last event; 0 if it is empty."""
        return self._read(lambda connection: rows.scalar_of(connection, rows.LAST_SEQ))

    def row(self, query: Query, *values: object) -> Row | None:
        """Return the first row of a query, for this package's own modules; None if the query finds none."""
        return self._read(lambda connection: connection.one(query, *values))

    def rows(self, query: Query, *values: object) -> list[Row]:
        """Return all rows of a query, for this package's own modules."""
        return self._read(lambda connection: connection.all(query, *values))

    def at_one_moment(self, work: Callable[[Connection], T]) -> T:
        """Return the result of `work`, with all its reads of one moment; for this package's own modules.

        `work` may be called twice, if the first file cannot be read to the end.
        """

        def read(connection: Connection) -> T:
            connection.begin_read()
            try:
                return work(connection)
            finally:
                connection.end()

        return self._read(read)


T = TypeVar("T")

PATIENCE_S: Final = 2.0
"""Wait of a writer for other writers, in seconds, before JournalLocked."""

_ATTEMPTS: Final = 5
"""Enough for a switch to the fallback, a return, and the same by another process."""


class _JournalSwitched(JournalError):
    """The journal was switched while this process waited for it; nothing was done."""


class _FlushFailed(JournalUnavailable):
    """The commit may or may not be in the file."""

    def __init__(self, text: str, written: list[Row]) -> None:
        super().__init__(text, outcome_known=False)
        self.written = written


class _Attempt(Generic[T]):
    """State of one transaction over its attempts."""

    def __init__(self, work: Callable[[Transaction], T], *, beside: bool) -> None:
        self.work: Final = work
        self.beside: Final = beside
        self.at_us: Instant | None = None
        self.chances: Final = RetryValues()
        self.done: list[tuple[T, list[Row]]] = []
        """Results of the attempts that reached their commit, with the rows that each wrote."""


class Journal(JournalReader):
    """Journal of one state directory. Use `open`; the constructor is internal."""

    def __init__(self, access: Access, *, shared: bool | None) -> None:
        self.node: Final = access.node
        self.shared: Final = is_server(access.url) if shared is None else shared
        """True if several nodes write here: then only its owner may write an alert's case stream."""
        self.url: Final = access.url
        self.notify: Final = access.notify
        self._access = access
        self._writing = False

    @classmethod
    def open(
        cls,
        url: str,
        *,
        node: NodeId,
        clock: Callable[[], Instant],
        notify: Notifier,
        patience_s: float = PATIENCE_S,
        fallback: Path | None = None,
        shared: bool | None = None,
    ) -> Journal:
        """Open the journal; create or migrate it if needed.

        `url`: `sqlite:///PATH`, or `postgresql://…` as libpq reads it. `fallback`: folder in memory of the
        node's fallback journal; there is no fallback without it, if the folder does not exist, and with
        PostgreSQL. With a fallback, only the errors below that a fallback cannot cover are raised. `shared`:
        several nodes write here; None: a server is shared, a file is not. Raises JournalUnavailable (no such
        folder or server, a newer version's journal), JournalReadOnly, JournalTorn, JournalLocked,
        JournalFull.
        """
        access = Access(url, node=node, clock=clock, notify=notify, patience_s=patience_s, fallback=fallback)
        return cls(access, shared=shared)

    def close(self) -> None:
        """Close the files; a second call does nothing. A forked child only drops its references."""
        self._access.close()

    def now_us(self) -> Instant:
        """Return the time of the clock that stamps all events."""
        return self._access.clock()

    @property
    def durable(self) -> bool:
        """True if data written now survives the machine. Read after a commit, it never claims too much."""
        return self._access.durable

    # --------------------------------------------------------------------------------- writing

    def append(self, *appends: Append) -> tuple[Recorded, ...]:
        """Write all events in one transaction, durably, then notify the followers.

        Raises VersionConflict if a stream is at another version, another JournalError if the journal fails,
        EncodeError for an event that cannot be encoded; nothing was written then (but see
        JournalUnavailable).
        """
        return self.transact(lambda transaction: transaction.append(*appends))

    def transact(self, work: Callable[[Transaction], T], *, beside: bool = False) -> T:
        """Run `work` under the write lock and make its writes durable; return the result of `work`. An error
        of `work` undoes all its writes.

        `work` must be short and must not use the Journal itself; it runs again if the journal has switched
        over to the fallback journal or back. `beside`: `work` appends no events, and does not wait for
        writers of other nodes, as far as the database allows. Raises the error of `work`, JournalError, and
        StoreMisuse within another transaction.
        """
        attempt = _Attempt(work, beside=beside)
        with self._access.write_lock:
            if self._writing:
                raise StoreMisuse("a transaction within a transaction")
            for _ in range(_ATTEMPTS):
                self._access.check()
                was_there = _is_open(self._access.writer)
                try:
                    value, written = self._try(attempt)
                    break
                except JournalError as error:
                    failed = error
                    if not (
                        self._access.comes_back(error, was_there)
                        or self._access.fail_over(error, self._access.writer_generation)
                    ):
                        raise
            else:
                raise failed
        if written:
            self.notify.committed(written[-1][0], {row[1] for row in written})
            if self._access.checkpointer is not None and self._access.writer_generation % 2 == 0:
                self._access.checkpointer.grown(len(written))
        return value

    def _try(self, attempt: _Attempt[T]) -> tuple[T, list[Row]]:
        connection = self._access.usable_writer()
        try:
            if attempt.beside:
                connection.begin_beside()
            else:
                connection.begin_write()
            with self._change_over_held():
                self._writing = True
                if attempt.done and self._is_there(connection, attempt.done[-1][1]):
                    # The flush failed, but the data was in the file when the journal was switched.
                    return attempt.done[-1]
                seq = 0 if attempt.beside else rows.scalar_of(connection, rows.LAST_SEQ)
                if attempt.at_us is None:
                    attempt.at_us = self._access.clock()
                attempt.chances.again()
                transaction = Transaction(
                    connection,
                    node=self.node,
                    at_us=attempt.at_us,
                    seq=seq,
                    chances=attempt.chances,
                    shared=self.shared,
                )
                value = attempt.work(transaction)
                attempt.done.append((value, transaction.written))
                self._commit(connection, transaction)
                return attempt.done[-1]
        except _FlushFailed as failed:
            # Now that other writers need not wait for it.
            self._access.writer = None
            connection.close()
            self._find_out(failed)
            return attempt.done[-1]
        except JournalUnavailable:
            # A descriptor that has failed once is not used again.
            if self._access.writer is connection:
                self._access.writer = None
            raise
        finally:
            self._writing = False
            connection.end()
            if self._access.writer is not connection:
                # Replaced or given up.
                connection.close()

    @contextmanager
    def _change_over_held(self) -> Iterator[None]:
        """Prevent a switch of the database until the commit. Entered after the database's write lock, so that
        a waiting writer holds no lock.
        """
        if self._access.fallback is None:
            yield
            return
        with self._access.fallback.writing(self._access.patience_s):
            if self._access.fallback.generation != self._access.writer_generation:
                raise _JournalSwitched("the journal has changed over")
            yield

    @staticmethod
    def _is_there(connection: Connection, written: list[Row]) -> bool:
        return bool(written) and connection.one(rows.AT_SEQ, written[-1][0]) == written[-1]

    def _commit(self, connection: Connection, transaction: Transaction) -> None:
        written = transaction.written
        if written:
            if self._access.fallback is not None and connection.lasting:
                self._access.fallback.log.add(written, transaction.beside)
            connection.tell(encode_commit(self.node, written[-1][0], {row[1] for row in written}))
        try:
            connection.commit()
        except JournalUnavailable as error:
            raise _FlushFailed(str(error), written) from error

    def _find_out(self, failed: _FlushFailed) -> None:
        """Resolve a failed flush: only the database, opened again, shows if the commit is there.

        After one failed fsync the kernel drops the unwritten data and reports the next fsync as successful.
        Therefore data that is found is written once more, into the file itself, before it counts as durable;
        until then nothing more is written on top of it.
        """
        self._access.suspect = True
        written = failed.written
        try:
            self._access.writer = self._access.connect(self._access.writer_generation)
            self._access.writer.wait_for_writers()
            there = self._is_there(self._access.writer, written)
            if there or not written:
                self._access.writer.harden()
        except JournalError as second:
            text = f"{failed}; and then: {second}"
            raise JournalUnavailable(text, outcome_known=False) from failed
        self._access.suspect = False
        if not written:
            # Only tables of the registry: the database does not show if they were changed.
            raise JournalUnavailable(str(failed), outcome_known=False) from failed
        if not there:
            raise JournalUnavailable(str(failed)) from failed

    # --------------------------------------------------------------------------------- reading

    def snapshot(self, work: Callable[[Snapshot], T]) -> T:
        """Return the result of `work`, with all its reads of one moment. Readers and writers do not wait for
        each other.

        `work` may be called twice, if the first file cannot be read to the end. Raises JournalError.
        """

        def read(connection: Connection) -> T:
            return work(Snapshot(connection, node=self.node, at_us=self._access.clock(), shared=self.shared))

        return self.at_one_moment(read)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._access.read_lock:
            for _ in range(_ATTEMPTS):
                self._access.check()
                was_there = _is_open(self._access.reader)
                try:
                    return work(self._access.usable_reader())
                except JournalError as error:
                    failed = error
                    if isinstance(error, JournalUnavailable) and self._access.reader is not None:
                        # A descriptor that has failed once is not used again.
                        self._access.reader.close()
                        self._access.reader = None
                    if self._access.comes_back(error, was_there):
                        continue
                    # A locked journal is no reason for a switch by a reader.
                    if isinstance(error, JournalLocked) or not self._access.fail_over(
                        error, self._access.reader_generation
                    ):
                        raise
            raise failed

    # ----------------------------------------------------------------------------- maintenance

    def checkpoint(self) -> tuple[int, int]:
        """Move the content of the WAL into the file. Return the pages in the WAL and the pages moved."""
        self._access.check()
        return (0, 0) if self._access.checkpointer is None else self._access.checkpointer.run_now()

    def check_file(self) -> list[Row]:
        """Return the result of the database's self-check: one row per fault, or a single row `ok`."""
        return self._read(lambda connection: connection.check())

    def scrub(self) -> str:
        """Remove erased data from the disk, as far as the database can. Return the reason of a failure; empty
        on success. Raises JournalError.
        """
        self._access.check()
        with closing(open_connection(self.url, patience_s=self._access.patience_s)) as connection:
            return connection.scrub()


def _is_open(connection: Connection | None) -> bool:
    return connection is not None and not connection.closed


__all__ = ["PATIENCE_S", "Append", "Journal", "Transaction"]
