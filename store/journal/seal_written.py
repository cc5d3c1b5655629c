"""Seals what was written before there were keys, once: `journal seal`.

Portion by portion, each a short transaction of its own while the center goes on. Where it was broken off it
goes on from the place that is kept in the same transaction (table `unsealed`): by the command once more, or
by the center, which finishes what somebody has begun. Done twice it changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from messages.ids import UserId
from messages.personal import PERSONAL
from store.database.query import Query, Row
from store.database.schema import alias, event, unsealed
from store.errors import JournalNotDurable
from store.journal import erasable, rows
from store.journal.journal import Journal, Transaction
from store.journal.reading import Reading
from store.journal.sealing import has_personal, said_in, seal
from store.streams import StreamKind, alert_of, parse

PORTION: Final = 400
"""Events in one transaction: some 20 ms, for which others wait."""
_OF_NUMBERS: Final = (StreamKind.NUMBER, StreamKind.DEVICE)

_PLACE: Final = Query(select(unsealed))
_PLACE_GONE: Final = Query(delete(unsealed))
_PLACED: Final = Query(insert(unsealed), "seq", "upto")
_REWRITE: Final = Query(
    update(event).where(event.c.seq == bindparam("of")).values(data=bindparam("now")), "now", "of"
)
_RENAME: Final = Query(
    update(event).where(event.c.stream == bindparam("old")).values(stream=bindparam("new")), "new", "old"
)
_RENAME_ALIAS: Final = Query(
    update(alias).where(alias.c.stream == bindparam("old")).values(stream=bindparam("new")), "new", "old"
)


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far it is."""

    seq: int
    upto: int
    rewritten: int
    """Events that were changed by this portion."""


def left(journal: Reading) -> tuple[int, int] | None:
    """Between which places something may stand open; None: everything is sealed. Raises JournalError."""
    row = journal.row(_PLACE)
    return None if row is None else (int(row[0]), int(row[1]))


def seal_written(journal: Journal) -> Iterator[Progress]:
    """Seal it, a portion a step; whoever steps lets others write in between.

    Raises JournalNotDurable while the journal goes on in memory, JournalReadOnly where the database does not
    allow it to this account, any other JournalError.
    """
    while left(journal) is not None:
        yield journal.transact(_portion)


def resumed(journal: Journal) -> bool:
    """Seal a portion more, where somebody has begun and was broken off; whether that is so. Raises as
    `seal_written`.
    """
    place = left(journal)
    begun = place is not None and place[0] > 0
    if begun:
        journal.transact(_portion)
    return begun


def _portion(tx: Transaction) -> Progress:
    if not tx.durable:
        raise JournalNotDurable("the disk cannot be written: nothing is sealed now")
    place = tx.one(_PLACE)
    if place is None:
        return Progress(seq=0, upto=0, rewritten=0)
    after, upto = int(place[0]), int(place[1])
    found = [row for row in rows.bare(tx.all(rows.AFTER, after, PORTION)) if row[0] <= upto]
    with tx.rewriting():
        rewritten = sum(_rewritten(tx, row) for row in found)
    tx.write(_PLACE_GONE)
    seq = int(found[-1][0]) if found else upto
    if seq < upto:
        tx.write(_PLACED, seq, upto)
    return Progress(seq=seq, upto=upto, rewritten=rewritten)


def sealed(tx: Transaction, row: Row) -> bytes:
    """The row's data with nothing personal in it standing open; whose alert it is, is noted with its keys."""
    _, stream, _, kind, *_, data = row
    assert isinstance(data, bytes)
    alert = alert_of(stream)
    said = said_in(data)
    if said is None:
        return data
    if kind == "text.asked":
        # A short message's number stands with its words now, and goes with them.
        return msgspec.msgpack.encode(said | {"to": ""}) if said.get("to") else data
    if kind not in PERSONAL or alert is None:
        return data
    if kind == "user.identified":
        tx.set_person(alert, UserId(str(said["user"])))
    return msgspec.msgpack.encode(seal(kind, said, tx.keys_of(alert))) if has_personal(kind, said) else data


def _rewritten(tx: Transaction, row: Row) -> bool:
    if row[3] == "number.alert_raised":
        return _named_by_chance(tx, row[1])
    data = sealed(tx, row)
    changed = data != bytes(row[-1])
    if changed:
        tx.write(_REWRITE, data, row[0])
    return changed


def _named_by_chance(tx: Transaction, stream: str) -> bool:
    """A stream that is named by its number or device gets a name that says nothing."""
    kind, value = parse(stream)
    if kind not in _OF_NUMBERS or erasable.stream_of(tx.one, kind, value) != stream:
        return False
    named = erasable.new_stream(kind, tx.at_us)
    tx.write(_RENAME, named, stream)
    tx.write(_RENAME_ALIAS, named, stream)
    return True
