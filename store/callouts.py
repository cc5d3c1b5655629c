"""Callouts in the journal, in one stream, so that the database orders two simultaneous writers."""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND, Instant
from messages.journal import Recorded
from model.callouts.callout import KEPT, Callouts
from store import streams
from store.journal.journal import Journal, Transaction

KEPT_US: Final = Instant(30 * 24 * 3600 * SECOND)
"""Period for which a callout is remembered. A person who took an older one is notified again of alarms that
are still active.
"""


def recent_callout_events(
    db: Journal | Transaction, since_us: Instant | None = None
) -> tuple[int, list[Recorded]]:
    """Return the version before the period, and the events of the stream in it: the last KEPT_US, or since
    `since_us` if that is earlier. Raises JournalError.
    """
    now_us = db.now_us() if isinstance(db, Journal) else db.at_us
    since_us = min(Instant(now_us - KEPT_US), now_us if since_us is None else since_us)
    before = db.version_before(streams.DUTY, since_us)
    return before, db.read(streams.DUTY, before)


def callouts_of(db: Journal | Transaction, kept: int = KEPT, since_us: Instant | None = None) -> Callouts:
    """Return the callouts of the journal (see `recent_callout_events`): all open callouts, and at most `kept`
    ended ones. Raises JournalError.
    """
    found = Callouts(kept)
    found.version, recorded = recent_callout_events(db, since_us)
    for one in recorded:
        found.apply(one)
    return found
