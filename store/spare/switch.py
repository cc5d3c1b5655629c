"""The change from the journal to the spare: by whoever finds first that the disk fails."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from messages.events import AlarmRaised
from messages.ids import Instant, NodeId
from messages.journal import Recorded
from store import streams
from store.database.dialect import Connection
from store.database.sqlite import SqliteConnection
from store.errors import JournalError, JournalFull, JournalUnavailable
from store.journal import rows
from store.spare.spare import Spare
from store.spare.warm import Place, Used, add_rows, copy, known_place, noted, open_spare

ALARM = "journal.not_durable"
SUBJECT = "journal"
_TEXT = "The disk cannot be written: nothing is durable now. Alerts are handled from memory. {reason}"


def change_over(
    spare: Spare,
    journal: Path,
    *,
    node: NodeId,
    now_us: Instant,
    reason: str,
    torn: bool,
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
        connection = open_spare(spare, patience_s)
        try:
            connection.begin_write()
            _catch_up(spare, connection, journal, patience_s)
            place = known_place(connection) or Place()
            noted(connection, "place", place)
            noted(connection, "used", Used(since_us=now_us, reason=reason, torn=torn))
            last = connection.one(rows.LAST_SEQ)
            stream = streams.node(node)
            version = connection.one(rows.VERSION, stream)
            alarm = Recorded(
                # Whatever is written from here on comes after all that the journal has.
                seq=1 + max(place.seq, 0 if last is None or last[0] is None else int(last[0])),
                stream=stream,
                version=1 + (0 if version is None or version[0] is None else int(version[0])),
                at_us=now_us,
                node=node,
                epoch=0,
                event=AlarmRaised(alarm=ALARM, subject=SUBJECT, text=_TEXT.format(reason=reason)),
            )
            connection.write_many(rows.INSERT, [rows.row_of(alarm)])
            connection.commit()
        finally:
            connection.end()
            connection.close()
        spare.flip()


def _catch_up(spare: Spare, connection: Connection, journal: Path, patience_s: float) -> None:
    before = known_place(connection)
    for readable in (_as_it_is, _copied):
        connection.savepoint()
        try:
            with readable(journal, spare, patience_s) as found:
                if before is None or before.is_in(found):
                    copy(found, connection)
                    connection.forget_savepoint()
                    return
            connection.forget_savepoint()
            break
        except JournalError:
            connection.back_to_savepoint()
    # It cannot be read, or is another file by now: what the writers have left in memory is the truth.
    place = add_rows(connection, spare.tail.rows((before or Place()).seq))
    if place is not None:
        noted(connection, "place", place)


@contextmanager
def _as_it_is(journal: Path, spare: Spare, patience_s: float) -> Iterator[Connection]:
    del spare
    connection = SqliteConnection(journal, patience_s=patience_s)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _copied(journal: Path, spare: Spare, patience_s: float) -> Iterator[Connection]:
    """A copy in memory: where nothing can be written, a log cannot even be read that nobody has open.

    Nobody can be writing to it then, so that the copy is of one moment.
    """
    copied = spare.folder / "copied.db"
    names = [(Path(f"{journal}{suffix}"), Path(f"{copied}{suffix}")) for suffix in ("", "-wal")]
    try:
        try:
            size = sum(source.stat().st_size for source, _ in names if source.exists())
            memory = os.statvfs(spare.folder)
            if size * 2 > memory.f_bavail * memory.f_frsize:
                raise JournalFull(f"{journal} is too large to be copied into memory")
            for source, target in names:
                if source.exists():
                    shutil.copyfile(source, target)
        except OSError as error:
            raise JournalUnavailable(f"{journal} cannot be copied: {error.strerror}") from error
        connection = SqliteConnection(copied, patience_s=patience_s, lasting=False)
        try:
            yield connection
        finally:
            connection.close()
    finally:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{copied}{suffix}").unlink(missing_ok=True)
