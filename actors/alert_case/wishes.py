"""What the legs and the bridge of a case should be doing, from its state alone; and what an AlertCase makes
of an alert that another node has by now. Pure.

Told at every change and again every second: whoever missed it or has just started learns the
whole of it from one telling.
"""

from __future__ import annotations

from msgspec.structs import replace

from messages.base import Joins, VoicePort
from messages.bridge import Member, SetMembers
from messages.calls import CallState
from messages.cases import Originate, ReleaseLeg
from messages.ids import BridgeId, LegId, Party
from model.alert.case import Case
from model.alert.leg import Leg, LegState, place
from model.alert.parts import Owner
from model.rules.calls.silent_and_duress import voices_withheld
from model.rules.said.announcing import playing

_SEEN = {
    LegState.ORIGINATING: CallState.UNKNOWN,
    LegState.RINGING: CallState.RINGING,
    LegState.ANSWERED: CallState.ANSWERED,
}


def leg_wishes(case: Case) -> dict[str, Originate | ReleaseLeg]:
    """What each live leg is to do, by its place in the crew."""
    return {place(leg.leg): _wish(case, leg) for leg in case.legs.values() if leg.live}


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


def bridge_wish(case: Case, name: str = "") -> SetMembers:
    """Who is to hear whom: everybody who is on the line and whose voice reaches us; and what they are played.

    An operator's phone that may still ring is not to be heard by the others, nor its voicemail. `name`:
    what the user is called, where that is known.
    """
    members = tuple(
        _member(case, leg, leg.voice) for leg in case.legs.values() if leg.answered and leg.voice is not None
    )
    heard = {member.leg for member in members}
    user = case.answered(Party.USER)
    if user is not None and voices_withheld(case):
        members = tuple(_unheard_by(user.leg, member, heard) for member in members)
    clips = tuple(clip for clip in playing(case, name) if not heard.isdisjoint(clip.to))
    return SetMembers(alert=case.alert, bridge=BridgeId(case.alert), members=members, playing=clips)


def _unheard_by(user: LegId, member: Member, all_legs: set[LegId]) -> Member:
    """The member, heard by all who would hear it but the user."""
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
    """Whether another node's AlertCase has it."""
    return case.owner is not None and case.owner.node != me.node


def is_taken_over(case: Case) -> bool:
    """Return True where the new owner's calls stand, so that those of the node that had the alert can go, and
    where there are none.

    Until then the people are left in the conversation that they have: it is better than none, and the new
    owner, whose calls to them would find them busy, may take over the very lines that they are on. Whoever
    the new owner wants there no more, an operator who has left, is not waited for.
    """
    if case.closed_at is not None:
        return True
    live = {leg.leg for leg in case.legs.values() if leg.live} | case.calls_on_lost_nodes.keys()
    there = {leg.leg for leg in case.legs.values() if leg.confirmed_answered}
    return live <= there
