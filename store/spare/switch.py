"""The change from the journal to the spare: by whoever finds first that the disk fails."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from messages.ids import Instant, NodeId
from model.alarms.standing import due, standing
from store import streams
from store.database.dialect import Connection
from store.database.sqlite import SqliteConnection
from store.database.sqlite_file import inodes
from store.errors import JournalError, JournalFull, JournalTorn, JournalUnavailable
from store.journal import rows
from store.journal.transaction import Append, Transaction
from store.spare.spare import Spare
from store.spare.warm import (
    Place,
    Used,
    add_beside,
    add_rows,
    copy,
    known_file,
    known_place,
    noted,
    open_spare,
)

ALARM = "journal.not_durable"
SUBJECT = "journal"
TEXT = "The disk cannot be written: nothing is durable now. Alerts are handled from memory. {reason}"


def change_over(
    spare: Spare,
    journal: Path,
    *,
    node: NodeId,
    now_us: Instant,
    error: JournalError,
    wait_s: float,
    patience_s: float,
) -> None:
    """Go on with the spare, unless somebody else has changed over meanwhile.

    It is given what the journal has by now, as far as it can be read, else what the writers have left
    in memory; then the alarm. Raises JournalLocked where one of ours holds
    the journal for longer than `wait_s`, or what the spare's database raises; nothing has changed then.
    """
    with spare.switching(wait_s):
        if spare.in_use:
            return
        with closing(open_spare(spare, patience_s)) as connection:
            connection.begin_write()
            _catch_up(spare, connection, journal, patience_s)
            place = known_place(connection) or Place()
            noted(connection, "place", place)
            noted(
                connection,
                "used",
                Used(since_us=now_us, reason=str(error), torn=isinstance(error, JournalTorn)),
            )
            # Whatever is written from here on comes after all that the journal has.
            seq = max(place.seq, rows.highest(connection, rows.LAST_SEQ))
            tx = Transaction(connection, node=node, at_us=now_us, seq=seq)
            stream = streams.node(node)
            # It stands where the journal came back a moment ago, and its end could not be written.
            stands = standing(one.event for one in tx.read(stream))
            words = TEXT.format(reason=error)
            tx.append(Append(stream, None, tuple(due(stands, {(ALARM, SUBJECT): words}))))
            connection.commit()
        spare.flip()


def _catch_up(spare: Spare, connection: Connection, journal: Path, patience_s: float) -> None:
    before = known_place(connection)
    file, _log = known_file(connection)
    as_it_is = partial(SqliteConnection, journal, patience_s=patience_s)
    for readable in (lambda: closing(as_it_is()), lambda: _copied(journal, spare, patience_s)):
        connection.savepoint()
        try:
            with readable() as found:
                # A copy that was made a moment ago has that place, and lacks what has come since.
                replaced = file not in (0, inodes(journal)[0])
                if replaced or (before is not None and not before.is_in(found)):
                    break
                copy(found, connection)
            connection.forget_savepoint()
            return
        except JournalError:
            connection.back_to_savepoint()
    # It cannot be read, or is another file by now: what the writers have left in memory is the truth.
    events, beside = spare.tail.rows((before or Place()).seq)
    place = add_rows(connection, events)
    add_beside(connection, beside)
    if place is not None:
        noted(connection, "place", place)


@contextmanager
def _copied(journal: Path, spare: Spare, patience_s: float) -> Iterator[SqliteConnection]:
    """A copy in memory: where nothing can be written, a log cannot even be read that nobody has open.

    Nobody can be writing to it then, so that the copy is of one moment.
    """
    copied = spare.folder / "copied.db"
    try:
        try:
            sources = [one for suffix in ("", "-wal") if (one := Path(f"{journal}{suffix}")).exists()]
            memory = os.statvfs(spare.folder)
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
