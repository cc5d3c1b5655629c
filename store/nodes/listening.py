"""Listener for commits of other nodes: PostgreSQL's notifications, on a connection and a thread of their own.

The thread connects and reconnects, however long that takes; callers never wait. A notification can be lost
with the connection: the listener then reports that the journal must be read. `store.journal.notify` notifies
the processes of the node itself.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
from typing import Final

import psycopg

from messages.ids import NodeId
from store.database.postgresql import CHANNEL
from store.database.postgresql_connecting import connect, conninfo_of
from store.journal.notify import decode_commit

POLL_ALL: Final = 0
"""Value in place of a journal position: commits may have been missed, read the journal."""
_AGAIN_S: Final = 0.2
_QUIET_S: Final = 2.0
"""Silence after which the server is probed: a server that has lost power stays silent."""
_ANSWER_S: Final = 1.0


class CommitListener:
    """Listener with a descriptor: watch `fileno()` for reading, and call `drain`. Must not cross a fork."""

    def __init__(self, url: str, node: NodeId) -> None:
        """Start the thread. `node`: this node, whose own commits are not reported. Raises StoreMisuse for an
        invalid address.
        """
        self._conninfo: Final = conninfo_of(url)
        self._node: Final = node
        self._lock: Final = threading.Lock()
        self._heard: int | None = None
        self._streams: set[str] | None = set()
        """Streams of the commits received since the last drain; None: any."""
        self._closed = False
        self._readable: Final = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._ending: Final = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread: Final = threading.Thread(target=self._work, name="journal-listener", daemon=True)
        self._thread.start()

    def fileno(self) -> int:
        """Return a descriptor, readable after another node's commit, or if commits may have been missed."""
        return self._readable

    def drain(self) -> tuple[int, frozenset[str]] | None:
        """Return the highest position that other nodes have reported since the last call, and the streams;
        None if none.

        The position is LOOK if commits may have been missed and none was received since. No streams mean any
        stream. Never waits.
        """
        with self._lock:
            heard = None if self._heard is None else (self._heard, frozenset(self._streams or ()))
            self._heard, self._streams = None, set()
            if not self._closed:
                with contextlib.suppress(BlockingIOError):
                    os.eventfd_read(self._readable)
        return heard

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            os.close(self._readable)
        os.eventfd_write(self._ending, 1)
        self._thread.join(timeout=_ANSWER_S)
        if not self._thread.is_alive():
            # Else the thread is still connecting and will read the descriptor.
            os.close(self._ending)

    # ---------------------------------------------------------------------------------- thread

    def _work(self) -> None:
        while not self._closed:
            # Faults of the server are met and reported by the processes that append.
            with contextlib.suppress(psycopg.Error), connect(self._conninfo, _ANSWER_S) as connection:
                connection.execute(f"LISTEN {CHANNEL}".encode())
                self._say(POLL_ALL, frozenset())
                self._listen(connection.pgconn)
            select.select([self._ending], [], [], _AGAIN_S)

    def _listen(self, server: psycopg.pq.abc.PGconn) -> None:
        """Receive notifications until `close`. Raises psycopg.Error when the connection is lost."""
        asked = False
        while True:
            wait_s = _ANSWER_S if asked else _QUIET_S
            readable, _, _ = select.select([server.socket, self._ending], [], [], wait_s)
            if self._ending in readable:
                return
            if not readable:
                if asked:
                    raise psycopg.OperationalError("the server does not answer")
                server.send_query(b"")
                server.flush()
                asked = True
                continue
            server.consume_input()
            while (news := server.notifies()) is not None:
                self._take(news.extra.decode(errors="replace"))
            while asked and not server.is_busy():
                asked = server.get_result() is not None

    def _take(self, news: str) -> None:
        node, seq, streams = decode_commit(news)
        if node != self._node:
            self._say(seq, streams)

    def _say(self, seq: int, streams: frozenset[str]) -> None:
        with self._lock:
            if not self._closed:
                self._heard = max(seq, self._heard or POLL_ALL)
                self._streams = self._streams | streams if streams and self._streams is not None else None
                os.eventfd_write(self._readable, 1)
