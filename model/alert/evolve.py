"""The fold: how each event of an alert's two streams changes its state.

Used by everyone who shows or decides.

Total over the events of an alert; what it does not know (an event of a newer version) changes
nothing. It never refuses: what stands in the journal has happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from messages import events as ev
from messages.base import HangupCause, Position
from messages.ids import Advice, AlertId, Channel, Instant, LegId, OperatorId, Party
from messages.journal import Recorded
from messages.lines import Lack
from model.alert.case import (
    Case,
    HandOver,
    InboundCall,
    InboxEntry,
    KnownPosition,
    Listener,
    Note,
    Owner,
    PsapCall,
)
from model.alert.leg import ANOTHER_LINE, ELSEWHERE, FIRST_112, HUSHED, WITHDRAWN, Leg, LegState
from model.rules.cancelling import asked_again, raised_again
from model.rules.failing import counted

ANSWERED_AND_DROPPED: Final = -1
MACHINE: Final = -2

_ACTED_UPON: Final = (ev.CommandGiven, ev.DeadlineMissed, ev.RingingSeen, ev.PinRefused)
"""Facts in the inbox that the AlertCase has to act upon; the others only have to be known."""


def fold(recorded: Iterable[Recorded]) -> Case | None:
    """The case after these events of its two streams, in order; None without `alert.received`."""
    case: Case | None = None
    for one in recorded:
        case = evolve(case, one) if case is not None else begin(one)
    return case


def begin(recorded: Recorded) -> Case | None:
    """The case of an alert that has just come in."""
    event = recorded.event
    if not isinstance(event, ev.AlertReceived):
        return None
    alert = AlertId(recorded.stream.partition("-")[2])
    return Case(
        alert=alert,
        channel=event.channel,
        received_at=event.received_at,
        raised_at=event.raised_at,
        deadline_at=event.deadline_at,
        phone=event.phone,
        device=event.device,
        test=event.test,
        silent=event.silent,
        battery_pct=event.battery_pct,
        positions=_known((), event.position, event.received_at, event.channel),
        inbox_version=recorded.version,
        inbox_handled=recorded.version,
        inbound_call=_inbound_call(event),
    )


def _known(
    before: tuple[KnownPosition, ...], told: Position | None, received_at: Instant, channel: Channel
) -> tuple[KnownPosition, ...]:
    """With one more, if there is one. A clock that is ahead of ours would hide all that comes later."""
    if told is None:
        return before
    known = KnownPosition(
        lat=told.lat,
        lon=told.lon,
        at=min(told.at, received_at),
        accuracy_m=told.accuracy_m,
        source=told.source,
        received_at=received_at,
        channel=channel,
    )
    return (*before, known)


def _inbound_call(event: ev.AlertReceived | ev.AlertSignalAdded) -> InboundCall | None:
    if event.line is None or event.call is None:
        return None
    return InboundCall(line=event.line, call=event.call)


def evolve(case: Case, recorded: Recorded) -> Case:
    """The case after one more event of either stream."""
    if recorded.stream.startswith("inbox-"):
        event = recorded.event
        case = replace(case, inbox_version=recorded.version)
        if isinstance(event, _ACTED_UPON):
            entry = InboxEntry(version=recorded.version, at=recorded.at_us, event=event)
            case = replace(case, unread=(*case.unread, entry))
        return apply(case, event, recorded.at_us)
    return apply(replace(case, case_version=recorded.version), recorded.event, recorded.at_us)


def apply(case: Case, event: ev.Event, at: Instant) -> Case:
    """The case after this event, wherever it stands. Versions are `evolve`'s."""
    if isinstance(event, _LEG_EVENTS):
        return _together_again(_apply_to_leg(case, event, at), at)
    match event:
        case ev.AlertSignalAdded():
            positions = _known(case.positions, event.position, event.received_at, event.channel)
            met = event.silent and not case.aloud and case.operator is not None
            return replace(
                case,
                met_at=case.met_at or (at if met else None),
                signals=case.signals + 1,
                positions=positions,
                phone=case.phone or event.phone,
                device=case.device or event.device,
                silent=case.silent or event.silent,
                cancel_asked=None if raised_again(case, event) else case.cancel_asked,
                battery_pct=case.battery_pct if event.battery_pct is None else event.battery_pct,
                inbound_call=case.inbound_call
                if case.confirmed_answered(Party.USER)
                else _inbound_call(event) or case.inbound_call,
            )
        case ev.PositionUpdated(position=position):
            # Only the app has a way to say one more.
            return replace(case, positions=_known(case.positions, position, at, Channel.DATA))
        case ev.AlertCancelled(duress=duress):
            asked = asked_again(case, event, at)
            return replace(case, cancelled=True, duress=case.duress or duress, cancel_asked=asked)
        case ev.PinRefused():
            asked = asked_again(case, event, at)
            return replace(case, wrong_pins=case.wrong_pins + 1, cancel_asked=asked)
        case ev.NoteAdded():
            return replace(case, notes=(*case.notes, Note(by=event.by, at=at, text=event.text)))
        case ev.DeadlineMissed():
            return replace(case, missed_at=case.missed_at or at)
        case ev.AdviceChanged(advice=advice):
            return replace(case, advice=advice)
        case ev.CaseOpened():
            owner = Owner(node=event.node, crew=event.crew, incarnation=event.incarnation)
            return replace(case, owner=owner, owned_at=at, restarts=case.restarts + (case.owner is not None))
        case ev.InboxRead(upto=upto):
            unread = tuple(entry for entry in case.unread if entry.version > upto)
            return replace(case, inbox_handled=max(case.inbox_handled, upto), unread=unread)
        case ev.UserIdentified():
            return replace(
                case,
                identified=True,
                user=event.user,
                phone=case.phone or event.phone,
                language=event.language,
            )
        case ev.UserUnknown():
            return replace(case, identified=True)
        case ev.UserRang(meets_deadline=meets):
            met_at = case.met_at or (at if meets else None)
            return replace(case, rang_at=case.rang_at or at, met_at=met_at)
        case ev.UserReached():
            return _reached(case, event, at)
        case ev.CallAloudRequested():
            return replace(case, aloud=True, redial=True)
        case ev.DialWithheld(reason=reason):
            return replace(case, dial_withheld=reason, redial=False)
        case ev.UserPresumedCallingPsap(reason=reason):
            return replace(case, presumed_calling_112=reason)
        case ev.RedialRequested():
            # Whoever orders it has seen which number it is, and vouches for it from then on.
            return replace(case, redial=True, dial_withheld="", dial_ordered=True)
        case ev.MachineMarked():
            # What has answered was no person; the deadline stays met, as the phone has seen the call.
            return replace(case, user_ends=(*case.user_ends, MACHINE), reached_at=None, reached_by="")
        case ev.AnnouncementRequested(what=what):
            n = 1 + sum(one.startswith(f"{what}:") for one in case.asked)
            return replace(case, asked=(*case.asked, f"{what}:{n}"))
        case ev.AnnouncementPlayed(clip=clip):
            return replace(case, played=(*case.played, clip))
        case ev.FalseAlarmDeclared():
            return replace(case, false_alarm_at=at, hand_over=None)
        case ev.BriefingGiven():
            return replace(case, briefing_at=at)
        case ev.LeaveRequested(handed_over=handed_over):
            return replace(
                _mended(case),
                left_at=at,
                left_by=event.by,
                handed_over=handed_over,
                together_at=at if handed_over else None,
                hand_over=None,
            )
        case ev.AlertReopened():
            return _reopened(case, event, at)
        case ev.ConferenceBroken(party=party):
            return _broken(case, party, at)
        case ev.ConferenceSettled():
            return replace(case, left_at=case.together_at or at, handed_over=True)
        case ev.CloseRequested():
            return replace(case, close_at=at, hand_over=None)
        case ev.RecordingStarted(file=file, announce=announce):
            files = (*case.recordings, file)
            return replace(case, recordings=files, recording_fault="", announces_recording=announce)
        case ev.RecordingStopped(reason=reason):
            return replace(case, recording_fault=reason)
        case ev.PsapRequested():
            # What failed for a request before says nothing of this one.
            in_vain = {party: vain for party, vain in case.in_vain.items() if party is not Party.PSAP}
            return replace(
                case,
                psap=PsapCall(by=event.by, number=event.number, at=at),
                psap_ends=0,
                psap_ended_at=None,
                psap_no_line="",
                psap_no_line_at=None,
                psap_unasked=case.psap_unasked + (event.by is None),
                in_vain=in_vain,
                psap_wanted_by=None,
            )
        case ev.PsapLineLacking(reason=reason):
            return replace(case, psap_no_line=reason, psap_no_line_at=case.psap_no_line_at or at)
        case ev.PsapCalledElsewhere():
            return replace(
                case,
                psap=None,
                psap_elsewhere_at=at,
                briefing_at=at,
                psap_no_line="",
                psap_no_line_at=None,
            )
        case ev.PsapWithdrawn():
            # A user whose phone gave way to 112, where one line carries all, is called again.
            gave_way = any(leg.reason == FIRST_112 for leg in case.of(Party.USER))
            return replace(
                case, psap=None, psap_no_line="", psap_no_line_at=None, redial=case.redial or gave_way
            )
        case ev.PsapJoined():
            return replace(case, psap_joined_at=case.psap_joined_at or at)
        case ev.AlertClosed(outcome=outcome):
            return replace(
                _mended(case), closed_at=at, outcome=outcome, reserved=(), unread=(), listener=None
            )
        case _:
            return _apply_to_operator(case, event, at)


def _reached(case: Case, event: ev.UserReached, at: Instant) -> Case:
    if event.met_by == "ringing":
        # As journals had it before `user.rang`: the network's word, and nobody's answer.
        return replace(case, rang_at=case.rang_at or at, met_at=case.met_at or at)
    if case.reached_at is not None and case.reached_by != "app":
        return replace(case, met_at=case.met_at or at)
    # Of a user who answers the app's word is forgotten: the better word has the time of its own.
    return replace(case, met_at=case.met_at or at, reached_at=at, reached_by=event.by or "answer")


def _broken(case: Case, party: Party, at: Instant) -> Case:
    """The leave is undone; of the user's attempts before nothing counts against the ones to come."""
    case = replace(
        case,
        left_at=None,
        operator_left_at=None,
        handed_over=False,
        together_at=None,
        broken_at=at,
        broken_party=party,
        tried=(),
        user_ends=(),
    )
    return replace(case, redial=True) if party is Party.USER else case


def _reopened(case: Case, event: ev.AlertReopened, at: Instant) -> Case:
    """What was done before is the story's; what is to be done begins anew, with the legs' next attempts.

    What is known stays: who it is, where, the PINs, and how the deadline was met or missed.
    """
    return replace(
        case,
        closed_at=None,
        outcome=None,
        reopened_at=at,
        owner=None,
        unread=(),
        calls_on_lost_nodes={},
        advice=Advice.WAIT,
        operator=None,
        operator_joined_at=None,
        operator_lost_at=None,
        operator_left_at=None,
        tried=(),
        taking=event.by,
        taking_at=at,
        hand_over=None,
        left_by=None,
        reached_at=None,
        reached_by="",
        presumed_calling_112="",
        user_ends=(),
        inbound_call=None,
        redial=True,
        in_vain={},
        psap=None,
        psap_ends=0,
        psap_unasked=0,
        psap_wanted_by=event.by if event.psap else None,
        psap_joined_at=None,
        psap_ended_at=None,
        psap_no_line="",
        psap_no_line_at=None,
        psap_elsewhere_at=None,
        false_alarm_at=None,
        briefing_at=None,
        left_at=None,
        handed_over=False,
        together_at=None,
        close_at=None,
    )


def _mended(case: Case) -> Case:
    return replace(case, broken_at=None, broken_party=None)


def _together_again(case: Case, at: Instant) -> Case:
    user, psap = case.confirmed_answered(Party.USER), case.confirmed_answered(Party.PSAP)
    if case.broken_at is None or user is None or psap is None or not (user.joined and psap.joined):
        return case
    return replace(_mended(case), together_at=at if case.operator is None else None)


def _apply_to_operator(case: Case, event: ev.Event, at: Instant) -> Case:
    match event:
        case ev.OperatorReserved(operator=operator):
            taking = None if case.taking == operator else case.taking
            return replace(case, reserved=(*_without(case.reserved, operator), operator), taking=taking)
        case ev.TakeRequested(by=by):
            return replace(case, taking=by, taking_at=at, left_at=None, operator_left_at=None)
        case ev.ListenRequested(by=by):
            return replace(case, listener=Listener(operator=by, since=at))
        case ev.WhisperBegun(by=by) | ev.WhisperEnded(by=by):
            if case.listener is None or case.listener.operator != by:
                return case
            whispers = isinstance(event, ev.WhisperBegun)
            return replace(case, listener=replace(case.listener, whispers=whispers))
        case ev.ListenerLeft(operator=operator):
            mine = case.listener is not None and case.listener.operator == operator
            return replace(case, listener=None) if mine else case
        case ev.HandOverRequested(by=by, to=to, text=text):
            given = HandOver(by=by, to=to, at=at, text=text)
            return replace(case, hand_over=given, tried=(), taking=None)
        case ev.HandOverEnded():
            return replace(case, hand_over=None, tried=(), taking=None)
        case ev.OperatorNotAnswering(operator=operator):
            return replace(
                case,
                reserved=_without(case.reserved, operator),
                tried=(*_without(case.tried, operator), operator),
            )
        case ev.OperatorJoined(operator=operator):
            return replace(
                case,
                calls_on_lost_nodes={
                    name: leg
                    for name, leg in case.calls_on_lost_nodes.items()
                    if leg.party is not Party.OPERATOR
                },
                operator=operator,
                operator_joined_at=at,
                # The user of a silent alert is not called: an operator who has it is what meets the deadline.
                met_at=case.met_at or (at if case.silent and not case.aloud else None),
                operator_lost_at=None,
                tried=(),
                taking=None,
                hand_over=None,
                left_by=None,
                together_at=None,
                psap_unasked=0,
            )
        case ev.OperatorLeft(operator=operator, reason=reason):
            case = replace(case, reserved=_without(case.reserved, operator))
            if case.operator != operator:
                return case
            case = replace(case, hand_over=None)
            if reason == "left":
                return replace(case, operator=None, operator_left_at=at)
            if reason == ANOTHER_LINE:
                return replace(case, operator=None)  # she is not lost: she alone is called, as she has asked
            return replace(case, operator=None, operator_lost_at=at)
        case _:
            return case


def _without(operators: tuple[OperatorId, ...], operator: OperatorId) -> tuple[OperatorId, ...]:
    return tuple(one for one in operators if one != operator)


_LEG_EVENTS: Final = (
    ev.LegOriginating,
    ev.LegRinging,
    ev.LegAnswered,
    ev.LegConfirmed,
    ev.LegVoiceReady,
    ev.LegReleasing,
    ev.LegReleased,
    ev.LegAdopted,
    ev.LegMuted,
    ev.LegUnmuted,
    ev.LegDigit,
    ev.LegSoundLost,
    ev.LegSoundBack,
    ev.BridgeJoined,
    ev.BridgeLeft,
)
_LegEvent = (
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
    | ev.LegSoundLost
    | ev.LegSoundBack
    | ev.BridgeJoined
    | ev.BridgeLeft
)


def _apply_to_leg(case: Case, event: _LegEvent, at: Instant) -> Case:
    match event:
        case ev.LegOriginating():
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
            )
            case = replace(case, legs={**case.legs, event.leg: begun})
            if event.party is Party.USER:
                inbound_call = None if event.call is not None else case.inbound_call
                case = replace(case, redial=False, inbound_call=inbound_call)
            if event.party is Party.PSAP and case.psap_no_line != Lack.FAILING:
                case = replace(case, psap_no_line="")
            if event.party is Party.LISTENER and case.listener is not None:
                case = replace(case, listener=replace(case.listener, leg=event.leg, attempt=event.attempt))
            return case
        case ev.BridgeJoined(bridge=bridge, legs=legs):
            return _mark(replace(case, bridge=bridge), legs, joined=True)
        case ev.BridgeLeft(legs=legs):
            return _mark(case, legs, joined=False)
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
                # An answer that proves nothing is a ringing at least, from then on if not before.
                ringing_at=leg.ringing_at or (None if event.confirmed else at),
                answered_at=leg.answered_at or at,
                voice=event.voice or leg.voice,
                confirmed=event.confirmed,
                joins=event.joins,
            )
            return _with(_heard_again(_carried(case, leg), leg) if event.confirmed else case, answered)
        case ev.LegConfirmed():
            # When she really answered nobody knows better.
            confirmed = replace(leg, confirmed=True, answered_at=at)
            return _with(_heard_again(case, leg), confirmed) if leg.in_doubt else case
        case ev.LegVoiceReady(voice=voice):
            return _with(case, replace(leg, voice=voice))
        case ev.LegAdopted():
            return _with(case, replace(leg, adopted=True))
        case ev.LegMuted() | ev.LegUnmuted():
            return _with(case, replace(leg, muted=isinstance(event, ev.LegMuted)))
        case ev.LegDigit(digit=digit):
            return _with(case, replace(leg, digits=leg.digits + digit))
        case ev.LegSoundLost():
            return _with(case, replace(leg, no_sound_at=at))
        case ev.LegSoundBack():
            return _with(case, replace(leg, no_sound_at=None))
        case ev.LegReleasing(reason=reason):
            return _with(case, replace(leg, state=LegState.RELEASING, releasing_at=at, reason=reason))
        case ev.LegReleased(cause=cause):
            ended = replace(
                leg, state=LegState.RELEASED, released_at=at, cause=cause, joined=False, no_sound_at=None
            )
            case = case if ended.line_failed else _carried(case, leg)
            case = replace(case, in_vain=counted(case.in_vain, ended, at))
            return _count_end(_with(_given_up(case, leg, cause), ended), ended, at)


def _carried(case: Case, leg: Leg) -> Case:
    """A line does carry the call to 112."""
    return replace(case, psap_no_line="") if leg.party is Party.PSAP and case.psap_no_line else case


def _given_up(case: Case, leg: Leg, cause: int) -> Case:
    """Where the line's node was lost the call may live; where the line itself has said so, it has ended."""
    if cause == HangupCause.NODE_LOST and leg.active:
        return replace(case, calls_on_lost_nodes={**case.calls_on_lost_nodes, leg.leg: leg})
    before = case.calls_on_lost_nodes.get(leg.leg)
    return case if before is None or before.line != leg.line else _heard_again(case, leg)


def _heard_again(case: Case, leg: Leg) -> Case:
    if leg.leg not in case.calls_on_lost_nodes:
        return case
    return replace(
        case,
        calls_on_lost_nodes={name: one for name, one in case.calls_on_lost_nodes.items() if name != leg.leg},
    )


def _count_end(case: Case, leg: Leg, at: Instant) -> Case:
    """What the end of an attempt means for the next one."""
    match leg.party:
        case Party.USER if not leg.line_failed or leg.was_answered:
            if leg.reason in ("machine", "replaced", "preempted", ANOTHER_LINE, FIRST_112, HUSHED):
                return case
            end = ANSWERED_AND_DROPPED if leg.was_answered else (leg.cause or 0)
            return replace(case, user_ends=(*case.user_ends, end))
        case Party.PSAP if leg.reason in (ANOTHER_LINE, WITHDRAWN, ELSEWHERE):
            return case
        case Party.PSAP if leg.was_answered and (leg.reason or not leg.line_failed):
            # Ended by us it is over, though its line fails meanwhile.
            return replace(case, psap_ended_at=at, psap=None)
        case Party.PSAP:
            return replace(case, psap_ends=case.psap_ends + 1)
        case _:
            return case


def _with(case: Case, leg: Leg) -> Case:
    return replace(case, legs={**case.legs, leg.leg: leg})


def _mark(case: Case, legs: tuple[LegId, ...], *, joined: bool) -> Case:
    changed = {leg: replace(case.legs[leg], joined=joined) for leg in legs if leg in case.legs}
    return replace(case, legs={**case.legs, **changed})
