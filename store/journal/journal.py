"""The journal: events in streams, appended at an expected version, durable before anybody is told.

One Journal a process, opened after a fork and never before. Any thread may use it; writers take
turns, readers have a connection of their own and never wait for a writer's flush.
It decides nothing, and keeps nothing that the file does not hold.

Where it is given a spare, it goes on there, in memory, when the disk fails, and comes back when the
JournalKeeper has brought the disk up to date; callers notice by `durable` alone (`store.spare.spare`).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Final, Generic, TypeVar

from messages.ids import Instant, NodeId
from messages.journal import Recorded
from store.database.dialect import Connection, is_server, opened, path_of
from store.database.migrate import bring_up_to_date
from store.database.query import Row
from store.database.sqlite import SqliteConnection
from store.errors import (
    JournalError,
    JournalLocked,
    JournalNewer,
    JournalNotDurable,
    JournalReadOnly,
    JournalRenumbered,
    JournalUnavailable,
    LeaseLost,
    StoreMisuse,
    VersionConflict,
)
from store.journal import forks, rows
from store.journal.checkpoint import Checkpointer
from store.journal.notify import Notifier, news
from store.journal.reading import Reading
from store.journal.transaction import Append, Chances, Transaction
from store.spare.spare import Spare
from store.spare.switch import change_over
from store.spare.warm import check_form

T = TypeVar("T")

PATIENCE_S: Final = 2.0
"""How long a writer waits for the others before it says JournalLocked."""

_FORK_PATIENCE_S: Final = 1.0
_LOCK_WAIT_S: Final = 0.1
_BACK_WITHIN_S: Final = 0.5
"""A server one of whose processes was killed has recovered by then; no actor may be silent for longer."""
_LOOK_AGAIN_S: Final = 0.05
_ATTEMPTS: Final = 5
"""A change to the spare, a return, and somebody else's beside each."""


class _Moved(JournalError):
    """The journal has changed over while this process waited for it; nothing was done."""


class _FlushFailed(JournalUnavailable):
    """The commit may be in the file or not."""

    def __init__(self, text: str, written: list[Row]) -> None:
        super().__init__(text, outcome_known=False)
        self.written = written


class _Attempt(Generic[T]):
    """One transaction, as often as it is tried."""

    def __init__(self, work: Callable[[Transaction], T], *, beside: bool) -> None:
        self.work: Final = work
        self.beside: Final = beside
        self.at_us: Instant | None = None
        self.chances: Final = Chances()
        self.done: list[tuple[T, list[Row]]] = []
        """What the last attempt gave that got as far as its commit, and the rows that it wrote."""


class Journal(Reading):
    """The journal of one state directory. `open` it; the constructor is its own."""

    def __init__(
        self,
        url: str,
        *,
        node: NodeId,
        clock: Callable[[], Instant],
        notify: Notifier,
        patience_s: float,
        spare: Path | None,
        shared: bool | None,
    ) -> None:
        self.node: Final = node
        self.shared: Final = is_server(url) if shared is None else shared
        """Whether several nodes write here: then what is told of an alert is its owner's alone."""
        self.url: Final = url
        self.notify: Final = notify
        self._file = None if is_server(url) else path_of(url)
        """Where it is a file: what has to do with the spare and with checkpoints is for that alone."""
        self._clock = clock
        self._patience_s = patience_s
        self._pid = os.getpid()
        self._closed = False
        self._write_lock = threading.RLock()
        self._read_lock = threading.RLock()
        self._writing = False
        self._suspect = False
        """After a failed flush that could not be made good."""
        self._spare = None if spare is None or self._file is None else Spare.at(spare)
        self._renumbered = 0 if self._spare is None else self._spare.renumbered
        self._writer: Connection | None = None
        self._writer_generation = 0
        self._reader: Connection | None = None
        self._reader_generation = 0
        self._back_by_s = 0.0
        """Until then a server that has just been lost is waited for."""
        self._checkpointer: Checkpointer | None = None
        if self._file is not None:
            self._checkpointer = Checkpointer(partial(self._connect_file, self._file), self._write_lock)
        self._held_for_fork: list[threading.Lock | threading.RLock] = []
        self._open_first()
        forks.watch(self)

    def _open_first(self) -> None:
        if self._spare is not None and self._spare.in_use:
            check_form(self._spare, self._patience_s)
            return
        try:
            self._writer = self._connect_first()
        except JournalNewer:
            raise
        except JournalError as error:
            # A folder that is not there is a mistake in the settings, not a disk that fails.
            no_folder = self._file is not None and not self._file.absolute().parent.is_dir()
            if no_folder or not self._fail_over(error, 0):
                raise

    @classmethod
    def open(
        cls,
        url: str,
        *,
        node: NodeId,
        clock: Callable[[], Instant],
        notify: Notifier,
        patience_s: float = PATIENCE_S,
        spare: Path | None = None,
        shared: bool | None = None,
    ) -> Journal:
        """Open the journal, made or brought up to date if need be.

        `url` is `sqlite:///PATH`, or `postgresql://…` as libpq takes it. `spare` is the folder in memory
        of the node's spare journal; without one, where that folder does not exist, and with PostgreSQL
        there is none. With one, of the errors below only those come that no spare helps against. `shared`:
        whether several nodes write here; none: a server is shared, a file is not. Raises JournalUnavailable
        (no such folder or server, a newer version's journal), JournalReadOnly, JournalTorn, JournalLocked,
        JournalFull.
        """
        return cls(
            url, node=node, clock=clock, notify=notify, patience_s=patience_s, spare=spare, shared=shared
        )

    def close(self) -> None:
        """Let go of the file; again does nothing. In a forked child it only forgets."""
        if self._closed:
            return
        self._closed = True
        if self._pid != os.getpid():
            return
        if self._checkpointer is not None:
            self._checkpointer.close()
        with self._write_lock, self._read_lock:
            self._let_go()

    def before_fork(self) -> None:
        """For `store.journal.forks`: wait for the threads, let go of the file, and let nobody take it up."""
        locks: list[threading.Lock | threading.RLock] = [self._write_lock, self._read_lock]
        if self._checkpointer is not None:
            locks.insert(0, self._checkpointer.busy)
        for lock in locks:
            # A disk that hangs must not keep the Supervisor from starting what deals with it.
            if lock.acquire(timeout=_FORK_PATIENCE_S):
                self._held_for_fork.append(lock)
        if self._pid == os.getpid() and len(self._held_for_fork) == len(locks):
            self._let_go()

    def after_fork(self) -> None:
        """For `store.journal.forks`: go on."""
        while self._held_for_fork:
            self._held_for_fork.pop().release()

    def _let_go(self) -> None:
        for connection in (self._writer, self._reader):
            if connection is not None:
                connection.close()
        self._writer = self._reader = None
        if self._spare is not None:
            self._spare.let_go()

    def now_us(self) -> Instant:
        """By the clock of everything that is written here."""
        return self._clock()

    @property
    def durable(self) -> bool:
        """Whether what is written now survives the machine. Asked after a commit it never says too much."""
        return self._spare is None or not self._spare.in_use

    # --------------------------------------------------------------------------------- writing

    def append(self, *appends: Append) -> tuple[Recorded, ...]:
        """Write all of it in one transaction, durably, then tell the followers.

        Raises VersionConflict when a stream is elsewhere, any other JournalError when the
        journal fails, EncodeError for an event that cannot be said; nothing was written then
        (but see JournalUnavailable).
        """
        return self.transact(lambda transaction: transaction.append(*appends))

    def transact(self, work: Callable[[Transaction], T], *, beside: bool = False) -> T:
        """Do `work` under the write lock and make what it wrote last. Its own error undoes everything.

        `work` must be short and must not use the Journal itself. `beside`: it appends nothing, and waits for
        no other node's writer, as far as the database can do that.
        """
        attempt = _Attempt(work, beside=beside)
        with self._write_lock:
            if self._writing:
                raise StoreMisuse("a transaction within a transaction")
            for _ in range(_ATTEMPTS):
                self._check()
                was_there = _is_open(self._writer)
                try:
                    value, written = self._try(attempt)
                    break
                except JournalError as error:
                    failed = error
                    if not (
                        self._comes_back(error, was_there) or self._fail_over(error, self._writer_generation)
                    ):
                        raise
            else:
                raise failed
        if written:
            self.notify.committed(written[-1][0], {row[1] for row in written})
            if self._checkpointer is not None and self._writer_generation % 2 == 0:
                self._checkpointer.grown(len(written))
        return value

    def _try(self, attempt: _Attempt[T]) -> tuple[T, list[Row]]:
        connection = self._usable_writer()
        try:
            if attempt.beside:
                connection.begin_beside()
            else:
                connection.begin_write()
            with self._nobody_changes_over():
                self._writing = True
                if attempt.done and self._is_there(connection, attempt.done[-1][1]):
                    # Its flush has failed, but it was in the file when the journal changed over.
                    return attempt.done[-1]
                seq = 0 if attempt.beside else rows.highest(connection, rows.LAST_SEQ)
                if attempt.at_us is None:
                    attempt.at_us = self._clock()
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
            # Now that the others need not wait for it.
            self._writer = None
            connection.close()
            self._find_out(failed)
            return attempt.done[-1]
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

    @contextmanager
    def _nobody_changes_over(self) -> Iterator[None]:
        """Until the commit. Begun with the database's write lock, so that those who wait hold nothing."""
        if self._spare is None:
            yield
            return
        with self._spare.writing(self._patience_s):
            if self._spare.generation != self._writer_generation:
                raise _Moved("the journal has changed over")
            yield

    @staticmethod
    def _is_there(connection: Connection, written: list[Row]) -> bool:
        return bool(written) and connection.one(rows.AT_SEQ, written[-1][0]) == written[-1]

    def _comes_back(self, error: JournalError, was_there: bool) -> bool:
        """Whether to try once more with a new connection: the server was started again since the last use,
        or another has taken its place. A server that is gone is waited for here, and by nobody after that.
        """
        lost = isinstance(error, JournalReadOnly) or (
            isinstance(error, JournalUnavailable) and error.outcome_known and not error.silent
        )
        if self._file is not None or not was_there or not lost:
            return False
        self._back_by_s = time.monotonic() + _BACK_WITHIN_S
        return True

    def _fail_over(self, error: JournalError, generation: int) -> bool:
        """Whether it is worth trying again, in the other file: changes over where the disk has failed."""
        spare, file = self._spare, self._file
        if (
            spare is None
            or file is None
            or isinstance(error, VersionConflict | LeaseLost | JournalNotDurable)
        ):
            return False
        if spare.generation != generation:
            return True
        if spare.in_use:
            return False
        try:
            change_over(
                spare,
                file,
                node=self.node,
                now_us=self._clock(),
                error=error,
                # One of ours who holds the write lock goes on soon, or is ended: that is no disk's fault.
                wait_s=_LOCK_WAIT_S if isinstance(error, JournalLocked) else self._patience_s,
                patience_s=self._patience_s,
            )
        except JournalError:
            return spare.generation != generation
        self.notify.committed(0)
        return True

    def _usable_writer(self) -> Connection:
        generation = 0 if self._spare is None else self._spare.generation
        if generation != self._writer_generation:
            with self._read_lock:
                # Both: what SQLite remembers of a file that was read-only lasts until nobody has it open.
                for connection in (self._writer, self._reader):
                    if connection is not None:
                        connection.close()
                self._writer = self._reader = None
            self._writer_generation = generation
            # Whatever was in doubt is the keeper's now, who makes it good before he comes back.
            self._suspect = False
        if self._writer is None or self._writer.closed:
            self._writer = self._connect(generation)
        if self._suspect:
            self._writer.harden()
            self._suspect = False
        return self._writer

    def _commit(self, connection: Connection, transaction: Transaction) -> None:
        written = transaction.written
        if written:
            if self._spare is not None and connection.lasting:
                self._spare.tail.add(written, transaction.beside)
            connection.tell(news(self.node, written[-1][0], {row[1] for row in written}))
        try:
            connection.commit()
        except JournalUnavailable as error:
            raise _FlushFailed(str(error), written) from error

    def _find_out(self, failed: _FlushFailed) -> None:
        """After a failed flush: whether it is there says the database, opened anew, and nothing else.

        The kernel forgets after one failed fsync what it could not write, and says that the next
        one went well. So what is found is written once more, into the file itself, before it
        counts as durable; until that has worked nothing more is written on top of it.
        """
        self._suspect = True
        written = failed.written
        try:
            self._writer = self._connect(self._writer_generation)
            self._writer.wait_for_writers()
            there = self._is_there(self._writer, written)
            if there or not written:
                self._writer.harden()
        except JournalError as second:
            text = f"{failed}; and then: {second}"
            raise JournalUnavailable(text, outcome_known=False) from failed
        self._suspect = False
        if not written:
            # Tables of the registry alone: nothing tells whether they were changed.
            raise JournalUnavailable(str(failed), outcome_known=False) from failed
        if not there:
            raise JournalUnavailable(str(failed)) from failed

    # --------------------------------------------------------------------------------- reading

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._read_lock:
            for _ in range(_ATTEMPTS):
                self._check()
                was_there = _is_open(self._reader)
                try:
                    return work(self._usable_reader())
                except JournalError as error:
                    failed = error
                    if isinstance(error, JournalUnavailable) and self._reader is not None:
                        # A descriptor that has failed once is not asked again.
                        self._reader.close()
                        self._reader = None
                    if self._comes_back(error, was_there):
                        continue
                    # One that is only locked is not given up for being read.
                    if isinstance(error, JournalLocked) or not self._fail_over(
                        error, self._reader_generation
                    ):
                        raise
            raise failed

    def _usable_reader(self) -> Connection:
        generation = 0 if self._spare is None else self._spare.generation
        if generation != self._reader_generation:
            if self._reader is not None:
                self._reader.close()
            self._reader, self._reader_generation = None, generation
        if self._reader is None or self._reader.closed:
            self._reader = self._connect(generation)
        return self._reader

    # ----------------------------------------------------------------------------- maintenance

    def checkpoint(self) -> tuple[int, int]:
        """Move what the WAL holds into the file: (pages in the WAL, pages of them moved)."""
        self._check()
        return (0, 0) if self._checkpointer is None else self._checkpointer.run_now()

    def check_file(self) -> list[Row]:
        """What the database itself says of the file, one row a fault; `ok` alone if there is none."""
        return self._read(lambda connection: connection.check())

    def scrub(self) -> str:
        """Leave nothing on the disk of what was erased, as far as the database can do that. Why it has not
        worked yet; empty where it has. Raises JournalError.
        """
        self._check()
        with closing(opened(self.url, patience_s=self._patience_s)) as connection:
            return connection.scrub()

    def _connect(self, generation: int) -> Connection:
        if self._spare is not None and generation % 2 == 1:
            return SqliteConnection(self._spare.file, patience_s=self._patience_s, lasting=False)
        while True:
            try:
                return opened(self.url, patience_s=self._patience_s)
            except JournalUnavailable:
                if time.monotonic() >= self._back_by_s:
                    raise
            time.sleep(_LOOK_AGAIN_S)

    def _connect_file(self, file: Path) -> SqliteConnection:
        return SqliteConnection(file, patience_s=self._patience_s)

    def _connect_first(self) -> Connection:
        connection = opened(self.url, patience_s=self._patience_s, create=True)
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
        if self._spare is not None and self._spare.renumbered != self._renumbered:
            raise JournalRenumbered("what was read of this journal has other places now")


def _is_open(connection: Connection | None) -> bool:
    return connection is not None and not connection.closed


__all__ = ["PATIENCE_S", "Append", "Journal", "Transaction"]
