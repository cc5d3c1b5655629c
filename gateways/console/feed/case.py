"""One alert as the screen shows it. Pure."""

from __future__ import annotations

from typing import Final

from gateways.console.feed.dialogue import lost_us, said_views
from gateways.console.feed.legs import hear_each_other, hears, operator_leg, party_view, shown
from gateways.console.feed.steps import alone_since, restarted_at, steps_view
from gateways.console.picture import Known
from gateways.console.views.case import (
    BesideView,
    CaseView,
    ClaimView,
    CorrectedView,
    DataView,
    FilledView,
    HandOverView,
    PersonView,
    PositionView,
)
from messages.base import Address
from messages.ids import OperatorId, Party
from model.alert.case import Case
from model.alert.leg import LegState
from model.alert.parts import KnownPosition
from model.alert.phase import phase
from model.rules.calls.silent_and_duress import voices_withheld
from model.rules.said.dialogue import read_by_app, unread_since
from model.telling.sheet import Claim, GivenData
from model.telling.told import changes

CLAIMS_MAX: Final = 20
TRAIL_MAX: Final = 50
"""Positions of one alert that are told."""


def case_view(known: Known, person: PersonView | None) -> CaseView:
    """The alert as the screen shows it."""
    sheet, case = known.sheet, known.case
    position = case.position
    user, operator, psap = shown(case, Party.USER), operator_leg(case), shown(case, Party.PSAP)
    return CaseView(
        alert=case.alert,
        seq=known.seq,
        version=case.version,
        phase=phase(case),
        test=case.test,
        silent=case.silent,
        duress=case.duress,
        cancelled=case.cancelled,
        channel=case.channel,
        proof=case.proof,
        doubt=sheet.doubt,
        key_enrolled_us=sheet.key_enrolled_at,
        beside=tuple(BesideView(alert=one.alert, proof=one.proof) for one in case.beside),
        claims=tuple(_claim(one) for one in sheet.claims[-CLAIMS_MAX:]),
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
        battery_pct=sheet.battery_pct,
        signals=sheet.signals,
        unreadable=sheet.unreadable,
        unread_texts=sheet.unread_texts,
        advice=case.advice,
        rang_us=case.rang_at,
        met_us=case.met_at,
        reached_us=case.reached_at,
        reached_by=case.reached_by,
        missed_us=case.missed_at,
        presumed_calling_112=case.presumed_calling_112,
        wrong_pins=case.wrong_pins,
        cancel_unproved=case.cancel_unproved,
        aloud=case.aloud,
        dial_withheld=case.dial_withheld,
        operator=case.operator,
        reserved=_called(case),
        hand_over=_hand_over(case),
        listener=None if case.listener is None else case.listener.operator,
        listening=case.listener_leg is not None and case.listener_leg.joined,
        whispering=case.listener is not None and case.listener.whispers,
        user=party_view(user, hears(case, user)),
        operator_leg=party_view(operator),
        psap=party_view(psap, hears(case, psap)),
        user_hears_nobody=voices_withheld(case),
        user_hears_operator=not voices_withheld(case) and hear_each_other(user, operator),
        operator_hears_psap=hear_each_other(operator, psap),
        user_hears_psap=not voices_withheld(case) and hear_each_other(user, psap),
        recorded=_recorded(case),
        psap_requested_us=None if case.psap is None else case.psap.at,
        psap_no_line=case.to_112.no_line,
        psap_elsewhere_us=case.to_112.elsewhere_at,
        psap_told_us=case.told_112_at,
        broken_us=case.leave.broken_at,
        broken_party=case.leave.broken_party,
        alone_us=alone_since(known),
        reopened_us=case.reopened_at,
        contacts_us=case.contacts_at if sheet.contacts else None,
        contacts=sheet.contacts,
        false_alarm_us=case.false_alarm_at,
        briefing_us=case.briefing_at,
        left_us=case.leave.at,
        restarted_us=restarted_at(known),
        closed_us=case.closed_at,
        written_us=unread_since(case),
        outcome=case.outcome,
        corrected=_corrected(case),
        erased_us=None if case.erased is None else case.erased.at,
        erased=() if case.erased is None else case.erased.kinds,
        steps=steps_view(known),
        timeline=known.entries,
        data=tuple(_data(target, given) for target, given in sheet.data.items()),
        page_code="" if sheet.page is None else sheet.page.code,
        page_viewed_us=None if sheet.page is None else sheet.page.viewed_at,
        dialogue=said_views(case),
        app_reads=read_by_app(case),
        lost_us=lost_us(case),
        texts_ordered=case.texts_ordered,
        briefing={
            field: FilledView(text=one.text, by=one.by, at_us=one.at) for field, one in sheet.briefing.items()
        },
        changed=None if sheet.briefed is None else changes(sheet.briefed, sheet.told),
        node=known.node,
    )


def _corrected(case: Case) -> CorrectedView | None:
    said = case.corrected
    if said is None:
        return None
    return CorrectedView(
        by=said.by, at_us=said.at, outcome=said.outcome, reason=said.reason, own=said.by in case.had_by
    )


def _claim(claim: Claim) -> ClaimView:
    return ClaimView(
        kind=claim.kind,
        at_us=claim.at,
        proof=claim.proof,
        key_enrolled_us=claim.key_enrolled_at,
        silent=claim.silent,
        position=None if claim.position is None else _position(claim.position),
        text=claim.text,
        skipped=claim.skipped,
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


def _recorded(case: Case) -> bool:
    """A file has begun, nothing has ended it, and somebody is in the conference."""
    begun = bool(case.recording.files) and not case.recording.fault
    return begun and any(leg.joined for leg in case.legs.values())


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
    called = party_view(furthest)
    return HandOverView(by=given.by, to=given.to, text=given.text, since_us=given.at, called=called)


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
