"""Callouts in the journal: all in one stream, so that of two nodes or people one is first."""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND, Instant
from messages.journal import Recorded
from model.callouts.callout import KEPT, Callouts
from store import streams
from store.journal.journal import Journal, Transaction

KEPT_US: Final = Instant(30 * 24 * 3600 * SECOND)
"""So long a callout is remembered. Who has taken one longer ago has forgotten it as well, and is told anew of
what still stands.
"""


def told_lately(db: Journal | Transaction, since_us: Instant | None = None) -> tuple[int, list[Recorded]]:
    """The version before, and what the stream says since: for as long as it matters, and since then at
    least. Raises JournalError.
    """
    now_us = db.now_us() if isinstance(db, Journal) else db.at_us
    since_us = min(Instant(now_us - KEPT_US), now_us if since_us is None else since_us)
    before = db.version_before(streams.DUTY, since_us)
    return before, db.read(streams.DUTY, before)


def callouts_of(db: Journal | Transaction, kept: int = KEPT, since_us: Instant | None = None) -> Callouts:
    """What the journal says (see `told_lately`): those that are open, and so many that have ended. Raises
    JournalError.
    """
    found = Callouts(kept)
    found.version, recorded = told_lately(db, since_us)
    for one in recorded:
        found.apply(one)
    return found
