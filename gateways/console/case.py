"""View of one alert, made from its story: progress, the first time of each step, the dialogue of user and
operator, and the full alert. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gateways.console.parties import hear_each_other, hears, operator_leg, party_view, shown
from gateways.console.read_model import ShownAlert
from gateways.console.timeline import Entry
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
    SaidView,
    StepsView,
    TextedView,
)
from messages import events as ev
from messages.base import Address, Message
from messages.ids import Assurance, Channel, Instant, OperatorId, Party
from model.alert.case import Case
from model.alert.leg import LegState
from model.alert.parts import DialogueMessage, KnownPosition, SmsDelivery
from model.alert.phase import phase
from model.rules.calls.silent_and_duress import are_voices_withheld
from model.rules.messages import message_channel
from model.rules.messages.announcements import question_progress
from model.rules.messages.dialogue import read_by_app, unread_since
from model.telling.psap_snapshot import changes
from model.telling.sheet import Claim, SentData

_ANSWERS: Final = ("leg.answered", "leg.confirmed")


def steps_view(known: ShownAlert) -> StepsView:
    """Return the time at which each step of the alert happened first; None for a step that has not
    happened.
    """
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

    answered_us, spoken_us = _users_talks(known.entries)
    return StepsView(
        received_us=case.received_at,
        operator_us=first(ev.OperatorJoined),
        ringing_us=first(ev.LegRinging, Party.USER) or case.rang_at or case.reached_at,
        answered_us=answered_us,
        psap_us=case.to_112.joined_at or answered(Party.PSAP),
        handed_over_us=case.leave.at,
        spoken_us=spoken_us,
    )


def _users_talks(entries: Iterable[Entry]) -> tuple[Instant | None, Instant | None]:
    """Return when the user first answered, and when an operator or 112 was first on the line with the user
    since the alert was opened last. A call that a machine has answered counts for neither.
    """
    answers: list[Instant] = []
    talks: list[Instant | None] = []
    up: set[Party | None] = set()
    holder: OperatorId | None = None
    for one in entries:
        if one.what in _ANSWERS and not one.doubt and one.party is not Party.OPERATOR:
            if one.party is Party.USER and Party.USER not in up:
                answers.append(one.at_us)
                talks.append(None)
            up.add(one.party)
        elif one.what == "leg.released" and one.party is not Party.OPERATOR:
            up.discard(one.party)
        elif one.what == "operator.joined":
            holder = one.operator
        elif one.what == "operator.left" and one.operator == holder:
            holder = None
        elif one.what == "alert.reopened":
            talks = [None] * len(talks)
        elif one.what == "machine.marked" and Party.USER in up:
            # The mark concerns the call that is up, and ends it.
            answers.pop()
            talks.pop()
            up.discard(Party.USER)
        if Party.USER in up and talks[-1] is None and (holder is not None or Party.PSAP in up):
            talks[-1] = one.at_us
    return next(iter(answers), None), next((at for at in talks if at is not None), None)


def alone_since(known: ShownAlert) -> Instant | None:
    """Return since when the user waits on the line without an operator and without 112; None if this is not
    so.
    """
    case = known.case
    user = case.confirmed_answered(Party.USER)
    if user is None or case.operator is not None or case.confirmed_answered(Party.PSAP) is not None:
        return None
    holder: OperatorId | None = None
    since = user.answered_at
    for one in known.entries:
        if one.what == "operator.joined":
            holder = one.operator
        elif one.what == "operator.left" and one.operator == holder:
            holder = None
        elif one.what != "leg.released" or one.party is not Party.PSAP or not one.talked:
            continue
        since = max(since or one.at_us, one.at_us)
    return since


def restarted_at(known: ShownAlert) -> Instant | None:
    """Return when an AlertCase last took over the alert, or a modem's process its call; None if neither
    happened.
    """
    taken_over = (ev.CaseOpened.__struct_config__.tag, ev.LegAdopted.__struct_config__.tag)
    return next((entry.at_us for entry in reversed(known.entries) if entry.what in taken_over), None)


def message_views(case: Case) -> tuple[SaidView, ...]:
    """Return the messages of the dialogue, oldest first."""
    return tuple(_message_view(case, one) for one in case.dialogue)


def _message_view(case: Case, one: DialogueMessage) -> SaidView:
    return SaidView(
        number=one.number,
        id=one.id,
        by=one.by,
        at_us=one.at,
        channel=one.channel,
        text=one.text,
        asks=one.asks,
        answer=one.answer,
        answers=one.answers,
        spoken=question_progress(case, one),
        language="" if one.spoken is None else one.spoken.language,
        softly=one.spoken is not None and one.spoken.softly,
        heard_us=one.heard_at,
        arrived_us=one.arrived_at,
        read_us=one.read_at,
        claimed=one.channel is Channel.SMS and not one.by and case.proof is Assurance.DEVICE,
        texted=None if one.texted is None else _sms_view(one.texted),
    )


def _sms_view(one: SmsDelivery) -> TextedView:
    return TextedView(
        asked_us=one.asked_at,
        sent_us=one.sent_at,
        awaits=one.awaits,
        waits_us=one.waits_at,
        delivered_us=one.delivered_at,
        failed_us=one.failed_at,
        failure=one.failure,
    )


def lost_us(case: Case) -> Instant | None:
    """Return when the app counts as lost; None if no app reads the dialogue, or all messages have arrived."""
    lost_at = message_channel.lost_at(case)
    return lost_at if read_by_app(case) and lost_at < message_channel.NEVER else None


CLAIMS_MAX: Final = 20
TRAIL_MAX: Final = 50
"""Most positions of an alert in the view."""


def case_view(known: ShownAlert, person: PersonView | None) -> CaseView:
    """Return the view of the alert for the screen."""
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
        # The person's name may still be cached for some seconds.
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
        reserved=_called_operators(case),
        hand_over=_hand_over(case),
        listener=None if case.listener is None else case.listener.operator,
        listening=case.listener_leg is not None and case.listener_leg.joined,
        whispering=case.listener is not None and case.listener.whispers,
        user=party_view(user, hears(case, user)),
        operator_leg=party_view(operator),
        psap=party_view(psap, hears(case, psap)),
        user_hears_nobody=are_voices_withheld(case),
        user_hears_operator=not are_voices_withheld(case) and hear_each_other(user, operator),
        operator_hears_psap=hear_each_other(operator, psap),
        user_hears_psap=not are_voices_withheld(case) and hear_each_other(user, psap),
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
        dialogue=message_views(case),
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


def _data(target: str, given: SentData) -> DataView:
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
    """Return True if a file has begun without a fault, and a leg is in the conference."""
    begun = bool(case.recording.files) and not case.recording.fault
    return begun and any(leg.joined for leg in case.legs.values())


def _called_operators(case: Case) -> tuple[OperatorId, ...]:
    """Return the operators reserved for the alert, except those with a call that is being released: these
    operators need to do nothing.
    """
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
    # Ordered by time of measurement: a phone without a signal sends kept positions late.
    ordered = sorted(case.positions, key=lambda position: position.at)
    return tuple(_position(position) for position in ordered[-TRAIL_MAX:])
