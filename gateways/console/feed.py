"""From the state of things to what the screen is told. Pure functions, no clock and no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from msgspec.structs import replace

from gateways.console.picture import Known, Picture
from gateways.console.views.case import (
    BesideView,
    CaseView,
    CorrectedView,
    DataView,
    FilledView,
    HandOverView,
    PartyView,
    PersonView,
    PositionView,
    SaidView,
    StepsView,
    TextedView,
)
from gateways.console.views.plant import Levels, LevelView, LineView, LoudnessView, OperatorView, OutView
from gateways.console.views.told import EventView
from messages import events as ev
from messages.base import Address, Joins, Message
from messages.calls import CallState
from messages.ids import (
    AlertId,
    Channel,
    Instant,
    LineId,
    NodeId,
    OperatorCommand,
    OperatorId,
    Party,
    Proof,
    ShiftState,
)
from messages.journal import Recorded, event_type
from messages.lines import LineLevels, LineReport, VoiceService
from messages.operators import OperatorVoice
from messages.readings import LevelReading
from model.alert.case import Case
from model.alert.leg import Leg, LegState
from model.alert.parts import GivenData, KnownPosition, Said, Texted
from model.alert.phase import phase
from model.loudness import better_gain_in_db, judged
from model.orders.effects import refusal
from model.orders.refusals import Refusal
from model.policy import LineSpec, Policy
from model.rules import wrap_up
from model.rules.calls.quiet import hears_nobody
from model.rules.said import announcing, asking, spoken
from model.rules.said.dialogue import read_by_app
from model.telling.told import since_read
from store.journal.projections import TakenOut
from store.registry.people import StaffRole

IDLE: Final = "idle"
TRAIL_MAX: Final = 50
"""Positions of one alert that are told."""
_ANSWERS: Final = ("leg.answered", "leg.confirmed")
_encoder: Final = msgspec.json.Encoder()


def case_view(known: Known, person: PersonView | None) -> CaseView:
    """The alert as the screen shows it."""
    case = known.case
    position = case.position
    user, operator, psap = shown(case, Party.USER), _operator_leg(case), shown(case, Party.PSAP)
    return CaseView(
        alert=case.alert,
        seq=known.seq,
        phase=phase(case),
        test=case.test,
        silent=case.silent,
        duress=case.duress,
        cancelled=case.cancelled,
        channel=case.channel,
        proof=case.proof,
        doubt=case.doubt,
        beside=tuple(BesideView(alert=one.alert, proof=one.proof) for one in case.beside),
        raised_us=case.raised_at,
        received_us=case.received_at,
        deadline_us=case.deadline_at,
        phone=case.phone,
        device=case.device,
        identified=case.identified,
        # Who it was may be remembered for some seconds more.
        person=None if case.erased is not None and case.erased.person else person,
        position=None if position is None else _position(position, case.address),
        positions=_trail(case),
        battery_pct=case.battery_pct,
        signals=case.signals,
        unreadable=case.unreadable,
        advice=case.advice,
        rang_us=case.rang_at,
        met_us=case.met_at,
        reached_us=case.reached_at,
        reached_by=case.reached_by,
        missed_us=case.missed_at,
        presumed_calling_112=case.presumed_calling_112,
        wrong_pins=case.wrong_pins,
        aloud=case.aloud,
        dial_withheld=case.dial_withheld,
        operator=case.operator,
        reserved=_called(case),
        hand_over=_hand_over(case),
        listener=None if case.listener is None else case.listener.operator,
        listening=case.listener_leg is not None and case.listener_leg.joined,
        whispering=case.listener is not None and case.listener.whispers,
        user=_party(user, _hears(case, user)),
        operator_leg=_party(operator),
        psap=_party(psap, _hears(case, psap)),
        user_hears_nobody=hears_nobody(case),
        user_hears_operator=not hears_nobody(case) and _hear_each_other(user, operator),
        operator_hears_psap=_hear_each_other(operator, psap),
        user_hears_psap=not hears_nobody(case) and _hear_each_other(user, psap),
        recorded=_recorded(case),
        psap_requested_us=None if case.psap is None else case.psap.at,
        psap_no_line=case.to_112.no_line,
        psap_elsewhere_us=case.to_112.elsewhere_at,
        broken_us=case.leave.broken_at,
        broken_party=case.leave.broken_party,
        reopened_us=case.reopened_at,
        contacts_us=case.contacts_at if case.contacts else None,
        contacts=case.contacts,
        false_alarm_us=case.false_alarm_at,
        briefing_us=case.briefing_at,
        left_us=case.leave.at,
        restarted_us=_restarted_at(known),
        closed_us=case.closed_at,
        outcome=case.outcome,
        corrected=_corrected(case),
        erased_us=None if case.erased is None else case.erased.at,
        erased=() if case.erased is None else case.erased.kinds,
        steps=_steps(known),
        timeline=known.entries,
        data=tuple(_data(target, given) for target, given in case.data.items()),
        page_code="" if case.page is None else case.page.code,
        page_viewed_us=None if case.page is None else case.page.viewed_at,
        dialogue=tuple(_said(case, one) for one in case.dialogue),
        app_reads=read_by_app(case),
        lost_us=_lost(case),
        texts_ordered=case.texts_ordered,
        briefing={
            field: FilledView(text=one.text, by=one.by, at_us=one.at) for field, one in case.briefing.items()
        },
        changed=since_read(case),
        node=known.node,
    )


def _corrected(case: Case) -> CorrectedView | None:
    said = case.corrected
    if said is None:
        return None
    return CorrectedView(
        by=said.by,
        at_us=said.at,
        outcome=said.outcome,
        reason=said.reason,
        own=said.by in case.had_by,
    )


def _data(target: str, given: GivenData) -> DataView:
    return DataView(
        target=target,
        sent_us=given.at,
        received_us=given.received_at,
        refused_us=given.refused_at,
        had_us=given.had_at,
        status=given.status,
        reason=given.reason,
    )


def _lost(case: Case) -> Instant | None:
    """From when on its app counts as lost; None where there is none, or all has arrived in it."""
    lost_at = asking.lost_at(case)
    return lost_at if read_by_app(case) and lost_at < asking.NEVER else None


def _said(case: Case, one: Said) -> SaidView:
    return SaidView(
        number=one.number,
        id=one.id,
        by=one.by,
        at_us=one.at,
        channel=one.channel,
        text=one.text,
        asks=one.asks,
        answer=one.answer,
        spoken=spoken.progress(case, one),
        language="" if one.spoken is None else one.spoken.language,
        softly=one.spoken is not None and one.spoken.softly,
        heard_us=one.heard_at,
        arrived_us=one.arrived_at,
        read_us=one.read_at,
        claimed=one.channel is Channel.SMS and not one.by and case.proof is Proof.DEVICE,
        texted=None if one.texted is None else _texted(one.texted),
    )


def _texted(one: Texted) -> TextedView:
    return TextedView(
        asked_us=one.asked_at,
        sent_us=one.sent_at,
        awaits=one.awaits,
        waits_us=one.waits_at,
        delivered_us=one.delivered_at,
        failed_us=one.failed_at,
        failure=one.failure,
    )


def queue_view(view: CaseView) -> CaseView:
    """Of a case that is not the operator's own and was not opened: what the queue needs, and no more."""
    person = view.person
    first = None if person is None else PersonView(first_name=person.first_name)
    return replace(
        view,
        withheld=True,
        contacts="",
        phone=None,
        device=None,
        person=first,
        position=None,
        positions=(),
        battery_pct=None,
        data=(),
        page_code="",
        dialogue=(),
        briefing={},
        changed=None,
        corrected=None if view.corrected is None else replace(view.corrected, reason=""),
        hand_over=None if view.hand_over is None else replace(view.hand_over, text=""),
        user=replace(view.user, number=None),
        operator_leg=replace(view.operator_leg, number=None),
        psap=replace(view.psap, number=None),
        timeline=(),
    )


def is_own(case: Case, operator: OperatorId) -> bool:
    """Whether the operator has it, is called for it or listens in."""
    listens = case.listener is not None and case.listener.operator == operator
    return case.operator == operator or operator in case.reserved or listens


def encoded(view: CaseView) -> msgspec.Raw:
    """The view as JSON, made once for all who look."""
    return msgspec.Raw(_encoder.encode(view))


def allowed(
    case: Case, operator: OperatorId, policy: Policy, role: StaffRole = StaffRole.OPERATOR
) -> dict[str, Refusal | None]:
    """For each command: None when this operator may give it now, else the reason why not."""
    reasons = {command.value: refusal(case, command, operator, policy) for command in OperatorCommand}
    if not role.may(StaffRole.SUPERVISOR):
        reasons[OperatorCommand.LISTEN.value] = Refusal.ONLY_A_SUPERVISOR
    return reasons


def event_view(recorded: Recorded, alert: AlertId | None, *, whole: bool = True) -> msgspec.Raw:
    """One event of the journal, for those who want the events themselves; not `whole`: without its data."""
    return msgspec.Raw(
        _encoder.encode(
            EventView(
                seq=recorded.seq,
                stream=recorded.stream,
                version=recorded.version,
                type=event_type(recorded.event),
                at_us=recorded.at_us,
                alert=alert,
                data=msgspec.Raw(_encoder.encode(recorded.event) if whole else b"{}"),
            )
        )
    )


def operator_views(
    picture: Picture,
    names: Mapping[OperatorId, str],
    policy: Policy,
    voices: Mapping[OperatorId, OperatorVoice] = MappingProxyType({}),
) -> list[OperatorView]:
    """The operators of the registry, by name. `voices`: how lines of their own are."""
    views = []
    busy: dict[OperatorId, AlertId] = {}
    for known in sorted(picture.at_work(), key=lambda known: known.case.deadline_at):
        for operator in known.case.reserved:
            busy.setdefault(operator, known.case.alert)
        if known.case.listener is not None:
            busy.setdefault(known.case.listener.operator, known.case.alert)
        if known.case.operator is not None:
            busy[known.case.operator] = known.case.alert
    for operator, name in sorted(names.items(), key=lambda pair: pair[1]):
        shift = picture.shifts.get(operator)
        voice = voices.get(operator)
        views.append(
            OperatorView(
                operator=operator,
                name=name,
                state=ShiftState.OFF if shift is None else shift.state,
                since_us=None if shift is None else shift.since,
                reason="" if shift is None else shift.reason,
                alert=busy.get(operator),
                wrap_up_until_us=wrap_up.ends_at(picture.left.get(operator), policy),
                line=policy.operator_line if voice is None else voice.mode,
                line_state=CallState.UNKNOWN if voice is None else voice.state,
                line_text="" if voice is None else voice.text,
                node=NodeId("") if shift is None else shift.node,
            )
        )
    return views


def levels_view(case: Case, reading: LevelReading) -> Levels:
    """How loud those are who have a tile."""
    user, psap = shown(case, Party.USER), shown(case, Party.PSAP)
    return Levels(
        alert=case.alert,
        user=_level(user, reading),
        operator=_level(_operator_leg(case), reading),
        psap=_level(psap, reading),
    )


def line_views(
    picture: Picture,
    lines: Iterable[LineSpec],
    reports: Mapping[LineId, LineReport],
    node: NodeId | None = None,
    *,
    levels: Mapping[LineId, LineLevels] | None = None,
) -> list[LineView]:
    """The lines of a node, in its settings' order. `reports`: what their modems have said last; `levels`: how
    loud their last calls were.
    """
    held = picture.held()
    views = []
    for spec in lines:
        leg = held.get(spec.line)
        report = reports.get(spec.line)
        bad = picture.quarantined.get(spec.line)
        since = bad.since if bad is not None else leg.since if leg is not None else None
        views.append(
            LineView(
                line=spec.line,
                trunk=spec.trunk,
                emergency=spec.emergency,
                alert=None if leg is None else AlertId(leg.leg.rpartition(":")[0]),
                party=None if leg is None else leg.party,
                operator=picture.nailed_up.get(spec.line),
                tester=picture.tried.get(spec.line),
                quarantine="" if bad is None else bad.reason or "unusable",
                since_us=since,
                state=None if report is None else report.state,
                signal_dbm=None if report is None else report.signal_dbm,
                registration="" if report is None else report.registration,
                service=VoiceService.UNKNOWN if report is None else report.service,
                joins=Joins.HOST if report is None else report.joins,
                node=node,
                loudness=_loudness_view((levels or {}).get(spec.line)),
                out=_out_view(picture.taken_out.get(spec.line)),
            )
        )
    return views


def _out_view(out: TakenOut | None) -> OutView | None:
    return None if out is None else OutView(by=out.by, reason=out.reason, since_us=out.since)


def _loudness_view(levels: LineLevels | None) -> LoudnessView | None:
    """How loud a line's last call was, and what would make it better."""
    if levels is None:
        return None
    return LoudnessView(
        at_us=levels.at,
        into=levels.into,
        out=levels.out,
        says=judged(levels.into),
        better_gain_in_db=better_gain_in_db(levels.into, levels.gains),
    )


def shown(case: Case, party: Party) -> Leg | None:
    """The leg that the party's tile shows: the one under way, else the one that ended last."""
    going = case.active(party)
    if going is not None:
        return going
    live = [leg for leg in case.of(party) if leg.live]
    return max(live or case.of(party), key=lambda leg: leg.released_at or leg.since, default=None)


def _called(case: Case) -> tuple[OperatorId, ...]:
    """Those kept for it, but for whom it is already being hung up: nothing is asked of them any more."""
    let_go = {leg.operator for leg in case.of(Party.OPERATOR) if leg.state is LegState.RELEASING}
    return tuple(one for one in case.reserved if one not in let_go or one == case.operator)


def _hand_over(case: Case) -> HandOverView | None:
    given = case.hand_over
    if given is None:
        return None
    legs = [leg for leg in case.of(Party.OPERATOR) if leg.active and leg.operator != given.by]
    furthest = max(legs, key=lambda leg: (leg.answered, leg.ringing_at is not None), default=None)
    return HandOverView(by=given.by, to=given.to, text=given.text, since_us=given.at, called=_party(furthest))


def _operator_leg(case: Case) -> Leg | None:
    return case.operator_leg or shown(case, Party.OPERATOR)


def _hears(case: Case, leg: Leg | None) -> tuple[str, ...]:
    """What is played to this leg by the conference in which it is."""
    ours = leg is not None and leg.joined and leg.joins is Joins.HOST
    return announcing.hears(case, leg.leg) if leg is not None and ours else ()


def _party(leg: Leg | None, hears: tuple[str, ...] = ()) -> PartyView:
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
        confirmed=leg.confirmed,
        joined=leg.joined,
        network=leg.joins is Joins.NETWORK,
        muted=leg.muted,
        hears=hears,
        pressed=leg.pressed,
        pressed_us=leg.pressed_at,
        no_sound_us=leg.no_sound_at,
    )


def _level(leg: Leg | None, reading: LevelReading) -> LevelView | None:
    level = None if leg is None or not leg.joined else reading.legs.get(leg.leg)
    if level is None:
        return None
    return LevelView(dbfs=level.dbfs, voice=level.voice, silent_ms=level.silent_ms, tone=level.tone)


def _hear_each_other(one: Leg | None, other: Leg | None) -> bool:
    """Whether these two hear each other."""
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
    )


def _recorded(case: Case) -> bool:
    """A file has begun, nothing has ended it, and somebody is in the conference."""
    begun = bool(case.recording.files) and not case.recording.fault
    return begun and any(leg.joined for leg in case.legs.values())


def _position(position: KnownPosition, address: Address | None = None) -> PositionView:
    return PositionView(
        lat=position.lat,
        lon=position.lon,
        at_us=position.at,
        accuracy_m=position.accuracy_m,
        source=position.source,
        channel=position.channel,
        received_us=position.received_at,
        address=address,
    )


def _trail(case: Case) -> tuple[PositionView, ...]:
    # By when they were measured: a phone without a signal sends late what it has kept.
    ordered = sorted(case.positions, key=lambda position: position.at)
    return tuple(_position(position) for position in ordered[-TRAIL_MAX:])


def _restarted_at(known: Known) -> Instant | None:
    """An AlertCase has taken it over, or a modem's process has taken over its call."""
    taken_over = (ev.CaseOpened.__struct_config__.tag, ev.LegAdopted.__struct_config__.tag)
    return next((entry.at_us for entry in reversed(known.entries) if entry.what in taken_over), None)


def _steps(known: Known) -> StepsView:
    case = known.case

    def first(what: type[Message], party: Party | None = None) -> Instant | None:
        tag = what.__struct_config__.tag
        return next(
            (
                entry.at_us
                for entry in known.entries
                if entry.what == tag and (party is None or entry.party is party)
            ),
            None,
        )

    def answered(party: Party) -> Instant | None:
        sure = (one for one in known.entries if one.party is party and one.what in _ANSWERS and not one.doubt)
        return next((one.at_us for one in sure), None)

    return StepsView(
        received_us=case.received_at,
        operator_us=first(ev.OperatorJoined),
        ringing_us=first(ev.LegRinging, Party.USER) or case.rang_at or case.reached_at,
        answered_us=answered(Party.USER),
        psap_us=case.to_112.joined_at or answered(Party.PSAP),
        handed_over_us=case.leave.at,
    )
