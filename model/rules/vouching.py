"""Vouching: evidence for an alert beyond an app key or a caller ID, and its effects. Pure.

A holder of an app key can raise alerts under any number, more than there are operators. Such an alert gets
full service, but must not keep operators from a vouched alert. The last free operator is left to vouched
alerts for a while, and a case without any person heard releases its operator to a vouched alert.
"""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND, Channel, Instant, OperatorId, Party
from model.alert.case import Case
from model.alert.leg import MACHINE, Leg
from model.rules.calls.silent_and_duress import is_psap_informed, was_user_on_line
from model.rules.proof import CLAIMED, PROVED

LEAVES_ONE_FROM: Final = 3
"""Number of operators on shift from which the last free one is left to vouched alerts."""
WAITS_FOR_LAST_US: Final = Instant(10 * SECOND)
"""Waiting time after which any alert may have the last free operator: the user can still be reached within 20
s, and the operator is released again if needed.
"""


def is_vouched(case: Case) -> bool:
    """Return True if a phone's key, a person who was heard, or an operator vouches for the alert.

    Only a person who was heard vouches for a test: a test is no emergency.
    """
    if case.rank == PROVED and not case.test:
        return True
    return case.vouched_at is not None or was_user_present(case)


def rank(case: Case) -> int:
    """Return the rank of need: PROVED, CLAIMED or OVER_BUDGET.

    A test is never PROVED: a user heard in a test keeps the test's operator, without a claim on others.
    """
    if is_vouched(case) and not case.test:
        return PROVED
    return max(case.rank, CLAIMED)


def was_user_present(case: Case) -> bool:
    """Return True if the user was ever present, or 112 is involved: a person has spoken, written, called in,
    or entered the duress PIN. A report of the app proves as little as its app key.
    """
    if was_user_on_line(case) or case.duress or case.inbound_call is not None:
        return True
    if is_psap_informed(case) or case.psap is not None or case.active(Party.PSAP) is not None:
        return True
    if any(_was_there(case, leg) for leg in case.of(Party.USER)):
        return True
    written = sum(1 for one in case.dialogue if not one.by)
    # The first message of an alert by SMS is the alert itself.
    return written > (case.channel is Channel.SMS)


def _was_there(case: Case, leg: Leg) -> bool:
    """Return True if a person answered this call, or possibly did; a marked machine does not count."""
    return leg.answered or (leg.was_answered and case.user_ends[-1:] != (MACHINE,))


def operators_to_release(case: Case) -> tuple[OperatorId, ...]:
    """Return the operators, called or on the line, whom the case releases to a vouched alert."""
    if case.closed_at is not None or case.leaving or is_vouched(case):
        return ()
    return case.reserved if case.operator is None else (case.operator,)


def operators_to_release_when_taken(case: Case) -> tuple[OperatorId, ...]:
    """Return the operators whom a test releases to the real alert taken, even with its user present."""
    if not case.test or case.closed_at is not None or case.leaving:
        return ()
    return case.reserved if case.operator is None else (case.operator,)


def listening_operators(case: Case) -> tuple[OperatorId, ...]:
    """Return the operator who listens to the case, released to any alert that is no test."""
    leg = case.listener_leg
    if case.closed_at is not None or case.listener is None or leg is None or not leg.active:
        return ()
    return (case.listener.operator,)


def may_release_worker(case: Case) -> bool:
    """Return True if no action has begun in the case, so that its worker can serve a vouched alert."""
    return case.owner is not None and not (has_work_begun(case) or is_vouched(case))


def has_work_begun(case: Case) -> bool:
    """Return True if a party is called or on the line, or was left by an operator; also once closed."""
    ending = case.closed_at is not None or case.leaving
    called = case.reserved or case.calls_on_lost_nodes or not case.all_released
    return bool(ending or called or case.operator is not None)


def may_have_last(case: Case, now_us: Instant) -> bool:
    """Return True if the alert may have the last free operator: vouched for, or waiting long; no test."""
    return not case.test and (is_vouched(case) or now_us >= case.received_at + WAITS_FOR_LAST_US)


def operators_to_leave(on_shift: int, *, may_have_last: bool) -> int:
    """Return how many free operators the alert must leave to others."""
    return 0 if may_have_last or on_shift < LEAVES_ONE_FROM else 1
