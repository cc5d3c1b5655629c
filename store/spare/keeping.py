"""The JournalKeeper's work, a step at a time: keeps the spare warm, and brings the journal back to the disk.

It alone may write into the journal while the spare is in use. It keeps nothing open between two steps:
each opens the files anew, as a start would, and so sees what has become of them.
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
from model.alarms.standing import due, standing
from store import streams
from store.audit.entry import Head
from store.audit.trail import Trail
from store.database.dialect import Connection, path_of
from store.database.migrate import bring_up_to_date
from store.database.sqlite import SqliteConnection
from store.database.sqlite_file import inodes, is_empty, replace, set_log_aside
from store.errors import JournalError, JournalLocked, JournalTorn, JournalUnavailable
from store.journal import rows
from store.journal.journal import Append, Journal
from store.journal.notify import Notifier
from store.spare.merge import Written, write_late
from store.spare.spare import Spare
from store.spare.switch import ALARM, SUBJECT, TEXT, change_over
from store.spare.warm import (
    NODE_EVENTS,
    Place,
    copy,
    known_file,
    known_place,
    known_use,
    note,
    noted,
    open_spare,
)

PATIENCE_S: Final = 0.5
"""For a lock. The step after the next is a second away."""
TAIL_BYTES: Final = 1024 * 1024
"""From this size on the tail is cleared, for which writers wait a moment."""
_HEADER: Final = b"SQLite format 3\0"


class Returned(msgspec.Struct, frozen=True, kw_only=True):
    """The journal is on the disk again."""

    events: int
    """Written late."""
    after_us: int
    """How long the spare was in use."""
    renumbered: bool


class Keeper:
    """See the module. Not for two threads."""

    def __init__(
        self,
        url: str,
        spare: Path,
        keys: Path,
        *,
        node: NodeId,
        clock: Callable[[], Instant],
        notify: Notifier,
    ) -> None:
        """`keys`: the folder of the audit's heads. Raises OSError where there can be no spare."""
        self._url = url
        self._path = path_of(url)
        self._folder = spare
        self._spare = Spare(spare)
        self._node = node
        self._clock = clock
        self._notify = notify
        self._trail = Trail(keys)
        self._heads: dict[str, Head] = {}
        """Of the audit's chains that are on the disk again, and whose heads are not."""
        self._size = 0
        """The journal's file at the last look; it never becomes smaller by itself."""
        self._scrubbed: bytes | None = b"never"
        """After which erasure nothing of it was left; the keeper before this one may have died on the way."""

    @property
    def in_use(self) -> bool:
        """Whether the journal goes on in memory."""
        return self._spare.in_use

    # ------------------------------------------------------------------------------- good days

    def warm(self, *, anew: bool = False) -> None:
        """Bring the spare up to date, `anew` without what matters no longer. A journal that cannot be
        read is left for the spare.

        Raises JournalError where the spare itself cannot be written.
        """
        failed: JournalError | None = None
        self._keep_heads()
        with self._spare_open() as spare:
            spare.begin_write()
            try:
                file, (known, _log) = self._look_at_file(), known_file(spare)
                if known not in (0, file):
                    raise JournalUnavailable(f"{self._path} was replaced")
                with self._journal() as journal:
                    place = copy(journal, spare, anew=anew)
                    if self.in_use:
                        # Somebody changed over while this one waited for the spare, which is the truth now.
                        return
                    noted(spare, "file", (file, inodes(self._path)[1]))
                    spare.commit()
                    if self._spare.tail.size() > TAIL_BYTES:
                        journal.begin_write()
                        if rows.highest(journal, rows.LAST_SEQ) == place.seq:
                            self._spare.tail.clear()
                        journal.end()
                    self._scrub(journal, spare, place)
            except JournalLocked:
                return
            except JournalError as error:
                failed = error
        if failed is not None:
            # Should it be the spare that fails, nobody can change over to it.
            self._leave(failed)

    def _scrub(self, journal: SqliteConnection, spare: SqliteConnection, place: Place) -> None:
        """Leave nothing of what was erased in either log, nor in the tail, which has keys. Until it works, it
        is tried with each step.
        """
        erased = note(spare, "erased")
        if erased == self._scrubbed:
            return
        journal.begin_write()
        behind = rows.highest(journal, rows.LAST_SEQ) != place.seq
        if not behind:
            self._spare.tail.clear()
        journal.end()
        if not (behind or journal.scrub() or spare.scrub()):
            self._scrubbed = erased

    def clear_alarm(self, text: str = "") -> bool:
        """Take back an alarm that is over; whether there was one. Raises JournalError."""
        return self._tell("", text, durable=True)

    def raise_alarm(self) -> None:
        """See that the alarm stands while the journal goes on in memory: a change over is said once, and a
        node that starts anew has forgotten it. Raises JournalError.
        """
        with self._spare_open() as spare:
            used = known_use(spare)
        self._tell(TEXT.format(reason="" if used is None else used.reason), durable=False)

    def _tell(self, words: str, over: str = "", *, durable: bool) -> bool:
        """Whether it is news; written where the journal is `durable`, or is not."""
        with closing(
            Journal.open(
                self._url, node=self._node, clock=self._clock, notify=self._notify, spare=self._folder
            )
        ) as journal:
            stream = streams.node(self._node)
            found = journal.read(stream, max(0, journal.version(stream) - NODE_EVENTS))
            news = due(standing(one.event for one in found), {(ALARM, SUBJECT): words}, over=over)
            if news and journal.durable is durable:
                journal.append(Append(stream, None, tuple(news)))
            return bool(news)

    def _leave(self, error: JournalError) -> None:
        with contextlib.suppress(JournalLocked):
            change_over(
                self._spare,
                self._path,
                node=self._node,
                now_us=self._clock(),
                error=error,
                wait_s=PATIENCE_S,
                patience_s=PATIENCE_S,
            )
            self._notify.committed(0)

    # -------------------------------------------------------------------------------- bad days

    def go_back(self) -> Returned:
        """Write down what only the spare holds, and use the journal again. Raises JournalError: not yet.

        First everything is written while the others go on; only what has come meanwhile keeps them waiting.
        """
        self._make_room_for_another_file()
        self._look_at_file()
        with self._spare_open() as spare, self._journal() as journal:
            used = known_use(spare)
            bring_up_to_date(journal)
            if used is not None and used.torn and journal.check() != [("ok",)]:
                raise JournalTorn(f"{self._path} is damaged")
            first = self._write(spare, journal)
            # A disk that has failed once says of the next flush that it went well: written once more.
            journal.harden()
            with self._spare.switching(PATIENCE_S):
                rest = self._write(spare, journal)
                renumbered = first.renumbered or rest.renumbered
                # While the spare still has the chains: a keeper that dies now begins again.
                self._heads = rest.heads
                self._keep_heads()
                # At once, for the disk may fail again in this very second. Without room for it, later.
                with contextlib.suppress(JournalError):
                    spare.begin_write()
                    copy(journal, spare)
                    spare.commit()
                spare.end()
                self._spare.flip(renumbered=renumbered)
        self._notify.committed(0)
        since_us = self._clock() if used is None else used.since_us
        return Returned(
            events=first.events + rest.events, after_us=self._clock() - since_us, renumbered=renumbered
        )

    def _keep_heads(self) -> None:
        """Write what is to be written; what fails keeps no alert in memory, and is tried with each step."""
        if self._heads:
            with contextlib.suppress(OSError):
                self._trail.keep(self._heads)
                self._heads = {}

    def _write(self, spare: Connection, journal: Connection) -> Written:
        journal.begin_write()
        spare.begin_read()
        written = write_late(spare, journal)
        spare.end()
        journal.commit()
        return written

    def _make_room_for_another_file(self) -> None:
        """An empty file is taken for a new journal: another one in its place. So is a missing one where there
        has been none yet, for want of room.

        Connections of ours that rest since the change hold locks on the one that is there, and its log,
        if it has one, is of what it held before. So is the log that a backup finds in its place.
        """
        with self._spare_open() as spare:
            place, known = known_place(spare) or Place(), known_file(spare)
            file, log = inodes(self._path)
            if is_empty(self._path) or not (file or place.seq):
                replace(self._path)
            elif not file or known[0] in (0, file):
                return
            elif 0 != log == known[1]:
                set_log_aside(self._path)
            # Once: from here on the log is this one's.
            spare.begin_write()
            noted(spare, "file", inodes(self._path))
            spare.commit()

    # ----------------------------------------------------------------------------------- files

    def _look_at_file(self) -> int:
        """The file's inode; it is a journal's by its first bytes and its length. Raises JournalError.

        SQLite may not ask it for hours, as long as the log or its memory holds the pages. No connection of
        this process may be open meanwhile: closing a file drops all locks that a process has on it (POSIX).
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

    # Closing gives up what was begun.

    def _journal(self) -> closing[SqliteConnection]:
        return closing(SqliteConnection(self._path, patience_s=PATIENCE_S))

    def _spare_open(self) -> closing[SqliteConnection]:
        return closing(open_spare(self._spare, PATIENCE_S))
