"""Parties on the line without sound, and the order to call such a party again on another line. Pure."""

from __future__ import annotations

from typing import Final

from messages.base import Joins
from messages.ids import LineId, Party
from model.alert.case import Case
from model.alert.leg import Leg
from model.alert.reasons import ReleaseReason
from model.orders.refusals import Refusal
from model.rules.calls.own_line import is_own_line
from model.rules.calls.silent_and_duress import why_not_ring
from model.settings import Settings

SOUGHT: Final = (Party.USER, Party.PSAP, Party.OPERATOR)
"""Parties checked for silence, in this order. A listener is not expected to speak."""


def party_without_sound(case: Case) -> Party:
    """Return the party meant by an order without a party: the first one without sound, else the user.

    A party that does not hear the center is known only from what is said, most of all by the user.
    """
    silent = [
        leg.party
        for leg in case.legs.values()
        if leg.answered and (leg.no_sound_at is not None or leg.unheard_at is not None)
    ]
    return next((party for party in SOUGHT if party in silent), Party.USER)


def leg_of(case: Case, party: Party) -> Leg | None:
    """Return the party's leg on the line; for operators the leg of the one who has the case; None if there is
    none.
    """
    return case.operator_leg if party is Party.OPERATOR else case.answered(party)


def why_no_other_line(case: Case, party: Party, settings: Settings) -> Refusal | None:
    """Return why this party must not be called on another line now; None if allowed."""
    leg = leg_of(case, party)
    if party not in SOUGHT or leg is None:
        return _ABSENT.get(party, Refusal.NOBODY_ON_THE_LINE)
    if is_own_line(leg.line):
        return Refusal.OWN_VOICE
    if leg.joins is Joins.NETWORK and leg.unheard_at is None:
        return Refusal.ONE_LINE_FOR_ALL
    if party is Party.OPERATOR and case.hand_over is not None:
        return Refusal.BEING_HANDED_OVER
    if party is not Party.USER:
        return None
    if case.phone is None:
        return Refusal.NUMBER_UNKNOWN
    return why_not_ring(case, settings)


_ABSENT: Final = {
    Party.USER: Refusal.USER_ABSENT,
    Party.PSAP: Refusal.PSAP_ABSENT,
    Party.OPERATOR: Refusal.NOT_ON_THE_LINE,
}


def legs_ended_with(case: Case, leg: Leg) -> tuple[Leg, ...]:
    """Return the legs that end if this one moves to another line: all joined by its modem in the network."""
    if leg.joins is not Joins.NETWORK:
        return (leg,)
    return tuple(one for one in case.legs.values() if one.active and one.line == leg.line)


def lines_to_avoid(case: Case, party: Party) -> tuple[LineId, ...]:
    """Return the lines that the party's latest calls left for lack of sound."""
    return tuple(leg.line for leg in case.of(party) if leg.reason == ReleaseReason.ANOTHER_LINE)
