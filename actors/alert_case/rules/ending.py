"""End of a case after a false alarm, a leave, a briefing or a closing by hand: first all legs are released,
then `alert.closed` is written, never in the reverse order.

A check (`messages.ids.Check`), a test without an operator, ends by itself once it has its result. Pure.
"""

from __future__ import annotations

from typing import Final

from actors.alert_case.pending import NOTHING, Decided, PendingOffers, Step, hang_up, join
from actors.alert_case.rules.inbox import pins_are_over
from messages import events as ev
from messages.ids import SECOND, Check, Instant, OperatorId, Outcome, Party
from model.alert.case import Case
from model.alert.leg import Leg
from model.alert.reasons import LeaveReason, ReleaseReason
from model.rules.calls.silent_and_duress import is_psap_informed, was_user_on_line
from model.settings import Settings

USER_STAYS_US: Final = Instant(3 * SECOND)
"""Time in microseconds that the user's call stays up after 112 has hung up, so that no word is cut off."""
PSAP_STAYS_US: Final = Instant(10 * SECOND)
"""Time in microseconds that the call to 112 stays up after the user's last call has ended, since 112 may
still be listening.
"""
TEST_WAITS_US: Final = Instant(180 * SECOND)
"""Longest wait of a test for an operator, in microseconds; the wait starts again when the test loses its
operator. A test may never get an operator, as the last free one is kept for real alerts, and without an
operator no person closes the test.
"""


def end(case: Case, _pending: PendingOffers, settings: Settings, now_us: Instant) -> Step:
    """Return the events that release the case's calls, and `alert.closed` once all calls are released; or the
    time at which a waiting rule must run again.
    """
    if case.false_alarm_at is not None:
        return _all(case, ReleaseReason.FALSE_ALARM, Outcome.FALSE_ALARM)
    if case.close_at is not None:
        return _all(case, ReleaseReason.CLOSED, _outcome_of(case))
    if is_waited_out(case, now_us):
        return _all(case, ReleaseReason.NO_OPERATOR, Outcome.TEST_DONE)
    if case.leave.at is None:
        return join(_settle(case, settings, now_us), _test_waits(case))
    if not case.leave.handed_over:
        return _all(case, ReleaseReason.LEFT, Outcome.BRIEFED)
    operators = [leg for leg in case.of(Party.OPERATOR) if leg.active]
    going: tuple[Decided, ...] = (*(hang_up(leg, ReleaseReason.LEFT) for leg in operators), *_dismiss(case))
    if going:
        return Step(events=going)
    return _handed_over(case, now_us)


def is_waited_out(case: Case, now_us: Instant) -> bool:
    """Return True if the case is a test that has waited TEST_WAITS_US for an operator in vain."""
    return _waits_for_operator(case) and now_us >= _waits_until(case)


def _test_waits(case: Case) -> Step:
    return Step(wake_at=_waits_until(case)) if _waits_for_operator(case) else NOTHING


def _waits_for_operator(case: Case) -> bool:
    return case.test and case.check is None and case.operator is None and not case.leaving


def _waits_until(case: Case) -> Instant:
    begun = (case.received_at, case.reopened_at, case.unattended_at, case.taking_at)
    return Instant(max(at for at in begun if at is not None) + TEST_WAITS_US)


def _all(case: Case, reason: ReleaseReason, outcome: Outcome) -> Step:
    going = [leg for leg in case.legs.values() if leg.active]
    made: list[Decided] = [hang_up(leg, reason) for leg in going]
    made += _dismiss(case)
    if case.all_released:
        made += _closed(case, outcome)
    return Step(events=tuple(made))


def _dismiss(case: Case) -> list[Decided]:
    """Release every operator of the case who has no call in progress."""
    names = dict.fromkeys(case.reserved if case.operator is None else (*case.reserved, case.operator))
    free = [name for name in names if not case.has_live_leg(name)]
    return [ev.OperatorLeft(operator=name, reason=_why(case, name)) for name in free]


def _why(case: Case, operator: OperatorId) -> LeaveReason:
    if operator == case.operator:
        return LeaveReason.LEFT
    # The operator has handed the case over, and the case ended before the operator's call was released.
    handed = any(
        leg.operator == operator and leg.reason == ReleaseReason.HANDED_OVER
        for leg in case.of(Party.OPERATOR)
    )
    return LeaveReason.HANDED_OVER if handed else LeaveReason.NOT_NEEDED


def _settle(case: Case, settings: Settings, now_us: Instant) -> Step:
    """Settle a conference of user and 112 without an operator: once they have been together for
    `leave_alarm_within_s`, the operator's leave is in force again and no operator is searched any more. An
    operator's own request for the case (`take`) prevents that.
    """
    since = case.leave.together_at
    if since is None or case.operator is not None or (case.taking_at or 0) >= since:
        return NOTHING
    settles_at = Instant(since + round(settings.alert.leave_alarm_within_s * SECOND) + 1)
    return Step(events=(ev.ConferenceSettled(),)) if now_us >= settles_at else Step(wake_at=settles_at)


def _handed_over(case: Case, now_us: Instant) -> Step:
    if case.parties_released:
        if case.all_released:
            return Step(events=_closed(case, Outcome.HANDED_OVER))
        return Step(
            events=tuple(hang_up(leg, ReleaseReason.OVER) for leg in case.of(Party.LISTENER) if leg.active)
        )
    user, psap = case.active(Party.USER), case.active(Party.PSAP)
    if user is not None and psap is None:
        return _let_go(case, user, Party.PSAP, USER_STAYS_US, ReleaseReason.PSAP_HUNG_UP, now_us)
    if psap is not None and user is None:
        return _let_go(case, psap, Party.USER, PSAP_STAYS_US, ReleaseReason.USER_HUNG_UP, now_us)
    return NOTHING


def _let_go(
    case: Case, leg: Leg, gone: Party, stays_us: Instant, reason: ReleaseReason, now_us: Instant
) -> Step:
    ended = max((one.released_at or one.since for one in case.of(gone)), default=now_us)
    until = Instant(ended + stays_us)
    return Step(events=(hang_up(leg, reason),)) if now_us >= until else Step(wake_at=until)


def _outcome_of(case: Case) -> Outcome:
    """Return the outcome of a case that an operator closes by hand, as the case itself shows.

    "Handed over" requires that 112 has heard the user. A call to 112 in which 112 neither heard the user nor
    was briefed leaves 112 uninformed; such a call does not make the alert a false alarm. A cancellation with
    the correct PIN is the user's own statement and counts unless 112 was informed.
    """
    if case.briefing_at is not None:
        return Outcome.BRIEFED
    if case.to_112.heard_user_at is not None:
        return Outcome.HANDED_OVER
    if case.cancelled and not case.duress:
        return Outcome.CANCELLED
    if case.put_away and not was_user_on_line(case):
        return Outcome.PUT_AWAY
    if case.presumed_calling_112:
        return Outcome.USER_CALLED_112
    if case.to_112.told_before_at is not None:
        return Outcome.BRIEFED
    return (
        Outcome.FALSE_ALARM if was_user_on_line(case) and not is_psap_informed(case) else Outcome.NO_CONTACT
    )


def _closed(case: Case, outcome: Outcome) -> tuple[Decided, ...]:
    return (ev.AlertClosed(outcome=Outcome.TEST_DONE if case.test else outcome), *pins_are_over(case))


TOLD_US: Final = Instant(4 * SECOND)
"""Time in microseconds that a check's call stays up after a voice was heard, so that the announcement is
heard to its end.
"""
HEARD_WITHIN_US: Final = Instant(15 * SECOND)
"""Time after which an answered call without sound counts as a call without voice, in microseconds."""
OVER_AFTER_US: Final = Instant(120 * SECOND)
"""Longest duration of a check, whether it waits for a line or for an answer, in microseconds."""
_CLOSED: Final = Step(events=(ev.AlertClosed(outcome=Outcome.TEST_DONE),))


def finish_check(case: Case, _pending: PendingOffers, _settings: Settings, now_us: Instant) -> Step:
    """Return the events that hang up the check's call in time and then close the check; no events for other
    cases.
    """
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
    """Return the time at which the check's call ends."""
    last = Instant(case.received_at + OVER_AFTER_US)
    leg = case.active(Party.USER)
    if leg is None or leg.answered_at is None:
        return last
    if case.heard_at is not None:
        return min(last, Instant(max(case.heard_at, leg.answered_at) + TOLD_US))
    return min(last, Instant(leg.answered_at + HEARD_WITHIN_US))
