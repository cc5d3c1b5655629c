"""Access of one process to the journal: the file or server in use, and the connections.

With a fallback, the journal continues there, in memory, when the disk fails, and returns when the
FallbackKeeper has brought the disk up to date (`store.fallback.fallback`). A lost server is awaited for a
moment. Retries of the work on a connection are in `store.journal.journal`.

A process with an open journal may fork: the child inherits none of it. SQLite connections must not cross a
fork. The library's knowledge of a file (locks of this process, state of the log's index) is true of the
parent alone, since a child inherits no lock. A child that opened the same file would work without locks,
until a later process takes the file for unused. And a thread inside the library at that moment would leave a
mutex locked in the child permanently. Therefore, before a fork, every journal of the process waits for its
threads and closes the file, and reopens it at the next use. Closing and reopening takes less than a
millisecond in an actor that starts others.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from messages.ids import Instant, NodeId
from store.database.dialect import Connection, is_server, open_connection, path_of
from store.database.migrate import bring_up_to_date
from store.database.sqlite import SqliteConnection
from store.errors import (
    JournalError,
    JournalLocked,
    JournalNewer,
    JournalReadOnly,
    JournalRefusal,
    JournalRenumbered,
    JournalUnavailable,
    StoreMisuse,
)
from store.fallback.fallback import Fallback
from store.fallback.replica import check_form
from store.fallback.switch import switch_to_fallback
from store.journal.checkpoint import Checkpointer
from store.journal.notify import Notifier

_FORK_PATIENCE_S: Final = 1.0
_LOCK_WAIT_S: Final = 0.1
_BACK_WITHIN_S: Final = 0.5
"""Seconds within which a server recovers after a killed process; no actor may be silent for longer."""
_LOOK_AGAIN_S: Final = 0.05


class Access:
    """Connections of one process to the journal, with switch and reconnect. Raises as `Journal.open` does."""

    def __init__(
        self,
        url: str,
        *,
        node: NodeId,
        clock: Callable[[], Instant],
        notify: Notifier,
        patience_s: float,
        fallback: Path | None,
    ) -> None:
        self.url: Final = url
        self.node: Final = node
        self.clock: Final = clock
        self.notify: Final = notify
        self.patience_s: Final = patience_s
        self._file = None if is_server(url) else path_of(url)
        """File of the journal; None for a server. Fallback and checkpoints apply to a file alone."""
        self._pid = os.getpid()
        self._closed = False
        self.write_lock: Final = threading.RLock()
        self.read_lock: Final = threading.RLock()
        self.suspect = False
        """True after a failed flush with an unresolved outcome."""
        self.fallback = None if fallback is None or self._file is None else Fallback.at(fallback)
        self._renumbered = 0 if self.fallback is None else self.fallback.renumbered
        self.writer: Connection | None = None
        self.writer_generation = 0
        self.reader: Connection | None = None
        self.reader_generation = 0
        self._back_by_s = 0.0
        """Monotonic time until which a lost server is awaited, in seconds."""
        self.checkpointer: Checkpointer | None = None
        if self._file is not None:
            self.checkpointer = Checkpointer(partial(self._connect_file, self._file), self.write_lock)
        self._held_for_fork: list[threading.Lock | threading.RLock] = []
        self._open_first()
        _watch(self)

    @property
    def durable(self) -> bool:
        """True if data written now survives the machine."""
        return self.fallback is None or not self.fallback.in_use

    @property
    def generation(self) -> int:
        """Counter of switches: odd while the journal is in the fallback."""
        return 0 if self.fallback is None else self.fallback.generation

    def close(self) -> None:
        """Close the files; a second call does nothing. A forked child only drops its references."""
        if self._closed:
            return
        self._closed = True
        if self._pid != os.getpid():
            return
        if self.checkpointer is not None:
            self.checkpointer.close()
        with self.write_lock, self.read_lock:
            self._let_go()

    def _open_first(self) -> None:
        if self.fallback is not None and self.fallback.in_use:
            check_form(self.fallback, self.patience_s)
            return
        try:
            self.writer = self._connect_first()
        except JournalNewer:
            raise
        except JournalError as error:
            # A missing folder is a fault of the settings, not a failing disk.
            no_folder = self._file is not None and not self._file.absolute().parent.is_dir()
            if no_folder or not self.fail_over(error, 0):
                raise

    def before_fork(self) -> None:
        """Prepare a fork: wait for the threads, close the files, and keep the locks until `after_fork`."""
        locks: list[threading.Lock | threading.RLock] = [self.write_lock, self.read_lock]
        if self.checkpointer is not None:
            locks.insert(0, self.checkpointer.busy)
        for lock in locks:
            # A hanging disk must not keep the Supervisor from starting the FallbackKeeper.
            if lock.acquire(timeout=_FORK_PATIENCE_S):
                self._held_for_fork.append(lock)
        if self._pid == os.getpid() and len(self._held_for_fork) == len(locks):
            self._let_go()

    def after_fork(self) -> None:
        """Release the locks after a fork."""
        while self._held_for_fork:
            self._held_for_fork.pop().release()

    def _let_go(self) -> None:
        for connection in (self.writer, self.reader):
            if connection is not None:
                connection.close()
        self.writer = self.reader = None
        if self.fallback is not None:
            self.fallback.close()

    def comes_back(self, error: JournalError, was_there: bool) -> bool:
        """Return True if a new connection is worth one retry: the server was restarted since the last use, or
        another one has taken its place. The retry waits for a lost server; later calls do not.
        """
        lost = isinstance(error, JournalReadOnly) or (
            isinstance(error, JournalUnavailable) and error.outcome_known and not error.silent
        )
        if self._file is not None or not was_there or not lost:
            return False
        self._back_by_s = time.monotonic() + _BACK_WITHIN_S
        return True

    def fail_over(self, error: JournalError, generation: int) -> bool:
        """Switch over if the disk has failed; return True if a retry in the other file is worthwhile."""
        fallback, file = self.fallback, self._file
        if fallback is None or file is None or isinstance(error, JournalRefusal):
            return False
        if fallback.generation != generation:
            return True
        if fallback.in_use:
            return False
        try:
            switch_to_fallback(
                fallback,
                file,
                node=self.node,
                now_us=self.clock(),
                error=error,
                # A process of the center that holds the write lock soon continues or is ended: that is no
                # failure of the disk.
                wait_s=_LOCK_WAIT_S if isinstance(error, JournalLocked) else self.patience_s,
                patience_s=self.patience_s,
            )
        except JournalError:
            return fallback.generation != generation
        self.notify.committed(0)
        return True

    def usable_writer(self) -> Connection:
        """Return the connection for writing to the present file of the journal. Call under the write lock."""
        generation = self.generation
        if generation != self.writer_generation:
            with self.read_lock:
                # Both: SQLite's state of a read-only file persists until all its connections are closed.
                for connection in (self.writer, self.reader):
                    if connection is not None:
                        connection.close()
                self.writer = self.reader = None
            self.writer_generation = generation
            # Uncertain commits are now resolved by the FallbackKeeper, before the return.
            self.suspect = False
        if self.writer is None or self.writer.closed:
            self.writer = self.connect(generation)
        if self.suspect:
            self.writer.harden()
            self.suspect = False
        return self.writer

    def usable_reader(self) -> Connection:
        """Return the connection for reading. Call under the read lock."""
        generation = self.generation
        if generation != self.reader_generation:
            if self.reader is not None:
                self.reader.close()
            self.reader, self.reader_generation = None, generation
        if self.reader is None or self.reader.closed:
            self.reader = self.connect(generation)
        return self.reader

    def connect(self, generation: int) -> Connection:
        """Open a connection to the file of this generation; an odd generation is the fallback."""
        if self.fallback is not None and generation % 2 == 1:
            return SqliteConnection(self.fallback.file, patience_s=self.patience_s, lasting=False)
        while True:
            try:
                return open_connection(self.url, patience_s=self.patience_s)
            except JournalUnavailable:
                if time.monotonic() >= self._back_by_s:
                    raise
            time.sleep(_LOOK_AGAIN_S)

    def _connect_file(self, file: Path) -> SqliteConnection:
        return SqliteConnection(file, patience_s=self.patience_s)

    def _connect_first(self) -> Connection:
        # With a fallback, only the FallbackKeeper replaces an emptied file. With a filled fallback, a missing
        # file may be on a disk that is not mounted.
        there = () if self.fallback is None or self._file is None else (self._file, self.fallback.file)
        make = not any(file.exists() for file in there)
        connection = open_connection(self.url, patience_s=self.patience_s, create=make)
        try:
            bring_up_to_date(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def check(self) -> None:
        """Check that the journal is open, in this process. Raises StoreMisuse, JournalRenumbered."""
        if self._closed:
            raise StoreMisuse("the journal is closed")
        if self._pid != os.getpid():
            raise StoreMisuse("the journal was opened before a fork")
        if self.fallback is not None and self.fallback.renumbered != self._renumbered:
            raise JournalRenumbered("what was read of this journal has other places now")


_watched: Final[weakref.WeakSet[Access]] = weakref.WeakSet()
_waiting: Final[list[Access]] = []


def _watch(one: Access) -> None:
    """Include this journal in the fork handling as long as it lives."""
    _watched.add(one)


def _before() -> None:
    for one in list(_watched):
        one.before_fork()
        _waiting.append(one)


def _after() -> None:
    while _waiting:
        _waiting.pop().after_fork()


os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after)
