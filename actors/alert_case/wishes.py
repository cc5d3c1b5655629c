"""Desired state of the legs and of the bridge of a case, from its state alone; and the ownership of a case
that another node has taken over. Pure.

The desired state is published at every change and every second or two: an actor that missed a message or has
just started learns the complete state from one message.
"""

from __future__ import annotations

from msgspec.structs import replace

from messages.base import Joins, VoicePort
from messages.bridge import Member, SetMembers
from messages.calls import CallState
from messages.cases import Originate, ReleaseLeg
from messages.ids import BridgeId, LegId, Party
from model.alert.case import Case
from model.alert.leg import Leg, LegState, place_of
from model.alert.parts import Owner
from model.rules.calls.silent_and_duress import are_voices_withheld
from model.rules.messages.announcements import clips_to_play

_SEEN = {
    LegState.ORIGINATING: CallState.UNKNOWN,
    LegState.RINGING: CallState.RINGING,
    LegState.ANSWERED: CallState.ANSWERED,
}


def desired_legs(case: Case) -> dict[str, Originate | ReleaseLeg]:
    """Return the desired state of each live leg, by its place in the worker."""
    return {place_of(leg.leg): _wish(case, leg) for leg in case.legs.values() if leg.live}


def _wish(case: Case, leg: Leg) -> Originate | ReleaseLeg:
    if leg.state is LegState.RELEASING:
        return ReleaseLeg(
            alert=case.alert,
            leg=leg.leg,
            attempt=leg.attempt,
            line=leg.line,
            number=leg.number,
            call=leg.call,
            unanswered=leg.given_up,
        )
    return Originate(
        alert=case.alert,
        leg=leg.leg,
        party=leg.party,
        line=leg.line,
        attempt=leg.attempt,
        number=leg.number,
        emergency=leg.emergency,
        call=leg.call,
        seen=_SEEN[leg.state],
        voice=leg.voice,
        joined=leg.joined and leg.joins is Joins.NETWORK,
        unheard=leg.unheard_at is not None,
        digits=leg.digits,
        silent=leg.no_sound_at is not None and leg.joined,
        sounds=leg.no_sound_at is None and leg.joined,
    )


def is_settled(case: Case) -> bool:
    """Return True if the alert has calls, and each is answered, joined and heard: no step is under way."""
    live = [leg for leg in case.legs.values() if leg.live]
    return bool(live) and all(
        leg.confirmed_answered and leg.joined and leg.unheard_at is None and leg.no_sound_at is None
        for leg in live
    )


def desired_bridge(case: Case, name: str = "") -> SetMembers:
    """Return the desired conference: all answered parties with a voice port, their hearers, and the clips.

    The others hear neither an operator's phone that may still ring nor its voicemail. `name`: the user's
    name, if known.
    """
    members = tuple(
        _member(case, leg, leg.voice) for leg in case.legs.values() if leg.answered and leg.voice is not None
    )
    heard = {member.leg for member in members}
    user = case.answered(Party.USER)
    if user is not None and are_voices_withheld(case):
        members = tuple(_unheard_by(user.leg, member, heard) for member in members)
    clips = tuple(clip for clip in clips_to_play(case, name) if not heard.isdisjoint(clip.to))
    return SetMembers(alert=case.alert, bridge=BridgeId(case.alert), members=members, playing=clips)


def _unheard_by(user: LegId, member: Member, all_legs: set[LegId]) -> Member:
    """Return the member, heard by all its hearers except the user."""
    if member.leg == user:
        return member
    hearers = all_legs if member.heard_by is None else set(member.heard_by)
    return replace(member, heard_by=tuple(sorted(hearers - {user, member.leg})))


def _member(case: Case, leg: Leg, voice: VoicePort) -> Member:
    if leg.party is not Party.LISTENER:
        may_ring = leg.party is Party.OPERATOR and leg.in_doubt
        return Member(leg=leg.leg, voice=voice, line=leg.line, muted=leg.muted or may_ring)
    ear = case.operator_leg if case.listener is not None and case.listener.whispers else None
    if ear is None or leg is not case.listener_leg:
        return Member(leg=leg.leg, voice=voice, line=leg.line, muted=True)
    return Member(leg=leg.leg, voice=voice, line=leg.line, heard_by=(ear.leg,))


def is_elsewhere(case: Case, me: Owner) -> bool:
    """Return True if an AlertCase of another node owns the case."""
    return case.owner is not None and case.owner.node != me.node


def is_taken_over(case: Case) -> bool:
    """Return True if the calls of the previous node can be released: the new owner's calls are up, or none is
    needed.

    Until then the parties keep their present conversation: it is better than none. The new owner's calls
    would find the parties busy, and the new owner may take over their present lines. A party that the new
    owner no longer needs, such as an operator who has left, is not waited for.
    """
    if case.closed_at is not None:
        return True
    live = {leg.leg for leg in case.legs.values() if leg.live} | case.calls_on_lost_nodes.keys()
    there = {leg.leg for leg in case.legs.values() if leg.confirmed_answered}
    return live <= there
