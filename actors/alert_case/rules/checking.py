"""How a check ends (`messages.ids.Check`): by itself, with what it has shown. Pure."""

from __future__ import annotations

from typing import Final

from actors.alert_case.pending import NOTHING, PendingOffers, Step, hang_up
from messages import events as ev
from messages.ids import SECOND, Check, Instant, Outcome, Party
from model.alert.case import Case
from model.alert.reasons import ReleaseReason
from model.settings import Settings

TOLD_US: Final = Instant(4 * SECOND)
"""So long a call whose voice was heard stands, so that what is announced can be heard."""
HEARD_WITHIN_US: Final = Instant(15 * SECOND)
"""A call that is answered and from which nothing was heard by then has no voice."""
OVER_AFTER_US: Final = Instant(120 * SECOND)
"""Whatever it waits for: a line, an answer."""
_CLOSED: Final = Step(events=(ev.AlertClosed(outcome=Outcome.TEST_DONE),))


def finish_check(case: Case, _pending: PendingOffers, _settings: Settings, now_us: Instant) -> Step:
    """Close it once it has shown what it can; before that, hang up in time."""
    if case.check is None:
        return NOTHING
    if case.check is Check.ARRIVAL:
        return _CLOSED
    over_at = _over_at(case)
    going = case.active(Party.USER)
    if now_us >= over_at and going is not None:
        return Step(events=(hang_up(going, ReleaseReason.OVER),))
    tried = bool(case.legs) or bool(case.dial_withheld) or now_us >= over_at
    if tried and case.all_released:
        return _CLOSED
    return Step(wake_at=over_at) if now_us < over_at else NOTHING


def _over_at(case: Case) -> Instant:
    """When the call has been long enough."""
    last = Instant(case.received_at + OVER_AFTER_US)
    leg = case.active(Party.USER)
    if leg is None or leg.answered_at is None:
        return last
    if case.heard_at is not None:
        return min(last, Instant(max(case.heard_at, leg.answered_at) + TOLD_US))
    return min(last, Instant(leg.answered_at + HEARD_WITHIN_US))
