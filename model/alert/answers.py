"""Proof of an answer where the modem's report alone proves nothing (`answer_trust = "early"`). Pure.

A call reported as answered may still ring. Its voice joins the conference at once, so that the first word is
heard. Nothing else follows from the answer until a voice is heard or a person confirms the answer: the party
of such a call is not on the line.
"""

from __future__ import annotations

from typing import Final

from messages import events as ev
from messages.ids import OperatorId, Party
from model.alert.case import Case
from model.alert.leg import Leg
from model.rules.calls.silent_and_duress import was_user_on_line

_BY: Final = {"voice": "voice", "digit": "digit", "word": "operator", "network": "answer"}
"""Proof that the user is reached (`user.reached`), by the proof in `leg.confirmed`."""


def leg_in_doubt(case: Case) -> Leg | None:
    """Return the leg in doubt that the operator on the line may confirm: 112 before the user; None if no
    answer is in doubt.
    """
    for party in (Party.PSAP, Party.USER):
        leg = case.answered(party)
        if leg is not None and leg.in_doubt:
            return leg
    return None


def operators_leg_in_doubt(case: Case, operator: OperatorId) -> Leg | None:
    """Return this operator's own leg if its answer is in doubt; else None."""
    return next((leg for leg in case.of(Party.OPERATOR) if leg.operator == operator and leg.in_doubt), None)


def confirm_answer(case: Case, leg: Leg | None, by: str) -> tuple[ev.CaseEvent, ...]:
    """Return the events that confirm the answer; none if the answer was never in doubt."""
    if leg is None or not leg.in_doubt:
        return ()
    made: list[ev.CaseEvent] = [ev.LegConfirmed(leg=leg.leg, attempt=leg.attempt, by=by)]
    if leg.party is Party.USER and not was_user_on_line(case):
        made.append(ev.UserReached(met_by="answered", by=_BY[by]))
    if leg.party is Party.PSAP and leg.joined:
        made.append(ev.PsapJoined(leg=leg.leg))
    return tuple(made)


def confirm_spoken_parties(case: Case, *parties: Party) -> tuple[ev.CaseEvent, ...]:
    """Return the events that confirm these parties' answers, because an order implies them."""
    return tuple(made for party in parties for made in confirm_answer(case, case.answered(party), "word"))
