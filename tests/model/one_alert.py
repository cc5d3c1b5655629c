"""An alert as its events make it."""

from __future__ import annotations

from messages import events as ev
from messages.ids import SECOND, Channel, Instant, Proof
from model.alert.case import Case
from model.alert.evolve import apply, begin
from tests.support.recorded import recorded


def case_of(*events: ev.Event) -> Case:
    """Received at 0, and a second between two events."""
    first = ev.AlertReceived(
        channel=Channel.DATA,
        proof=Proof.APP,
        raised_at=Instant(0),
        received_at=Instant(0),
        deadline_at=Instant(50 * SECOND),
    )
    case = begin(recorded(first, stream="inbox-a"))
    assert case is not None
    for second, event in enumerate(events, 1):
        case = apply(case, event, Instant(second * SECOND))
    return case
