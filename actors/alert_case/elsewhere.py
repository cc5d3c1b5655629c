"""What an AlertCase makes of an alert that another node has by now. Pure."""

from __future__ import annotations

from model.case import Case, Owner


def is_elsewhere(case: Case, me: Owner) -> bool:
    """Whether another node's AlertCase has it."""
    return case.owner is not None and case.owner.node != me.node


def is_taken_over(case: Case, here: Case | None = None) -> bool:
    """Whether the new owner's calls stand, so that those of the node that had it can go.

    `here` is the alert as that node knew it last, if it does: with whom it was in conversation.

    Until then the people are left in the conversation that they have: it is better than none, and the new
    owner, whose calls to them would find them busy, may take over the very lines that they are on.
    """
    if case.closed_at is not None:
        return True
    live = {leg.leg for leg in case.legs.values() if leg.live}
    there = {leg.leg for leg in case.legs.values() if leg.there}
    talking = set() if here is None else {leg.leg for leg in here.legs.values() if leg.there}
    return bool(there) and live | talking <= there
