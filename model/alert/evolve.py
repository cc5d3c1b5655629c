"""Fold of an alert: how each event of its two streams changes the state.

Every decider uses this fold; displays use `model.telling.sheet`, which builds on it.

The fold handles every event of an alert. An unreadable event changes nothing, except for kinds that carry
enough by their name: received, closed, reopened. The fold never refuses an event: the journal records facts.

The start of an alert is known even if its first event is unreadable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from msgspec.structs import replace

from messages import events as ev
from messages.events import AlertReceived
from messages.ids import CHECK, SECOND, AlertId, Assurance, Channel, Check, Instant
from messages.journal import AnyEvent, Recorded, Unreadable
from model.alert.case import NOWHERE, Case
from model.alert.folds.dialogue import fold_dialogue, fold_texts
from model.alert.folds.ending import close_case, fold_ending, fold_erasure, reopen_case, restore_conference
from model.alert.folds.legs import LegEvent, fold_leg
from model.alert.folds.orders import fold_orders
from model.alert.folds.parties import fold_operators, fold_psap, fold_user
from model.alert.folds.signals import fold_signal, inbound_call_of, known_positions
from model.alert.parts import InboxEntry
from model.rules.proof import rank_of

_DEADLINE_US: Final = 50 * SECOND
"""Time from receipt to the deadline if the first event is unreadable: the longest (`deadline.seconds`)."""


def alert_of(recorded: Recorded) -> AlertId:
    """Return the alert of the event's stream."""
    return AlertId(recorded.stream.partition("-")[2])


def receipt(recorded: Recorded) -> AlertReceived | None:
    """Return the first event of an alert; None for any other event.

    An unreadable first event stands for an alert of which only the time of arrival is known: a real alert,
    unless its id is a check's.
    """
    match recorded.event:
        case AlertReceived() as event:
            return event
        case Unreadable(kind="alert.received"):
            at = recorded.at_us
            check = Check.ARRIVAL if alert_of(recorded).startswith(CHECK) else None
            return AlertReceived(
                channel=Channel.DATA,
                proof=Assurance.APP,
                raised_at=at,
                received_at=at,
                deadline_at=Instant(at + _DEADLINE_US),
                test=check is not None,
                check=check,
            )
        case _:
            return None


_ACTED_UPON: Final = (
    ev.CommandGiven,
    ev.DeadlineMissed,
    ev.RingingSeen,
    ev.PinRefused,
    ev.OperatorWanted,
)
"""Facts in the inbox on which the AlertCase must act; all other facts need only be known."""
_FOLDS: Final = (
    fold_signal,
    fold_user,
    fold_psap,
    fold_ending,
    fold_operators,
    fold_dialogue,
    fold_texts,
    fold_erasure,
)
_FOLD_OF: Final[dict[type[ev.Event], Callable[[Case, ev.Event, Instant], Case | None]]] = {}
"""Fold of each event type, exactly one; found when the first event of the type arrives."""


def fold(recorded: Iterable[Recorded]) -> Case | None:
    """Return the case after these events of its two streams, in order; None without `alert.received`."""
    case: Case | None = None
    for one in recorded:
        case = evolve(case, one) if case is not None else begin(one)
    return case


def begin(recorded: Recorded) -> Case | None:
    """Return the case of a new alert; None if the event does not begin an alert."""
    event = receipt(recorded)
    if event is None:
        return None
    return Case(
        alert=alert_of(recorded),
        channel=event.channel,
        received_at=event.received_at,
        raised_at=event.raised_at,
        deadline_at=event.deadline_at,
        phone=event.phone,
        device=event.device,
        proof=event.proof,
        rank=rank_of(event.proof, event.doubt),
        key=event.key,
        test=event.test,
        check=event.check,
        silent=event.silent,
        positions=known_positions(NOWHERE, event.position, event.received_at, event.channel),
        inbox_version=recorded.version,
        inbound_call=inbound_call_of(event),
    )


def evolve(case: Case, recorded: Recorded) -> Case:
    """Return the case after one more event of either stream."""
    if recorded.stream.startswith("inbox-"):
        event = recorded.event
        unread = case.unread
        if isinstance(event, _ACTED_UPON):
            unread = (*unread, InboxEntry(version=recorded.version, at=recorded.at_us, event=event))
        at_its_place = replace(case, inbox_version=recorded.version, unread=unread)
    else:
        at_its_place = replace(case, case_version=recorded.version)
    return fold_orders(case, apply(at_its_place, recorded.event, recorded.at_us), recorded.event)


def apply(case: Case, event: AnyEvent, at: Instant) -> Case:
    """Return the case after this event of either stream, with versions unchanged (see `evolve`)."""
    if isinstance(event, Unreadable):
        match event.kind:
            case "alert.closed":
                return close_case(case, None, at)
            case "alert.reopened":
                return reopen_case(case, None, at)
            case _:
                return case
    known = _FOLD_OF.get(type(event))
    if known is None and isinstance(event, LegEvent):
        return restore_conference(fold_leg(case, event, at), at)
    for one in _FOLDS if known is None else (known,):
        after = one(case, event, at)
        if after is not None:
            _FOLD_OF[type(event)] = one
            return after
    return case
