"""Callouts in the journal: all in one stream, so that of two nodes or people one is first."""

from __future__ import annotations

import secrets
from typing import Final

from messages.events import CalloutEnded, CalloutOpened, CalloutTaken
from messages.ids import SECOND, CalloutEnd, CalloutKind, DutyWay, Instant, OperatorId
from messages.journal import Recorded
from model.callouts.callout import KEPT, Callouts
from store import streams
from store.journal.journal import Append, Journal, Transaction

KEPT_US: Final = Instant(30 * 24 * 3600 * SECOND)
"""So long a callout is remembered. Who has taken one longer ago has forgotten it as well, and is told anew of
what still stands.
"""


def new_id(tx: Transaction) -> str:
    """Of a callout: by chance, so that no two nodes give the same."""
    return tx.chance(lambda: secrets.token_hex(4))


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


def ask_test(tx: Transaction, person: str, by: OperatorId, way: DutyWay | None = None) -> str:
    """Have one person's ways tried, or this one alone; the id of the callout, which the DutyCaller carries
    out. Whether there is such a person is the caller's to know.
    """
    callout = new_id(tx)
    opened = CalloutOpened(callout=callout, kind=CalloutKind.TEST, person=person, way=way, by=by)
    tx.append(Append(streams.DUTY, None, (opened,)))
    return callout


def take(tx: Transaction, callout: str, operator: OperatorId) -> bool:
    """An operator sees to it, and nobody else is called; False where it is over or another's."""
    found = callouts_of(tx)
    one = found.get(callout)
    if one is None or one.taken or one.ended_at is not None:
        return False
    taken = CalloutTaken(callout=callout, operator=operator)
    ended = CalloutEnded(callout=callout, why=CalloutEnd.TAKEN)
    tx.append(Append(streams.DUTY, found.version, (taken, ended)))
    return True
