"""Calls to 112. Pure.

112 is called on an emergency line, again at once on another line after a failure, then by the alternate
number. A request makes one call at a time: an attempt begins after the journal shows the previous one as
released. If no line can carry the call, that is reported at once, and attempts continue.
"""

from __future__ import annotations

from actors.alert_case.pending import NOTHING, Decided, PendingOffers, Step, hang_up, join
from actors.alert_case.rules.returned import take_back_psap
from messages import events as ev
from messages.base import HangupCause, Joins
from messages.ids import E164, SECOND, Advice, Instant, Party
from messages.lines import Lack, RequestLine
from model.alert.case import Case
from model.alert.leg import Leg, leg_id
from model.alert.reasons import ReleaseReason
from model.rules.calls.after_leave import psap_number_after_cut_off
from model.rules.calls.attempts import lines_fail, not_before, rings_until
from model.rules.calls.joining import has_no_party_up, is_joined_in_network, still_rings
from model.rules.calls.psap import (
    is_emergency,
    is_psap_required_by_duress,
    must_use_another_phone,
    psap_number,
    psap_number_for,
)
from model.rules.calls.silent_and_duress import is_hushed
from model.rules.messages.advice import AdviceReason, call_112_now
from model.rules.vouching import rank
from model.settings import Settings


def call_psap(case: Case, pending: PendingOffers, settings: Settings, now_us: Instant) -> Step:
    """Request 112 in duress, dial 112 if requested, and end a call without an answer."""
    if case.leaving:
        return NOTHING
    asked = take_back_psap(case, pending)
    if asked.events:
        return asked
    if case.psap is None:
        number = automatic_psap_number(case, settings)
        if number is None:
            return asked
        return Step(events=(ev.PsapRequested(by=case.to_112.wanted_by, number=number),))
    leg = _current(case)
    if leg is not None and leg.live:
        return join(asked, _watch(case, leg, settings, now_us))
    if has_no_party_up(case) or must_use_another_phone(case, settings):
        return NOTHING
    user = case.active(Party.USER)
    if user is not None and not user.confirmed_answered and user.joins is Joins.NETWORK:
        return Step(events=(hang_up(user, ReleaseReason.PSAP_FIRST),))
    due = _due_at(case, leg, settings)
    number = psap_number_for(case, settings, case.to_112.ends)
    if leg is not None and leg.cause == HangupCause.GUARDED and leg.number == number:
        # The dial guard of this run never changes: a number once refused stays refused.
        return _lacking(case, Lack.GUARDED)
    failing = _lacking(case, Lack.FAILING if lines_fail(case, Party.PSAP) else None)
    if failing.events or now_us < due:
        return join(failing, asked, Step(wake_at=due))
    name = leg_id(case.alert, "psap")
    attempt = 1 if leg is None else leg.attempt + 1
    granted = pending.line(name, attempt)
    if granted is None:
        refused = pending.refused.get((name, attempt))
        avoid = () if leg is None else (leg.line,)
        ask = RequestLine(
            alert=case.alert,
            leg=name,
            attempt=attempt,
            party=Party.PSAP,
            emergency=not is_joined_in_network(case),
            test=case.test,
            rank=rank(case),
            deadline_at=case.deadline_at,
            avoid=avoid,
            # The call may be on its line again, unless it has just ended.
            held=leg is not None and leg.reason == ReleaseReason.TAKEN_BACK and refused is None,
        )
        return join(_lacking(case, None if refused is None else refused.lack), Step(wants=(ask,)))
    if number is None:
        return NOTHING
    originating = ev.LegOriginating(
        leg=name,
        party=Party.PSAP,
        number=number,
        line=granted.line,
        attempt=attempt,
        trunk=granted.trunk,
        joins=granted.joins,
        emergency=is_emergency(number),
    )
    return Step(events=(originating,))


def automatic_psap_number(case: Case, settings: Settings) -> E164 | None:
    """Return the number to call without an order of an operator; None if there is no reason to call."""
    if case.psap is not None or case.leaving:
        return None
    if case.to_112.wanted_by is not None:
        return psap_number(case, settings)
    if case.leave.broken_at is not None and case.operator is None:
        return psap_number_after_cut_off(case, settings)
    return psap_number(case, settings) if is_psap_required_by_duress(case, settings) else None


def _lacking(case: Case, lack: Lack | None) -> Step:
    """Report once that no line can carry the call, and once more if all lines were taken and none is left.

    The user's app then dials 112, unless the user speaks with an operator or must not be seen to call.
    """
    if lack is None:
        return NOTHING
    made: list[Decided] = []
    if not case.to_112.no_line or (case.to_112.no_line == Lack.TAKEN and lack is not Lack.TAKEN):
        made.append(ev.PsapLineLacking(reason=lack.value))
    unseen = case.duress or is_hushed(case)
    if case.advice is Advice.WAIT and not unseen and case.confirmed_answered(Party.USER) is None:
        made.append(call_112_now(AdviceReason.NO_LINE_FOR_112))
    return Step(events=tuple(made))


def _current(case: Case) -> Leg | None:
    return case.legs.get(leg_id(case.alert, "psap"))


def _watch(case: Case, leg: Leg, settings: Settings, now_us: Instant) -> Step:
    if not leg.unanswered and not still_rings(case, leg):
        return NOTHING
    silent_at = rings_until(case, leg, settings)
    if now_us < silent_at:
        return Step(wake_at=silent_at)
    return Step(events=(hang_up(leg, ReleaseReason.SILENT),))


def _due_at(case: Case, last: Leg | None, settings: Settings) -> Instant:
    """Return the time of the next attempt: at once for the first attempt, and after a single failure.

    After each cycle of two attempts there is a pause, longer if attempts end as soon as they begin.
    """
    if last is None or last.released_at is None or case.to_112.ends == 0:
        return case.received_at
    pause = round(settings.psap.pause_s * SECOND) if case.to_112.ends % 2 == 0 else 0
    return max(Instant(last.released_at + pause), not_before(case, Party.PSAP))
