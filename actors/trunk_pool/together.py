"""Where an alert's next call has to stand so that it can be joined with those that are up. Pure.

Voices that come to the host are mixed here, whatever their lines. A line whose modem gives none joins its own
calls in the network, and no others: whoever is to talk with somebody on such a line has to be called on it.
"""

from __future__ import annotations

import msgspec

from messages.base import Joins
from messages.ids import LineId, Party
from model.alert.case import Case
from model.alert.leg import Leg
from model.policy import Policy
from model.rules.joining import can_be_moved


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """The line of somebody who is up already."""

    line: LineId
    joins: Joins
    stays: bool = False
    """It cannot be made anew on another line: who called has no number, or must not be called."""


def beside(case: Case | None, party: Party, policy: Policy) -> Beside | None:
    """Beside whom the party is to be called; None where nobody is up, so that any line will do."""
    if case is None:
        return None
    user = None if party is Party.USER else case.confirmed_answered(Party.USER) or _calls_in(case)
    psap = case.answered(Party.PSAP)
    leg = user or case.operator_leg or (psap if psap is not None and psap.joined else None)
    if leg is None:
        return None
    stays = leg is user and not can_be_moved(case, policy)
    return Beside(line=leg.line, joins=leg.joins, stays=stays)


def _calls_in(case: Case) -> Leg | None:
    """Her own call, which is answered at once: whoever is called meanwhile is called beside her."""
    leg = case.active(Party.USER)
    return leg if leg is not None and leg.call is not None else None
