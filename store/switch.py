"""The change from the journal to the spare: by whoever finds first that the disk fails."""

from __future__ import annotations

from collections.abc import Callable

from messages.events import AlarmRaised
from messages.ids import Instant, NodeId
from messages.journal import Recorded
from store import rows, streams
from store.dialect import Connection
from store.errors import JournalError
from store.spare import Spare
from store.warm import Place, Used, add_rows, copy, known_place, noted, open_spare

ALARM = "journal.not_durable"
SUBJECT = "journal"
_TEXT = "The disk cannot be written: nothing is durable now. Alerts are handled from memory. {reason}"


def change_over(
    spare: Spare,
    journal: Callable[[], Connection],
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
    in memory; then the alarm. `journal` opens the journal. Raises JournalLocked where one of ours holds
    the journal for longer than `wait_s`, or what the spare's database raises; nothing has changed then.
    """
    with spare.switching(wait_s):
        if spare.in_use:
            return
        connection = open_spare(spare, patience_s)
        try:
            connection.begin_write()
            _catch_up(spare, connection, journal)
            place = known_place(connection) or Place()
            noted(connection, "place", place)
            noted(connection, "used", Used(since_us=now_us, reason=reason, torn=torn))
            stream = streams.node(node)
            version = connection.one(rows.VERSION, stream)
            alarm = Recorded(
                # Whatever is written from here on comes after all that the journal has.
                seq=place.seq + 1,
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


def _catch_up(spare: Spare, connection: Connection, journal: Callable[[], Connection]) -> None:
    before = known_place(connection)
    connection.savepoint()
    try:
        found = journal()
        try:
            if before is None or before.is_in(found):
                copy(found, connection)
                connection.forget_savepoint()
                return
        finally:
            found.close()
        connection.forget_savepoint()
    except JournalError:
        connection.back_to_savepoint()
    # It cannot be read, or is another file by now: what the writers have left in memory is the truth.
    place = add_rows(connection, spare.tail.rows((before or Place()).seq))
    if place is not None:
        noted(connection, "place", place)
