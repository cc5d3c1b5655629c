"""Lines on which an alert's calls must be placed to be joined, and the limits of joining in the network.
Pure.

The host mixes all voices that reach it, from any line. A line with a modem without voice output joins its own
calls in the network, and no others: a party who is to talk with a party on such a line must be called on that
line. Such parties cannot be muted, and a listener would be heard. A call set up as an emergency call cannot
be added: hold and multiparty do not exist for it (22.101 clause 10; decision 24).
"""

from __future__ import annotations

import msgspec

from messages.base import Joins
from messages.ids import LineId, Party
from model.alert.case import Case
from model.alert.leg import Leg
from model.rules.calls.silent_and_duress import must_not_ring
from model.settings import Settings


def is_joined_in_network(case: Case) -> bool:
    """Return True if the parties are joined in the network, or will be."""
    up = (case.operator_leg, case.answered(Party.USER))
    return any(leg is not None and leg.joins is Joins.NETWORK for leg in up)


def can_be_moved(case: Case, settings: Settings) -> bool:
    """Return True if the user can be hung up and called again: the number is known and may be called."""
    return case.phone is not None and not must_not_ring(case, settings)


def must_call_user_first(case: Case, settings: Settings) -> bool:
    """Return True if an operator must wait until the user, cut off from 112, was called once.

    While 112 is alone on a line that joins only its own calls, only one party can be added at a time; a party
    called on another line could not be joined.
    """
    psap, user = case.answered(Party.PSAP), case.active(Party.USER)
    if case.leave.broken_at is None or case.user_ends or psap is None or psap.joins is not Joins.NETWORK:
        return False
    return can_be_moved(case, settings) and (
        case.redial or (user is not None and not user.confirmed_answered)
    )


def still_rings(case: Case, leg: Leg) -> bool:
    """Return True if the call is reported as answered and still rings.

    Otherwise the network would have joined the call with the waiting party: a join is tried every second.
    """
    waits = any(one.confirmed_answered and one.line == leg.line for one in case.legs.values())
    return leg.in_doubt and leg.joins is Joins.NETWORK and waits


def has_no_party_up(case: Case) -> bool:
    """Return True if an alert joined in the network has no party up: its next line is unknown."""
    up = case.operator_leg or case.answered(Party.USER)
    parties = (*case.of(Party.OPERATOR), *case.of(Party.USER))
    return up is None and any(leg.joins is Joins.NETWORK for leg in parties)


def psap_is_alone(case: Case) -> bool:
    """Return True if 112 is alone on a line that joins only its own calls, and so hears no one."""
    psap = case.answered(Party.PSAP)
    if psap is None or psap.joins is not Joins.NETWORK:
        return False
    return not any(leg.live and leg.line == psap.line for leg in case.legs.values() if leg is not psap)


class LineToJoin(msgspec.Struct, frozen=True, kw_only=True):
    """Line of a party that is already up."""

    line: LineId
    joins: Joins
    stays: bool = False
    """True if the call cannot be moved to another line: its number is unknown, or must not be called."""


def line_to_join(case: Case | None, party: Party, settings: Settings) -> LineToJoin | None:
    """Return the line next to which to call the party; None if no party is up: any line will do."""
    if case is None:
        return None
    user = None if party is Party.USER else case.confirmed_answered(Party.USER) or _calls_in(case)
    psap = case.answered(Party.PSAP)
    leg = user or case.operator_leg or (psap if psap is not None and psap.joined else None)
    if leg is None:
        return None
    stays = leg is user and not can_be_moved(case, settings)
    return LineToJoin(line=leg.line, joins=leg.joins, stays=stays)


def _calls_in(case: Case) -> Leg | None:
    """Return the user's own incoming call, which is answered at once: other parties are called next to it."""
    leg = case.active(Party.USER)
    return leg if leg is not None and leg.call is not None else None


def is_setting_up(case: Case, line: LineId) -> bool:
    """Return True if a call of the case on this line is being set up or ended: none can be added now."""
    return any(leg.live and leg.line == line and not leg.confirmed_answered for leg in case.legs.values())
