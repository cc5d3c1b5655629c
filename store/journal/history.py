"""Search of past alerts in the journal, also by number and device, and of recent calls.

Reads are in small pages: a process has one connection for reading, and followers of the journal must not wait
for a search of last month. Whole alerts are found by the index on streams; no search reads the journal from
end to end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import bindparam, desc, func, or_, select, text

from messages.events import LegOriginating, NumberRaised
from messages.ids import CHECK, AlertId, Instant
from messages.journal import Recorded
from store import streams
from store.database.query import Query
from store.database.schema import alias, event
from store.database.schema import event as table
from store.journal import rows
from store.journal.journal import Journal
from store.streams import StreamKind

PAGE: Final = 5_000
"""Journal positions per read: some milliseconds."""
FOUND_MAX: Final = 2_000
"""Maximum of streams, and of alerts, per search."""

_c = event.c
_AT: Final = Query(
    select(_c.seq, _c.at_us).where(_c.seq > bindparam("after")).order_by(_c.seq).limit(1), "after"
)
_RECEIVED: Final = Query(
    select(_c.seq, _c.stream)
    .where(
        _c.seq < bindparam("before"),
        _c.seq >= bindparam("lowest"),
        text("type = 'alert.received'"),
        _c.version == 1,
        or_(_c.stream < f"inbox-{CHECK}", _c.stream >= f"inbox-{CHECK[:-1]}/"),
    )
    .order_by(desc(_c.seq))
    .limit(bindparam("most")),
    "before",
    "lowest",
    "most",
)
_STREAMS: Final = Query(
    select(_c.stream)
    .where(
        _c.stream > bindparam("begin"),
        _c.stream < bindparam("end"),
        _c.version == 1,
        _c.stream.ilike(bindparam("pattern"), escape="\\"),
    )
    .limit(bindparam("most")),
    "begin",
    "end",
    "pattern",
    "most",
)
_NUMBERS: Final = Query(
    select(alias.c.stream)
    .where(alias.c.kind == StreamKind.NUMBER.value, alias.c.value.like(bindparam("pattern"), escape="\\"))
    .limit(bindparam("most")),
    "pattern",
    "most",
)
_SEQ_OF: Final = Query(
    select(func.min(_c.seq)).where(_c.stream == bindparam("stream"), _c.version == 1), "stream"
)
_NEWEST: Final = Query(
    select(event)
    .where(_c.stream == bindparam("stream"), _c.seq < bindparam("before"))
    .order_by(desc(_c.version))
    .limit(bindparam("most")),
    "stream",
    "before",
    "most",
)


def seq_at(journal: Journal, at_us: Instant, upto: int) -> int:
    """Return a journal position before which all events are older than `at_us`; times are almost in order."""
    low, high = 0, upto
    while low < high:
        middle = (low + high) // 2
        row = journal.row(_AT, middle)
        if row is None or row[1] >= at_us:
            high = middle
        else:
            low = max(middle + 1, int(row[0]))
    return low


def newest_alerts(journal: Journal, before: int, limit: int) -> list[tuple[int, AlertId]]:
    """Return the alerts before a position, newest first, each with the position of its receipt; no checks."""
    found: list[tuple[int, AlertId]] = []
    while before > 0 and len(found) < limit:
        lowest = max(0, before - PAGE)
        page = journal.rows(_RECEIVED, before, lowest, limit - len(found))
        found += [(int(seq), _owner(stream)) for seq, stream in page]
        before = lowest
    return found


def alerts_with_id(journal: Journal, part: str) -> set[AlertId]:
    """Return the alerts with an id that begins with `part`."""
    begin = streams.inbox(AlertId(part))
    found = journal.rows(_STREAMS, streams.inbox(AlertId("")), "inbox.", f"{_literal(begin)}%", FOUND_MAX)
    return {_owner(stream) for (stream,) in found}


def alerts_of_number(journal: Journal, digits: str) -> set[AlertId]:
    """Return the alerts of all numbers that end in these digits."""
    found = journal.rows(_NUMBERS, f"%{_literal(digits)}", FOUND_MAX)
    return alerts_of_streams(journal, (stream for (stream,) in found))


def alerts_of_streams(journal: Journal, names: Iterable[str]) -> set[AlertId]:
    """Return the alerts named by these streams of numbers and devices."""
    found: set[AlertId] = set()
    for name in names:
        if len(found) >= FOUND_MAX:
            break
        found |= {one.event.alert for one in journal.read(name) if isinstance(one.event, NumberRaised)}
    return found


def raised_before(journal: Journal, names: Iterable[str], alert: AlertId, most: int) -> list[AlertId]:
    """Return the alerts named in these streams before `alert` was received, newest first, at most `most`."""
    own = journal.row(_SEQ_OF, streams.inbox(alert))
    if own is None or own[0] is None:
        return []
    seqs: dict[AlertId, int] = {}
    for name in names:
        for one in rows.events_from(journal.rows(_NEWEST, name, own[0], most + 1)):
            if isinstance(one.event, NumberRaised) and one.event.alert != alert:
                seqs[one.event.alert] = max(one.seq, seqs.get(one.event.alert, 0))
    return sorted(seqs, key=lambda other: seqs[other], reverse=True)[:most]


def alerts_with_seq(journal: Journal, alerts: Iterable[AlertId]) -> list[tuple[int, AlertId]]:
    """Return these alerts, newest first, each with the position of its receipt; unknown ids are left out."""
    found = []
    for alert in alerts:
        row = journal.row(_SEQ_OF, streams.inbox(alert))
        if row is not None and row[0] is not None:
            found.append((int(row[0]), alert))
    return sorted(found, reverse=True)


def _owner(stream: object) -> AlertId:
    return AlertId(str(stream).partition("-")[2])


def _literal(part: str) -> str:
    return part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_ORIGINATING: Final = Query(
    rows.with_keys()
    .where(table.c.seq > bindparam("after"), table.c.type == "leg.originating")
    .order_by(table.c.seq),
    "after",
)


def originated_since(journal: Journal, at_us: Instant) -> list[Recorded]:
    """Return the calls started since `at_us`, oldest first. Raises JournalError."""
    after = seq_at(journal, at_us, journal.last_seq())
    found = rows.events_from(journal.rows(_ORIGINATING, after))
    return [one for one in found if isinstance(one.event, LegOriginating)]
