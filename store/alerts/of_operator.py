"""Open alert of an operator, read from the journal alone."""

from __future__ import annotations

from messages.events import OperatorReserved
from messages.ids import OperatorId
from model.alert.case import Case
from model.alert.evolve import fold
from store import streams
from store.journal.journal import Transaction


def open_case(tx: Transaction, operator: OperatorId) -> Case | None:
    """Return the last alert for which the operator was reserved, if open; else None. Call within the write
    lock.
    """
    last = tx.last_of_type(streams.operator(operator), "operator.reserved")
    if last is None or not isinstance(last.event, OperatorReserved):
        return None
    alert = last.event.alert
    told = (*tx.read(streams.inbox(alert)), *tx.read(streams.case(alert)))
    case = fold(sorted(told, key=lambda one: one.seq))
    return case if case is not None and case.closed_at is None else None


def has_call_for_alert(tx: Transaction, operator: OperatorId) -> bool:
    """Return True if a call to the operator for an open alert is up or starting. Within the write lock."""
    case = open_case(tx, operator)
    return case is not None and (case.has_live_leg(operator) or operator in case.reserved)
