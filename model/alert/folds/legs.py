"""Legs: progress of each attempt, and the effect of its end on the next attempt. Pure."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from messages import events as ev
from messages.base import HangupCause
from messages.ids import SECOND, Instant, LegId, Party
from messages.lines import Lack
from model.alert.case import Case
from model.alert.folds.dialogue import last_question_before, with_answer
from model.alert.leg import ANSWERED_AND_DROPPED, Leg, LegState
from model.alert.reasons import ReleaseReason
from model.rules.calls.attempts import count_failed_calls
from model.rules.calls.silent_and_duress import had_no_sound

LegEvent = (
    ev.LegOriginating
    | ev.LegRinging
    | ev.LegAnswered
    | ev.LegConfirmed
    | ev.LegVoiceReady
    | ev.LegReleasing
    | ev.LegReleased
    | ev.LegAdopted
    | ev.LegMuted
    | ev.LegUnmuted
    | ev.LegDigit
    | ev.LegPressed
    | ev.LegUnheard
    | ev.LegHeardAgain
    | ev.LegSoundLost
    | ev.LegSoundBack
    | ev.BridgeJoined
    | ev.BridgeLeft
)
_KEYS: Final = {"1": "yes", "2": "no"}
_COUNTS_FOR_NO_ATTEMPT: Final = frozenset(
    {
        ReleaseReason.MACHINE,
        ReleaseReason.REPLACED,
        ReleaseReason.PREEMPTED,
        ReleaseReason.ANOTHER_LINE,
        ReleaseReason.PSAP_FIRST,
        ReleaseReason.HUSHED,
    }
)
"""Release reasons that do not count as an attempt; an answering machine is counted by `machine.marked`."""
HEARD_US: Final = Instant(10 * SECOND)
"""Least time of user and 112 together before a loss of the user's sound: the loss is detected only after some
seconds.
"""
_COUNTS_FOR_NO_CALL_TO_112: Final = frozenset(
    {
        ReleaseReason.ANOTHER_LINE,
        ReleaseReason.WITHDRAWN,
        ReleaseReason.CALLED_ELSEWHERE,
        ReleaseReason.TAKEN_BACK,
    }
)


def fold_leg(case: Case, event: LegEvent, at: Instant) -> Case:
    """Return the case after an event of one of its legs, or of the bridge."""
    match event:
        case ev.LegOriginating():
            lost = case.calls_on_lost_nodes.get(event.leg)
            begun = Leg(
                leg=event.leg,
                party=event.party,
                attempt=event.attempt,
                state=LegState.ORIGINATING,
                line=event.line,
                since=at,
                number=event.number,
                trunk=event.trunk,
                operator=event.operator,
                emergency=event.emergency,
                call=event.call,
                joins=event.joins,
                beside_lost=event.party is Party.PSAP and lost is not None and lost.line != event.line,
            )
            case = replace(case, legs={**case.legs, event.leg: begun})
            if event.party is Party.USER:
                inbound_call = None if event.call is not None else case.inbound_call
                case = replace(case, redial=False, inbound_call=inbound_call)
            if event.party is Party.PSAP and case.to_112.no_line != Lack.FAILING:
                case = _with_line(case)
            if event.party is Party.LISTENER and case.listener is not None:
                case = replace(case, listener=replace(case.listener, leg=event.leg, attempt=event.attempt))
            return case
        case ev.BridgeJoined(bridge=bridge, legs=legs):
            return _mark(replace(case, bridge=bridge), legs, joined_at=at)
        case ev.BridgeLeft(legs=legs):
            if any(leg.leg in legs for leg in _together(case)):
                case = _heard_by_112(case, at)
            return _mark(case, legs, parted_at=at)
    leg = case.legs.get(event.leg)
    if leg is None or leg.attempt != event.attempt:
        return case
    match event:
        case ev.LegRinging():
            ringing = LegState.RINGING if leg.state is LegState.ORIGINATING else leg.state
            return _with(_carried(case, leg), replace(leg, state=ringing, ringing_at=leg.ringing_at or at))
        case ev.LegAnswered():
            answered = replace(
                leg,
                state=LegState.ANSWERED if leg.active or leg.given_up else leg.state,
                reason="" if leg.given_up else leg.reason,
                releasing_at=None if leg.given_up else leg.releasing_at,
                # An unproved answer counts at least as ringing, from now on unless ringing was reported
                # before.
                ringing_at=leg.ringing_at or (None if event.confirmed else at),
                answered_at=leg.answered_at or at,
                voice=event.voice or leg.voice,
                confirmed=event.confirmed,
                joins=event.joins,
            )
            return _with(_answered(_carried(case, leg), leg) if event.confirmed else case, answered)
        case ev.LegConfirmed():
            # The time of the confirmation is the best known time of the real answer.
            confirmed = replace(leg, confirmed=True, answered_at=at)
            return _with(_answered(case, leg), confirmed) if leg.in_doubt else case
        case ev.LegVoiceReady(voice=voice):
            return _with(case, replace(leg, voice=voice))
        case ev.LegAdopted():
            return _with(case, replace(leg, adopted=True))
        case ev.LegMuted() | ev.LegUnmuted():
            return _with(case, replace(leg, muted=isinstance(event, ev.LegMuted)))
        case ev.LegDigit(digit=digit):
            return _with(case, replace(leg, digits=leg.digits + digit))
        case ev.LegPressed(digit=digit, pressed_at=pressed_at):
            pressed = _with(case, replace(leg, pressed=leg.pressed + digit, pressed_at=pressed_at))
            if leg.party is not Party.USER:
                return pressed
            return with_answer(pressed, _KEYS.get(digit, ""), last_question_before(pressed, pressed_at))
        case ev.LegUnheard():
            return _with(case, replace(leg, unheard_at=at))
        case ev.LegHeardAgain():
            return _with(case, replace(leg, unheard_at=None))
        case ev.LegSoundLost():
            since = max([one.joined_at or at for one in _together(case)], default=at)
            case = _heard_by_112(case, at) if at - since >= HEARD_US else case
            return _with(case, replace(leg, no_sound_at=at))
        case ev.LegSoundBack():
            return _with(case, replace(leg, no_sound_at=None))
        case ev.LegReleasing(reason=reason):
            return _with(case, replace(leg, state=LegState.RELEASING, releasing_at=at, reason=reason))
        case ev.LegReleased(cause=cause):
            case = _heard_by_112(case, at) if leg in _together(case) else case
            ended = replace(
                leg, state=LegState.RELEASED, released_at=at, cause=cause, joined=False, no_sound_at=None
            )
            case = case if ended.line_failed else _carried(case, leg)
            if case.is_busy_with_ours(ended):
                return _with(case, ended)
            case = replace(case, in_vain=count_failed_calls(case.in_vain, ended, at))
            if (
                leg.party is Party.USER
                and leg.answered_at is not None
                and leg.reason != ReleaseReason.MACHINE
            ):
                case = replace(case, user_heard=bool(case.user_heard) or not had_no_sound(leg))
            return _count_end(_with(_given_up(case, leg, cause, at), ended), ended, at)


def _together(case: Case) -> tuple[Leg, ...]:
    """Return the legs of user and 112 if both are in the conference; empty otherwise."""
    both = tuple(
        leg
        for leg in case.legs.values()
        if leg.party in (Party.USER, Party.PSAP) and leg.live and leg.joined and leg.was_answered
    )
    return both if {leg.party for leg in both} == {Party.USER, Party.PSAP} else ()


def _heard_by_112(case: Case, at: Instant) -> Case:
    """Return the case at the end of user and 112 together, by the end of a call or of its sound."""
    dumb = any(
        leg.no_sound_at is not None or leg.reason == ReleaseReason.MACHINE
        for leg in _together(case)
        if leg.party is Party.USER
    )
    return case if dumb else replace(case, to_112=replace(case.to_112, heard_user_at=at))


def _carried(case: Case, leg: Leg) -> Case:
    """Clear the lack of a line for 112: a line carries the call."""
    return _with_line(case) if leg.party is Party.PSAP and case.to_112.no_line else case


def _with_line(case: Case) -> Case:
    return replace(case, to_112=replace(case.to_112, no_line=""))


def _given_up(case: Case, leg: Leg, cause: int, at: Instant) -> Case:
    """Keep an attempt as possibly alive if the line's node was lost; drop the attempt if the line itself
    reports the end.
    """
    before = case.calls_on_lost_nodes.get(leg.leg)
    if cause == HangupCause.NODE_LOST and leg.active:
        if leg.beside_lost and before is not None and before.was_answered:
            # Second lost node in a row: of the calls to 112, only the first can have the user in it.
            return case
        lost = replace(leg, released_at=at)
        return replace(case, calls_on_lost_nodes={**case.calls_on_lost_nodes, leg.leg: lost})
    return case if before is None or before.line != leg.line else _heard_again(case, leg)


def _answered(case: Case, leg: Leg) -> Case:
    """Return the case without the party's call on a lost node.

    Another call-taker of 112 may still be in that call with the user. The call is kept until the user or an
    operator is with the call-taker who has answered here.
    """
    if leg.party is not Party.PSAP:
        case = _heard_again(case, leg)
    psap = leg if leg.party is Party.PSAP else case.confirmed_answered(Party.PSAP)
    lost = None if psap is None else case.calls_on_lost_nodes.get(psap.leg)
    if psap is None or lost is None:
        return case
    if psap is leg:
        with_others = any(case.confirmed_answered(party) for party in (Party.USER, Party.OPERATOR))
        over = with_others or lost.line == leg.line
    else:
        over = leg.party is not Party.LISTENER and not leg.adopted
    return _heard_again(case, psap) if over else case


def _heard_again(case: Case, leg: Leg) -> Case:
    if leg.leg not in case.calls_on_lost_nodes:
        return case
    return replace(
        case,
        calls_on_lost_nodes={name: one for name, one in case.calls_on_lost_nodes.items() if name != leg.leg},
    )


def _count_end(case: Case, leg: Leg, at: Instant) -> Case:
    """Return the case with the effect of an attempt's end on the next attempt."""
    match leg.party:
        case Party.USER if not leg.line_failed or leg.was_answered:
            if leg.reason in _COUNTS_FOR_NO_ATTEMPT:
                return case
            end = ANSWERED_AND_DROPPED if leg.was_answered else (leg.cause or 0)
            return replace(case, user_ends=(*case.user_ends, end))
        case Party.PSAP if leg.reason in _COUNTS_FOR_NO_CALL_TO_112:
            return case
        case Party.PSAP if leg.was_answered and (leg.reason or not leg.line_failed):
            # A call ended by the center is over, even if its line fails meanwhile.
            return replace(case, psap=None)
        case Party.PSAP:
            return replace(case, to_112=replace(case.to_112, ends=case.to_112.ends + 1))
        case _:
            return case


def _with(case: Case, leg: Leg) -> Case:
    return replace(case, legs={**case.legs, leg.leg: leg})


def _mark(
    case: Case, legs: tuple[LegId, ...], *, joined_at: Instant | None = None, parted_at: Instant | None = None
) -> Case:
    changed = {
        leg: replace(case.legs[leg], joined=parted_at is None, joined_at=joined_at, parted_at=parted_at)
        for leg in legs
        if leg in case.legs
    }
    return replace(case, legs={**case.legs, **changed})
