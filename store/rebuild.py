"""Fills folds from the journal when a program starts, reading what still matters and no more.

That is: both streams of every open alert, and of each operator's and line's stream the newest
event, the newest reservation and the newest change of shift or quarantine. So a start takes as
long as there are open alerts, whatever the journal's age.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import bindparam, desc, func, select, text

from messages.events import LineSeized
from messages.ids import AlertId, LineId
from model.case import Case
from model.evolve import fold
from store import rows, streams
from store.dialect import Connection
from store.journal import Journal
from store.projections import Fold
from store.query import Query, Row
from store.schema import RARE, event, open_alert

_OPEN: Final = Query(select(open_alert.c.alert))
_NEXT_STREAM: Final = Query(
    select(func.min(event.c.stream)).where(
        event.c.stream > bindparam("after"), event.c.stream < bindparam("end")
    ),
    "after",
    "end",
)
NEWEST_RARE: Final = Query(
    select(event)
    .where(event.c.stream == bindparam("stream"), text(RARE))
    .order_by(desc(event.c.version))
    .limit(1),
    "stream",
)
_RESERVATION: Final = {
    streams.StreamKind.OPERATOR: "operator.reserved",
    streams.StreamKind.LINE: "line.seized",
}


def rebuild(journal: Journal, *folds: Fold) -> int:
    """Bring new folds to where the journal is. The seq up to which they are: follow it from there."""
    with journal.snapshot() as connection:
        last = connection.one(rows.LAST_SEQ)
        found: dict[int, Row] = {}
        for stream in _alerts(connection):
            found.update((int(row[0]), row) for row in connection.all(rows.STREAM, stream, 0))
        for kind, reservation in _RESERVATION.items():
            for stream in _streams(connection, kind):
                newest = connection.all(rows.NEWEST_OF_STREAM, stream)[:1]
                reserved = connection.all(rows.NEWEST_OF_TYPE, stream, reservation)
                rare = connection.all(NEWEST_RARE, stream)
                found.update((int(row[0]), row) for row in (*newest, *reserved, *rare))
    for recorded in rows.known(found[seq] for seq in sorted(found)):
        for one in folds:
            one.apply(recorded)
    return 0 if last is None or last[0] is None else int(last[0])


def case_on_line(journal: Journal, line: LineId) -> Case | None:
    """The open alert whose leg was the last to have this line, be that over or not; None: there is none."""
    seized = rows.first_known(journal.rows(rows.NEWEST_OF_TYPE, streams.line(line), "line.seized"))
    if seized is None or not isinstance(seized.event, LineSeized):
        return None
    alert = seized.event.alert
    case = fold(journal.read_streams(streams.inbox(alert), streams.case(alert)))
    return case if case is not None and case.closed_at is None else None


def replay(journal: Journal, *folds: Fold) -> int:
    """The same by reading everything; for checks."""
    seq = 0
    while found := journal.rows(rows.AFTER, seq, 1000):
        seq = int(found[-1][0])
        for recorded in rows.known(found):
            for one in folds:
                one.apply(recorded)
    return seq


def _alerts(connection: Connection) -> Iterator[str]:
    for (alert,) in connection.all(_OPEN):
        yield streams.inbox(AlertId(alert))
        yield streams.case(AlertId(alert))


def _streams(connection: Connection, kind: streams.StreamKind) -> Iterator[str]:
    """The streams of a kind, each found by one step in the index."""
    after, end = f"{kind}-", f"{kind}."
    while (row := connection.one(_NEXT_STREAM, after, end)) is not None and row[0] is not None:
        after = str(row[0])
        yield after
