"""What the journal is told of a callout by whoever asks for one, or takes it."""

from __future__ import annotations

import secrets

from messages.events import CalloutEnded, CalloutOpened, CalloutTaken
from messages.ids import CalloutEnd, CalloutKind, DutyWay, OperatorId
from store import streams
from store.callouts import callouts_of
from store.journal.journal import Append, Transaction


def new_id(tx: Transaction) -> str:
    """Of a callout: by chance, so that no two nodes give the same."""
    return tx.chance(lambda: secrets.token_hex(4))


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
