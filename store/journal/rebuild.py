"""Fill of folds from the journal at program start, by the events that still matter.

These events are: both streams of every open alert; of each operator's and line's stream the newest event, the
newest reservation and the newest change of shift or quarantine; and the newest event of each line's service
stream. So the duration of a start depends on the number of open alerts, not on the age of the journal.
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
from store.journal.matters import NEWEST_ALONE, NEWEST_OF, open_alerts, relevant_rows, streams_of
from store.journal.projections import Fold


def rebuild(journal: Journal, *folds: Fold) -> int:
    """Fill new folds from the journal; return the seq up to which they are filled, from which to follow."""

    def read(connection: Connection) -> tuple[int, dict[int, Row]]:
        last = rows.scalar_of(connection, rows.LAST_SEQ)
        found: dict[int, Row] = {}
        for alert in open_alerts(connection):
            for stream in (streams.inbox(alert), streams.case(alert)):
                found.update((int(row[0]), row) for row in connection.all(rows.STREAM, stream, 0))
        for kind in (*NEWEST_OF, *NEWEST_ALONE):
            for stream in streams_of(connection, kind):
                found.update((int(row[0]), row) for row in relevant_rows(connection, kind, stream))
        return last, found

    seq, found = journal.at_one_moment(read)
    for recorded in rows.events_from(found[seq] for seq in sorted(found)):
        for one in folds:
            one.apply(recorded)
    apply_reopened(journal, *folds)
    return seq


def apply_reopened(journal: Journal, *folds: Fold) -> None:
    """Apply to the folds the alerts that were reopened after being dropped. Raises JournalError."""
    for one in (each for each in folds if isinstance(each, Live)):
        for alert in tuple(one.missing):
            one.put(journal.read_streams(streams.inbox(alert), streams.case(alert)))


def case_on_line(journal: Journal, line: LineId) -> Case | None:
    """Return the open alert that was the last to seize this line, even if its leg has ended, else None."""
    seized = _seized(journal, line)
    if seized is None or seized.alert is None:
        return None
    alert = seized.alert
    case = fold(journal.read_streams(streams.inbox(alert), streams.case(alert)))
    return case if case is not None and case.closed_at is None else None


def is_held_outside_alerts(journal: Journal, line: LineId) -> bool:
    """Return True if a call outside any alert holds the line: an operator's shift, or the center's own."""
    seized = _seized(journal, line)
    if seized is None or not seized.leg:
        return False
    return (seized.operator or seized.tester or seized.callout) is not None


def is_under_test(journal: Journal, line: LineId) -> bool:
    """Return True if an operator tests the line with a call."""
    seized = _seized(journal, line)
    return seized is not None and bool(seized.leg) and seized.tester is not None


def _seized(journal: Journal, line: LineId) -> LineSeized | None:
    found = rows.first(journal.rows(rows.NEWEST_OF_TYPE, streams.line(line), "line.seized"))
    return found.event if found is not None and isinstance(found.event, LineSeized) else None


def is_quarantined(journal: Journal, line: LineId) -> bool:
    """Return True if the line was quarantined and has not returned since."""

    def newest(kind: str) -> int:
        found = rows.first(journal.rows(rows.NEWEST_OF_TYPE, streams.line(line), kind))
        return 0 if found is None else found.version

    return newest("line.quarantined") > newest("line.returned")


def replay(journal: Journal, *folds: Fold) -> int:
    """Fill new folds by reading the whole journal, for checks; return the seq up to which they are filled."""
    seq = 0
    while found := journal.rows(rows.AFTER, seq, 1000):
        seq = int(found[-1][0])
        for recorded in rows.events_from(found):
            for one in folds:
                one.apply(recorded)
    return seq
