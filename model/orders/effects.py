"""What an operator's order comes to in a case, and whether it would be taken: now, after the end, or late.
Pure.

The web asks `refusal` before it journals a command (409 with the reason): orders that lie in the inbox
and that the AlertCase has not yet read count as carried out. The AlertCase makes the events of each in turn.
The console is told the same reasons, for each command.

Orders arrive late, or twice: at a node that was frozen, from a page that goes on elsewhere. An order says
which version of the alert the operator saw. Events that change nothing for the order, such as a position or a
phone that rings, never refuse a key: what does stands in the order's row (`rests_on`).

In an alert that is closed something may still be ordered: add a note, reopen it. What the alert itself allows
is one question, who asks another (`why_not_afterwards`).
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
from model.orders.row import Asked, By, While, why_not_on_the_line
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


def rests_on(command: OperatorCommand, party: Party | None = None) -> frozenset[Matter]:
    """Return the matters that the order rests on. `party`: into the call of which party it goes."""
    calls: tuple[Party, ...] = ()
    if command is OperatorCommand.SEND_DIGIT:
        calls = (party or Party.PSAP,)
    elif command is OperatorCommand.ANOTHER_LINE:
        calls = tuple(DIALLED) if party is None else (party,)
    return ORDERS[command].rests_on | {DIALLED[one] for one in calls if one in DIALLED}


def is_out_of_date(
    case: Case, command: OperatorCommand, seen: int, party: Party | None = None, filled: int = 0
) -> bool:
    """Return True where something that the order rests on has changed after version `seen` of the alert.

    `filled`: the version at which the field of the briefing last changed that `brief` fills.
    """
    if command is OperatorCommand.BRIEF:
        return filled > seen
    return any(case.changed.get(matter, 0) > seen for matter in rests_on(command, party))


def is_repeated(case: Case, order: str, command: OperatorCommand, by: OperatorId) -> bool:
    """Return True where this very order was given already. `order`: its id, empty where it has none."""
    return bool(order) and KnownOrder(order, command, by) in case.orders


AFTERWARDS: Final = tuple([command for command, row in ORDERS.items() if row.had_it])
"""Commands that are asked about here."""
OWN_AGAIN_US: Final = Instant(12 * 3600 * SECOND)
"""So long after its end an operator may reopen an alert of one's own: a shift and the way home."""
OWED: Final = frozenset({Outcome.NO_CONTACT, Outcome.USER_CALLED_112, Outcome.PUT_AWAY})
"""With these no operator has spoken to the user: the callback is for the whole room to make."""


def why_not_afterwards(
    case: Case, command: OperatorCommand, by: OperatorId, now_us: Instant, *, supervisor: bool, alone: bool
) -> Refusal | None:
    """Why `by` may not order it after the end; None where it may be, and for all other commands.

    `supervisor`: of `by`'s role. `alone`: nobody else is on shift who might; then it is not refused, because
    nobody could be asked.
    """
    if case.closed_at is None or command not in AFTERWARDS:
        return None
    if supervisor or not case.had_by:
        return None
    if command is OperatorCommand.NOTE:
        return None if by in case.had_by else Refusal.ANOTHERS_ALERT
    if counts_as(case) in OWED or alone:
        return None
    if by not in case.had_by:
        return Refusal.ANOTHERS_ALERT
    return Refusal.CLOSED_LONG_AGO if now_us > case.closed_at + OWN_AGAIN_US else None
