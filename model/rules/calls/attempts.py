"""Attempts to call a party: how long each is let ring, whoever's it is, and the pause after those that come
to nothing, one after another, before the next. Pure.

It does not matter of what an attempt ends, by what it was refused, or whether it rang before: counted is
whatever has not stood for ten seconds. The first is tried again at once, on another line; from then on time
passes between the beginnings of two, so that one that has rung for long is followed by the next at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from messages.ids import SECOND, Instant, LineId, Party
from model.alert.case import Case
from model.alert.leg import Leg
from model.alert.parts import InVain
from model.alert.reasons import ReleaseReason
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


PAUSES_US: Final = tuple(Instant(seconds * SECOND) for seconds in (0, 1, 3, 6, 12, 20))
"""From the beginning of the last attempt, after one in vain, two in a row …; the last one for all further."""
PSAP_PAUSE_US: Final = Instant(8 * SECOND)
"""112 is tried more often than that whatever has failed."""
STOOD_US: Final = Instant(10 * SECOND)
"""Whoever was on the line for so long was reached."""
FAILS_AFTER: Final = {Party.OPERATOR: 3, Party.PSAP: 2}
"""So many attempts in a row that failed for their lines are no accident any more."""
_BY_CHOICE: Final = frozenset(
    {
        ReleaseReason.ANOTHER_ANSWERED,
        ReleaseReason.ANOTHER_LINE,
        ReleaseReason.HANDED_OVER,
        ReleaseReason.TAKEN_BACK,
    }
)


def counted(before: Mapping[Party, InVain], ended: Leg, at: Instant) -> dict[Party, InVain]:
    """The counts after the end of this attempt."""
    if ended.reason in _BY_CHOICE:
        return dict(before)
    if ended.was_answered and at - (ended.answered_at or at) >= STOOD_US:
        return {party: vain for party, vain in before.items() if party is not ended.party}
    was = before.get(ended.party)
    of_line = was.of_line + 1 if was is not None and ended.line_failed else int(ended.line_failed)
    in_a_row = 1 if was is None else was.in_a_row + 1
    return {**before, ended.party: InVain(in_a_row=in_a_row, of_line=of_line, began_at=ended.since)}


def not_before(case: Case, party: Party) -> Instant:
    """Until when the party's next attempt is put off."""
    vain = case.in_vain.get(party)
    if vain is None:
        return case.received_at
    pause = PAUSES_US[min(vain.in_a_row, len(PAUSES_US)) - 1]
    return Instant(vain.began_at + (min(pause, PSAP_PAUSE_US) if party is Party.PSAP else pause))


def failed_lines(case: Case, party: Party) -> tuple[LineId, ...]:
    """Lines on which the party's latest attempts have failed: others are taken first."""
    return tuple(leg.line for leg in case.of(party) if leg.line_failed)


def lines_fail(case: Case, party: Party) -> bool:
    """Whether the operator, or 112, cannot be called for the lines' sake."""
    vain = case.in_vain.get(party)
    return vain is not None and vain.of_line >= FAILS_AFTER[party]
