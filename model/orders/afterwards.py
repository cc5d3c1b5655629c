"""Who may order something in an alert that is closed: add a note, reopen it. Pure.

What the alert itself allows is asked of `model.orders.effects`; this is about who asks.
"""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND, Instant, OperatorCommand, OperatorId, Outcome
from model.alert.case import Case
from model.orders.refusals import Refusal
from model.orders.table import ORDERS
from model.rules.correcting import counts_as

AFTERWARDS: Final = tuple([command for command, row in ORDERS.items() if row.had_it])
"""Commands that are asked about here."""
OWN_AGAIN_US: Final = Instant(12 * 3600 * SECOND)
"""So long after its end an operator may reopen an alert of one's own: a shift and the way home."""
OWED: Final = frozenset({Outcome.NO_CONTACT, Outcome.USER_CALLED_112, Outcome.PUT_AWAY})
"""With these no operator has spoken to the user: the callback is for the whole room to make."""


def why_not(
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
