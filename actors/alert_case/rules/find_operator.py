"""Search for an operator, return of an operator whose call was lost, and hand-over of a case. Pure.

One operator is called first, a second operator after `operator.answer_within_s`, all free operators after
`operator.all_after_s` (settings); the first to answer has the case. If an operator takes a case by hand, this
operator alone is called, unless unavailable. If no operator is free for an alert that is vouched for, an
alert that is not vouched for is requested to release its operator (`model.rules.vouching`). An operator who
is lost is called again, together with the next one.

A case that is handed over stays with its operator until another operator is in the conference. Others are
called as in any search, while the operator stays on the line. With the first who joins, the case changes
hands and the previous operator's call ends, in one transaction: the case has exactly one operator at all
times. If no operator is available, the request ends and nothing has changed.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from actors.alert_case.pending import NOTHING, Decided, PendingOffers, Step, hang_up, join
from messages import events as ev
from messages.base import Joins
from messages.ids import SECOND, Instant, LegId, LineId, OperatorId, OperatorLine, Party, TrunkId
from messages.lines import LineGranted, RequestLine
from messages.operators import OperatorOffer, RequestOperators
from model.alert.case import TAKES_WITHIN_US, Case
from model.alert.leg import Leg, LegState, leg_id
from model.alert.reasons import LeaveReason, ReleaseReason
from model.rules.calls.attempts import failed_lines, gives_up_at, lines_fail, not_before, rings_until
from model.rules.calls.joining import is_joined_in_network, must_call_user_first
from model.rules.calls.own_line import mode_of, own_line
from model.rules.calls.sound import lines_to_avoid
from model.rules.messages.advice import AdviceReason, call_112_now, is_waiting_for_callback
from model.rules.vouching import is_vouched, may_have_last, rank
from model.settings import Settings

ALL: Final = 1_000
PAUSE_US: Final = Instant(5 * SECOND)
"""Pause after all operators were tried without success, in microseconds."""
NEXT_HOLDER_US: Final = Instant(3 * SECOND)
"""Pause between requests to different alerts for an operator, in microseconds; a modem hangs up within 2
s.
"""
SAME_HOLDER_US: Final = Instant(10 * SECOND)
"""Pause before the same alert is requested again, in microseconds."""
OWN_LINE_RESTS_US: Final = Instant(10 * SECOND)
"""Time that an operator is called by phone after the operator's own line failed, in microseconds."""


def keep_operator(case: Case, _pending: PendingOffers, settings: Settings, now_us: Instant) -> Step:
    """Handle the state of the operators' legs: joined, unanswered or lost.

    An operator is released for another alert once the operator's call has ended: until then the phone would
    be busy. An answer that is not confirmed (`model.alert.answers`) counts as a phone that still rings.
    """
    made: list[Decided] = []
    wakes: list[Instant] = []
    holder = case.operator
    for leg in case.of(Party.OPERATOR):
        operator = leg.operator
        if operator is None:
            continue
        if leg.confirmed_answered and holder is None and not case.leaving:
            made.append(ev.OperatorJoined(operator=operator, leg=leg.leg))
            holder = operator
        elif leg.confirmed_answered and operator != holder and case.hand_over is None and not case.leaving:
            made.append(hang_up(leg, ReleaseReason.ANOTHER_ANSWERED))
        elif leg.active and not leg.confirmed_answered and holder is not None and case.hand_over is None:
            made.append(hang_up(leg, _silence(leg, settings, now_us)))
        elif leg.active and not leg.confirmed_answered:
            silent_at = rings_until(case, leg, settings)
            if now_us >= silent_at:
                made.append(hang_up(leg, ReleaseReason.NO_ANSWER))
            else:
                wakes.append(silent_at)
        elif leg is _last_of(case, operator) and not leg.live and not case.leaving:
            if operator == case.operator:
                made.append(ev.OperatorLeft(operator=operator, reason=_why_left(case, leg)))
            elif operator in case.reserved:
                made.append(_in_vain(leg, operator))
    return Step(events=tuple(made), wake_at=min(wakes, default=None))


def _why_left(case: Case, leg: Leg) -> LeaveReason:
    """Return the reason why the operator no longer has the case.

    An operator who left before the conference broke has left, even if the case needs an operator again. An
    operator who was released for another alert counts as lost if meanwhile the user was heard, except in a
    test.
    """
    by_choice = leg.reason in (LeaveReason.ANOTHER_LINE, LeaveReason.LEFT)
    given_up = leg.reason == LeaveReason.GIVEN_UP and (case.test or not is_vouched(case))
    return LeaveReason(leg.reason) if by_choice or given_up else LeaveReason.LOST


def _last_of(case: Case, operator: OperatorId) -> Leg | None:
    """Return the operator's live call, or the last one: a place without sound is not used again."""
    calls = (leg for leg in case.of(Party.OPERATOR) if leg.operator == operator)
    return max(calls, key=lambda leg: (leg.live, leg.since), default=None)


def _silence(leg: Leg, settings: Settings, now_us: Instant) -> ReleaseReason:
    """Return the reason for ending a ringing call: not answered in time, or not needed."""
    rang_s = 0.0 if leg.ringing_at is None else (now_us - leg.ringing_at) / SECOND
    let_ring = rang_s >= settings.operator.answer_within_s
    return ReleaseReason.NO_ANSWER if let_ring else ReleaseReason.ANOTHER_ANSWERED


def _in_vain(leg: Leg, operator: OperatorId) -> Decided:
    """Return the event for an operator without a call and without the case."""
    if leg.reason == ReleaseReason.ANOTHER_ANSWERED:
        return ev.OperatorLeft(operator=operator, reason=LeaveReason.NOT_NEEDED)
    if leg.reason == ReleaseReason.GIVEN_UP:
        return ev.OperatorLeft(operator=operator, reason=LeaveReason.GIVEN_UP)
    if leg.reason == ReleaseReason.HANDED_OVER:
        return ev.OperatorLeft(operator=operator, reason=LeaveReason.HANDED_OVER)
    if leg.line_failed and leg.reason != ReleaseReason.NO_ANSWER:
        return ev.OperatorLeft(operator=operator, reason=LeaveReason.LINE_FAILED)
    return ev.OperatorNotAnswering(operator=operator)


def find_operator(case: Case, pending: PendingOffers, settings: Settings, now_us: Instant) -> Step:
    """Call the next operators while the case is unassigned or is being handed over."""
    given = case.hand_over
    if case.leaving or (case.operator is not None and given is None) or must_call_user_first(case, settings):
        return NOTHING
    calling = [leg for leg in other_operator_calls(case) if leg.active]
    taking = case.taken_for(now_us)
    reason = why_handover_fails(case, pending, settings, now_us) if taking is None else ""
    if reason:
        return NOTHING if other_operator_calls(case) else Step(events=(ev.HandOverEnded(reason=reason),))
    wanted, next_at = _how_many(case, calling, settings, now_us)
    wake = join(
        Step(wake_at=next_at), Step(wake_at=calls_until(case, settings, now_us)), _taken_until(case, taking)
    )
    missing = wanted - len(calling)
    if missing <= 0 and taking is None:
        return wake
    again = _all_tried(case, now_us)
    # An operator who takes the case is present now, even if an earlier call was not answered.
    avoid = () if again else tuple(one for one in case.tried if one != taking)
    listening = () if case.listener is None else (case.listener.operator,)
    taken = (*case.reserved, *listening)
    offers = [offer for offer in pending.offers if offer.operator not in (*avoid, *taken)]
    # While enough other phones ring, only the operator who takes the case is called besides.
    named = taking if missing <= 0 else None if given is None else given.to
    if named is not None:
        offers = [offer for offer in offers if offer.operator in (named, taking)]
    by_hand = [offer for offer in offers if offer.operator == taking]
    offers = by_hand or offers
    offers.sort(key=lambda offer: offer.operator != case.leave.by)
    exhausted = not calling and pending.on_shift is not None and not offers
    ask = RequestOperators(
        alert=case.alert,
        language=case.language,
        wanted=0 if wanted == ALL else max(missing, 1),
        avoid=(*avoid, *taken),
        named=named,
        taking=taking,
        first=case.leave.by,
        test=case.test,
        rank=rank(case),
        deadline_at=case.deadline_at,
        on_call=exhausted and _may_wake(case, pending),
        may_have_last=may_have_last(case, now_us),
    )
    leg, attempt = free_place(case)
    line = RequestLine(
        alert=case.alert,
        leg=leg,
        attempt=attempt,
        party=Party.OPERATOR,
        test=case.test,
        rank=rank(case),
        deadline_at=case.deadline_at,
        avoid=(*failed_lines(case, Party.OPERATOR), *lines_to_avoid(case, Party.OPERATOR)),
    )
    begins_at = not_before(case, Party.OPERATOR)
    # An order of an operator needs no pause.
    paused = now_us < begins_at and (taking is None or (bool(offers) and not by_hand))
    granted = pending.line(leg, attempt)
    by_phone = settings.operator.line is OperatorLine.ON_DEMAND
    nobody = exhausted and given is None and (pending.on_shift == 0 or case.tried)
    warn = _advise_112(case) if nobody or lines_fail(case, Party.OPERATOR) else NOTHING
    lacks_line = bool(offers) and by_phone and granted is None and pending.refused_line(leg, attempt)
    if ask.wants_anybody and (not offers or lacks_line) and len(calling) < 2:
        ask = replace(ask, no_line=lacks_line)
        if wanted_from := _holder(case, pending, now_us):
            return Step(events=(wanted_from,))
    if not offers:
        # A line without an operator to call would be missing for other alerts.
        asks_line = by_phone and granted is None and not paused and pending.on_shift is None
        return join(wake, warn, Step(wants=(line, ask) if asks_line else (ask,)))
    if paused:
        return join(wake, warn, Step(wake_at=begins_at))
    places = ((one, place_for(case, one, granted, now_us)) for one in offers)
    offer, at = next((found for found in places if found[1] is not None), (offers[0], None))
    if at is None:
        # While the phone has no line, an operator with an own line may become free.
        return join(wake, warn, Step(wants=(line,) if by_phone and not ask.no_line else (line, ask)))
    originating = originating_to(Party.OPERATOR, offer, (leg, attempt), at, granted)
    return Step(events=(_reserve(case, offer, at[0]), originating))


def _taken_until(case: Case, taking: OperatorId | None) -> Step:
    """Wake when the reservation for the operator who takes the case expires."""
    if taking is None:
        return NOTHING
    return Step(wake_at=Instant((case.taking_at or case.received_at) + TAKES_WITHIN_US))


def _holder(case: Case, pending: PendingOffers, now_us: Instant) -> ev.OperatorWanted | None:
    """Return the request to another alert for its operator, one alert after the other; None if it is too
    early for the next request, or no alert can release its operator.
    """
    if now_us < max(case.asked_holders.values(), default=Instant(0)) + NEXT_HOLDER_US:
        return None
    for one in pending.held:
        asked_at = case.asked_holders.get(one.alert)
        if asked_at is None or now_us >= asked_at + SAME_HOLDER_US:
            return ev.OperatorWanted(
                operator=one.operator,
                holder=one.alert,
                alert=case.alert,
                taking=one.operator == case.taken_for(now_us),
            )
    return None


def _may_wake(case: Case, pending: PendingOffers) -> bool:
    """Return True if operators without a shift may be called.

    False if an operator is on the line, or for a test while an operator on shift can be awaited.
    """
    return case.hand_over is None and not (case.test and pending.on_shift)


def free_place(case: Case) -> tuple[LegId, int]:
    """Return the leg of the next call to an operator or a listener, `op1`, `op2` …, and its attempt
    number.
    """
    n = 1
    while (known := case.legs.get(leg_id(case.alert, f"op{n}"))) is not None and (
        known.live or known.leg in case.calls_on_lost_nodes
    ):
        n += 1
    return leg_id(case.alert, f"op{n}"), 1 if known is None else known.attempt + 1


def place_for(
    case: Case, offer: OperatorOffer, granted: LineGranted | None, now_us: Instant
) -> tuple[LineId, TrunkId | None] | None:
    """Return the line for the call to this operator: an own line if present, else the granted line.

    None if there is neither. An own line that has just failed in this alert rests for a while; an own line is
    not used where the network joins the other calls.
    """
    own = own_line(offer.operator, offer.mode)
    failed = any(
        leg.line == own
        and (leg.line_failed or leg.reason == ReleaseReason.ANOTHER_LINE)
        and now_us - (leg.released_at or leg.since) < OWN_LINE_RESTS_US
        for leg in case.legs.values()
    )
    if own is not None and not failed and not is_joined_in_network(case):
        return own, None
    return None if granted is None else (granted.line, granted.trunk)


def originating_to(
    party: Party,
    offer: OperatorOffer,
    place: tuple[LegId, int],
    at: tuple[LineId, TrunkId | None],
    granted: LineGranted | None,
) -> ev.LegOriginating:
    """Return the call to this operator, as `party`, on the line of `place_for`; `place` is its leg and
    attempt.

    An operator's own line delivers its voice to the host.
    """
    (leg, attempt), (line, trunk) = place, at
    return ev.LegOriginating(
        leg=leg,
        party=party,
        number=offer.number,
        line=line,
        attempt=attempt,
        trunk=trunk,
        joins=granted.joins if granted is not None and granted.line == line else Joins.HOST,
        operator=offer.operator,
    )


def _reserve(case: Case, offer: OperatorOffer, line: LineId) -> ev.OperatorReserved:
    return ev.OperatorReserved(
        operator=offer.operator, alert=case.alert, number=offer.number, mode=mode_of(line)
    )


def _how_many(
    case: Case, calling: list[Leg], settings: Settings, now_us: Instant
) -> tuple[int, Instant | None]:
    """Return the number of operators' phones to ring now, and the time at which the number changes."""
    if case.hand_over is not None and case.hand_over.to is not None:
        return 1, None
    least = 2 if case.operator_lost_at is not None else 1
    if not calling:
        return least, None
    first = min(leg.since for leg in calling)
    second_at = Instant(first + round(settings.operator.answer_within_s * SECOND))
    all_at = Instant(first + round(settings.operator.all_after_s * SECOND))
    if now_us >= all_at:
        return ALL, None
    return (2, all_at) if now_us >= second_at else (least, second_at)


def _all_tried(case: Case, now_us: Instant) -> bool:
    """Return True if the last attempt ended long enough ago to begin again with all operators."""
    ends = [leg.released_at or leg.since for leg in case.of(Party.OPERATOR)]
    idle = all(leg.state is LegState.RELEASED for leg in case.of(Party.OPERATOR))
    return idle and bool(ends) and now_us >= max(ends) + PAUSE_US


def _advise_112(case: Case) -> Step:
    """Advise the app at once to call 112, in addition to all other attempts."""
    return (
        Step(events=(call_112_now(AdviceReason.NO_OPERATOR),)) if is_waiting_for_callback(case) else NOTHING
    )


def relieve(case: Case, _pending: PendingOffers, settings: Settings, now_us: Instant) -> Step:
    """Assign the case to the first other operator in the conference, and end the previous operator's call."""
    present = case.operator_leg
    if case.hand_over is None or present is None:
        return NOTHING
    wakes: list[Instant] = []
    for leg in case.of(Party.OPERATOR):
        if not leg.confirmed_answered or leg.operator is None or leg.operator == case.operator:
            continue
        if leg.joined and leg.confirmed_answered:
            joined = ev.OperatorJoined(operator=leg.operator, leg=leg.leg)
            return Step(events=(joined, hang_up(present, ReleaseReason.HANDED_OVER)))
        in_vain_at = gives_up_at(case, leg.answered_at or leg.since, _usual_us(settings))
        if now_us >= in_vain_at:
            return Step(events=(hang_up(leg, ReleaseReason.NOT_JOINED),))
        wakes.append(in_vain_at)
    return Step(wake_at=min(wakes, default=None))


def _usual_us(settings: Settings) -> int:
    return round(settings.operator.silent_after_s * SECOND)


def other_operator_calls(case: Case) -> list[Leg]:
    """Return the live calls to operators other than the one who has the case."""
    has_it = case.operator
    return [leg for leg in case.of(Party.OPERATOR) if leg.live and (has_it is None or leg.operator != has_it)]


def calls_until(case: Case, settings: Settings, now_us: Instant) -> Instant | None:
    """Return the time until which a hand-over begins new calls; None if past or if there is no hand-over.

    A call begun by then has its full time to be answered.
    """
    if case.hand_over is None:
        return None
    until = gives_up_at(case, case.hand_over.at, _usual_us(settings))
    return until if now_us < until else None


def why_handover_fails(case: Case, pending: PendingOffers, settings: Settings, now_us: Instant) -> str:
    """Return the reason why the hand-over fails; empty while calls may still be made."""
    given = case.hand_over
    if given is None:
        return ""
    if given.to is not None and given.to in case.tried:
        return "no answer"
    if calls_until(case, settings, now_us) is not None:
        return ""
    if case.tried:
        return "no answer"
    return "no line" if pending.offers else "nobody"
