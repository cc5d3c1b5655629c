"""Who has really answered, where the modem's word alone does not prove it (`answer_trust = "early"`). Pure.

A call that is only said to be answered may still ring. Its voice is in the conference, so that whoever
answers is heard from the first instant; but nothing is made of the answer until somebody was heard, or a
person's word says so: the party of such a call is not on the line.
"""

from __future__ import annotations

from typing import Final

from messages import events as ev
from messages.ids import OperatorId, Party
from model.alert.case import Case
from model.alert.leg import Leg
from model.rules.calls.silent_and_duress import spoken_to

_BY: Final = {"voice": "voice", "digit": "digit", "word": "operator", "network": "answer"}
"""Who says that the user is reached, where `leg.confirmed` says by what."""


def in_doubt(case: Case) -> Leg | None:
    """The answer that the operator on the line may confirm: 112's before the user's."""
    for party in (Party.PSAP, Party.USER):
        leg = case.answered(party)
        if leg is not None and leg.in_doubt:
            return leg
    return None


def of_operator(case: Case, operator: OperatorId) -> Leg | None:
    """This operator's own answer, where it is in doubt."""
    return next((leg for leg in case.of(Party.OPERATOR) if leg.operator == operator and leg.in_doubt), None)


def confirmed(case: Case, leg: Leg | None, by: str) -> tuple[ev.CaseEvent, ...]:
    """What follows once somebody is known to be there; nothing where that was never in doubt."""
    if leg is None or not leg.in_doubt:
        return ()
    made: list[ev.CaseEvent] = [ev.LegConfirmed(leg=leg.leg, attempt=leg.attempt, by=by)]
    if leg.party is Party.USER and not spoken_to(case):
        made.append(ev.UserReached(met_by="answered", by=_BY[by]))
    if leg.party is Party.PSAP and leg.joined:
        made.append(ev.PsapJoined(leg=leg.leg))
    return tuple(made)


def spoken_with(case: Case, *parties: Party) -> tuple[ev.CaseEvent, ...]:
    """That these have answered, where an order says so and it was in doubt."""
    return tuple(made for party in parties for made in confirmed(case, case.answered(party), "word"))
