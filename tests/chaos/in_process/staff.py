"""What an operator presses, from what is seen and heard. Pure; what the page would refuse is not pressed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from messages.ids import SECOND, Instant, OperatorCommand, OperatorId, Party
from model.alert.case import Case
from model.orders.effects import refusal
from model.rules.calls.joining import psap_is_alone
from model.rules.calls.silent_and_duress import is_hushed, was_user_on_line
from model.settings import Settings
from tests.chaos.in_process.script import Alert, Intent

HEARS_US: Final = Instant(2 * SECOND)
"""So long an operator listens before deciding."""
OFTEN: Final = 5
WAITS_US: Final = Instant(35 * SECOND)
"""So long a user whose phone rings is waited for before 112 is called without."""


def presses(
    case: Case, alert: Alert, machine: bool, settings: Settings, now_us: Instant
) -> tuple[OperatorCommand, OperatorId] | None:
    """The key, and who presses it. `machine`: what answers the user's phone is one."""
    by = case.operator
    if by is None or case.closed_at is not None:
        return None
    for command in _wishes(case, alert, machine, now_us):
        if refusal(case, command, by, settings) is None:
            return command, by
    return None


def speaks(case: Case, settings: Settings, now_us: Instant) -> OperatorId | None:
    """Who says *I take it*: an operator on the line, of which nothing is proved by that."""
    for leg in case.of(Party.OPERATOR):
        who = leg.operator
        if who is None or not leg.in_doubt or now_us - (leg.answered_at or now_us) < HEARS_US:
            continue
        if refusal(case, OperatorCommand.TAKE, who, settings) is None:
            return who
    return None


def _wishes(case: Case, alert: Alert, machine: bool, now_us: Instant) -> Iterator[OperatorCommand]:
    user, psap = case.answered(Party.USER), case.answered(Party.PSAP)
    since = case.operator_joined_at or now_us
    if now_us - since < HEARS_US:
        return
    if user is not None and machine:
        yield OperatorCommand.MARK_MACHINE
        user = None
    if psap is not None:
        if psap_is_alone(case):
            # The screen tells her to call 112 on another phone, and to brief it there.
            yield OperatorCommand.CALLED_ELSEWHERE
        if not psap.joined:
            return  # she does not hear them yet
        if user is None and case.briefing_at is None:
            yield OperatorCommand.BRIEFING_GIVEN
        # Of those who were cut off again and again, one does not let go before they have talked for a while.
        often = psap.attempt + (0 if user is None else user.attempt) >= OFTEN
        since = max(leg.answered_at or now_us for leg in (psap, user or psap))
        if now_us - since >= (WAITS_US if often else HEARS_US):
            yield OperatorCommand.LEAVE
        return
    if case.to_112.no_line:
        yield OperatorCommand.CALLED_ELSEWHERE
    if case.psap is not None:
        if alert.withdrawn and not any(leg.attempt > 1 for leg in case.of(Party.PSAP)):
            yield OperatorCommand.WITHDRAW_PSAP
        return
    if case.to_112.elsewhere_at is not None:
        yield OperatorCommand.LEAVE
        return
    heard_user = user is not None and now_us - (user.answered_at or now_us) >= HEARS_US
    if case.to_112.joined_at is not None:
        # 112 has been here, and has hung up.
        yield OperatorCommand.CLOSE
        if heard_user:
            yield OperatorCommand.DECLARE_FALSE_ALARM
            if not told_often(case):
                yield OperatorCommand.CALL_PSAP
        return
    if heard_user:
        yield (
            OperatorCommand.DECLARE_FALSE_ALARM
            if alert.intent is Intent.FALSE_ALARM
            else OperatorCommand.CALL_PSAP
        )
        if case.test:
            yield OperatorCommand.DECLARE_FALSE_ALARM
        return
    if user is not None:
        return
    if is_hushed(case):
        # An alert may become silent while a machine has the user's call, which then stays up.
        aloud = alert.aloud and case.active(Party.USER) is None
        yield OperatorCommand.CALL_ALOUD if aloud else OperatorCommand.CALL_PSAP
        yield OperatorCommand.CLOSE
        return
    if was_user_on_line(case) and alert.intent is Intent.FALSE_ALARM and case.active(Party.USER) is None:
        yield OperatorCommand.DECLARE_FALSE_ALARM
    if _tried_in_vain(case, now_us):
        yield OperatorCommand.CALL_PSAP
        yield OperatorCommand.CLOSE
        # What keeps it from being closed is that a machine has answered.
        yield OperatorCommand.REDIAL_USER


def told_often(case: Case) -> bool:
    """Whether 112 has been on the line so often that it needs no more telling."""
    return any(leg.attempt >= OFTEN for leg in case.of(Party.PSAP))


def _tried_in_vain(case: Case, now_us: Instant) -> bool:
    begun = min((leg.since for leg in case.of(Party.USER)), default=case.operator_joined_at or now_us)
    quiet = case.active(Party.USER) is None and len(case.user_ends) >= 2
    return (
        quiet
        or bool(case.presumed_calling_112)
        or now_us - max(begun, case.operator_joined_at or begun) >= WAITS_US
    )
