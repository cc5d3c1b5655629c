"""Notes of operators for the next shift, of the room and not of an alert, kept until they are done.

The notes are in a table and not in the journal: a note decides nothing, may name persons, and must be
deletable. The daily sweep (`store.alerts.erasing`) deletes a note after 30 days, or earlier if words of
alerts are kept for a shorter time.
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
"""Longest time that a note is kept, in days; no matter of the room stays open for a month."""
DONE_SHOWN_US: Final = Instant(12 * 3600 * SECOND)
"""Time for which a done note is still shown, so that the next shift sees who has done it."""
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
    """A note, with the operator who has marked it as done."""

    id: str
    at: Instant
    by: OperatorId
    text: str
    done_at: Instant | None = None
    done_by: OperatorId | None = None


def add_note(tx: Transaction, by: OperatorId, text: str) -> ShiftNote:
    """Store a note. Raises JournalNotDurable while the disk fails: an operator who leaves has to know."""
    note = ShiftNote(id=tx.chance(lambda: secrets.token_hex(6)), at=tx.at_us, by=by, text=text)
    tx.write(_ADD, note.id, note.at, note.by, note.text, None, None)
    return note


def mark_note(tx: Transaction, note: str, by: OperatorId, *, done: bool) -> ShiftNote | None:
    """Mark a note as done, or as not done; return None if the note does not exist. The first mark stays:
    repeating it changes nothing. Raises JournalNotDurable.
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


def current_notes(journal: Journal, now_us: Instant) -> list[ShiftNote]:
    """Return open and recently done notes, newest first, SHOWN_MAX at most. Raises JournalError."""
    return [_note(row) for row in journal.rows(_SHOWN, now_us - KEPT_DAYS * _DAY_US, now_us - DONE_SHOWN_US)]


def delete_old_notes(tx: Transaction, words_days: int) -> None:
    """Delete old notes. `words_days`: retention of alerts' words, 0: no limit. Raises JournalNotDurable."""
    before = tx.at_us - min(words_days or KEPT_DAYS, KEPT_DAYS) * _DAY_US
    if tx.one(_OLD, before) is not None:
        tx.write(_DROP, before)


def _note(row: Row) -> ShiftNote:
    known = zip(("id", "at", "by", "text", "done_at", "done_by"), row, strict=True)
    return ShiftNote(**dict(known))
