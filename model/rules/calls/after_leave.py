"""Detection that user and 112, left together by the operator, were cut off too soon; and the number of 112
for one more call. Pure.

`model.alert.folds.ending` makes the center search an operator again.
"""

from __future__ import annotations

from typing import Final

from messages.ids import E164, SECOND, Instant, Party
from model.alert.case import Case
from model.alert.leg import LINE_FAILURES, Leg, leg_id
from model.rules.calls.psap import psap_number
from model.settings import Settings

TOGETHER: Final = (Party.USER, Party.PSAP)
"""Parties left talking when the operator leaves."""


UNASKED_MAX: Final = 3
"""Greatest number of automatic calls to 112 while no operator is available: 112 hangs up for a reason."""


def is_cut_off(case: Case, leg: Leg, cause: int, settings: Settings, now_us: Instant) -> bool:
    """Return True if user and 112 were left talking and this end probably cuts them off.

    An end within the set time may come before any conversation. A failure of the line never ends a
    conversation, unless the other party has hung up before. An end ordered by the center breaks nothing.

    A test is never cut off: the tester hangs up when done, and must not be called back.
    """
    since = case.leave.together_at
    if since is None or case.test or leg.party not in TOGETHER or not leg.active:
        return False
    if now_us - since <= settings.alert.leave_alarm_within_s * SECOND:
        return True
    others = (one for one in case.legs.values() if one.party in TOGETHER and one.party is not leg.party)
    hung_up = any((one.released_at or 0) >= since and not one.line_failed for one in others)
    return cause in LINE_FAILURES and not hung_up


def psap_number_after_cut_off(case: Case, settings: Settings) -> E164 | None:
    """Return the number of 112 to call again after a cut-off, with the user on the line; else None."""
    last = case.legs.get(leg_id(case.alert, "psap"))
    if (
        last is None
        or last.live
        or case.confirmed_answered(Party.USER) is None
        or case.to_112.unasked >= UNASKED_MAX
    ):
        return None
    return last.number if last.was_answered else psap_number(case, settings)
