"""When user and 112, left together by the operator, are cut off: one of the two is gone too soon; and the
number that the center then calls once more. Pure.

That an operator is sought again is `model.alert.folds.ending`.
"""

from __future__ import annotations

from typing import Final

from messages.ids import E164, SECOND, Instant, Party
from model.alert.case import Case
from model.alert.leg import LINE_FAILURES, Leg, leg_id
from model.rules.calls.psap import psap_number
from model.settings import Settings

TOGETHER: Final = (Party.USER, Party.PSAP)
"""Those who are left talking when the operator leaves."""


UNASKED_MAX: Final = 3
"""So often 112 is called again by itself while no operator can be had: it hangs up for a reason."""


def is_cut_off(case: Case, leg: Leg, cause: int, settings: Settings, now_us: Instant) -> bool:
    """Return whether user and 112 were left talking, and one of the two is gone so soon that it was perhaps
    no conversation; a line that fails is never the end of one, but where the other has hung up before, there
    is nobody left to be cut off. What we hang up ourselves breaks nothing.

    Who tests hangs up when the test is over, and is to be called by nobody for it.
    """
    since = case.leave.together_at
    if since is None or case.test or leg.party not in TOGETHER or not leg.active:
        return False
    if now_us - since <= settings.alert.leave_alarm_within_s * SECOND:
        return True
    others = (one for one in case.legs.values() if one.party in TOGETHER and one.party is not leg.party)
    hung_up = any((one.released_at or 0) >= since and not one.line_failed for one in others)
    return cause in LINE_FAILURES and not hung_up


def called_again(case: Case, settings: Settings) -> E164 | None:
    """Return the number of 112 to call again after it was cut off: the same one, once the user is on the line
    for it to hear; None where it is not to be called.
    """
    last = case.legs.get(leg_id(case.alert, "psap"))
    if (
        last is None
        or last.live
        or case.confirmed_answered(Party.USER) is None
        or case.to_112.unasked >= UNASKED_MAX
    ):
        return None
    return last.number if last.was_answered else psap_number(case, settings)
