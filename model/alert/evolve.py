"""The fold: how each event of an alert's two streams changes its state.

Used by everyone who decides; who shows folds `model.telling.sheet`, which goes on from here.

Total over the events of an alert. One that cannot be read changes nothing, but where its kind says enough:
that an alert has come in, is closed, is reopened. It never refuses: what stands in the journal has happened.


How an alert begins is known also where its first event cannot be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from msgspec.structs import replace

from messages import events as ev
from messages.events import AlertReceived
from messages.ids import CHECK, SECOND, AlertId, Channel, Check, Instant, Proof
from messages.journal import AnyEvent, Recorded, Unreadable
from model.alert.case import NOWHERE, Case
from model.alert.folds.dialogue import fold_dialogue, fold_texts
from model.alert.folds.ending import closed, fold_ending, fold_forgetting, reopened, together_again
from model.alert.folds.legs import LegEvent, fold_leg
from model.alert.folds.orders import fold_orders
from model.alert.folds.parties import fold_operators, fold_psap, fold_user
from model.alert.folds.signals import fold_signal, inbound_call_of, known_positions
from model.alert.parts import InboxEntry
from model.rules.proof import rank_of

_DEADLINE_US: Final = 50 * SECOND
"""After the receipt, where that cannot be read: no phone of ours waits longer (`deadline.seconds`)."""


def alert_of(recorded: Recorded) -> AlertId:
    """Whose the stream is."""
    return AlertId(recorded.stream.partition("-")[2])


def receipt(recorded: Recorded) -> AlertReceived | None:
    """What an alert began with; None for any other event. Where that cannot be read, an alert of which no
    more is known than when it came: a real one, unless its id is a check's.
    """
    match recorded.event:
        case AlertReceived() as event:
            return event
        case Unreadable(kind="alert.received"):
            at = recorded.at_us
            check = Check.ARRIVAL if alert_of(recorded).startswith(CHECK) else None
            return AlertReceived(
                channel=Channel.DATA,
                proof=Proof.APP,
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
"""Facts in the inbox that the AlertCase has to act upon; the others only have to be known."""
_FOLDS: Final = (
    fold_signal,
    fold_user,
    fold_psap,
    fold_ending,
    fold_operators,
    fold_dialogue,
    fold_texts,
    fold_forgetting,
)
_FOLD_OF: Final[dict[type[ev.Event], Callable[[Case, ev.Event, Instant], Case | None]]] = {}
"""The fold that an event of this type is for, each one's alone; found with the first that comes."""


def fold(recorded: Iterable[Recorded]) -> Case | None:
    """The case after these events of its two streams, in order; None without `alert.received`."""
    case: Case | None = None
    for one in recorded:
        case = evolve(case, one) if case is not None else begin(one)
    return case


def begin(recorded: Recorded) -> Case | None:
    """The case of an alert that has just come in."""
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
    """The case after one more event of either stream."""
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
    """The case after this event, wherever it stands. Versions are `evolve`'s."""
    if isinstance(event, Unreadable):
        match event.kind:
            case "alert.closed":
                return closed(case, None, at)
            case "alert.reopened":
                return reopened(case, None, at)
            case _:
                return case
    known = _FOLD_OF.get(type(event))
    if known is None and isinstance(event, LegEvent):
        return together_again(fold_leg(case, event, at), at)
    for one in _FOLDS if known is None else (known,):
        after = one(case, event, at)
        if after is not None:
            _FOLD_OF[type(event)] = one
            return after
    return case
