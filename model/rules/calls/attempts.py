"""Attempts to call a party: duration of the ringing, on any line, and the pause after consecutive failed
attempts. Pure.

The cause of an end, the refusal, or a ringing before do not matter: every attempt counts as failed unless the
call stood for ten seconds. The first failure is retried at once on another line. From then on the pause
counts between the starts of two attempts, so that an attempt that rang for long is followed by the next at
once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from messages.ids import SECOND, Instant, LineId, Party
from model.alert.case import Case
from model.alert.leg import Leg
from model.alert.parts import FailedCalls
from model.alert.reasons import ReleaseReason
from model.settings import Settings

LOOK_US: Final = Instant(3 * SECOND)
"""Time for which an AlertCase that takes an alert listens before it gives a call up for its duration: legs
and modems hold the call's progress during the time without an AlertCase.
"""
DIALLING_US: Final = {
    Party.OPERATOR: Instant(30 * SECOND),
    Party.LISTENER: Instant(30 * SECOND),
    Party.USER: Instant(40 * SECOND),
    Party.PSAP: Instant(30 * SECOND),
}
"""Time within which a call must ring (modems of 27.007 give up after 30 to 60 s by themselves)."""


def gives_up_at(case: Case, since: Instant, after_us: int) -> Instant:
    """Return the time at which an action begun at `since` has lasted too long."""
    return max(Instant(since + after_us), Instant((case.owned_at or case.received_at) + LOOK_US))


def rings_until(case: Case, leg: Leg, settings: Settings) -> Instant:
    """Return the time at which the unanswered call is given up."""
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
"""Pauses from the start of the last attempt, by the number of failures in a row; the last value holds for all
further ones.
"""
PSAP_PAUSE_US: Final = Instant(8 * SECOND)
"""Longest pause for 112, after any failure."""
STOOD_US: Final = Instant(10 * SECOND)
"""Duration of a call after which the party counts as reached."""
FAILS_AFTER: Final = {Party.OPERATOR: 3, Party.PSAP: 2}
"""Number of consecutive line failures that is no coincidence."""
_BY_CHOICE: Final = frozenset(
    {
        ReleaseReason.ANOTHER_ANSWERED,
        ReleaseReason.ANOTHER_LINE,
        ReleaseReason.HANDED_OVER,
        ReleaseReason.TAKEN_BACK,
    }
)


def count_failed_calls(
    before: Mapping[Party, FailedCalls], ended: Leg, at: Instant
) -> dict[Party, FailedCalls]:
    """Return the counts after the end of this attempt."""
    if ended.reason in _BY_CHOICE:
        return dict(before)
    if ended.was_answered and at - (ended.answered_at or at) >= STOOD_US:
        return {party: vain for party, vain in before.items() if party is not ended.party}
    was = before.get(ended.party)
    of_line = was.of_line + 1 if was is not None and ended.line_failed else int(ended.line_failed)
    in_a_row = 1 if was is None else was.in_a_row + 1
    return {**before, ended.party: FailedCalls(in_a_row=in_a_row, of_line=of_line, began_at=ended.since)}


def not_before(case: Case, party: Party) -> Instant:
    """Return the earliest time of the party's next attempt."""
    vain = case.in_vain.get(party)
    if vain is None:
        return case.received_at
    pause = PAUSES_US[min(vain.in_a_row, len(PAUSES_US)) - 1]
    return Instant(vain.began_at + (min(pause, PSAP_PAUSE_US) if party is Party.PSAP else pause))


def failed_lines(case: Case, party: Party) -> tuple[LineId, ...]:
    """Return the lines on which the party's latest attempts failed: others are preferred."""
    return tuple(leg.line for leg in case.of(party) if leg.line_failed)


def lines_fail(case: Case, party: Party) -> bool:
    """Return True if the operator, or 112, cannot be called because of line failures."""
    vain = case.in_vain.get(party)
    return vain is not None and vain.of_line >= FAILS_AFTER[party]
