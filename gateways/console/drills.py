"""Result of the last drill, for the console and for the setup of a new center.

The result is read from the journal; drills started by `securwoman drill` are therefore included.
"""

from __future__ import annotations

import msgspec

from messages.events import AlertReceived, NumberRaised, PsapRequested
from messages.ids import E164, SECOND, AlertId, Instant, Outcome
from messages.journal import Recorded
from model.alert.evolve import fold
from model.rules.drilling import DrillStep, drill_result
from store import streams
from store.journal.erasable import stream_of
from store.journal.journal import Journal
from store.streams import StreamKind


class DrillView(msgspec.Struct, frozen=True, kw_only=True):
    """The last drill: the newest alert of the drill's phone, if this alert was a test."""

    alert: AlertId | None = None
    begun_us: Instant | None = None
    running: bool = False
    overdue: bool = False
    """True if the drill should have ended and has not."""
    ok: bool = False
    """True if the drill has ended in time, and all parties have spoken with each other."""
    deadline_met: bool = False
    outcome: Outcome | None = None
    steps: tuple[DrillStep, ...] = ()


def drill_of(journal: Journal, alert: AlertId, *, now_us: Instant, timeout_s: float) -> DrillView:
    """Return the view of this drill; an empty view if the alert is no test. Raises JournalError."""
    recorded = journal.read_streams(streams.inbox(alert), streams.case(alert))
    case = fold(recorded)
    if case is None or not case.test:
        return DrillView()
    found = drill_result(case, recorded, with_psap=_psap_was_asked(recorded))
    return DrillView(
        alert=alert,
        begun_us=case.received_at,
        running=not found.closed,
        overdue=not found.closed and now_us > case.received_at + timeout_s * SECOND,
        ok=found.closed and found.ok,
        deadline_met=found.deadline_met,
        outcome=case.outcome,
        steps=found.steps,
    )


def last_begun(journal: Journal, phone: E164) -> Instant | None:
    """Return when this phone last raised a test; None if the phone has raised another alert since. Raises
    JournalError.
    """
    alert = last_raised(journal, phone)
    first = None if alert is None else next(iter(journal.read(streams.inbox(alert))), None)
    event = None if first is None else first.event
    return event.received_at if isinstance(event, AlertReceived) and event.test else None


def last_raised(journal: Journal, phone: E164) -> AlertId | None:
    """Return the newest alert of this phone; None if there is none. Raises JournalError."""
    stream = stream_of(journal.row, StreamKind.NUMBER, phone)
    last = None if stream is None else journal.last(stream)
    return last.event.alert if last is not None and isinstance(last.event, NumberRaised) else None


def _psap_was_asked(recorded: list[Recorded]) -> bool:
    return any(isinstance(one.event, PsapRequested) for one in recorded)
