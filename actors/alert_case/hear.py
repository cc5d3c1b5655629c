"""What a report means for the case: from what legs and the bridge say to events. Pure."""

from __future__ import annotations

from typing import assert_never

from actors.alert_case.hand import hang_up
from messages import events as ev
from messages.bridge import BridgeReport
from messages.calls import CallState
from messages.ids import Party
from messages.legs import LegReport
from messages.lines import PreemptCase
from model.case import Case
from model.leg import Leg, LegState
from model.policy import MetBy, Policy

Heard = LegReport | BridgeReport | PreemptCase


def hear(case: Case, said: Heard, policy: Policy) -> tuple[ev.CaseEvent, ...]:
    """The events that a report makes; none where it repeats what is known or speaks of an older attempt."""
    if case.closed_at is not None:
        return ()
    match said:
        case LegReport():
            leg = case.legs.get(said.leg)
            if leg is None or leg.attempt != said.attempt or not leg.live:
                return ()
            return _leg(case, leg, said, policy)
        case BridgeReport():
            return _bridge(case, said)
        case PreemptCase(leg=wanted):
            leg = case.legs.get(wanted)
            if leg is None or not leg.going or not case.test:
                return ()
            return (hang_up(leg, "preempted"),)
    assert_never(said)


def _leg(case: Case, leg: Leg, said: LegReport, policy: Policy) -> tuple[ev.CaseEvent, ...]:
    made: list[ev.CaseEvent] = []
    name, attempt = leg.leg, leg.attempt
    if said.adopted and not leg.adopted and said.state is not CallState.RELEASED:
        made.append(ev.LegAdopted(leg=name, attempt=attempt))
    match said.state:
        case CallState.UNKNOWN | CallState.DIALLING:
            pass
        case CallState.RINGING:
            if leg.ringing_at is None and leg.state is LegState.ORIGINATING:
                made.append(ev.LegRinging(leg=name, attempt=attempt))
                if leg.party is Party.USER and case.reached_at is None and policy.met_by is MetBy.RINGING:
                    made.append(ev.UserReached(met_by=MetBy.RINGING.value))
        case CallState.ANSWERED:
            if leg.talking and said.voice is not None and said.voice != leg.voice:
                made.append(ev.LegVoiceReady(leg=name, attempt=attempt, voice=said.voice))
            if leg.state in (LegState.ORIGINATING, LegState.RINGING):
                made.append(
                    ev.LegAnswered(leg=name, attempt=attempt, voice=said.voice, confirmed=said.confirmed)
                )
                if leg.party is Party.USER and case.reached_at is None:
                    met_by = MetBy.ANSWERED.value if leg.call is None else "inbound"
                    made.append(ev.UserReached(met_by=met_by))
        case CallState.RELEASED:
            if leg.joined and case.bridge is not None:
                made.append(ev.BridgeLeft(bridge=case.bridge, legs=(name,)))
            cause = ev_cause(said)
            made.append(ev.LegReleased(leg=name, attempt=attempt, cause=cause))
        case _ as never:
            assert_never(never)
    return tuple(made)


def ev_cause(said: LegReport) -> int:
    """The cause of the end; 31, "normal, unspecified", where none was said."""
    return 31 if said.cause is None else said.cause


def _bridge(case: Case, said: BridgeReport) -> tuple[ev.CaseEvent, ...]:
    now = {leg for leg in said.joined if leg in case.legs and case.legs[leg].talking}
    before = {leg.leg for leg in case.legs.values() if leg.joined and leg.live}
    came, went = sorted(now - before), sorted(before - set(said.joined))
    made: list[ev.CaseEvent] = []
    if went:
        made.append(ev.BridgeLeft(bridge=said.bridge, legs=tuple(went)))
    if came:
        made.append(ev.BridgeJoined(bridge=said.bridge, legs=tuple(came)))
        made.extend(ev.PsapJoined(leg=leg) for leg in came if case.legs[leg].party is Party.PSAP)
    return tuple(made)
