"""Time of the next call to the user, and the end of all attempts. Pure."""

from __future__ import annotations

from typing import Final

from messages.base import HangupCause
from messages.ids import SECOND, Check, Instant, Party
from model.alert.case import Case
from model.alert.leg import ANSWERED_AND_DROPPED, MACHINE, Leg
from model.alert.reasons import ReleaseReason
from model.orders.refusals import Refusal
from model.rules.calls.joining import has_no_party_up, is_joined_in_network
from model.rules.calls.silent_and_duress import is_hushed, must_not_ring
from model.rules.calls.withheld_numbers import why_number_unfit
from model.settings import Settings
from model.settings.alerts import VoiceAlert

PREEMPTED_PAUSE_US: Final = Instant(10 * SECOND)
"""Pause of a preempted test, until the preempting alerts are served, or at least being dialled."""
GIVES_WAY_UNTIL: Final = 5
"""Attempt at which a preempted test is no longer dialled automatically."""
LINE_FAILED_PAUSE_US: Final = Instant(SECOND)
LINE_FAILURES_IN_A_ROW: Final = 8
UNREACHABLE_PAUSE_US: Final = Instant(2 * SECOND)


def next_call_at(case: Case, settings: Settings) -> Instant | None:
    """Return when the user is to be dialled next, if no call is active; None: no automatic call."""
    if case.leaving or must_not_ring(case, settings):
        return None
    if case.check is not None:
        # A single call gives the result of the check.
        return case.received_at if case.check is Check.CALL and not case.of(Party.USER) else None
    if case.dial_withheld:
        # No call until an operator orders one.
        return None
    last = last_attempt(case)
    if case.redial:
        return case.received_at
    if is_joined_in_network(case) and (case.psap is not None or case.answered(Party.PSAP) is not None):
        # During a call to the user no party on this line hears the others, and 112 is being informed.
        return None
    if last is None:
        if case.operator is not None:
            return case.operator_joined_at
        return Instant(case.deadline_at - round(settings.user.setup_time_s * SECOND))
    ended = last.released_at or last.since
    moved_at = ended if last.reason == ReleaseReason.ANOTHER_LINE else None
    lost_at = case.operator_lost_at if case.operator_lost_at is not None else moved_at
    if has_no_party_up(case) and lost_at is not None:
        # The user is called next to an operator who is up, not on a line on which no party can join.
        ended = max(ended, Instant(lost_at + round(settings.user.setup_time_s * SECOND)))
    if case.is_busy_with_ours(last):
        return Instant(ended + round(settings.user.busy_retry_s * SECOND))
    if last.line_failed and not last.was_answered:
        in_vain = case.in_vain.get(Party.USER)
        if in_vain is not None and in_vain.of_line > LINE_FAILURES_IN_A_ROW:
            return None
        return Instant(ended + LINE_FAILED_PAUSE_US)
    return _again(case, last, ended, settings)


def _again(case: Case, last: Leg, ended: Instant, settings: Settings) -> Instant | None:
    if last.reason == ReleaseReason.PREEMPTED:
        # The duration of the preemption is unknown: after some attempts the operator decides.
        return Instant(ended + PREEMPTED_PAUSE_US) if last.attempt < GIVES_WAY_UNTIL else None
    if last.reason in (ReleaseReason.REPLACED, ReleaseReason.PSAP_FIRST):
        return None
    if last.reason == ReleaseReason.ANOTHER_LINE:
        return ended
    ends = case.user_ends
    if not ends:
        return ended
    if ends[-1] == ANSWERED_AND_DROPPED:
        return ended if ends.count(ANSWERED_AND_DROPPED) == 1 else None
    since_drop = (
        len(ends) - 1 - max((i for i, end in enumerate(ends) if end == ANSWERED_AND_DROPPED), default=-1)
    )
    allowed = 1 if ANSWERED_AND_DROPPED in ends else settings.user.attempts
    if ends[-1] == HangupCause.BUSY:
        # One more attempt, as after a busy signal before any answer: the phone may be busy with a call of the
        # center's own, on a line that was given up without contact.
        allowed = max(allowed, 2)
    if since_drop >= allowed:
        return None
    return Instant(ended + _pause_us(ends[-1], settings))


def _pause_us(end: int, settings: Settings) -> int:
    if end in (HangupCause.BUSY, HangupCause.REJECTED):
        return round(settings.user.busy_retry_s * SECOND)
    if end in (HangupCause.NO_ANSWER, HangupCause.NO_USER_RESPONDING, HangupCause.NORMAL, MACHINE):
        return 0
    return UNREACHABLE_PAUSE_US


def last_attempt(case: Case) -> Leg | None:
    """Return the newest attempt to have the user on the line; None if there is none."""
    return max(case.of(Party.USER), key=lambda leg: leg.since, default=None)


def why_attempts_continue(case: Case, settings: Settings) -> Refusal | None:
    """Return why it is too early to give the user up, while no call to the user is up; None once all attempts
    are over.

    An answering machine does not end the attempts: machines are marked with one key, within seconds. After a
    machine the operator must order one further attempt.
    """
    if case.inbound_call is not None:
        return Refusal.USER_CALLING
    if case.phone is None:
        return None if case.identified else Refusal.NOT_IDENTIFIED
    if next_call_at(case, settings) is not None:
        return Refusal.USER_TO_BE_CALLED
    if case.user_ends[-1:] == (MACHINE,) and len(case.user_ends) <= settings.user.attempts:
        return Refusal.MACHINE_ANSWERED
    return None


def accepts_calls(case: Case, settings: Settings) -> bool:
    """Return True if a call by the user is answered. A declined call is returned by the center: this needs a
    number and a phone that may ring.
    """
    back = case.phone is not None and why_number_unfit(case.phone, settings) is None and not is_hushed(case)
    return settings.voice_alert is VoiceAlert.ANSWER or not back
