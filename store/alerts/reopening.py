"""Reopening of a closed alert: the check, and the one transaction.

A reopened alert is open like any other: it receives the signals of its number, is assigned to a node, and
gets a worker.
"""

from __future__ import annotations

from messages.events import AlertReceived, AlertReopened, NumberRaised
from messages.ids import AlertId, OperatorId, PersonalKind
from model.alert.case import Case
from model.orders.refusals import Refusal
from store import streams
from store.alerts.candidates import is_open
from store.journal import erasable
from store.journal.transaction import Append, Snapshot, Transaction
from store.nodes import leases
from store.registry.users.users import read_user
from store.streams import StreamKind


def reopening_refusal(seen: Snapshot, case: Case) -> Refusal | None:
    """Return the reason why this alert cannot be reopened now; None if it can."""
    if case.closed_at is None:
        return Refusal.NOT_CLOSED
    if case.user is not None and read_user(seen, case.user) is None:
        return Refusal.PERSON_ERASED
    if case.erased is not None and PersonalKind.NUMBER in case.erased.kinds:
        return Refusal.PERSON_ERASED
    others = (
        one.event.alert
        for key in erasable.streams_of(seen.one, (case.phone,), (case.device,))
        for one in seen.newest(key)
        if isinstance(one.event, NumberRaised) and one.event.alert != case.alert
    )
    in_the_way = any(is_open(seen, alert) and _blocks_reopening(seen, case, alert) for alert in others)
    return Refusal.NEWER_OPEN if in_the_way else None


def reopen(transaction: Transaction, case: Case, by: OperatorId, *, psap: bool, order: str = "") -> None:
    """Reopen an alert that `reopening_refusal` permits. `psap`: call 112 again as well. `order`: id of the
    order.
    """
    raised = NumberRaised(alert=case.alert)
    newest = {key: transaction.last(key) for key in _keys(transaction, case)}
    transaction.append(
        Append(streams.inbox(case.alert), case.inbox_version, (AlertReopened(by=by, psap=psap, id=order),)),
        # Signals of the number join its latest alert.
        *(Append(key, None, (raised,)) for key, one in newest.items() if one is None or one.event != raised),
    )
    if transaction.shared:
        leases.grant_lease(transaction, case.alert, transaction.node)


def _keys(transaction: Transaction, case: Case) -> list[str]:
    said = ((StreamKind.NUMBER, case.phone), (StreamKind.DEVICE, case.device))
    return [transaction.stream_of(kind, value) for kind, value in said if value is not None]


def _blocks_reopening(seen: Snapshot, case: Case, alert: AlertId) -> bool:
    """Return True if the open alert blocks the reopening; a test blocks only another test."""
    first = next((one.event for one in seen.read(streams.inbox(alert))), None)
    return case.test or not (isinstance(first, AlertReceived) and first.test)
