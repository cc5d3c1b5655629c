"""Checkpoint of the write-ahead log into the journal's file, on a thread of its own.

SQLite's automatic checkpoint runs within the commit that crosses its limit and makes that writer wait for two
flushes and a thousand pages. Here a writer only counts; a thread with a connection of its own does the work,
without the write lock. The log is reused from its start afterwards, which makes every later flush cheaper
than one that enlarges a file.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from store.database.sqlite import SqliteConnection
from store.errors import StoreError

_EVENTS: Final = 400
"""Number of events of one process after which a checkpoint runs; at 3 to 4 pages each that is some 5 MB."""
_LONG_PAGES: Final = 2048
"""Size in pages (8 MB) from which the log is restarted, for loads without pauses; writers wait a moment."""


class Checkpointer:
    """Checkpoints by one process. The thread starts at the first need."""

    def __init__(self, connect: Callable[[], SqliteConnection], turn: AbstractContextManager[object]) -> None:
        """Store the parameters. `turn`: lock that excludes this process's writers while the log restarts."""
        self._connect = connect
        self._turn = turn
        self._events = 0
        self._wanted = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        self.busy: Final = threading.Lock()
        """Lock held during work on the file."""

    def grown(self, events: int) -> None:
        """Count appended events and request a checkpoint when due. Takes microseconds."""
        self._events += events
        if self._events < _EVENTS or self._closing:
            return
        self._events = 0
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="journal-checkpoint", daemon=True)
            self._thread.start()
        self._wanted.set()

    def run_now(self) -> tuple[int, int]:
        """Run a checkpoint on the caller's thread. Return the pages in the log and the pages moved."""
        with self.busy:
            connection = self._connect()
            try:
                return self._once(connection)
            finally:
                connection.close()

    def close(self) -> None:
        """End the thread, after a running checkpoint."""
        self._closing = True
        self._wanted.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _work(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._closing:
                return
            # Faults of the file are met and reported by the writers.
            with contextlib.suppress(StoreError):
                self.run_now()

    def _once(self, connection: SqliteConnection) -> tuple[int, int]:
        pages, moved = connection.checkpoint(restart=False)
        if moved >= _LONG_PAGES:
            # Most pages are moved by now; the remainder takes a millisecond or two.
            with self._turn, contextlib.suppress(StoreError):
                connection.checkpoint(restart=True)
        return pages, moved
