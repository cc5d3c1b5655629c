"""How one process gets at the journal: which file or server it is in now, and the connections to it.

Where it is given a spare, the journal goes on there, in memory, when the disk fails, and comes back when the
JournalKeeper has brought the disk up to date (`store.spare.spare`). A server that is gone is waited for, for
a moment. What is done by a connection, and again after a failure, is for `store.journal.journal`.

A process may fork that has a journal open: the child inherits nothing of it. SQLite must not be carried
across a fork. What the library remembers of a file (which locks this process has on it, whether the log's
index is set up) is true of the parent alone, since a child inherits no lock; a child that opened the same
file on top of that would work without locks, until somebody who starts later takes the file for unused. And a
thread of ours that is within the library at that moment would leave one of its mutexes taken in the child for
ever. So before a fork every journal of the process waits for its threads and lets go of the file, and opens
it anew with its next use. An actor that starts others does so within a millisecond.
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
from store.database.dialect import Connection, is_server, opened, path_of
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
from store.journal.checkpoint import Checkpointer
from store.journal.notify import Notifier
from store.spare.spare import Spare
from store.spare.switch import change_over
from store.spare.warm import check_form

_FORK_PATIENCE_S: Final = 1.0
_LOCK_WAIT_S: Final = 0.1
_BACK_WITHIN_S: Final = 0.5
"""A server one of whose processes was killed has recovered by then; no actor may be silent for longer."""
_LOOK_AGAIN_S: Final = 0.05


class Access:
    """See the module. Raises as `Journal.open` does."""

    def __init__(
        self,
        url: str,
        *,
        node: NodeId,
        clock: Callable[[], Instant],
        notify: Notifier,
        patience_s: float,
        spare: Path | None,
    ) -> None:
        self.url: Final = url
        self.node: Final = node
        self.clock: Final = clock
        self.notify: Final = notify
        self.patience_s: Final = patience_s
        self._file = None if is_server(url) else path_of(url)
        """Where it is a file: what has to do with the spare and with checkpoints is for that alone."""
        self._pid = os.getpid()
        self._closed = False
        self.write_lock: Final = threading.RLock()
        self.read_lock: Final = threading.RLock()
        self.suspect = False
        """After a failed flush that could not be made good."""
        self.spare = None if spare is None or self._file is None else Spare.at(spare)
        self._renumbered = 0 if self.spare is None else self.spare.renumbered
        self.writer: Connection | None = None
        self.writer_generation = 0
        self.reader: Connection | None = None
        self.reader_generation = 0
        self._back_by_s = 0.0
        """Until then a server that has just been lost is waited for."""
        self.checkpointer: Checkpointer | None = None
        if self._file is not None:
            self.checkpointer = Checkpointer(partial(self._connect_file, self._file), self.write_lock)
        self._held_for_fork: list[threading.Lock | threading.RLock] = []
        self._open_first()
        _watch(self)

    @property
    def durable(self) -> bool:
        """Whether what is written now survives the machine."""
        return self.spare is None or not self.spare.in_use

    @property
    def generation(self) -> int:
        """How often the journal has changed over: with an odd one it is in the spare."""
        return 0 if self.spare is None else self.spare.generation

    def close(self) -> None:
        """Let go of the file; again does nothing. In a forked child it only forgets."""
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
        if self.spare is not None and self.spare.in_use:
            check_form(self.spare, self.patience_s)
            return
        try:
            self.writer = self._connect_first()
        except JournalNewer:
            raise
        except JournalError as error:
            # A folder that is not there is a mistake in the settings, not a disk that fails.
            no_folder = self._file is not None and not self._file.absolute().parent.is_dir()
            if no_folder or not self.fail_over(error, 0):
                raise

    def before_fork(self) -> None:
        """Before a fork: wait for the threads, let go of the file, and let nobody take it up."""
        locks: list[threading.Lock | threading.RLock] = [self.write_lock, self.read_lock]
        if self.checkpointer is not None:
            locks.insert(0, self.checkpointer.busy)
        for lock in locks:
            # A disk that hangs must not keep the Supervisor from starting what deals with it.
            if lock.acquire(timeout=_FORK_PATIENCE_S):
                self._held_for_fork.append(lock)
        if self._pid == os.getpid() and len(self._held_for_fork) == len(locks):
            self._let_go()

    def after_fork(self) -> None:
        """After a fork: go on."""
        while self._held_for_fork:
            self._held_for_fork.pop().release()

    def _let_go(self) -> None:
        for connection in (self.writer, self.reader):
            if connection is not None:
                connection.close()
        self.writer = self.reader = None
        if self.spare is not None:
            self.spare.let_go()

    def comes_back(self, error: JournalError, was_there: bool) -> bool:
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

    def fail_over(self, error: JournalError, generation: int) -> bool:
        """Whether it is worth trying again, in the other file: changes over where the disk has failed."""
        spare, file = self.spare, self._file
        if spare is None or file is None or isinstance(error, JournalRefusal):
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
                now_us=self.clock(),
                error=error,
                # One of ours who holds the write lock goes on soon, or is ended: that is no disk's fault.
                wait_s=_LOCK_WAIT_S if isinstance(error, JournalLocked) else self.patience_s,
                patience_s=self.patience_s,
            )
        except JournalError:
            return spare.generation != generation
        self.notify.committed(0)
        return True

    def usable_writer(self) -> Connection:
        """The connection that writes, to whichever file the journal is in now. Under the write lock."""
        generation = self.generation
        if generation != self.writer_generation:
            with self.read_lock:
                # Both: what SQLite remembers of a file that was read-only lasts until nobody has it open.
                for connection in (self.writer, self.reader):
                    if connection is not None:
                        connection.close()
                self.writer = self.reader = None
            self.writer_generation = generation
            # Whatever was in doubt is the keeper's now, who makes it good before he comes back.
            self.suspect = False
        if self.writer is None or self.writer.closed:
            self.writer = self.connect(generation)
        if self.suspect:
            self.writer.harden()
            self.suspect = False
        return self.writer

    def usable_reader(self) -> Connection:
        """The connection that reads. Under the read lock."""
        generation = self.generation
        if generation != self.reader_generation:
            if self.reader is not None:
                self.reader.close()
            self.reader, self.reader_generation = None, generation
        if self.reader is None or self.reader.closed:
            self.reader = self.connect(generation)
        return self.reader

    def connect(self, generation: int) -> Connection:
        """A new connection to the file of this generation: an odd one's is the spare."""
        if self.spare is not None and generation % 2 == 1:
            return SqliteConnection(self.spare.file, patience_s=self.patience_s, lasting=False)
        while True:
            try:
                return opened(self.url, patience_s=self.patience_s)
            except JournalUnavailable:
                if time.monotonic() >= self._back_by_s:
                    raise
            time.sleep(_LOOK_AGAIN_S)

    def _connect_file(self, file: Path) -> SqliteConnection:
        return SqliteConnection(file, patience_s=self.patience_s)

    def _connect_first(self) -> Connection:
        # Where there is a spare, one that was emptied is for the JournalKeeper to put another in place of.
        # Where that has been filled, a missing one may be on a disk that is not mounted.
        there = () if self.spare is None or self._file is None else (self._file, self.spare.file)
        make = not any(file.exists() for file in there)
        connection = opened(self.url, patience_s=self.patience_s, create=make)
        try:
            bring_up_to_date(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def check(self) -> None:
        """Raises StoreMisuse where it is closed or another process's, JournalRenumbered."""
        if self._closed:
            raise StoreMisuse("the journal is closed")
        if self._pid != os.getpid():
            raise StoreMisuse("the journal was opened before a fork")
        if self.spare is not None and self.spare.renumbered != self._renumbered:
            raise JournalRenumbered("what was read of this journal has other places now")


_watched: Final[weakref.WeakSet[Access]] = weakref.WeakSet()
_waiting: Final[list[Access]] = []


def _watch(one: Access) -> None:
    """Care for this one too, as long as it lives."""
    _watched.add(one)


def _before() -> None:
    for one in list(_watched):
        one.before_fork()
        _waiting.append(one)


def _after() -> None:
    while _waiting:
        _waiting.pop().after_fork()


os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after)
