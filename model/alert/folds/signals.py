"""What has come from outside: signals, positions, PINs, notes, the deadline, and who has the alert. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from messages import events as ev
from messages.base import Position
from messages.ids import Channel, ClaimKind, Instant, Party, Proof
from model.alert.case import Case
from model.alert.folds.clocks import not_ahead
from model.alert.parts import Beside, Claim, InboundCall, KnownPosition, Leave, Note, Owner
from model.alert.trail import Trail
from model.rules.cancelling import asked_again, raised_again


def fold_signal(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """The case after this event; None where it is about something else."""
    match event:
        case ev.AlertSignalAdded(alias=alias) if alias:
            return _claimed(case, event, at)
        case ev.ClaimAdded():
            return _claimed(case, event, at)
        case ev.AlertSignalAdded():
            positions = known_positions(case.positions, event.position, event.received_at, event.channel)
            met = event.silent and not case.aloud and case.operator is not None
            return replace(
                _wanted_again(case) if event.silent and not case.silent else case,
                met_at=case.met_at or (at if met else None),
                signals=case.signals + 1 + event.skipped,
                positions=positions,
                phone=case.phone or event.phone,
                device=case.device or event.device,
                silent=case.silent or event.silent,
                voices=None if event.silent and not case.silent else case.voices,
                texts_ordered=case.texts_ordered and (case.silent or not event.silent),
                cancel_asked=None if raised_again(case, event) else case.cancel_asked,
                battery_pct=case.battery_pct if event.battery_pct is None else event.battery_pct,
                inbound_call=case.inbound_call
                if case.confirmed_answered(Party.USER)
                else inbound_call_of(event) or case.inbound_call,
            )
        case ev.AlertBeside(alert=alert, proof=proof):
            if any(one.alert == alert for one in case.beside):
                return case
            return replace(case, beside=(*case.beside, Beside(alert=alert, proof=proof)))
        case ev.PositionUpdated(position=position):
            # Only the app has a way to say one more.
            return replace(case, positions=known_positions(case.positions, position, at, Channel.DATA))
        case ev.AddressFound(address=address):
            return replace(case, address_found=address)
        case ev.AlertCancelled(duress=duress):
            asked = asked_again(case, event, at)
            # What an operator has ordered of the voices was ordered of a user who was not forced.
            voices = None if duress and not case.duress else case.voices
            case = _wanted_again(case) if duress and not case.duress else case
            return replace(
                case, cancelled=True, duress=case.duress or duress, cancel_asked=asked, voices=voices
            )
        case ev.PinRefused():
            asked = asked_again(case, event, at)
            if event.none_set:
                return replace(case, cancel_unproved=True, cancel_asked=asked)
            return replace(case, wrong_pins=case.wrong_pins + 1, cancel_asked=asked)
        case ev.TextUnreadable():
            return replace(case, unread_texts=case.unread_texts + 1)
        case ev.NoteAdded():
            return replace(case, notes=(*case.notes, Note(by=event.by, at=at, text=event.text)))
        case ev.DeadlineMissed():
            return replace(case, missed_at=case.missed_at or at)
        case ev.AdviceChanged(advice=advice):
            return replace(case, advice=advice)
        case ev.CaseOpened():
            owner = Owner(node=event.node, crew=event.crew, incarnation=event.incarnation)
            restarts = case.restarts + (case.owner is not None)
            case = not_ahead(case, at)
            return replace(case, owner=owner, owned_at=at, returned_at=None, restarts=restarts)
        case ev.CaseReturned():
            return replace(case, owner=None, returned_at=at)
        case ev.InboxRead(upto=upto):
            unread = tuple(entry for entry in case.unread if entry.version > upto)
            return replace(case, inbox_handled=max(case.inbox_handled, upto), unread=unread)
        case _:
            return None


def _wanted_again(case: Case) -> Case:
    """The case that was left to the user and 112, and in which the user may hear and say nothing any more:
    112 is to be told so by an operator.
    """
    if not case.leave.handed_over or case.parties_released or case.closed_at is not None:
        return case
    return replace(case, leave=Leave(by=case.leave.by), operator_left_at=None, tried=(), user_ends=())


def _claimed(case: Case, event: ev.AlertSignalAdded | ev.ClaimAdded, at: Instant) -> Case:
    """The case with what somebody has said who does not speak for it: shown, and nothing else."""
    told = event.position
    claim = Claim(
        alias=event.alias,
        kind=ClaimKind.SIGNAL,
        at=at,
        proof=event.proof or Proof.APP,
        position=None if told is None else known_position(told, at, Channel.DATA),
        skipped=event.skipped,
    )
    match event:
        case ev.AlertSignalAdded(silent=silent, key_enrolled_at=key_enrolled_at):
            claim = replace(claim, silent=silent, key_enrolled_at=key_enrolled_at)
        case ev.ClaimAdded(kind=kind, text=text):
            claim = replace(claim, kind=kind, text=text)
    more = event.skipped + isinstance(event, ev.AlertSignalAdded)
    return replace(case, claims=(*case.claims, claim), signals=case.signals + more)


def known_position(told: Position, received_at: Instant, channel: Channel) -> KnownPosition:
    """Return a position as the center knows it. A clock that is ahead would hide all that comes later."""
    return KnownPosition(
        lat=told.lat,
        lon=told.lon,
        at=min(told.at, received_at),
        accuracy_m=told.accuracy_m,
        source=told.source,
        received_at=received_at,
        channel=channel,
    )


def known_positions(
    before: Trail[KnownPosition], told: Position | None, received_at: Instant, channel: Channel
) -> Trail[KnownPosition]:
    """Return the positions with one more, if there is one."""
    return before if told is None else before.with_one(known_position(told, received_at, channel))


def inbound_call_of(event: ev.AlertReceived | ev.AlertSignalAdded) -> InboundCall | None:
    if event.line is None or event.call is None:
        return None
    return InboundCall(line=event.line, call=event.call)
