"""Opening a closed alert again: whether it may be, and the one transaction that does it.

The alert is then open as any other: its number's signals are its own, a node has it, and a crew takes it up.
"""

from __future__ import annotations

from messages.events import AlertReceived, AlertReopened, NumberRaised
from messages.ids import AlertId, OperatorId
from model.alert.case import Case
from model.rules.refusals import Refusal
from store import streams
from store.alerts.belonging import is_open
from store.journal.transaction import Append, Transaction
from store.nodes import leases
from store.registry.users import read_user


def why_not(transaction: Transaction, case: Case) -> Refusal | None:
    """Why this alert cannot be reopened now; None where it can."""
    if case.closed_at is None:
        return Refusal.NOT_CLOSED
    if case.user is not None and read_user(transaction, case.user) is None:
        return Refusal.PERSON_ERASED
    others = (
        one.event.alert
        for key in _keys(case)
        for one in transaction.newest(key)
        if isinstance(one.event, NumberRaised) and one.event.alert != case.alert
    )
    in_the_way = any(is_open(transaction, alert) and _weighs(transaction, case, alert) for alert in others)
    return Refusal.NEWER_OPEN if in_the_way else None


def reopen(transaction: Transaction, case: Case, by: OperatorId, *, psap: bool) -> None:
    """Open it; `psap`: 112 is called again, too. What `why_not` refuses must not come here."""
    raised = NumberRaised(alert=case.alert)
    newest = {key: transaction.last(key) for key in _keys(case)}
    transaction.append(
        Append(streams.inbox(case.alert), case.inbox_version, (AlertReopened(by=by, psap=psap),)),
        # Signals of the number are brought to its latest alert.
        *(Append(key, None, (raised,)) for key, one in newest.items() if one is None or one.event != raised),
    )
    if transaction.shared:
        leases.grant(transaction, case.alert, transaction.node)


def _keys(case: Case) -> list[str]:
    keys = [] if case.phone is None else [streams.number(case.phone)]
    return keys if case.device is None else [*keys, streams.device(case.device)]


def _weighs(transaction: Transaction, case: Case, alert: AlertId) -> bool:
    """A test is in nobody's way but another test's."""
    first = next((one.event for one in transaction.read(streams.inbox(alert))), None)
    return case.test or not (isinstance(first, AlertReceived) and first.test)
