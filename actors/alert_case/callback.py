"""Calling the user (S5, S11; cases 2 to 6, 9, 11, 19): when, how often, and when it is no use. Pure."""

from __future__ import annotations

from typing import Final

from actors.alert_case.hand import NOTHING, Hand, Step, gives_up_at, hang_up, join
from actors.alert_case.returned import again, ask_back
from messages import events as ev
from messages.base import HangupCause
from messages.ids import SECOND, Instant, LegId, Party
from messages.lines import RequestLine
from model.case import Case
from model.evolve import ANSWERED_AND_DROPPED, MACHINE
from model.joining import in_the_network, rings_beside, scattered
from model.leg import ANOTHER_LINE, FIRST_112, Leg, leg_id
from model.policy import Duress, Policy, VoiceAlert
from model.sound import lines_to_avoid

GIVE_UP_DIALLING_US: Final = Instant(40 * SECOND)
"""A call that does not even ring by then will not (27.007 modems give up after 30 to 60 s by themselves)."""
PREEMPTED_PAUSE_US: Final = Instant(10 * SECOND)
"""A test that gave way waits until those to whom it gave way are served, or are at least being dialled."""
GIVES_WAY_UNTIL: Final = 5
"""A test that gave way with this attempt is not dialled again by itself."""
LINE_FAILED_PAUSE_US: Final = Instant(SECOND)
LINE_FAILURES_IN_A_ROW: Final = 8
UNREACHABLE_PAUSE_US: Final = Instant(2 * SECOND)


def watch_callback(case: Case, hand: Hand, policy: Policy, now_us: Instant) -> Step:
    """Ends an attempt that has rung long enough, or that duress forbids."""
    leg = case.going(Party.USER)
    if leg is None or leg.there:
        return _presume(case)
    if _forbidden(case, policy) and leg.call is None:
        return Step(events=(hang_up(leg, "duress"),))
    if not leg.unanswered and not rings_beside(case, leg):
        return NOTHING
    no_answer_at = _no_answer_at(leg, hand, policy)
    if now_us >= no_answer_at:
        return Step(events=(hang_up(leg, "no answer"),))
    return Step(wake_at=no_answer_at)


def _presume(case: Case) -> Step:
    """Twice busy: she is talking, and most likely to 112 (case 3)."""
    busy = case.user_ends[-2:] == (HangupCause.BUSY, HangupCause.BUSY)
    if busy and not case.presumed_calling_112:
        return Step(events=(ev.UserPresumedCallingPsap(reason="busy"),))
    return NOTHING


def _forbidden(case: Case, policy: Policy) -> bool:
    return case.duress and policy.duress is Duress.PSAP_FIRST


def _no_answer_at(leg: Leg, hand: Hand, policy: Policy) -> Instant:
    if leg.ringing_at is None:
        return gives_up_at(hand, leg.since, GIVE_UP_DIALLING_US)
    return gives_up_at(hand, leg.ringing_at, round(policy.user_no_answer_s * SECOND))


def answer_her(case: Case, _hand: Hand, policy: Policy, _now_us: Instant) -> Step:
    """Her own call becomes her leg; what we were dialling is cancelled first (S2, case 2)."""
    hers = case.her_call
    if hers is None or case.leaving or case.there(Party.USER) is not None:
        return NOTHING
    if policy.voice_alert is VoiceAlert.CALLBACK and case.phone is not None:
        # The intake has declined it. One without a number never is: it could not be called back.
        return NOTHING
    ours = [leg for leg in case.of(Party.USER) if leg.live]
    if ours:
        return Step(events=tuple(hang_up(leg, "replaced") for leg in ours if leg.going and leg.call is None))
    leg, attempt = _next_attempt(case)
    originating = ev.LegOriginating(
        leg=leg, party=Party.USER, number=case.phone, line=hers.line, attempt=attempt, call=hers.call
    )
    return Step(events=(originating,))


def _next_attempt(case: Case) -> tuple[LegId, int]:
    leg = leg_id(case.alert, "user")
    known = case.legs.get(leg)
    return leg, 1 if known is None else known.attempt + 1


def call_user(case: Case, hand: Hand, policy: Policy, now_us: Instant) -> Step:
    """Dials her when it is time, on a line that was granted for it."""
    if case.phone is None or _forbidden(case, policy):
        return NOTHING
    if any(leg.live for leg in case.of(Party.USER)):
        # Also one that is still being hung up: it would make her own phone busy for the next.
        return NOTHING
    due = due_at(case, policy)
    asked, before, line = ask_back(case, hand, Party.USER)
    if before is not None and line is not None and case.false_alarm_at is None and case.close_at is None:
        return Step(events=(again(case, before, line),))
    if due is None:
        return asked
    if now_us < due:
        return join(asked, Step(wake_at=due))
    leg, attempt = _next_attempt(case)
    granted = hand.line(leg, attempt)
    if granted is None:
        last = _last(case)
        failed = (last.line,) if last is not None and last.line_failed else ()
        ask = RequestLine(
            alert=case.alert,
            leg=leg,
            attempt=attempt,
            party=Party.USER,
            test=case.test,
            deadline_at=case.deadline_at,
            avoid=(*failed, *lines_to_avoid(case, Party.USER)),
        )
        return Step(wants=(ask,))
    originating = ev.LegOriginating(
        leg=leg,
        party=Party.USER,
        number=case.phone,
        line=granted.line,
        attempt=attempt,
        trunk=granted.trunk,
        joins=granted.joins,
    )
    return Step(events=(originating,))


def due_at(case: Case, policy: Policy) -> Instant | None:
    """When she is to be dialled next, if nothing is under way. None: not by ourselves."""
    if case.false_alarm_at is not None or case.close_at is not None:
        return None
    last = _last(case)
    if case.left_at is not None:
        return _after_leaving(case, last, policy)
    if case.redial:
        return case.received_at
    if in_the_network(case) and (case.psap is not None or case.talking(Party.PSAP) is not None):
        # While she is called nobody else on the line hears anybody, and 112 is being told about her.
        return None
    if last is None:
        if case.operator is not None:
            return case.operator_joined_at
        return Instant(case.deadline_at - round(policy.user_setup_time_s * SECOND))
    ended = last.released_at or last.since
    if scattered(case) and case.operator_lost_at is not None:
        # Beside an operator who is up, and not on a line on which nobody can join her.
        ended = max(ended, Instant(case.operator_lost_at + round(policy.user_setup_time_s * SECOND)))
    if last.line_failed and not last.was_answered:
        in_a_row = last.attempt <= LINE_FAILURES_IN_A_ROW
        return Instant(ended + LINE_FAILED_PAUSE_US) if in_a_row else None
    return _again(case, last, ended, policy)


def _again(case: Case, last: Leg, ended: Instant, policy: Policy) -> Instant | None:
    if last.reason == "preempted":
        # For how long it will have to give way nobody knows: then her operator decides.
        return Instant(ended + PREEMPTED_PAUSE_US) if last.attempt < GIVES_WAY_UNTIL else None
    if last.reason in ("replaced", FIRST_112):
        return None
    if last.reason == ANOTHER_LINE:
        return ended
    ends = case.user_ends
    if not ends:
        return ended
    if ends[-1] == ANSWERED_AND_DROPPED:
        return ended if ends.count(ANSWERED_AND_DROPPED) == 1 else None
    since_drop = (
        len(ends) - 1 - max((i for i, end in enumerate(ends) if end == ANSWERED_AND_DROPPED), default=-1)
    )
    allowed = 1 if ANSWERED_AND_DROPPED in ends else policy.user_attempts
    if ends[-1] == HangupCause.BUSY:
        # Once more, as before an answer (case 3): it may be our own call, on a line given up unheard.
        allowed = max(allowed, 2)
    if since_drop >= allowed:
        return None
    return Instant(ended + _pause_us(ends[-1], policy))


def _pause_us(end: int, policy: Policy) -> int:
    if end in (HangupCause.BUSY, HangupCause.REJECTED):
        return round(policy.user_busy_retry_s * SECOND)
    if end in (HangupCause.NO_ANSWER, HangupCause.NO_USER_RESPONDING, HangupCause.NORMAL, MACHINE):
        return 0
    return UNREACHABLE_PAUSE_US


def _after_leaving(case: Case, last: Leg | None, policy: Policy) -> Instant | None:
    """A user dropped soon after the operator left is called back once, while 112 holds or, its line lost, is
    being called again (cases 6, 15, 16).
    """
    if last is None or case.left_at is None or not case.handed_over or last.released_at is None:
        return None
    if case.unheard.get(last.leg) is not None and case.user_ends[-1:] == (HangupCause.BUSY,):
        # With our own call, it may be, which nobody hears: its modem may be heard again, or she hangs up.
        more = last.attempt <= LINE_FAILURES_IN_A_ROW
        return Instant(last.released_at + _pause_us(HangupCause.BUSY, policy)) if more else None
    soon = last.released_at - case.left_at <= policy.leave_alarm_within_s * SECOND
    dropped = (
        case.user_ends[-1:] == (ANSWERED_AND_DROPPED,) and case.user_ends.count(ANSWERED_AND_DROPPED) == 1
    )
    return last.released_at if soon and dropped and case.psap is not None else None


def _last(case: Case) -> Leg | None:
    return max(case.of(Party.USER), key=lambda leg: leg.since, default=None)
