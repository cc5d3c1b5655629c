"""Events that follow from the reports of the legs and of the bridge, and from a request to release a line.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from msgspec.structs import replace

from actors.alert_case.pending import Decided, hang_up
from actors.alert_case.recording import events_of_recording
from actors.alert_case.rules import sound
from actors.alert_case.wishes import desired_bridge
from messages import events as ev
from messages.base import Joins
from messages.bridge import BridgeReport
from messages.calls import CallReport, CallState
from messages.ids import BridgeId, Instant, Party
from messages.lines import PreemptCase
from model.alert import answers
from model.alert.case import Case
from model.alert.leg import Leg, LegState
from model.alert.reasons import ReleaseReason
from model.rules.calls.after_leave import is_cut_off
from model.rules.calls.silent_and_duress import was_user_on_line
from model.settings import Settings
from model.settings.alerts import MetBy

CaseReport = CallReport | BridgeReport | PreemptCase


def events_of_report(
    case: Case, said: CaseReport, settings: Settings, now_us: Instant
) -> tuple[Decided, ...]:
    """Return the events that follow from the report; none if its content is known already, if it is about an
    earlier attempt, or if the case is closed.
    """
    if case.closed_at is not None:
        return ()
    match said:
        case CallReport():
            leg = case.legs.get(said.leg)
            if leg is None or leg.attempt != said.attempt or not leg.live:
                return ()
            return _leg(case, leg, said, settings, now_us)
        case BridgeReport():
            return (*_bridge(case, said), *events_of_recording(case, said, settings))
        case PreemptCase(leg=wanted):
            leg = case.legs.get(wanted)
            if leg is None or not leg.active or not (case.test or leg.party is Party.LISTENER):
                return ()
            return (hang_up(leg, ReleaseReason.PREEMPTED),)
    assert_never(said)


def _leg(case: Case, leg: Leg, said: CallReport, settings: Settings, now_us: Instant) -> tuple[Decided, ...]:
    made: list[Decided] = []
    name, attempt = leg.leg, leg.attempt
    if said.adopted and not leg.adopted and said.state is not CallState.RELEASED:
        made.append(ev.LegAdopted(leg=name, attempt=attempt))
    match said.state:
        case CallState.UNKNOWN | CallState.DIALLING:
            pass
        case CallState.RINGING:
            if leg.ringing_at is None and leg.state is LegState.ORIGINATING:
                made.append(ev.LegRinging(leg=name, attempt=attempt))
                if leg.party is Party.USER:
                    made += _rang(case, settings)
        case CallState.ANSWERED:
            if leg.answered and said.voice is not None and said.voice != leg.voice:
                made.append(ev.LegVoiceReady(leg=name, attempt=attempt, voice=said.voice))
            if leg.state in (LegState.ORIGINATING, LegState.RINGING) or leg.given_up:
                made.append(
                    ev.LegAnswered(
                        leg=name,
                        attempt=attempt,
                        voice=said.voice,
                        confirmed=said.confirmed,
                        joins=said.joins,
                    )
                )
                if leg.party is Party.USER:
                    made += _reached(case, leg, said, settings)
                # One report may state both that the call is answered and that it is joined.
                leg = replace(leg, state=LegState.ANSWERED, confirmed=said.confirmed)
            if said.joins is Joins.NETWORK and said.joined != leg.joined:
                made += _in_the_network(case, leg, said)
            # On a line that gives its voice to the host, the bridge notices the silence itself.
            if said.joins is Joins.NETWORK and said.unheard != (leg.unheard_at is not None):
                change = ev.LegUnheard if said.unheard else ev.LegHeardAgain
                made.append(change(leg=name, attempt=attempt))
        case CallState.RELEASED:
            made += released(case, leg, ev_cause(said), settings, now_us)
        case _ as never:
            assert_never(never)
    return tuple(made)


def released(case: Case, leg: Leg, cause: int, settings: Settings, now_us: Instant) -> list[Decided]:
    """Return the events of the end of an attempt: the leg leaves the bridge, is released, and its alarms end.
    `cause`: by ITU-T Q.850.
    """
    made: list[Decided] = []
    if leg.joined and case.bridge is not None:
        made.append(ev.BridgeLeft(bridge=case.bridge, legs=(leg.leg,)))
    made.append(ev.LegReleased(leg=leg.leg, attempt=leg.attempt, cause=cause))
    if leg.no_sound_at is not None:
        made.append(sound.clear_silence_alarm(leg))
    if is_cut_off(case, leg, cause, settings, now_us):
        made.append(ev.ConferenceBroken(party=leg.party))
    return made


def _rang(case: Case, settings: Settings) -> list[Decided]:
    """Return the event of the first ringing, none after that; the settings decide whether ringing meets the
    deadline.
    """
    return (
        []
        if case.rang_at is not None
        else [ev.UserRang(meets_deadline=settings.deadline.met_by is MetBy.RINGING)]
    )


def _reached(case: Case, leg: Leg, said: CallReport, settings: Settings) -> list[Decided]:
    """Return the events of the user's answer. An answer that is not confirmed counts as ringing."""
    if leg.call is None and not said.confirmed:
        return _rang(case, settings)
    if was_user_on_line(case):
        return []
    met_by = "inbound" if leg.call is not None else MetBy.ANSWERED.value
    return [ev.UserReached(met_by=met_by, by="answer")]


def _in_the_network(case: Case, leg: Leg, said: CallReport) -> list[Decided]:
    """Return the events of a call that the network joins with the others or puts on hold, without the
    bridge.
    """
    bridge = case.bridge or BridgeId(case.alert)
    if not said.joined:
        return [ev.BridgeLeft(bridge=bridge, legs=(leg.leg,))]
    made: list[Decided] = [ev.BridgeJoined(bridge=bridge, legs=(leg.leg,))]
    if leg.party is Party.PSAP and leg.confirmed_answered:
        made.append(ev.PsapJoined(leg=leg.leg))
    # The modem joins only answered calls: a joined call proves its answer.
    return [*made, *answers.confirm_answer(case, replace(leg, joined=True), "network")]


def ev_cause(said: CallReport) -> int:
    """Return the Q.850 cause of the end; 31, "normal, unspecified", if the report has no cause."""
    return 31 if said.cause is None else said.cause


def _bridge(case: Case, said: BridgeReport) -> tuple[ev.CaseEvent, ...]:
    now = {leg for leg in said.joined if leg in case.legs and case.legs[leg].answered}
    before = {
        leg.leg for leg in case.legs.values() if leg.joined and leg.live and leg.joins is not Joins.NETWORK
    }
    came, went = sorted(now - before), sorted(before - set(said.joined))
    made: list[ev.CaseEvent] = []
    if went:
        made.append(ev.BridgeLeft(bridge=said.bridge, legs=tuple(went)))
    if came:
        made.append(ev.BridgeJoined(bridge=said.bridge, legs=tuple(came)))
        psaps = (case.legs[leg] for leg in came if case.legs[leg].party is Party.PSAP)
        made.extend(ev.PsapJoined(leg=leg.leg) for leg in psaps if leg.confirmed_answered)
    made.extend(_heard_once(case, said))
    if case.check is not None and case.heard_at is None:
        made.extend(ev.CheckHeard(leg=name) for name in sorted(now & set(said.heard)))
    for name in sorted(now):
        made.extend(_pressed(case.legs[name], said))
        by = "digit" if said.pressed.get(name) else "voice" if name in said.heard else ""
        if by:
            made.extend(answers.confirm_answer(case, replace(case.legs[name], joined=True), by))
    return tuple(made)


def _pressed(leg: Leg, said: BridgeReport) -> list[ev.CaseEvent]:
    """Return the key presses that are not in the journal yet; a report may repeat earlier ones."""
    known_at = leg.pressed_at or 0
    return [
        ev.LegPressed(leg=leg.leg, attempt=leg.attempt, digit=press.digit, pressed_at=press.at)
        for press in said.pressed.get(leg.leg, ())
        if press.at > known_at
    ]


def _heard_once(case: Case, said: BridgeReport) -> Iterator[ev.CaseEvent]:
    """Return the events of announcements that have begun, ended or failed. A later bridge reads them from the
    case and does not play an announcement again.
    """
    for clip in desired_bridge(case).playing:
        leg = clip.to[0]
        if clip.id in said.begun and not clip.begun:
            yield ev.AnnouncementBegun(clip=clip.id, leg=leg, begun_at=said.begun[clip.id])
        if clip.once and clip.id in said.unplayed:
            yield ev.AnnouncementFailed(clip=clip.id, leg=leg, reason=said.unplayed[clip.id])
        elif clip.id in said.played:
            yield ev.AnnouncementPlayed(clip=clip.id, leg=leg)
