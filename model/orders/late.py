"""Orders that arrive late, or twice: at a node that was frozen, from a page that goes on elsewhere. Pure.

An order says which version of the alert the operator saw. Events that change nothing for the order, such as a
position or a phone that rings, never refuse a key: what does stands in the order's row (`rests_on`).
"""

from __future__ import annotations

from messages.ids import OperatorCommand as Command
from messages.ids import OperatorId, Party
from model.alert.case import Case
from model.alert.folds.orders import DIALLED
from model.alert.parts import KnownOrder, Matter
from model.orders.table import ORDERS


def rests_on(command: Command, party: Party | None = None) -> frozenset[Matter]:
    """Return the matters that the order rests on. `party`: into the call of which party it goes."""
    calls: tuple[Party, ...] = ()
    if command is Command.SEND_DIGIT:
        calls = (party or Party.PSAP,)
    elif command is Command.ANOTHER_LINE:
        calls = tuple(DIALLED) if party is None else (party,)
    return ORDERS[command].rests_on | {DIALLED[one] for one in calls if one in DIALLED}


def is_out_of_date(
    case: Case, command: Command, seen: int, party: Party | None = None, filled: int = 0
) -> bool:
    """Return True where something that the order rests on has changed after version `seen` of the alert.

    `filled`: the version at which the field of the briefing last changed that `brief` fills.
    """
    if command is Command.BRIEF:
        return filled > seen
    return any(case.changed.get(matter, 0) > seen for matter in rests_on(command, party))


def is_repeated(case: Case, order: str, command: Command, by: OperatorId) -> bool:
    """Return True where this very order was given already. `order`: its id, empty where it has none."""
    return bool(order) and KnownOrder(order, command, by) in case.orders
