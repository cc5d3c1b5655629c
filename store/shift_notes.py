"""What operators leave to those after them: notes of the room, of no alert's, until they are done with.

A table and not the journal: a note is nobody's decision, may name persons, and has to go for good. It goes
with the daily sweep (`store.alerts.erasing`), 30 days after it was written or when words of alerts go.
"""

from __future__ import annotations

import secrets
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, desc, insert, or_, select, update

from messages.ids import SECOND, Instant, OperatorId
from store.database.query import Query, Row
from store.database.schema import shift_note
from store.journal.journal import Journal, Transaction

_DAY_US: Final = 86_400 * SECOND
KEPT_DAYS: Final = 30
"""Nothing of the room is open for a month."""
DONE_SHOWN_US: Final = Instant(12 * 3600 * SECOND)
"""So long a note is shown that is done with, so that the next see by whom."""
SHOWN_MAX: Final = 100

_n = shift_note.c
_ADD: Final = Query(insert(shift_note), *shift_note.columns.keys())
_ONE: Final = Query(select(shift_note).where(_n.id == bindparam("note")), "note")
_SHOWN: Final = Query(
    select(shift_note)
    .where(_n.at_us >= bindparam("since"), or_(_n.done_us.is_(None), _n.done_us >= bindparam("done_since")))
    .order_by(desc(_n.at_us), _n.id)
    .limit(SHOWN_MAX),
    "since",
    "done_since",
)
_DONE: Final = Query(
    update(shift_note)
    .where(_n.id == bindparam("note"))
    .values(done_us=bindparam("at"), done_by=bindparam("by_whom")),
    "at",
    "by_whom",
    "note",
)
_OLD: Final = Query(select(_n.id).where(_n.at_us < bindparam("before")).limit(1), "before")
_DROP: Final = Query(delete(shift_note).where(_n.at_us < bindparam("before")), "before")


class ShiftNote(msgspec.Struct, frozen=True, kw_only=True):
    """One note, and by whom it was done with."""

    id: str
    at: Instant
    by: OperatorId
    text: str
    done_at: Instant | None = None
    done_by: OperatorId | None = None


def write(tx: Transaction, by: OperatorId, text: str) -> ShiftNote:
    """Leave a note. Raises JournalNotDurable while nothing lasts: who leaves has to know."""
    note = ShiftNote(id=tx.chance(lambda: secrets.token_hex(6)), at=tx.at_us, by=by, text=text)
    tx.write(_ADD, note.id, note.at, note.by, note.text, None, None)
    return note


def finish(tx: Transaction, note: str, by: OperatorId, *, done: bool) -> ShiftNote | None:
    """Say that it is done with, or is not after all; None where there is no such note. Who was first stays.
    Raises JournalNotDurable.
    """
    row = tx.one(_ONE, note)
    if row is None:
        return None
    found = _note(row)
    if (found.done_at is not None) is not done:
        tx.write(_DONE, tx.at_us if done else None, by if done else None, note)
        found = msgspec.structs.replace(
            found, done_at=tx.at_us if done else None, done_by=by if done else None
        )
    return found


def shown(journal: Journal, now_us: Instant) -> list[ShiftNote]:
    """Those to be done, and those done lately, newest first; SHOWN_MAX at most. Raises JournalError."""
    return [_note(row) for row in journal.rows(_SHOWN, now_us - KEPT_DAYS * _DAY_US, now_us - DONE_SHOWN_US)]


def forget(tx: Transaction, words_days: int) -> None:
    """Delete what is old. `words_days`: how long words of alerts are kept, 0 for no end. Raises
    JournalNotDurable.
    """
    before = tx.at_us - min(words_days or KEPT_DAYS, KEPT_DAYS) * _DAY_US
    if tx.one(_OLD, before) is not None:
        tx.write(_DROP, before)


def _note(row: Row) -> ShiftNote:
    known = zip(("id", "at", "by", "text", "done_at", "done_by"), row, strict=True)
    return ShiftNote(**dict(known))
