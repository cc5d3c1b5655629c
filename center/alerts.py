"""Alerts read from the journal for the terminal, with or without a running center."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from application.errors import NotFound
from application.times import rfc3339
from messages.ids import AlertId

if TYPE_CHECKING:
    from messages.ids import Instant
    from messages.journal import Recorded
    from model.alert.case import Case
    from store.journal.journal import Journal

_WINDOW: Final = 2000
"""Number of events read at a time, from the end of the journal."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """An alert, summarised for one row of a table."""

    alert: str
    phase: str
    outcome: str | None
    test: bool
    channel: str
    phone: str | None
    device: str | None
    user: str | None
    operator: str | None
    received_at: str
    deadline_at: str
    reached_after_s: float | None
    """Seconds until the user had answered, or the app or an operator had reported the user as reached."""
    deadline_missed: bool
    closed_at: str | None
    rang_after_s: float | None = None
    """Seconds until the network reported that the user's phone rings."""


def received_us(journal: Journal, alert: str, fallback: Recorded) -> int:
    """Return the time of the alert's first event, in microseconds since 1970; the time of `fallback` if the
    journal does not hold that event.
    """
    from store.streams import inbox

    found = journal.read(inbox(AlertId(alert)))
    return found[0].at_us if found else fallback.at_us


def streams_of(journal: Journal, alert: str) -> list[Recorded]:
    """Return the events of both streams of the alert, in the order of the journal. Raises NotFound."""
    from store.streams import case, inbox

    recorded = journal.read_streams(inbox(AlertId(alert)), case(AlertId(alert)))
    if not recorded:
        raise NotFound(f"no alert has the id {alert}")
    return recorded


def case_of(journal: Journal, alert: str) -> Case:
    """Return the alert's state. Raises NotFound."""
    from model.alert.evolve import fold

    case = fold(streams_of(journal, alert))
    if case is None:
        raise NotFound(f"the journal lacks the first events of alert {alert}")
    return case


def newest_cases(journal: Journal) -> Iterator[Case]:
    """Yield the case of every alert except checks, newest first. Reads the journal only as far as needed."""
    from model.alert.evolve import receipt
    from store.streams import alert_of

    upto = journal.last_seq()
    while upto > 0:
        after = max(0, upto - _WINDOW)
        events = [one for one in journal.read_all(after, _WINDOW) if one.seq <= upto]
        for one in reversed(events):
            alert = alert_of(one.stream)
            began = receipt(one)
            if alert is not None and began is not None and began.check is None:
                yield case_of(journal, alert)
        upto = after


def summary(case: Case) -> Summary:
    """Return the summary of the case."""
    from model.alert.phase import phase

    return Summary(
        alert=case.alert,
        phase=phase(case),
        outcome=case.outcome,
        test=case.test,
        channel=case.channel,
        phone=case.phone,
        device=case.device,
        user=case.user,
        operator=case.operator,
        received_at=rfc3339(case.received_at),
        deadline_at=rfc3339(case.deadline_at),
        reached_after_s=_after_s(case, case.reached_at),
        deadline_missed=case.missed_at is not None,
        closed_at=rfc3339(case.closed_at) if case.closed_at is not None else None,
        rang_after_s=_after_s(case, case.rang_at),
    )


def _after_s(case: Case, at: Instant | None) -> float | None:
    return None if at is None else round((at - case.received_at) / 1e6, 3)
