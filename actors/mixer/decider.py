"""Decider of a conference in a Mixer: what to mix and what to report. Pure.

Members arrive complete and every second or two; a repeated message changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec
from msgspec.structs import replace

from media.conference.clips import ClipSpec
from media.conference.report import NOT_RECORDED, Pace, Presence, RecordingStatus
from media.ports.voice_port import VoicePortSpec, spec_of
from media.sound.levels import LevelReport
from messages import readings
from messages.bridge import BridgeReport, Clip, Press, Recording, SetMembers
from messages.ids import AlertId, Instant, LegId, LineId, Party, Unplayed
from messages.lines import LineLevels, WayLevel
from messages.readings import Level, LevelReading
from model.alert.leg import place_of

PRESSES_MAX: Final = 32
"""Most key presses of one leg in a report: the case has recorded earlier ones long ago."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Members of the conference, and its last report."""

    wish: SetMembers | None = None
    said: BridgeReport | None = None
    counted: Mapping[str, str] = MappingProxyType({})
    """Digits of each leg since it joined, as the mixer last reported them, without times."""
    pressed: Mapping[LegId, tuple[Press, ...]] = MappingProxyType({})
    begun: Mapping[str, Instant] = MappingProxyType({})
    """Time at which each clip began to play here."""


class StallDetector(msgspec.Struct, frozen=True, kw_only=True):
    """Detector of a mixer that stands still. `ticks`: ticks at the last check; `looks`: number of consecutive
    checks without a new tick.
    """

    ticks: int = -1
    looks: int = 0

    def next(self, ticks: int) -> StallDetector:
        """Return the state after a check that has found this number of ticks."""
        return StallDetector(ticks=ticks, looks=self.looks + 1 if ticks == self.ticks else 0)


def specs(wish: SetMembers) -> dict[str, VoicePortSpec]:
    """Return the ports to open, by leg."""
    return {member.leg: spec_of(member.voice) for member in wish.members}


def heard_by(wish: SetMembers) -> dict[str, frozenset[str]]:
    """Return the only hearers of each restricted leg; a leg without an entry is heard by all."""
    return {
        member.leg: frozenset() if member.muted else frozenset(member.heard_by or ())
        for member in wish.members
        if member.muted or member.heard_by is not None
    }


def clips(wish: SetMembers) -> dict[str, ClipSpec]:
    """Return the clips to play, by id."""
    return {
        clip.id: ClipSpec(
            to=frozenset(clip.to),
            names=clip.names,
            language=clip.language,
            text=clip.text,
            every_s=clip.every_s,
            softly=clip.softly,
            begun=clip.begun,
        )
        for clip in wish.playing
    }


def pace_between(before: Pace, now: Pace) -> readings.Pace:
    """Return the ticks, late ticks and skipped ticks between two readings."""
    return readings.Pace(
        ticks=now.ticks - before.ticks,
        late=now.late_ticks - before.late_ticks,
        skipped=now.skipped_ticks - before.skipped_ticks,
    )


def levels(
    alert: AlertId,
    reports: Mapping[str, LevelReport],
    tones: Mapping[str, str],
    pace: readings.Pace,
    now_us: Instant,
) -> LevelReading:
    """Return the level reading that the console shows from moment to moment."""
    return LevelReading(
        alert=alert,
        at_us=now_us,
        legs={
            LegId(leg): Level(
                dbfs=round(one.rms_dbfs),
                voice=one.voice,
                silent_ms=one.digital_silence_ms,
                tone=tones.get(leg, ""),
            )
            for leg, one in reports.items()
        },
        pace=pace,
    )


def line_levels(
    wish: SetMembers,
    ways: Mapping[str, tuple[WayLevel, WayLevel]],
    own: Collection[LineId],
    now_us: Instant,
) -> list[LineLevels]:
    """Return the call levels of this node's own lines, except lines without incoming sound yet."""
    return [
        LineLevels(line=one.line, at=now_us, into=into, out=out, gains=one.voice.gains)
        for one in wish.members
        if one.line is not None and one.line in own and one.leg in ways
        for into, out in (ways[one.leg],)
        if into.ms
    ]


def tracks(recording: Recording, parties: Sequence[Party]) -> dict[str, int]:
    """Return the track of each recorded leg; the parties have one track each."""
    track_of = {party: track for track, party in enumerate(parties)}
    found = {leg: track_of.get(_PARTY_AT.get(place_of(leg), Party.OPERATOR)) for leg in recording.legs}
    return {leg: track for leg, track in found.items() if track is not None}


_PARTY_AT: Final = {"user": Party.USER, "psap": Party.PSAP}
"""Parties of these places of a worker; all other places are operators'. A listener is never recorded."""


def due_report(
    state: State,
    presence: Presence,
    *,
    asked: bool,
    now_us: Instant,
    recording: RecordingStatus = NOT_RECORDED,
) -> tuple[State, BridgeReport | None]:
    """Return the report that is due: after a change, and whenever the case has sent its members.

    `presence`: present state of the conference.
    """
    if state.wish is None:
        return state, None
    wish = state.wish
    state = _counted(_begun(state, presence, now_us), presence, now_us)
    report = replace(
        _report(wish, presence, state),
        recording=recording.file,
        recording_fault=recording.fault,
    )
    if report == state.said and not asked:
        return state, None
    return replace(state, said=report), report


def _begun(state: State, presence: Presence, now_us: Instant) -> State:
    """Record the clips that have begun since the last report."""
    new = presence.begun - state.begun.keys()
    return replace(state, begun={**state.begun, **dict.fromkeys(new, now_us)}) if new else state


def _counted(state: State, presence: Presence, now_us: Instant) -> State:
    """Record the keys pressed since the last report. A leg that has rejoined counts from the beginning."""
    if presence.digits == state.counted:
        return state
    pressed = dict(state.pressed)
    for name, digits in presence.digits.items():
        before, leg = state.counted.get(name, ""), LegId(name)
        new = digits.removeprefix(before) if digits.startswith(before) else digits
        known = pressed.get(leg, ())
        first = max(now_us, known[-1].at + 1 if known else 0)
        presses = [Press(at=Instant(first + place), digit=digit) for place, digit in enumerate(new)]
        pressed[leg] = (*known, *presses)[-PRESSES_MAX:]
    return replace(state, counted=dict(presence.digits), pressed=pressed)


def _unplayed(clip: Clip, presence: Presence) -> Unplayed | None:
    if clip.id in presence.clip_troubles:
        return Unplayed.NO_SOUND
    return Unplayed.CUT_OFF if clip.id in presence.cut else None


def _report(wish: SetMembers, presence: Presence, state: State) -> BridgeReport:
    once = [clip for clip in wish.playing if clip.once]
    unplayed = {clip.id: why for clip in once if (why := _unplayed(clip, presence)) is not None}
    members = {member.leg for member in wish.members}

    def of_members(legs: Iterable[str]) -> tuple[LegId, ...]:
        return tuple(sorted(LegId(leg) for leg in legs if leg in members))

    return BridgeReport(
        bridge=wish.bridge,
        joined=of_members(presence.joined),
        lost=of_members(presence.lost),
        heard=of_members(presence.heard),
        pressed={leg: state.pressed[leg] for leg in of_members(state.pressed)},
        no_sound=of_members(presence.no_sound),
        played=tuple(sorted(presence.played)),
        begun={
            clip.id: state.begun[clip.id]
            for clip in once
            if clip.id in state.begun and clip.id not in presence.clip_troubles
        },
        unplayed=unplayed,
    )
