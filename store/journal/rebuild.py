"""Fills folds from the journal when a program starts, reading what still matters and no more.

That is: both streams of every open alert, and of each operator's and line's stream the newest
event, the newest reservation and the newest change of shift or quarantine; of what people have ordered of a
line the newest event. So a start takes as long as there are open alerts, whatever the journal's age.
"""

from __future__ import annotations

from messages.events import LineSeized
from messages.ids import LineId
from model.alert.case import Case
from model.alert.evolve import fold
from model.alert.live import Live
from store import streams
from store.database.dialect import Connection
from store.database.query import Row
from store.journal import rows
from store.journal.journal import Journal
from store.journal.matters import NEWEST_ALONE, NEWEST_OF, open_alerts, still_matters, streams_of
from store.journal.projections import Fold


def rebuild(journal: Journal, *folds: Fold) -> int:
    """Bring new folds to where the journal is. The seq up to which they are: follow it from there."""

    def read(connection: Connection) -> tuple[int, dict[int, Row]]:
        last = rows.highest(connection, rows.LAST_SEQ)
        found: dict[int, Row] = {}
        for alert in open_alerts(connection):
            for stream in (streams.inbox(alert), streams.case(alert)):
                found.update((int(row[0]), row) for row in connection.all(rows.STREAM, stream, 0))
        for kind in (*NEWEST_OF, *NEWEST_ALONE):
            for stream in streams_of(connection, kind):
                found.update((int(row[0]), row) for row in still_matters(connection, kind, stream))
        return last, found

    seq, found = journal.at_one_moment(read)
    for recorded in rows.recorded(found[seq] for seq in sorted(found)):
        for one in folds:
            one.apply(recorded)
    bring_back(journal, *folds)
    return seq


def bring_back(journal: Journal, *folds: Fold) -> None:
    """Give the folds the alerts that were reopened after they had let go of them. Raises JournalError."""
    for one in (each for each in folds if isinstance(each, Live)):
        for alert in tuple(one.missing):
            one.put(journal.read_streams(streams.inbox(alert), streams.case(alert)))


def case_on_line(journal: Journal, line: LineId) -> Case | None:
    """The open alert whose leg was the last to have this line, be that over or not; None: there is none."""
    seized = _seized(journal, line)
    if seized is None or seized.alert is None:
        return None
    alert = seized.alert
    case = fold(journal.read_streams(streams.inbox(alert), streams.case(alert)))
    return case if case is not None and case.closed_at is None else None


def is_no_alerts(journal: Journal, line: LineId) -> bool:
    """Whether a call is on it that is no alert's: an operator's for the shift, or one of the center's own."""
    seized = _seized(journal, line)
    if seized is None or not seized.leg:
        return False
    return (seized.operator or seized.tester or seized.callout) is not None


def is_tried(journal: Journal, line: LineId) -> bool:
    """Whether somebody tries it with a call."""
    seized = _seized(journal, line)
    return seized is not None and bool(seized.leg) and seized.tester is not None


def _seized(journal: Journal, line: LineId) -> LineSeized | None:
    found = rows.first(journal.rows(rows.NEWEST_OF_TYPE, streams.line(line), "line.seized"))
    return found.event if found is not None and isinstance(found.event, LineSeized) else None


def is_quarantined(journal: Journal, line: LineId) -> bool:
    """Whether the line was taken out of service and has not returned since."""

    def newest(kind: str) -> int:
        found = rows.first(journal.rows(rows.NEWEST_OF_TYPE, streams.line(line), kind))
        return 0 if found is None else found.version

    return newest("line.quarantined") > newest("line.returned")


def replay(journal: Journal, *folds: Fold) -> int:
    """The same by reading everything; for checks."""
    seq = 0
    while found := journal.rows(rows.AFTER, seq, 1000):
        seq = int(found[-1][0])
        for recorded in rows.recorded(found):
            for one in folds:
                one.apply(recorded)
    return seq
