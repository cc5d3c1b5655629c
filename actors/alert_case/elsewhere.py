"""What an AlertCase makes of an alert that another node has by now. Pure."""

from __future__ import annotations

from model.alert.case import Case
from model.alert.parts import Owner


def is_elsewhere(case: Case, me: Owner) -> bool:
    """Whether another node's AlertCase has it."""
    return case.owner is not None and case.owner.node != me.node


def is_taken_over(case: Case) -> bool:
    """Return True where the new owner's calls stand, so that those of the node that had the alert can go, and
    where there are none.

    Until then the people are left in the conversation that they have: it is better than none, and the new
    owner, whose calls to them would find them busy, may take over the very lines that they are on. Whoever
    the new owner wants there no more, an operator who has left, is not waited for.
    """
    if case.closed_at is not None:
        return True
    live = {leg.leg for leg in case.legs.values() if leg.live} | case.calls_on_lost_nodes.keys()
    there = {leg.leg for leg in case.legs.values() if leg.confirmed_answered}
    return live <= there
