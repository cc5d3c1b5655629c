"""Calls to the user: their time and number, the answer to the user's own call, and the end of all attempts.
Pure.
"""

from __future__ import annotations

from actors.alert_case.pending import NOTHING, PendingOffers, Step, hang_up, join
from actors.alert_case.rules.returned import attempt_on_surviving_call, request_surviving_calls
from messages import events as ev
from messages.base import HangupCause
from messages.ids import Instant, LegId, Party
from messages.lines import RequestLine
from model.alert.case import Case
from model.alert.leg import leg_id
from model.alert.reasons import ReleaseReason
from model.rules.calls.attempts import not_before, rings_until
from model.rules.calls.joining import still_rings
from model.rules.calls.silent_and_duress import is_in_duress, must_not_ring
from model.rules.calls.sound import lines_to_avoid
from model.rules.calls.user_due import accepts_calls, last_attempt, next_call_at
from model.rules.calls.withheld_numbers import NEVER, NoDialReason
from model.rules.proof import outranked
from model.rules.vouching import rank
from model.settings import Settings


def watch_callback(case: Case, _pending: PendingOffers, settings: Settings, now_us: Instant) -> Step:
    """End an attempt that has rung long enough, or is forbidden by duress or by the user's request for
    silence.
    """
    leg = case.active(Party.USER)
    if leg is None or leg.confirmed_answered:
        return _presume(case)
    if must_not_ring(case, settings) and leg.call is None:
        return Step(
            events=(
                hang_up(leg, ReleaseReason.DURESS if is_in_duress(case, settings) else ReleaseReason.HUSHED),
            )
        )
    if not leg.unanswered and not still_rings(case, leg):
        return NOTHING
    if leg.call is None and outranked(case) and not case.dial_ordered:
        return Step(events=(hang_up(leg, ReleaseReason.OUTRANKED),))
    no_answer_at = rings_until(case, leg, settings)
    if now_us >= no_answer_at:
        return Step(events=(hang_up(leg, ReleaseReason.NO_ANSWER),))
    return Step(wake_at=no_answer_at)


def _presume(case: Case) -> Step:
    """Presume after two busy signals that the user is calling 112."""
    busy = case.user_ends[-2:] == (HangupCause.BUSY, HangupCause.BUSY)
    if busy and not case.presumed_calling_112:
        return Step(events=(ev.UserPresumedCallingPsap(reason="busy"),))
    return NOTHING


def answer_inbound_call(case: Case, _pending: PendingOffers, settings: Settings, _now_us: Instant) -> Step:
    """Answer the user's own call; the center's own attempts to call the user are cancelled first."""
    inbound = case.inbound_call
    if inbound is None or case.leaving or case.confirmed_answered(Party.USER) is not None:
        return NOTHING
    if not accepts_calls(case, settings):
        # The AlertIntake has declined the call.
        return NOTHING
    ours = [leg for leg in case.of(Party.USER) if leg.live]
    if ours:
        return Step(
            events=tuple(
                hang_up(leg, ReleaseReason.REPLACED) for leg in ours if leg.active and leg.call is None
            )
        )
    leg, attempt = _next_attempt(case)
    originating = ev.LegOriginating(
        leg=leg, party=Party.USER, number=case.phone, line=inbound.line, attempt=attempt, call=inbound.call
    )
    return Step(events=(originating,))


def _next_attempt(case: Case) -> tuple[LegId, int]:
    leg = leg_id(case.alert, "user")
    known = case.legs.get(leg)
    return leg, 1 if known is None else known.attempt + 1


def call_user(case: Case, pending: PendingOffers, settings: Settings, now_us: Instant) -> Step:
    """Dial the user when due, on a granted line."""
    if case.phone is None or must_not_ring(case, settings):
        return NOTHING
    if any(leg.live for leg in case.of(Party.USER)):
        # Wait also for a call that is still releasing: it would make the user's phone busy for the next call.
        return NOTHING
    if outranked(case) and not case.dial_ordered and not case.dial_withheld:
        return Step(events=(ev.DialWithheld(number=case.phone, reason=NoDialReason.OUTRANKED),))
    due, begins_at = next_call_at(case, settings), not_before(case, Party.USER)
    asked, before, line = request_surviving_calls(case, pending, Party.USER)
    if before is not None and line is not None and case.false_alarm_at is None and case.close_at is None:
        return Step(events=(attempt_on_surviving_call(case, before, line),))
    if due is None:
        return asked
    if not case.redial:
        due = max(due, begins_at)
    if now_us < due:
        return join(asked, Step(wake_at=due))
    leg, attempt = _next_attempt(case)
    granted = pending.line(leg, attempt)
    if pending.withheld and (not case.dial_ordered or pending.withheld in NEVER):
        return Step(events=(ev.DialWithheld(number=case.phone, reason=pending.withheld),))
    if granted is None:
        last = last_attempt(case)
        failed = (last.line,) if last is not None and last.line_failed else ()
        ask = RequestLine(
            alert=case.alert,
            leg=leg,
            attempt=attempt,
            party=Party.USER,
            test=case.test,
            rank=rank(case),
            deadline_at=case.deadline_at,
            avoid=(*failed, *lines_to_avoid(case, Party.USER)),
            number=case.phone,
            ordered=case.dial_ordered,
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
