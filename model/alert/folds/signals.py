"""Facts from outside: signals, positions, PINs, the deadline, and the owner of the alert. Pure.

The AlertCase that takes an alert decides by its own clock: another node's, or the same machine's after the
clock was set back. A time ahead of that clock would delay every call by as much.
"""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec
from msgspec.structs import replace

from messages import events as ev
from messages.base import Position
from messages.ids import Channel, Instant, Party
from model.alert.case import Case
from model.alert.parts import ConflictingAlert, InboundCall, KnownPosition, LeaveState, Owner
from model.alert.trail import Trail
from model.rules.cancelling import is_raised_again, with_cancel_attempt

_NOT_OURS: Final = frozenset({"deadline_at", "raised_at", "key_enrolled_at"})
"""Times of a phone's clock, and times still to come."""

T = TypeVar("T", bound=msgspec.Struct)


def without_future_times(case: Case, now_us: Instant) -> Case:
    """Return the case without times later than `now_us`, the time of taking the alert. A deadline keeps its
    distance from the receipt.
    """
    ahead_us = max(0, case.received_at - now_us)
    case = _clamped(case, now_us)
    return replace(
        case,
        deadline_at=Instant(case.deadline_at - ahead_us),
        legs={name: _clamped(leg, now_us) for name, leg in case.legs.items()},
        calls_on_lost_nodes={name: _clamped(leg, now_us) for name, leg in case.calls_on_lost_nodes.items()},
        in_vain={party: _clamped(vain, now_us) for party, vain in case.in_vain.items()},
        asked_holders={alert: min(at, now_us) for alert, at in case.asked_holders.items()},
        leave=_clamped(case.leave, now_us),
        to_112=_clamped(case.to_112, now_us),
        listener=None if case.listener is None else _clamped(case.listener, now_us),
    )


def _clamped(struct: T, now_us: Instant) -> T:
    """Return the struct with its own times limited to `now_us`."""
    ahead = {
        name: now_us
        for name in struct.__struct_fields__
        if (name in ("at", "since") or name.endswith("_at")) and name not in _NOT_OURS
        if isinstance(value := getattr(struct, name), int) and value > now_us
    }
    return replace(struct, **ahead) if ahead else struct


def fold_signal(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """Return the case after this event; None if the event has another subject."""
    match event:
        case ev.AlertSignalAdded(alias=alias) if alias:
            return case  # the sender does not speak for the alert
        case ev.AlertSignalAdded():
            positions = known_positions(case.positions, event.position, event.received_at, event.channel)
            met = event.silent and not case.aloud and case.operator is not None
            return replace(
                _wanted_again(case) if event.silent and not case.silent else case,
                met_at=case.met_at or (at if met else None),
                positions=positions,
                phone=case.phone or event.phone,
                device=case.device or event.device,
                silent=case.silent or event.silent,
                voices=None if event.silent and not case.silent else case.voices,
                texts_ordered=case.texts_ordered and (case.silent or not event.silent),
                cancel_asked=None if is_raised_again(case, event) else case.cancel_asked,
                inbound_call=case.inbound_call
                if case.confirmed_answered(Party.USER)
                else inbound_call_of(event) or case.inbound_call,
            )
        case ev.AlertBeside(alert=alert, proof=proof):
            if any(one.alert == alert for one in case.beside):
                return case
            return replace(case, beside=(*case.beside, ConflictingAlert(alert=alert, proof=proof)))
        case ev.PositionUpdated(position=position):
            # Only the app can send a further position.
            return replace(case, positions=known_positions(case.positions, position, at, Channel.DATA))
        case ev.AddressFound(address=address):
            return replace(case, address_found=address)
        case ev.AlertCancelled(duress=duress):
            asked = with_cancel_attempt(case, event, at)
            # An operator's order about the voices was given for a user who was not forced.
            voices = None if duress and not case.duress else case.voices
            case = _wanted_again(case) if duress and not case.duress else case
            return replace(
                case, cancelled=True, duress=case.duress or duress, cancel_asked=asked, voices=voices
            )
        case ev.PinRefused():
            asked = with_cancel_attempt(case, event, at)
            if event.none_set:
                return replace(case, cancel_unproved=True, cancel_asked=asked)
            return replace(case, wrong_pins=case.wrong_pins + 1, cancel_asked=asked)
        case ev.DeadlineMissed():
            return replace(case, missed_at=case.missed_at or at)
        case ev.AdviceChanged(advice=advice):
            return replace(case, advice=advice)
        case ev.CaseOpened():
            owner = Owner(node=event.node, worker=event.worker, incarnation=event.incarnation)
            case = without_future_times(case, at)
            return replace(case, owner=owner, owned_at=at, returned_at=None)
        case ev.CaseReturned():
            return replace(case, owner=None, returned_at=at)
        case ev.InboxRead(upto=upto):
            unread = tuple(entry for entry in case.unread if entry.version > upto)
            return replace(case, unread=unread)
        case _:
            return None


def _wanted_again(case: Case) -> Case:
    """Return the case without its leave: user and 112 were left alone, and the user may no longer hear or
    speak. An operator must inform 112.
    """
    if not case.leave.handed_over or case.parties_released or case.closed_at is not None:
        return case
    return replace(case, leave=LeaveState(by=case.leave.by), tried=(), user_ends=())


def known_position(told: Position, received_at: Instant, channel: Channel) -> KnownPosition:
    """Return a position as known to the center. A clock that is ahead would hide all later positions."""
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
    """Return the positions with `told` appended, if present."""
    return before if told is None else before.with_one(known_position(told, received_at, channel))


def inbound_call_of(event: ev.AlertReceived | ev.AlertSignalAdded) -> InboundCall | None:
    """Return the user's own call of a signal by phone; None for other signals."""
    if event.line is None or event.call is None:
        return None
    return InboundCall(line=event.line, call=event.call)
