"""Handing a case over: it stays its operator's until another one is in the conference. Pure.

Others are called as in any search (`search.py`), while that one stays on the line. With the first who has
joined the case changes hands, and the call of the one before is ended, in one transaction: never are both
left, and never neither. Where nobody can be had the wish ends, and nothing has changed.
"""

from __future__ import annotations

from actors.alert_case.pending import NOTHING, PendingOffers, Step, hang_up
from messages import events as ev
from messages.ids import SECOND, Instant, Party
from model.alert.case import Case
from model.alert.leg import Leg
from model.alert.reasons import ReleaseReason
from model.rules.calls.attempts import gives_up_at
from model.settings import Settings


def relieve(case: Case, _pending: PendingOffers, settings: Settings, now_us: Instant) -> Step:
    """The first who is in the conference has the case, and whoever had it is let go."""
    present = case.operator_leg
    if case.hand_over is None or present is None:
        return NOTHING
    wakes: list[Instant] = []
    for leg in case.of(Party.OPERATOR):
        if not leg.confirmed_answered or leg.operator is None or leg.operator == case.operator:
            continue
        if leg.joined and leg.confirmed_answered:
            joined = ev.OperatorJoined(operator=leg.operator, leg=leg.leg)
            return Step(events=(joined, hang_up(present, ReleaseReason.HANDED_OVER)))
        in_vain_at = gives_up_at(case, leg.answered_at or leg.since, _usual_us(settings))
        if now_us >= in_vain_at:
            return Step(events=(hang_up(leg, ReleaseReason.NOT_JOINED),))
        wakes.append(in_vain_at)
    return Step(wake_at=min(wakes, default=None))


def _usual_us(settings: Settings) -> int:
    return round(settings.operator.silent_after_s * SECOND)


def other_operator_calls(case: Case) -> list[Leg]:
    """The calls to operators that are, or may be, up besides that of whoever has the case."""
    has_it = case.operator
    return [leg for leg in case.of(Party.OPERATOR) if leg.live and (has_it is None or leg.operator != has_it)]


def calls_until(case: Case, settings: Settings, now_us: Instant) -> Instant | None:
    """Until when others are begun to be called, if there is such a time to come.

    Whoever is being called then has the time to answer.
    """
    if case.hand_over is None:
        return None
    until = gives_up_at(case, case.hand_over.at, _usual_us(settings))
    return until if now_us < until else None


def in_vain(case: Case, pending: PendingOffers, settings: Settings, now_us: Instant) -> str:
    """Why nobody more is called for it; empty while somebody may be."""
    given = case.hand_over
    if given is None:
        return ""
    if given.to is not None and given.to in case.tried:
        return "no answer"
    if calls_until(case, settings, now_us) is not None:
        return ""
    if case.tried:
        return "no answer"
    return "no line" if pending.offers else "nobody"
