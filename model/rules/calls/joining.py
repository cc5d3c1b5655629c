"""Where an alert's calls have to stand so that they can be joined, and what holds in the network. Pure.

Voices that come to the host are mixed here, whatever their lines. A line whose modem gives none joins its own
calls in the network, and no others: whoever is to talk with somebody on such a line has to be called on it.
Nobody there can be muted or listened to unheard, and a call set up as an emergency call cannot be
added: hold and multiparty do not exist for it (22.101 clause 10; decision 24).
"""

from __future__ import annotations

import msgspec

from messages.base import Joins
from messages.ids import LineId, Party
from model.alert.case import Case
from model.alert.leg import Leg
from model.rules.calls.silent_and_duress import quiet
from model.settings import Settings


def in_the_network(case: Case) -> bool:
    """Whether those who talk are joined in the network, or will be."""
    up = (case.operator_leg, case.answered(Party.USER))
    return any(leg is not None and leg.joins is Joins.NETWORK for leg in up)


def can_be_moved(case: Case, settings: Settings) -> bool:
    """Whether the user can be hung up and called again: on a number that is known and may be called."""
    return case.phone is not None and not quiet(case, settings)


def user_comes_first(case: Case, settings: Settings) -> bool:
    """Whether an operator has to wait until the user, cut off from 112, was called once.

    A 112 that is alone on a line that joins only its own calls can have one of the two added at a time, and
    whoever is called on another line could not be joined with it.
    """
    psap, user = case.answered(Party.PSAP), case.active(Party.USER)
    if case.leave.broken_at is None or case.user_ends or psap is None or psap.joins is not Joins.NETWORK:
        return False
    return can_be_moved(case, settings) and (
        case.redial or (user is not None and not user.confirmed_answered)
    )


def rings_beside(case: Case, leg: Leg) -> bool:
    """Whether it is called answered and rings still.

    Otherwise the network would have joined it with whoever waits for it: that is tried every second.
    """
    waits = any(one.confirmed_answered and one.line == leg.line for one in case.legs.values())
    return leg.in_doubt and leg.joins is Joins.NETWORK and waits


def scattered(case: Case) -> bool:
    """Whether an alert that was joined in the network has nobody up now: where it will be is not known."""
    up = case.operator_leg or case.answered(Party.USER)
    parties = (*case.of(Party.OPERATOR), *case.of(Party.USER))
    return up is None and any(leg.joins is Joins.NETWORK for leg in parties)


def psap_is_alone(case: Case) -> bool:
    """Whether 112 is alone on a line that joins only its own calls: it hears nobody."""
    psap = case.answered(Party.PSAP)
    if psap is None or psap.joins is not Joins.NETWORK:
        return False
    return not any(leg.live and leg.line == psap.line for leg in case.legs.values() if leg is not psap)


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """The line of somebody who is up already."""

    line: LineId
    joins: Joins
    stays: bool = False
    """It cannot be made anew on another line: whose call it is has no number, or must not be called."""


def beside(case: Case | None, party: Party, settings: Settings) -> Beside | None:
    """Beside whom the party is to be called; None where nobody is up, so that any line will do."""
    if case is None:
        return None
    user = None if party is Party.USER else case.confirmed_answered(Party.USER) or _calls_in(case)
    psap = case.answered(Party.PSAP)
    leg = user or case.operator_leg or (psap if psap is not None and psap.joined else None)
    if leg is None:
        return None
    stays = leg is user and not can_be_moved(case, settings)
    return Beside(line=leg.line, joins=leg.joins, stays=stays)


def _calls_in(case: Case) -> Leg | None:
    """The user's own call, which is answered at once: who is called meanwhile is called beside it."""
    leg = case.active(Party.USER)
    return leg if leg is not None and leg.call is not None else None


def is_setting_up(case: Case, line: LineId) -> bool:
    """Whether one of the case's calls on this line is not up yet, or not gone yet: none can be added now."""
    return any(leg.live and leg.line == line and not leg.confirmed_answered for leg in case.legs.values())
