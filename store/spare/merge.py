"""The way back: what only the spare holds is written into the journal, late and durably.

Mostly the journal is just as it was left, and everything gets the very place that it has had in the
spare. But it may hold something else by then: a commit whose flush had failed and which was written
all the same, what somebody has written into it meanwhile, an older copy, or nothing. The rules, for
each row of the spare:

1. the journal has it in its stream, of the same moment and with the same data: it is there;
2. otherwise it comes at the stream's end, which mostly is the very version that it has;
3. an alert whose id the journal knows as another's gets a new one.

Nothing of the journal is ever changed. Doing it twice writes nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
from sqlalchemy import bindparam, desc, select, update

from messages.ids import AlertId
from store import streams
from store.database.dialect import Connection
from store.database.query import Query, Row
from store.database.schema import event as table
from store.database.schema import session
from store.journal import rows
from store.spare.warm import Place, known_place, registry_rows, session_rows
from store.streams import StreamKind

_BEFORE: Final = Query(
    select(table)
    .where(table.c.stream == bindparam("s"), table.c.version < bindparam("before"))
    .order_by(desc(table.c.version))
    .limit(bindparam("most")),
    "s",
    "before",
    "most",
)
_AFTER: Final = Query(select(table).where(table.c.seq > bindparam("after")).order_by(table.c.seq), "after")
_HASH: Final = list(session.columns.keys()).index("hash")
_ENDED: Final = list(session.columns.keys()).index("ended_us")
_END: Final = Query(
    update(session)
    .where(session.c.hash == bindparam("which"), session.c.ended_us.is_(None))
    .values(ended_us=bindparam("at")),
    "at",
    "which",
)
_PAGE: Final = 64
_NO_VERSION: Final = 2**62
_NOBODYS: Final = (f"{StreamKind.USER}-", f"{StreamKind.NUMBER}-", f"{StreamKind.DEVICE}-")
"""Streams whose versions nobody keeps in mind."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What was done."""

    events: int
    """So many were written late."""
    renumbered: bool
    """Something has another place than it had in the spare, or the journal has more than the spare had."""


def write_late(spare: Connection, journal: Connection) -> Written:
    """Write down what the journal lacks, within a transaction of the journal that the caller commits."""
    place = known_place(spare) or Place()
    same = place.is_in(journal)
    found = spare.all(_AFTER, place.seq if same else 0)
    work = _Late(journal, after=place.seq if same else 0, renamed=_renamed(journal, found))
    before = work.last_seq
    for row in found:
        work.take(row)
    if not same:
        for statement, people in registry_rows(spare):
            journal.write_many(statement, people)
    _write_sessions(spare, journal)
    # What the journal has after the place where it was left, and is not from here.
    others = before - place.seq if same else 0
    return Written(events=work.written, renumbered=not same or work.renumbered or others > work.there)


def _write_sessions(spare: Connection, journal: Connection) -> None:
    """Those that were begun meanwhile stand, and those that were ended have ended."""
    statement, found = session_rows(spare)
    journal.write_many(statement, found)
    for row in found:
        hash_, ended_us = row[_HASH], row[_ENDED]
        if ended_us is not None:
            journal.write(_END, ended_us, hash_)


def _renamed(journal: Connection, found: list[Row]) -> dict[str, str]:
    """Streams of new alerts whose id is another alert's in the journal, and what they are called there.

    An app may say an id again whose alert was closed long ago; the spare no longer knows it.
    """
    names: dict[str, str] = {}
    for row in found:
        alert: AlertId | None = streams.alert_of(row[1])
        if alert is None or row[3] != "alert.received" or row[2] != 1:
            continue
        number = 1
        name = alert
        while (first := journal.one(rows.FIRST, streams.inbox(name))) is not None and first[3:] != row[3:]:
            number += 1
            name = AlertId(f"{alert[:56]}.{number}")
        if name != alert:
            names[streams.inbox(alert)] = streams.inbox(name)
            names[streams.case(alert)] = streams.case(name)
    return names


class _Late:
    """One stream after the other is compared, but the rows come in the order of the spare."""

    def __init__(self, journal: Connection, after: int, renamed: dict[str, str]) -> None:
        self._journal = journal
        self._after = after
        self._renamed = renamed
        self._there: dict[str, list[Row]] = {}
        """Of each stream, what the journal has since the first row of the spare's and no row has matched."""
        self._version: dict[str, int] = {}
        row = journal.one(rows.LAST_SEQ)
        self.last_seq = 0 if row is None or row[0] is None else int(row[0])
        self.written = 0
        self.there = 0
        self.renumbered = bool(renamed)

    def take(self, row: Row) -> None:
        seq, stream, version, *rest = row
        stream = self._renamed.get(str(stream), str(stream))
        if self._has(stream, row):
            self.there += 1
            return
        place = self._version[stream] + 1
        new_seq = max(seq, self.last_seq + 1)
        self._journal.write_many(rows.INSERT, [(new_seq, stream, place, *rest)])
        self.last_seq = new_seq
        self._version[stream] = place
        self.written += 1
        if new_seq != seq or (place != version and not stream.startswith(_NOBODYS)):
            self.renumbered = True

    def _has(self, stream: str, row: Row) -> bool:
        there = self._there.get(stream)
        if there is None:
            there = self._there[stream] = list(self._since(stream, row[4]))[::-1]
            self._version[stream] = there[-1][2] if there else self._last_version(stream)
        for place, one in enumerate(there):
            if one[3:] == row[3:]:
                # What comes before it is older than whatever the spare has next.
                del there[: place + 1]
                return True
        return False

    def _since(self, stream: str, at_us: int) -> Iterator[Row]:
        """The journal's rows of a stream from the newest back to that moment."""
        before = _NO_VERSION
        while page := self._journal.all(_BEFORE, stream, before, _PAGE):
            for one in page:
                if one[4] < at_us or one[0] <= self._after:
                    return
                yield one
            before = page[-1][2]

    def _last_version(self, stream: str) -> int:
        row = self._journal.one(rows.VERSION, stream)
        return 0 if row is None or row[0] is None else int(row[0])
