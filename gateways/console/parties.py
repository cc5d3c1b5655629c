"""The parties of an alert as their tiles show them: calls, levels, and who hears whom. Pure."""

from __future__ import annotations

from typing import Final

from gateways.console.views.case import PartyView
from gateways.console.views.infrastructure import Levels, LevelView
from messages.base import Joins
from messages.ids import Party
from messages.readings import LevelReading
from model.alert.case import Case
from model.alert.leg import Leg
from model.rules.messages import announcements

IDLE: Final = "idle"


def levels_view(case: Case, reading: LevelReading) -> Levels:
    """Return the levels of the parties that have a tile."""
    user, psap = shown(case, Party.USER), shown(case, Party.PSAP)
    return Levels(
        alert=case.alert,
        user=_level(user, reading),
        operator=_level(operator_leg(case), reading),
        psap=_level(psap, reading),
    )


def shown(case: Case, party: Party) -> Leg | None:
    """Return the leg that the party's tile shows: the leg under way, else the leg that ended last; None if
    the party has no leg.
    """
    going = case.active(party)
    if going is not None:
        return going
    live = [leg for leg in case.of(party) if leg.live]
    return max(live or case.of(party), key=lambda leg: leg.released_at or leg.since, default=None)


def operator_leg(case: Case) -> Leg | None:
    """Return the leg of the operator who has the case, else the leg that the tile shows; None if there is
    none.
    """
    return case.operator_leg or shown(case, Party.OPERATOR)


def party_view(leg: Leg | None, hears: tuple[str, ...] = ()) -> PartyView:
    """Return the view of a party's leg; an idle party without a leg. `hears`: parties that this party
    hears.
    """
    if leg is None:
        return PartyView(state=IDLE)
    return PartyView(
        state=leg.state.value,
        number=leg.number,
        line=leg.line,
        attempt=leg.attempt,
        operator=leg.operator,
        since_us=leg.since,
        ringing_us=leg.ringing_at,
        answered_us=leg.answered_at,
        released_us=leg.released_at,
        cause=leg.cause,
        reason=leg.reason,
        confirmed=leg.confirmed,
        joined=leg.joined,
        parted_us=leg.parted_at,
        network=leg.joins is Joins.NETWORK,
        muted=leg.muted,
        hears=hears,
        pressed=leg.pressed,
        pressed_us=leg.pressed_at,
        no_sound_us=leg.no_sound_at,
        unheard_us=leg.unheard_at,
    )


def hears(case: Case, leg: Leg | None) -> tuple[str, ...]:
    """Return the announcements that the leg's conference plays to the leg."""
    ours = leg is not None and leg.joined and leg.joins is Joins.HOST
    return announcements.clip_names_for(case, leg.leg) if leg is not None and ours else ()


def hear_each_other(one: Leg | None, other: Leg | None) -> bool:
    """Return True if the parties of both legs hear each other."""
    return (
        one is not None
        and other is not None
        and one.joined
        and one.confirmed_answered
        and other.joined
        and other.confirmed_answered
        and not (one.muted or other.muted)
        and one.no_sound_at is None
        and other.no_sound_at is None
        and one.unheard_at is None
        and other.unheard_at is None
    )


def _level(leg: Leg | None, reading: LevelReading) -> LevelView | None:
    level = None if leg is None or not leg.joined else reading.legs.get(leg.leg)
    if level is None:
        return None
    return LevelView(dbfs=level.dbfs, voice=level.voice, silent_ms=level.silent_ms, tone=level.tone)
