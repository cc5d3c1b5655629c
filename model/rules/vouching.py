"""Whether anything but an app key or a caller ID speaks for an alert, and what that decides. Pure.

Anybody with an app key can raise alerts under any number, more of them than there are operators. Such an
alert gets the full service, but it keeps no operator from an alert for which more speaks: the last free one
is left to that alert for a while, and the operator of a case in which nobody was ever heard is given to it.
"""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND, Channel, Instant, OperatorId, Party
from model.alert.case import Case
from model.alert.leg import MACHINE, Leg
from model.rules.calls.silent_and_duress import spoken_to, told_112
from model.rules.proof import CLAIMED, PROVED

LEAVES_ONE_FROM: Final = 3
"""With so many operators on shift, or more, the last free one is left to alerts that are vouched for."""
WAITS_FOR_LAST_US: Final = Instant(10 * SECOND)
"""After so long any alert may have the last free operator: the user can still be reached within 20 s, and the
operator is given up again where that is needed."""


def vouched(case: Case) -> bool:
    """Return whether a phone's key, a person who was heard or an operator speaks for the alert.

    For a test speaks only a person who was heard: it is nobody's need.
    """
    if case.rank == PROVED and not case.test:
        return True
    return case.vouched_at is not None or heard(case)


def rank(case: Case) -> int:
    """Return how far behind others the alert comes in need: PROVED, CLAIMED or OVER_BUDGET.

    A test is never PROVED: a user who is heard in it keeps its operator, and gives it no claim on others.
    """
    if vouched(case) and not case.test:
        return PROVED
    return max(case.rank, CLAIMED)


def heard(case: Case) -> bool:
    """Return whether the user was ever there, or 112 is in it: somebody has spoken, written, called in, typed
    the duress PIN. A word of the app's counts as little as the app key by which it came.
    """
    if spoken_to(case) or case.duress or case.inbound_call is not None:
        return True
    if told_112(case) or case.psap is not None or case.active(Party.PSAP) is not None:
        return True
    if any(_was_there(case, leg) for leg in case.of(Party.USER)):
        return True
    written = sum(1 for one in case.dialogue if not one.by)
    # The first of a short message's alert is the alert itself.
    return written > (case.channel is Channel.SMS)


def _was_there(case: Case, leg: Leg) -> bool:
    """Return whether somebody answered this call, or perhaps did; what was marked as a machine did not."""
    return leg.answered or (leg.was_answered and case.user_ends[-1:] != (MACHINE,))


def gives_up(case: Case) -> tuple[OperatorId, ...]:
    """Return the operators, called or on the line, whom the case gives up to an alert that is vouched for."""
    if case.closed_at is not None or case.leaving or vouched(case):
        return ()
    return case.reserved if case.operator is None else (case.operator,)


def gives_up_when_taken(case: Case) -> tuple[OperatorId, ...]:
    """Return the operators whom a test gives up to the real alert that they take: a test is no need,
    though its user may be on the line.
    """
    if not case.test or case.closed_at is not None or case.leaving:
        return ()
    return case.reserved if case.operator is None else (case.operator,)


def listens(case: Case) -> tuple[OperatorId, ...]:
    """Return the operator who listens in on the case, whom it gives up to any alert that is no test."""
    leg = case.listener_leg
    if case.closed_at is not None or case.listener is None or leg is None or not leg.active:
        return ()
    return (case.listener.operator,)


def gives_crew_up(case: Case) -> bool:
    """Return whether the case has begun nothing, so that its crew can serve an alert that is vouched for."""
    return case.owner is not None and not (begun(case) or vouched(case))


def begun(case: Case) -> bool:
    """Return whether anybody is called or on the line, or was left by an operator; also once it is closed."""
    ending = case.closed_at is not None or case.leaving
    called = case.reserved or case.calls_on_lost_nodes or not case.all_released
    return bool(ending or called or case.operator is not None)


def may_have_last(case: Case, now_us: Instant) -> bool:
    """Return whether the alert may have the last free operator: vouched for, or waiting long. Tests never."""
    return not case.test and (vouched(case) or now_us >= case.received_at + WAITS_FOR_LAST_US)


def left(on_shift: int, *, may_have_last: bool) -> int:
    """Return how many free operators are left to others by an alert that may, or may not, have the last."""
    return 0 if may_have_last or on_shift < LEAVES_ONE_FROM else 1
