"""Moves what the write-ahead log holds into the journal's file, on a thread of its own.

SQLite's automatic checkpoint runs within the commit that crosses its limit and makes that one
writer wait for two flushes and a thousand pages. Here a writer only counts; a thread with a
connection of its own does the work, without the write lock. The log is used again from its
start afterwards, which makes every later flush cheaper than one that enlarges a file.
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
"""After so many events of one process the log is worth a look; at 3 to 4 pages each that is some 5 MB."""
_LONG_PAGES: Final = 2048
"""From 8 MB on the log is begun anew, for which writers wait a moment: under a load that never pauses."""


class Checkpointer:
    """One process's share in keeping the log short. Starts its thread when there is first something to do."""

    def __init__(self, connect: Callable[[], SqliteConnection], turn: AbstractContextManager[object]) -> None:
        """`turn` keeps this process's writers out while the log is begun anew."""
        self._connect = connect
        self._turn = turn
        self._events = 0
        self._wanted = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        self.busy: Final = threading.Lock()
        """Held while the file is worked on."""

    def grown(self, events: int) -> None:
        """A writer has appended so many events. Takes microseconds."""
        self._events += events
        if self._events < _EVENTS or self._closing:
            return
        self._events = 0
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="journal-checkpoint", daemon=True)
            self._thread.start()
        self._wanted.set()

    def run_now(self) -> tuple[int, int]:
        """Do it on the caller's thread: (pages in the log, pages of them moved)."""
        with self.busy:
            connection = self._connect()
            try:
                return self._once(connection)
            finally:
                connection.close()

    def close(self) -> None:
        """End the thread, waiting for a move that is under way."""
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
            # Whatever is wrong with the file, the writers will meet it and name it.
            with contextlib.suppress(StoreError):
                self.run_now()

    def _once(self, connection: SqliteConnection) -> tuple[int, int]:
        pages, moved = connection.checkpoint(restart=False)
        if moved >= _LONG_PAGES:
            # The bulk is moved by now; what has come meanwhile takes a millisecond or two.
            with self._turn, contextlib.suppress(StoreError):
                connection.checkpoint(restart=True)
        return pages, moved
