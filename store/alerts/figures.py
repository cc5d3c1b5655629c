"""Statistics of the supervisor: one row per alert, stored beside the journal.

The rows are derived data, and no alert or append waits for the rows. They cover the journal up to a position
that is stored in the same transaction; later events are folded on top. A journal of an older version, an
imported, delayed or restored one therefore needs no special care: its rows start or continue at their
position (docs/decisions/0142).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, desc, insert, select, text

from messages.base import MALFORMED
from messages.ids import SECOND, AlertId, Instant
from model import figures
from model.figures import EVENTS, AlertRow, begin, evolve
from store import streams
from store.database.query import Query
from store.database.schema import alert_row, alert_rows_kept, event
from store.journal import rows
from store.journal.journal import Journal, Transaction

FORM: Final = 3
"""Version of a row's content and form. A new number rebuilds all rows."""
PAGE: Final = 200
"""Journal positions per read: one millisecond, during which followers of the journal wait."""
TOGETHER: Final = 4_000
"""Journal positions per transaction."""
ROWS_PAGE: Final = 4_000
"""Rows per read: two milliseconds; rows are decoded after other readers may continue."""
LATE_US: Final = 3_600 * SECOND
"""Margin for alerts that were written late and so stand behind newer ones."""

_e, _r, _k = event.c, alert_row.c, alert_rows_kept.c
_EVENTS: Final = Query(
    select(event)
    .where(
        _e.seq > bindparam("after"),
        _e.seq <= bindparam("upto"),
        text(f"type IN ({', '.join(repr(name) for name in EVENTS)})"),
    )
    .order_by(_e.seq),
    "after",
    "upto",
)
_PLACE: Final = Query(select(_k.seq).where(_k.form == bindparam("form")), "form")
_PLACE_GONE: Final = Query(delete(alert_rows_kept))
_PLACED: Final = Query(insert(alert_rows_kept), "form", "seq")
_ALL_GONE: Final = Query(delete(alert_row))
_GONE: Final = Query(delete(alert_row).where(_r.seq == bindparam("s")), "s")
_KEPT: Final = Query(insert(alert_row), "seq", "data")
_ROW: Final = Query(
    select(_r.seq, _r.data).where(
        _r.seq == select(_e.seq).where(_e.stream == bindparam("inbox"), _e.version == 1).scalar_subquery()
    ),
    "inbox",
)
_NEWEST: Final = Query(
    select(_r.seq, _r.data)
    .where(_r.seq < bindparam("before"))
    .order_by(desc(_r.seq))
    .limit(bindparam("most")),
    "before",
    "most",
)
_STREAM: Final = Query(select(_e.stream).where(_e.seq == bindparam("seq")), "seq")
_LAST: Final = 2**62
_decoder: Final = msgspec.msgpack.Decoder(AlertRow)


def newest(journal: Journal, since_us: Instant, before: int = _LAST) -> Iterator[list[AlertRow]]:
    """Yield the rows of alerts received since `since_us`, newest first, page by page. `before`: only rows of
    earlier journal positions. Raises JournalError.
    """
    while page := journal.rows(_NEWEST, before, ROWS_PAGE):
        read = [_read(journal, int(seq), data) for seq, data in page]
        found = [row for row in read if row is not None]
        yield [row for row in found if row.received_us >= since_us]
        if found and not any(row.received_us >= since_us - LATE_US for row in found):
            return
        before = page[-1][0]


def catch_up(journal: Journal) -> Iterator[None]:
    """Bring the rows up to date with the journal, one or two milliseconds a step. Raises JournalError.

    Without stored rows the build starts at the beginning of the journal. The build may be interrupted at any
    step, and several processes may run it at once: each continues from the stored position.
    """
    upto = journal.last_seq()
    while True:
        kept = _place(journal)
        end = kept or 0
        if end >= upto:
            return
        made: dict[AlertId, AlertRow | None] = {}
        stop = min(upto, end + TOGETHER)
        while end < stop:
            page_end = min(stop, end + PAGE)
            _fold(journal, made, end, page_end)
            end = page_end
            yield
        _keep(journal, kept, [row for row in made.values() if row is not None], end)


def row_of(journal: Journal, alert: AlertId, upto: int = _LAST) -> AlertRow | None:
    """Return the row of this alert as far as the rows are up to date; None if there is none. `upto`: last
    journal position for a rebuilt row. Raises JournalError.
    """
    found = journal.row(_ROW, streams.inbox(alert))
    return None if found is None else _read(journal, int(found[0]), found[1], upto)


def _read(journal: Journal, seq: int, data: bytes, upto: int = _LAST) -> AlertRow | None:
    """Decode a row; rebuild an undecodable row from the alert's events up to position `upto`."""
    try:
        return _decoder.decode(data)
    except MALFORMED:
        found = journal.row(_STREAM, seq)
    alert = None if found is None else streams.alert_of(str(found[0]))
    if alert is None:
        return None
    told = journal.read_streams(streams.inbox(alert), streams.case(alert))
    return figures.row_of(one for one in told if one.seq <= upto)


def _place(reader: Journal | Transaction) -> int | None:
    found = reader.row(_PLACE, FORM) if isinstance(reader, Journal) else reader.one(_PLACE, FORM)
    return None if found is None else int(found[0])


def _fold(journal: Journal, made: dict[AlertId, AlertRow | None], after: int, upto: int) -> None:
    for recorded in rows.events_from(journal.rows(_EVENTS, after, upto)):
        alert = streams.alert_of(recorded.stream)
        if alert is None:
            continue
        if alert not in made:
            made[alert] = row_of(journal, alert, after)
        row = made[alert]
        made[alert] = begin(recorded) if row is None else evolve(row, recorded)


def _keep(journal: Journal, kept: int | None, made: list[AlertRow], place: int) -> None:
    """Write the rows, unless another process has moved the stored position."""

    def work(transaction: Transaction) -> None:
        if _place(transaction) != kept:
            return
        transaction.write_nondurable(_PLACE_GONE)
        transaction.write_nondurable(_PLACED, FORM, place)
        if kept is None:
            transaction.write_nondurable(_ALL_GONE)
        transaction.write_rows(_GONE, [(row.seq,) for row in made])
        transaction.write_rows(_KEPT, [(row.seq, msgspec.msgpack.encode(row)) for row in made])

    journal.transact(work)
