"""Callouts are read as far back as they matter, and the stream's version is known all the same."""

from __future__ import annotations

from messages.events import CalloutEnded, CalloutOpened
from messages.ids import SECOND, CalloutEnd, CalloutKind, Instant
from store import streams
from store.callouts import KEPT_US, callouts_of, recent_callout_events
from store.journal.journal import Append, Journal
from tests.store.places import Clock, on_both


def opened(journal: Journal, callout: str) -> None:
    event = CalloutOpened(callout=callout, kind=CalloutKind.ALARM)
    journal.append(Append(streams.DUTY, None, (event,)))


def test_what_is_older_than_anybody_remembers_is_not_read(journal: Journal, clock: Clock) -> None:
    opened(journal, "old")
    clock.forward(KEPT_US / SECOND + 1)
    assert recent_callout_events(journal) == (1, [])
    found = callouts_of(journal)
    assert (found.version, found.open) == (1, [])
    journal.append(Append(streams.DUTY, found.version, (CalloutEnded(callout="x", why=CalloutEnd.OVER),)))

    opened(journal, "new")
    assert [one.id for one in callouts_of(journal).open] == ["new"]


@on_both
def test_who_asks_for_a_longer_time_has_it(journal: Journal, clock: Clock) -> None:
    begun = journal.now_us()
    opened(journal, "old")
    clock.forward(KEPT_US / SECOND + 1)
    assert [one.id for one in callouts_of(journal, since_us=begun).open] == ["old"]
    assert [one.id for one in callouts_of(journal, since_us=Instant(begun + 1)).open] == []
    assert callouts_of(journal).version == journal.version(streams.DUTY)
