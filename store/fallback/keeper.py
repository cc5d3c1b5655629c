"""Work of the FallbackKeeper, step by step: replicate the journal to the fallback, and return to the disk.

Only the FallbackKeeper may write to the journal on disk while the fallback is in use. No file stays open
between two steps: each step opens the files again, like a start, and so sees their present state.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from messages.ids import Instant, NodeId
from model.alarms.active import active_alarms, alarm_changes
from store import streams
from store.audit.entry import ChainHead
from store.audit.trail import Trail
from store.database.dialect import Connection, path_of
from store.database.migrate import bring_up_to_date
from store.database.sqlite import SqliteConnection
from store.database.sqlite_file import inodes, is_empty, replace_file, set_log_aside
from store.errors import JournalError, JournalLocked, JournalTorn, JournalUnavailable
from store.fallback.fallback import Fallback
from store.fallback.merge import MergeReport, merge_into_journal
from store.fallback.replica import (
    NODE_EVENTS,
    ReplicaPosition,
    open_fallback,
    read_file_identity,
    read_note,
    read_position,
    read_switch_note,
    update_replica,
    write_note,
)
from store.fallback.switch import ALARM, SUBJECT, TEXT, switch_to_fallback
from store.journal import rows
from store.journal.journal import Append, Journal
from store.journal.notify import Notifier

PATIENCE_S: Final = 0.5
"""Time limit for a lock, in seconds; the next step follows a second later."""
TAIL_BYTES: Final = 1024 * 1024
"""Size from which the log of recent commits is cleared, for which writers wait a moment."""
_HEADER: Final = b"SQLite format 3\0"


class ReturnToDisk(msgspec.Struct, frozen=True, kw_only=True):
    """Report of a return of the journal to the disk."""

    events: int
    """Number of events written late."""
    after_us: int
    """Time for which the fallback was in use, in microseconds."""
    renumbered: bool


class Keeper:
    """Replication to the fallback and return to the disk, in steps. For one thread."""

    def __init__(
        self,
        url: str,
        fallback: Path,
        keys: Path,
        *,
        node: NodeId,
        clock: Callable[[], Instant],
        notify: Notifier,
    ) -> None:
        """Open the fallback. `keys`: folder of the audit's heads. Raises OSError without a fallback."""
        self._url = url
        self._path = path_of(url)
        self._folder = fallback
        self._fallback = Fallback(fallback)
        self._node = node
        self._clock = clock
        self._notify = notify
        self._trail = Trail(keys)
        self._heads: dict[str, ChainHead] = {}
        """Heads of audit chains that are on the disk again and not yet saved."""
        self._size = 0
        """Size of the journal's file at the last check; it never shrinks in normal use."""
        self._scrubbed: bytes | None = b"never"
        """Last erasure after which both logs were scrubbed; unknown at first: a predecessor may have died."""

    @property
    def in_use(self) -> bool:
        """True while the journal continues in memory."""
        return self._fallback.in_use

    # ------------------------------------------------------------------------------- good days

    def replicate(self, *, anew: bool = False) -> None:
        """Update the fallback; `anew` rebuilds it without data that is no longer needed. An unreadable
        journal causes the switch to the fallback.

        Raises JournalError if the fallback itself cannot be written.
        """
        failed: JournalError | None = None
        self._keep_heads()
        with self._open_fallback() as fallback:
            fallback.begin_write()
            try:
                file, (known, _log) = self._look_at_file(), read_file_identity(fallback)
                if known not in (0, file):
                    raise JournalUnavailable(f"{self._path} was replaced")
                with self._journal() as journal:
                    place = update_replica(journal, fallback, anew=anew)
                    if self.in_use:
                        # Another process has switched over during the wait for the fallback, which is
                        # authoritative now.
                        return
                    write_note(fallback, "file", (file, inodes(self._path)[1]))
                    fallback.commit()
                    if self._fallback.log.size() > TAIL_BYTES:
                        journal.begin_write()
                        if rows.scalar_of(journal, rows.LAST_SEQ) == place.seq:
                            self._fallback.log.clear()
                        journal.end()
                    self._scrub(journal, fallback, place)
            except JournalLocked:
                return
            except JournalError as error:
                failed = error
        if failed is not None:
            # If the fallback itself fails, no process can switch over to it.
            self._leave(failed)

    def _scrub(self, journal: SqliteConnection, fallback: SqliteConnection, place: ReplicaPosition) -> None:
        """Remove erased data from both databases' logs, and from the log of recent commits, which holds keys.
        A failed attempt is repeated with each step.
        """
        erased = read_note(fallback, "erased")
        if erased == self._scrubbed:
            return
        journal.begin_write()
        behind = rows.scalar_of(journal, rows.LAST_SEQ) != place.seq
        if not behind:
            self._fallback.log.clear()
        journal.end()
        if not (behind or journal.scrub() or fallback.scrub()):
            self._scrubbed = erased

    def clear_alarm(self, text: str = "") -> bool:
        """Clear the alarm of a failed disk; return True if it was active. Raises JournalError."""
        return self._tell("", text, durable=True)

    def raise_alarm(self) -> None:
        """Raise the alarm, if not active, while the journal continues in memory. The switch raises it only
        once, and a restart of the node ends it. Raises JournalError.
        """
        with self._open_fallback() as fallback:
            used = read_switch_note(fallback)
        self._tell(TEXT.format(reason="" if used is None else used.reason), durable=False)

    def _tell(self, words: str, over: str = "", *, durable: bool) -> bool:
        """Write the alarm's change if the journal's durability is as given; return True for any change."""
        with closing(
            Journal.open(
                self._url, node=self._node, clock=self._clock, notify=self._notify, fallback=self._folder
            )
        ) as journal:
            stream = streams.node(self._node)
            found = journal.read(stream, max(0, journal.version(stream) - NODE_EVENTS))
            news = alarm_changes(
                active_alarms(one.event for one in found), {(ALARM, SUBJECT): words}, over=over
            )
            if news and journal.durable is durable:
                journal.append(Append(stream, None, tuple(news)))
            return bool(news)

    def _leave(self, error: JournalError) -> None:
        with contextlib.suppress(JournalLocked):
            switch_to_fallback(
                self._fallback,
                self._path,
                node=self._node,
                now_us=self._clock(),
                error=error,
                wait_s=PATIENCE_S,
                patience_s=PATIENCE_S,
            )
            self._notify.committed(0)

    # -------------------------------------------------------------------------------- bad days

    def go_back(self) -> ReturnToDisk:
        """Write the events that only the fallback holds to the disk, and use the journal again. Raises
        JournalError: the return is not possible yet.

        Most is written while other processes continue; only the remainder makes them wait.
        """
        self._make_room_for_another_file()
        self._look_at_file()
        with self._open_fallback() as fallback, self._journal() as journal:
            used = read_switch_note(fallback)
            bring_up_to_date(journal)
            if used is not None and used.torn and journal.check() != [("ok",)]:
                raise JournalTorn(f"{self._path} is damaged")
            first = self._write(fallback, journal)
            # A disk that has failed once reports the next flush as successful: write the data once more.
            journal.harden()
            with self._fallback.switching(PATIENCE_S):
                rest = self._write(fallback, journal)
                renumbered = first.renumbered or rest.renumbered
                # While the fallback still has the chains: a keeper that dies now starts again.
                self._heads = rest.heads
                self._keep_heads()
                # At once, because the disk may fail again in this very second. Without space, later.
                with contextlib.suppress(JournalError):
                    fallback.begin_write()
                    update_replica(journal, fallback)
                    fallback.commit()
                fallback.end()
                self._fallback.switch_over(renumbered=renumbered)
        self._notify.committed(0)
        since_us = self._clock() if used is None else used.since_us
        return ReturnToDisk(
            events=first.events + rest.events, after_us=self._clock() - since_us, renumbered=renumbered
        )

    def _keep_heads(self) -> None:
        """Save the pending heads; a failure does not keep alerts in memory, and is retried with each step."""
        if self._heads:
            with contextlib.suppress(OSError):
                self._trail.keep(self._heads)
                self._heads = {}

    def _write(self, fallback: Connection, journal: Connection) -> MergeReport:
        journal.begin_write()
        fallback.begin_read()
        written = merge_into_journal(fallback, journal)
        fallback.end()
        journal.commit()
        return written

    def _make_room_for_another_file(self) -> None:
        """Replace an empty file by a new journal, and also a missing file if no journal existed yet, for lack
        of space.

        Idle connections of this process still hold locks on the present file. A log beside that file belongs
        to its former content, as does the log beside a file restored from a backup.
        """
        with self._open_fallback() as fallback:
            place, known = read_position(fallback) or ReplicaPosition(), read_file_identity(fallback)
            file, log = inodes(self._path)
            if is_empty(self._path) or not (file or place.seq):
                replace_file(self._path)
            elif not file or known[0] in (0, file):
                return
            elif 0 != log == known[1]:
                set_log_aside(self._path)
            # Only once: from here on the log belongs to this file.
            fallback.begin_write()
            write_note(fallback, "file", inodes(self._path))
            fallback.commit()

    # ----------------------------------------------------------------------------------- files

    def _look_at_file(self) -> int:
        """Check that the file is a database by its first bytes and its length; return its inode. Raises
        JournalError.

        SQLite may not read the file for hours, while the log or its memory holds the pages. No connection of
        this process may be open meanwhile: closing a file drops all locks of the process on it (POSIX).
        """
        try:
            fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise JournalUnavailable(f"{self._path} cannot be opened: {error.strerror}") from error
        try:
            status = os.fstat(fd)
            header = os.pread(fd, len(_HEADER), 0)
        except OSError as error:
            raise JournalUnavailable(f"{self._path} cannot be read: {error.strerror}") from error
        finally:
            os.close(fd)
        if header != _HEADER:
            raise JournalTorn(f"{self._path} is not a database")
        if not self.in_use and status.st_size < self._size:
            raise JournalTorn(f"{self._path} was cut off")
        self._size = status.st_size
        return status.st_ino

    # Closing rolls back an open transaction.

    def _journal(self) -> closing[SqliteConnection]:
        return closing(SqliteConnection(self._path, patience_s=PATIENCE_S))

    def _open_fallback(self) -> closing[SqliteConnection]:
        return closing(open_fallback(self._fallback, PATIENCE_S))
