"""Opening a closed alert again: whether it may be, and the one transaction that does it.

The alert is then open as any other: its number's signals are its own, a node has it, and a crew takes it up.
"""

from __future__ import annotations

from messages.events import AlertReceived, AlertReopened, NumberRaised
from messages.ids import AlertId, OperatorId, PersonalKind
from model.alert.case import Case
from model.orders.refusals import Refusal
from store import streams
from store.alerts.known import is_open
from store.journal import erasable
from store.journal.transaction import Append, Snapshot, Transaction
from store.nodes import leases
from store.registry.users.users import read_user
from store.streams import StreamKind


def why_not(seen: Snapshot, case: Case) -> Refusal | None:
    """Why this alert cannot be reopened now; None where it can."""
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
    in_the_way = any(is_open(seen, alert) and _weighs(seen, case, alert) for alert in others)
    return Refusal.NEWER_OPEN if in_the_way else None


def reopen(transaction: Transaction, case: Case, by: OperatorId, *, psap: bool, order: str = "") -> None:
    """Open it; `psap`: 112 is called again, too. What `why_not` refuses must not come here.

    `order`: the order's id.
    """
    raised = NumberRaised(alert=case.alert)
    newest = {key: transaction.last(key) for key in _keys(transaction, case)}
    transaction.append(
        Append(streams.inbox(case.alert), case.inbox_version, (AlertReopened(by=by, psap=psap, id=order),)),
        # Signals of the number are brought to its latest alert.
        *(Append(key, None, (raised,)) for key, one in newest.items() if one is None or one.event != raised),
    )
    if transaction.shared:
        leases.grant(transaction, case.alert, transaction.node)


def _keys(transaction: Transaction, case: Case) -> list[str]:
    said = ((StreamKind.NUMBER, case.phone), (StreamKind.DEVICE, case.device))
    return [transaction.stream_of(kind, value) for kind, value in said if value is not None]


def _weighs(seen: Snapshot, case: Case, alert: AlertId) -> bool:
    """A test is in nobody's way but another test's."""
    first = next((one.event for one in seen.read(streams.inbox(alert))), None)
    return case.test or not (isinstance(first, AlertReceived) and first.test)
