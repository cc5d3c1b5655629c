"""Orders given, and the version of the alert at which each of their matters last changed. Pure.

An order changes its matter as soon as the order is journaled. Events that the AlertCase makes of the order
are no further change: a key pressed in between is not refused because of them. Of the AlertCase's events,
only events without an order count.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from messages import events as ev
from messages.ids import OperatorCommand as Command
from messages.ids import Party
from messages.journal import AnyEvent
from model.alert.case import Case
from model.alert.parts import KnownOrder, Matter
from model.orders.table import ORDERS

KEPT: Final = 64
"""Number of orders with known ids: more than an alert receives while a request is under way."""

DIALLED: Final = {
    Party.USER: Matter.USER_DIALLED,
    Party.PSAP: Matter.PSAP_DIALLED,
    Party.OPERATOR: Matter.OPERATOR_DIALLED,
}


def fold_orders(before: Case, case: Case, event: AnyEvent) -> Case:
    """Return `case` with the effect of the event on orders. `before`: the case without the event."""
    given = _order(event)
    if given is not None and given.id:
        case = replace(case, orders=(*case.orders, given)[-KEPT:])
    matters = dict.fromkeys(_changed(before, event), case.version)
    return replace(case, changed={**case.changed, **matters}) if matters else case


def _changed(before: Case, event: AnyEvent) -> tuple[Matter, ...]:
    match event:
        case ev.CommandGiven(command=command):
            matter = ORDERS[command].changes
            return () if matter is None else (matter,)
        case ev.PsapRequested(by=None):
            return (Matter.CALL_TO_112,)
        case ev.AlertReopened(psap=psap):
            return (Matter.END, Matter.CALL_TO_112) if psap else (Matter.END,)
        case ev.AlertClosed() | ev.ConferenceBroken():
            return (Matter.END,)
        case ev.OperatorJoined(operator=operator) if before.had_by and before.had_by[-1] != operator:
            return (Matter.OPERATOR,)
        case ev.LegOriginating(party=party) if party in DIALLED:
            return (DIALLED[party],)
        case ev.DialogueSaid(by=by) | ev.NoteAdded(by=by) if not by:
            return (Matter.WORDS,)
        case _:
            return ()


def _order(event: AnyEvent) -> KnownOrder | None:
    match event:
        case ev.CommandGiven(command=command):
            return KnownOrder(event.id, command, event.by)
        case ev.AlertReopened():
            return KnownOrder(event.id, Command.REOPEN, event.by)
        case ev.NoteAdded():
            return KnownOrder(event.id, Command.NOTE, event.by)
        case ev.BriefingFilled():
            return KnownOrder(event.id, Command.BRIEF, event.by)
        case ev.PageOpened():
            return KnownOrder(event.id, Command.OPEN_PAGE, event.by)
        case ev.DialogueTextsOrdered():
            return KnownOrder(event.id, Command.WRITE_BY_SMS, event.by)
        case _:
            return None
