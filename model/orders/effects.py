"""What an operator's order comes to in a case, and whether it would be taken.

The web asks `refusal` before it journals a command (409 with the reason): orders that lie in the inbox
and that the AlertCase has not yet read count as carried out. The AlertCase makes the events of each in turn.
The console is told the same reasons, for each command.
"""

from __future__ import annotations

from messages import events as ev
from messages.ids import OperatorCommand, OperatorId, Party
from model.alert.case import Case
from model.alert.evolve import apply
from model.feature import orders_left_out
from model.orders.refusals import Refusal
from model.orders.row import Asked, By, While, why_not_on_the_line
from model.orders.table import ORDERS
from model.settings import Settings


def refusal(
    case: Case,
    command: OperatorCommand,
    by: OperatorId,
    settings: Settings,
    to: OperatorId | None = None,
    party: Party | None = None,
    *,
    supervisor: bool = False,
) -> Refusal | None:
    """Why `by` may not give this command now, orders that wait carried out; None when allowed."""
    for entry in case.unread:
        if isinstance(entry.event, ev.CommandGiven):
            for event in events_of(case, entry.event, settings):
                case = apply(case, event, entry.at)
    return refusal_now(case, command, by, settings, to, party, supervisor=supervisor)


def refusal_now(
    case: Case,
    command: OperatorCommand,
    by: OperatorId,
    settings: Settings,
    to: OperatorId | None = None,
    party: Party | None = None,
    *,
    supervisor: bool = False,
) -> Refusal | None:
    """Why `by` may not give this command now; None when allowed. `to`: to whom the case is handed over;
    `party`: who is to have another line; `supervisor`: whether `by` is one.
    """
    row, closed = ORDERS[command], case.closed_at is not None
    if command in orders_left_out():
        return Refusal.LEFT_OUT
    if row.when is While.OPEN and closed:
        return Refusal.CLOSED
    if row.when is While.CLOSED and not closed:
        return Refusal.NOT_CLOSED
    asked = Asked(case, by, settings, to, party, supervisor)
    if row.by is not By.ANYBODY:
        wrong = why_not_on_the_line(asked, called=row.by is By.CALLED)
        if wrong is not None:
            return wrong
    return row.why_not(asked)


def events_of(case: Case, order: ev.CommandGiven, settings: Settings) -> tuple[ev.CaseEvent, ...]:
    """The events that an order makes in this state: its own, or `command.refused`.

    What says that somebody has answered says so of a call of which it was in doubt.
    """
    reason = refusal_now(
        case, order.command, order.by, settings, order.to, order.party, supervisor=order.supervisor
    )
    if reason is not None:
        return (ev.CommandRefused(command=order.command, by=order.by, reason=reason),)
    return ORDERS[order.command].makes(case, order, settings)
