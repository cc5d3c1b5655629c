"""Switch from the journal to the fallback, by the first process that finds the disk failing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from messages.ids import Instant, NodeId
from model.alarms.active import active_alarms, alarm_changes
from store import streams
from store.database.dialect import Connection
from store.database.sqlite import SqliteConnection
from store.database.sqlite_file import inodes
from store.errors import JournalError, JournalFull, JournalTorn, JournalUnavailable
from store.fallback.fallback import Fallback
from store.fallback.replica import (
    ReplicaPosition,
    SwitchNote,
    add_accompanying_rows,
    add_rows,
    open_fallback,
    read_file_identity,
    read_position,
    update_replica,
    write_note,
)
from store.journal import rows
from store.journal.transaction import Append, Transaction

ALARM = "journal.not_durable"
SUBJECT = "journal"
TEXT = "The disk cannot be written: nothing is durable now. Alerts are handled from memory. {reason}"


def switch_to_fallback(
    fallback: Fallback,
    journal: Path,
    *,
    node: NodeId,
    now_us: Instant,
    error: JournalError,
    wait_s: float,
    patience_s: float,
) -> None:
    """Switch to the fallback, unless another process has done so meanwhile.

    The fallback is first brought up to date from the journal if that is readable, else from the log of recent
    commits; then the alarm is raised. Raises JournalLocked if a process of the center holds the journal for
    longer than `wait_s`, or the errors of the fallback's database; nothing has changed then.
    """
    with fallback.switching(wait_s):
        if fallback.in_use:
            return
        with closing(open_fallback(fallback, patience_s)) as connection:
            connection.begin_write()
            _catch_up(fallback, connection, journal, patience_s)
            place = read_position(connection) or ReplicaPosition()
            write_note(connection, "place", place)
            write_note(
                connection,
                "used",
                SwitchNote(since_us=now_us, reason=str(error), torn=isinstance(error, JournalTorn)),
            )
            # All later rows come after all rows of the journal.
            seq = max(place.seq, rows.scalar_of(connection, rows.LAST_SEQ))
            tx = Transaction(connection, node=node, at_us=now_us, seq=seq)
            stream = streams.node(node)
            # The alarm is still active if the journal came back a moment ago and the end of the alarm could
            # not be written.
            stands = active_alarms(one.event for one in tx.read(stream))
            words = TEXT.format(reason=error)
            tx.append(Append(stream, None, tuple(alarm_changes(stands, {(ALARM, SUBJECT): words}))))
            connection.commit()
        fallback.switch_over()


def _catch_up(fallback: Fallback, connection: Connection, journal: Path, patience_s: float) -> None:
    before = read_position(connection)
    file, _log = read_file_identity(connection)
    as_it_is = partial(SqliteConnection, journal, patience_s=patience_s)
    for readable in (lambda: closing(as_it_is()), lambda: _copy_in_memory(journal, fallback, patience_s)):
        connection.savepoint()
        try:
            with readable() as found:
                # A copy made a moment ago contains that position, and lacks the rows since.
                replaced = file not in (0, inodes(journal)[0])
                if replaced or (before is not None and not before.is_in(found)):
                    break
                update_replica(found, connection)
            connection.forget_savepoint()
            return
        except JournalError:
            connection.back_to_savepoint()
    # The journal is unreadable, or another file by now: the log of recent commits is authoritative.
    events, beside = fallback.log.rows((before or ReplicaPosition()).seq)
    place = add_rows(connection, events)
    add_accompanying_rows(connection, beside)
    if place is not None:
        write_note(connection, "place", place)


@contextmanager
def _copy_in_memory(journal: Path, fallback: Fallback, patience_s: float) -> Iterator[SqliteConnection]:
    """Yield a copy of the journal in memory. On a read-only disk SQLite cannot even read a log that no
    process has open.

    No process can be writing to the journal then, so that the copy is consistent.
    """
    copied = fallback.folder / "copied.db"
    try:
        try:
            sources = [one for suffix in ("", "-wal") if (one := Path(f"{journal}{suffix}")).exists()]
            memory = os.statvfs(fallback.folder)
            if sum(one.stat().st_size for one in sources) * 2 > memory.f_bavail * memory.f_frsize:
                raise JournalFull(f"{journal} is too large to be copied into memory")
            for source in sources:
                shutil.copyfile(source, f"{copied}{source.name.removeprefix(journal.name)}")
        except OSError as error:
            raise JournalUnavailable(f"{journal} cannot be copied: {error.strerror}") from error
        with closing(SqliteConnection(copied, patience_s=patience_s, lasting=False)) as connection:
            yield connection
    finally:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{copied}{suffix}").unlink(missing_ok=True)
