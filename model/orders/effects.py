"""Effect of an operator's order in a case, and the check whether the order is allowed: now, after the end, or
late. Pure.

The web calls `refusal` before a command is journaled (409 with the reason): orders in the inbox that the
AlertCase has not yet read count as carried out. The AlertCase makes the events of each order in turn. The
console receives the same reasons for each command.

Orders arrive late, or twice: at a node that was frozen, or from a page that continues on another node. An
order names the version of the alert that the operator saw. Events without effect on the order, such as a
position or a ringing phone, never refuse a key; the order's row lists the matters that count (`rests_on`).

A closed alert still accepts some orders: to add a note, or to reopen. The state of the alert and the role of
the operator are checked apart (`why_not_afterwards`).
"""

from __future__ import annotations

from typing import Final

from messages import events as ev
from messages.ids import SECOND, Instant, OperatorCommand, OperatorId, Outcome, Party
from model.alert.case import Case
from model.alert.evolve import apply
from model.alert.folds.orders import DIALLED
from model.alert.parts import KnownOrder, Matter
from model.feature import orders_left_out
from model.orders.refusals import Refusal
from model.orders.row import OrderContext, OrderGiver, RequiredState, why_not_on_the_line
from model.orders.table import ORDERS
from model.rules.correcting import counts_as
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
    """Return why `by` may not give this command now, with pending orders carried out; None if allowed."""
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
    """Return why `by` may not give this command now; None if allowed.

    `to`: operator who receives the case; `party`: party to be called on another line; `supervisor`: True if
    `by` is a supervisor.
    """
    row, closed = ORDERS[command], case.closed_at is not None
    if command in orders_left_out():
        return Refusal.LEFT_OUT
    if row.when is RequiredState.OPEN and closed:
        return Refusal.CLOSED
    if row.when is RequiredState.CLOSED and not closed:
        return Refusal.NOT_CLOSED
    asked = OrderContext(case, by, settings, to, party, supervisor)
    if row.by is not OrderGiver.ANYBODY:
        wrong = why_not_on_the_line(asked, called=row.by is OrderGiver.CALLED)
        if wrong is not None:
            return wrong
    return row.why_not(asked)


def events_of(case: Case, order: ev.CommandGiven, settings: Settings) -> tuple[ev.CaseEvent, ...]:
    """Return the events of an order in this state: its own, or `command.refused`.

    An order that states an answer also confirms a call with a doubtful answer.
    """
    reason = refusal_now(
        case, order.command, order.by, settings, order.to, order.party, supervisor=order.supervisor
    )
    if reason is not None:
        return (ev.CommandRefused(command=order.command, by=order.by, reason=reason),)
    return ORDERS[order.command].makes(case, order, settings)


def matters_of_order(command: OperatorCommand, party: Party | None = None) -> frozenset[Matter]:
    """Return the matters on which the order rests. `party`: for a digit, or another line."""
    calls: tuple[Party, ...] = ()
    if command is OperatorCommand.SEND_DIGIT:
        calls = (party or Party.PSAP,)
    elif command is OperatorCommand.ANOTHER_LINE:
        calls = tuple(DIALLED) if party is None else (party,)
    return ORDERS[command].rests_on | {DIALLED[one] for one in calls if one in DIALLED}


def is_out_of_date(
    case: Case, command: OperatorCommand, seen: int, party: Party | None = None, filled: int = 0
) -> bool:
    """Return True if a matter on which the order rests has changed after version `seen` of the alert.

    `filled`: version at which the briefing field of a `brief` last changed.
    """
    if command is OperatorCommand.BRIEF:
        return filled > seen
    return any(case.changed.get(matter, 0) > seen for matter in matters_of_order(command, party))


def is_repeated(case: Case, order: str, command: OperatorCommand, by: OperatorId) -> bool:
    """Return True if this order was given before. `order`: its id, empty if none."""
    return bool(order) and KnownOrder(order, command, by) in case.orders


AFTERWARDS: Final = tuple([command for command, row in ORDERS.items() if row.had_it])
"""Commands decided by `why_not_afterwards`."""
OWN_AGAIN_US: Final = Instant(12 * 3600 * SECOND)
"""Time after the end within which an operator may reopen an own alert: a shift and the way home."""
PENDING_BEFORE_END: Final = frozenset({Outcome.NO_CONTACT, Outcome.USER_CALLED_112, Outcome.PUT_AWAY})
"""Outcomes without a conversation between operator and user: any operator may make the callback."""


def why_not_afterwards(
    case: Case, command: OperatorCommand, by: OperatorId, now_us: Instant, *, supervisor: bool, alone: bool
) -> Refusal | None:
    """Return why `by` may not give the order after the end; None if allowed, and for all other commands.

    `supervisor`: True for that role. `alone`: True if no other operator on shift may give the order; then the
    order is allowed, because no other operator could be asked.
    """
    if case.closed_at is None or command not in AFTERWARDS:
        return None
    if supervisor or not case.had_by:
        return None
    if command is OperatorCommand.NOTE:
        return None if by in case.had_by else Refusal.ANOTHERS_ALERT
    if counts_as(case) in PENDING_BEFORE_END or alone:
        return None
    if by not in case.had_by:
        return Refusal.ANOTHERS_ALERT
    return Refusal.CLOSED_LONG_AGO if now_us > case.closed_at + OWN_AGAIN_US else None
