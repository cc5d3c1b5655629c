"""How long a call is let ring, whoever's it is, and when what has lasted too long is given up. Pure."""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND, Instant, Party
from model.alert.case import Case
from model.alert.leg import Leg
from model.settings import Settings

LOOK_US: Final = Instant(3 * SECOND)
"""So long an AlertCase that takes an alert up listens before it gives a call up because of its time: what
has become of the call while there was no AlertCase is with the legs, or with the modems."""
DIALLING_US: Final = {
    Party.OPERATOR: Instant(30 * SECOND),
    Party.LISTENER: Instant(30 * SECOND),
    Party.USER: Instant(40 * SECOND),
    Party.PSAP: Instant(30 * SECOND),
}
"""A call that does not even ring by then will not (27.007 modems give up after 30 to 60 s by themselves)."""


def gives_up_at(case: Case, since: Instant, after_us: int) -> Instant:
    """When what began at `since` has lasted too long."""
    return max(Instant(since + after_us), Instant((case.owned_at or case.received_at) + LOOK_US))


def rings_until(case: Case, leg: Leg, settings: Settings) -> Instant:
    """When this call is given up if nobody answers it."""
    if leg.ringing_at is None:
        return gives_up_at(case, leg.since, DIALLING_US[leg.party])
    return gives_up_at(case, leg.ringing_at, _rings_us(leg.party, settings))


def _rings_us(party: Party, settings: Settings) -> int:
    match party:
        case Party.OPERATOR | Party.LISTENER:
            return round(settings.operator.silent_after_s * SECOND)
        case Party.USER:
            return round(settings.user.no_answer_s * SECOND)
        case Party.PSAP:
            return round(settings.psap.no_answer_s * SECOND)
