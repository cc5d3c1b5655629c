"""Writes to the journal that open a test callout or take a callout."""

from __future__ import annotations

import secrets

from messages.events import CalloutEnded, CalloutOpened, CalloutTaken
from messages.ids import CalloutEnd, CalloutKind, DutyWay, OperatorId
from store import streams
from store.callouts import callouts_of
from store.journal.journal import Append, Transaction


def new_id(tx: Transaction) -> str:
    """Return a random id of a callout, distinct for each node."""
    return tx.chance(lambda: secrets.token_hex(4))


def open_test(tx: Transaction, person: str, by: OperatorId, way: DutyWay | None = None) -> str:
    """Open a callout that tests a person's channels, or `way` alone; return the callout's id. The DutyCaller
    carries out the callout. The caller must check that the person exists.
    """
    callout = new_id(tx)
    opened = CalloutOpened(callout=callout, kind=CalloutKind.TEST, person=person, way=way, by=by)
    tx.append(Append(streams.DUTY, None, (opened,)))
    return callout


def take_callout(tx: Transaction, callout: str, operator: OperatorId) -> bool:
    """Record that an operator takes the callout, which ends it; return False if already over or taken."""
    found = callouts_of(tx)
    one = found.get(callout)
    if one is None or one.taken or one.ended_at is not None:
        return False
    taken = CalloutTaken(callout=callout, operator=operator)
    ended = CalloutEnded(callout=callout, why=CalloutEnd.TAKEN)
    tx.append(Append(streams.DUTY, found.version, (taken, ended)))
    return True
