"""Confirmations of the center's needs (`model.first_run`) by people: need, operator, time and note."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, delete, insert, select

from messages.ids import Instant, OperatorId
from model.first_run import Need, NeedConfirmation
from store.database.query import Query
from store.database.schema import confirmation
from store.journal.journal import Journal, Transaction

_c = confirmation.c
_ALL: Final = Query(select(_c.need, _c.operator, _c.at_us, _c.note))
_DROP: Final = Query(delete(confirmation).where(_c.need == bindparam("which")), "which")
_ADD: Final = Query(insert(confirmation), *(column.name for column in confirmation.columns))
_NEEDS: Final = {need.value: need for need in Need}


def confirmations(journal: Journal) -> dict[Need, NeedConfirmation]:
    """Return all confirmations; needs unknown to this version are left out. Raises JournalError."""
    return {
        _NEEDS[need]: NeedConfirmation(by=OperatorId(by), at=Instant(at_us), note=note)
        for need, by, at_us, note in journal.rows(_ALL)
        if need in _NEEDS
    }


def confirm(tx: Transaction, need: Need, by: OperatorId, note: str) -> None:
    """Store a confirmation; it replaces any earlier confirmation of the need."""
    tx.write(_DROP, need.value)
    tx.write(_ADD, need.value, by, tx.at_us, note)


def take_back(tx: Transaction, need: Need) -> None:
    """Delete the confirmation of a need."""
    tx.write(_DROP, need.value)
