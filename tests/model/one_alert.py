"""An alert as its events make it."""

from __future__ import annotations

from messages import events as ev
from messages.ids import SECOND, Assurance, Channel, Instant
from model.alert.case import Case
from model.telling.sheet import Sheet, begin, evolve
from tests.support.recorded import recorded
from tests.support.there import there


def sheet_of(*events: ev.Event) -> Sheet:
    """Received at 0, and a second between two events."""
    first = ev.AlertReceived(
        channel=Channel.DATA, proof=Assurance.APP, raised_at=Instant(0), received_at=Instant(0),
        deadline_at=Instant(50 * SECOND),
    )  # fmt: skip
    sheet = there(begin(recorded(first, stream="inbox-a")))
    for second, event in enumerate(events, 1):
        sheet = evolve(sheet, recorded(event, second + 1, second * SECOND, stream="inbox-a"))
    return sheet


def case_of(*events: ev.Event) -> Case:
    return sheet_of(*events).case
