"""Accepting an alert: the one place that decides whether a signal is a new alert or belongs to another.

Everybody who receives signals (the web for data, the AlertIntake for calls and SMS) accepts them
here, under the journal's write lock, so that two processes cannot make two alerts of one event.
It never refuses a signal for what it lacks.

The rule of duplicates (case 1), in this order. The number of a signal, and of an alert, is the one that it
says, or else the one that the registry has for its device: the number that is called.

1. the same alert id, and the same number and device, or one of them left out: that alert, whatever its
   state;
2. the same number, of which an alert is open, or was closed less than 120 s ago: that alert;
3. no number, and the same device, of which such an alert without a number is known: that alert;
4. otherwise a new alert, under an id of its own where its id is another's.

So a signal never brings a number to an alert that would be called at another one, or at none: who has the
app's key and knows somebody's number, device or id can raise alerts, and take none over (decision 48).

Nobody acts on a signal of a closed alert, so it takes up only what may be a late copy of what it
was about, and never a new cry for help: not a call, which somebody has to answer, and only what was
raised, by a clock that can be believed, before the alert was closed. And a signal that is not a
test never disappears in a test alert.

The rule of the deadline (case 12): the earlier of the phone's corrected time and the receipt,
plus the time allowed; so never later than the receipt plus the time allowed. A phone whose time
lies more than ten minutes before the receipt is not believed, and the receipt counts: the app
retries for minutes where there is no coverage, and has then called 112 by itself, which is a
deadline truly missed; but a clock that is wrong by an hour, a time zone or a reset to 1970 must
not make the center give up a deadline that it can still meet.

The rule of what cannot be handled now (case 10): where as many alerts are open as can be handled at
a time, one more has to wait, and its app is told so with the receipt. Nothing else can tell it sooner.
Where several nodes share the journal each handles its own: those whose leases it has are counted.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Final

import msgspec
from sqlalchemy import bindparam, select

from messages.base import Position
from messages.events import (
    AdviceChanged,
    AlertReceived,
    AlertSignalAdded,
    NoteAdded,
    NumberRaised,
    UserIdentified,
)
from messages.ids import E164, SECOND, Advice, AlertId, Channel, Instant, LineId, OperatorId
from messages.journal import Recorded
from model.alert.case import BELIEVED_US
from model.rules.advice import Why, call_112_now
from store import streams
from store.database.query import Query
from store.database.schema import open_alert
from store.errors import StoreMisuse, VersionConflict
from store.journal.group_commit import GroupCommitter
from store.journal.journal import Append, Journal, Transaction
from store.nodes import leases
from store.registry.users import number_of_device

SAME_EVENT_S: Final = 120
"""How long after its end an alert still takes up signals of the same number."""

NOTE_MAX: Final = 2000
"""Characters of a short message that are kept."""
ALERT_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, in ASCII's order: no letter that is taken for another when read out."""
_LAST_INSTANT: Final = 253_402_300_799_999_999
"""The end of the year 9999, beyond which RFC 3339 cannot write."""
_ATTEMPTS: Final = 5

_ANY_OPEN: Final = Query(select(open_alert.c.alert).limit(1))

_IS_OPEN: Final = Query(select(open_alert.c.seq).where(open_alert.c.alert == bindparam("id")), "id")
_MORE_THAN: Final = Query(select(open_alert.c.seq).limit(1).offset(bindparam("most")), "most")


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """What came in, by whatever channel."""

    channel: Channel
    received_at: Instant
    phone: E164 | None = None
    device: str | None = None
    id: AlertId | None = None
    """The app's own name for the alert; the caller has checked it against ALERT_ID."""
    raised_at: Instant | None = None
    """By the phone's clock as the app has corrected it; none where it is unknown."""
    position: Position | None = None
    test: bool = False
    silent: bool = False
    battery_pct: int | None = None
    line: LineId | None = None
    call: int | None = None
    text: str = ""
    """What she has written (SMS): kept as a note."""


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of a signal. As durable, when it is returned, as the journal says of itself."""

    alert: AlertId
    created: bool
    """Whether this signal made the alert; false where it was there."""
    received_at: Instant
    """The alert's receipt, not this signal's."""
    deadline_at: Instant
    advice: Advice = Advice.WAIT
    """What a new alert's app is told at once."""


def accept(journal: Journal, signal: Signal, deadline_s: float) -> Accepted:
    """Make the signal durable: as a new alert, or on the one that it belongs to.

    Raises JournalError when it cannot be made durable; the alert is then to be handled from
    memory and the app to be told to call 112. Raises StoreMisuse for an id that is none.
    """
    for _ in range(_ATTEMPTS):
        try:
            return journal.transact(lambda transaction: accept_in(transaction, signal, deadline_s))
        except VersionConflict as error:
            # Only where the database lets two transactions begin at once.
            conflict = error
    raise conflict


def accept_soon(
    committer: GroupCommitter, signal: Signal, deadline_s: float, live_cases: int | None = None
) -> Future[Accepted]:
    """The same through the group commit: the future is done when the alert is durable."""
    return committer.run(lambda transaction: accept_in(transaction, signal, deadline_s, live_cases))


def accept_many(journal: Journal, signals: Sequence[Signal], deadline_s: float) -> tuple[Accepted, ...]:
    """The same for several signals in their order, in one transaction: all of them, or by an error none."""
    return journal.transact(
        lambda transaction: tuple(accept_in(transaction, signal, deadline_s) for signal in signals)
    )


def accept_in(
    transaction: Transaction, signal: Signal, deadline_s: float, live_cases: int | None = None
) -> Accepted:
    """The same within a transaction that somebody else commits.

    `live_cases` is how many alerts this node can handle at a time; none where nobody has an app to be told.
    """
    if signal.id is not None and not ALERT_ID.fullmatch(signal.id):
        raise StoreMisuse(f"{signal.id!r} is no alert id")
    found = _belongs_to(transaction, signal)
    if found is None:
        return _create(transaction, signal, deadline_s, live_cases)
    _add(transaction, found, signal)
    first = found.first
    return Accepted(
        alert=found.alert, created=False, received_at=first.received_at, deadline_at=first.deadline_at
    )


def deadline(raised_at: Instant | None, received_at: Instant, deadline_s: float) -> Instant:
    """When the app calls 112 by itself; see the rule above."""
    since = received_at
    if raised_at is not None and received_at - BELIEVED_US <= raised_at < received_at:
        since = raised_at
    return Instant(since + round(deadline_s * SECOND))


def new_alert_id(at_us: Instant) -> AlertId:
    """A name that sorts by time, can be read out and not be guessed: 9 letters of time, 9 of chance."""
    letters = []
    rest = at_us // 1000
    for _ in range(9):
        rest, digit = divmod(rest, 32)
        letters.append(_ALPHABET[digit])
    return AlertId("".join(reversed(letters)) + "".join(secrets.choice(_ALPHABET) for _ in range(9)))


def _keys(transaction: Transaction, signal: Signal) -> list[str]:
    """The streams in which an alert of this signal is looked for."""
    keys = []
    if (number := _number(transaction, signal)) is not None:
        keys.append(streams.number(number))
    if signal.device:
        keys.append(streams.device(signal.device))
    return keys


def _number(transaction: Transaction, signal: Signal) -> E164 | None:
    """Where the user of this signal is called: as it says, or as the registry says of its device."""
    if signal.phone is not None or signal.device is None:
        return signal.phone
    return number_of_device(transaction, signal.device)


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that is there, as far as it says which signals are its own."""

    alert: AlertId
    inbox: list[Recorded]
    first: AlertReceived
    number: E164 | None
    """Where its user is called."""
    device: str | None


def _known(transaction: Transaction, alert: AlertId) -> _Known | None:
    inbox = transaction.read(streams.inbox(alert))
    first = _receipt(inbox)
    if first is None:
        return None
    said = [one.event for one in inbox if isinstance(one.event, AlertReceived | AlertSignalAdded)]
    number = next((one.phone for one in said if one.phone is not None), None)
    device = next((one.device for one in said if one.device is not None), None)
    if number is None:
        identified = transaction.last_of_type(streams.case(alert), "user.identified")
        if identified is not None and isinstance(identified.event, UserIdentified):
            number = identified.event.phone
    if number is None and device is not None:
        number = number_of_device(transaction, device)
    return _Known(alert=alert, inbox=inbox, first=first, number=number, device=device)


def _belongs_to(transaction: Transaction, signal: Signal) -> _Known | None:
    number = _number(transaction, signal)
    named = None if signal.id is None else _known(transaction, signal.id)
    if named is not None and _repeats_its_id(signal, number, named):
        return named
    if number is not None:
        key = streams.number(number)
    elif signal.device is not None:
        key = streams.device(signal.device)
    else:
        return None
    for one in transaction.newest(key):
        if not isinstance(one.event, NumberRaised) or (named is not None and one.event.alert == named.alert):
            continue
        known = _known(transaction, one.event.alert)
        if known is None or known.number != number or (number is None and known.device != signal.device):
            continue
        if _takes(transaction, known, signal) or _has_the_text(signal, known):
            return known
    return None


def _repeats_its_id(signal: Signal, number: E164 | None, known: _Known) -> bool:
    """Whether what names an alert is of its own phone. Nothing is brought to an alert by its name alone."""
    if known.first.test and not signal.test:
        return False
    if number is not None:
        return number == known.number and (
            signal.device == known.device or None in (signal.device, known.device)
        )
    return signal.device == known.device and (signal.device is not None or known.number is None)


def _has_the_text(signal: Signal, known: _Known) -> bool:
    """Whether the alert has this very short message: a SIM shows it again until it is deleted there."""
    return signal.channel is Channel.SMS and _is_there(signal, known.inbox, known.alert)


def _takes(transaction: Transaction, known: _Known, signal: Signal) -> bool:
    """Whether this signal is of the same event as that alert."""
    if transaction.one(_IS_OPEN, known.alert) is None:
        closed = transaction.last_of_type(streams.case(known.alert), "alert.closed")
        if closed is None or not _may_be_late(signal, closed.at_us):
            return False
    return signal.test or not known.first.test


def _may_be_late(signal: Signal, closed_at: Instant) -> bool:
    """Whether the signal may be of what was closed then."""
    if signal.channel is Channel.VOICE or signal.received_at >= closed_at + SAME_EVENT_S * SECOND:
        return False
    if signal.raised_at is None or abs(signal.raised_at - signal.received_at) > BELIEVED_US:
        # Nothing says that it is old: a case too many costs a minute, one too few may cost a life.
        return False
    return min(signal.raised_at, signal.received_at) <= closed_at


def _receipt(inbox: list[Recorded]) -> AlertReceived | None:
    if inbox and isinstance(inbox[0].event, AlertReceived):
        return inbox[0].event
    return None


def _create(transaction: Transaction, signal: Signal, deadline_s: float, live_cases: int | None) -> Accepted:
    alert = signal.id
    if alert is None or transaction.version(streams.inbox(alert)):
        alert = AlertId(transaction.chance(lambda: new_alert_id(signal.received_at)))
    deadline_at = deadline(signal.raised_at, signal.received_at, deadline_s)
    received = AlertReceived(
        channel=signal.channel,
        raised_at=_raised_at(signal),
        received_at=signal.received_at,
        deadline_at=deadline_at,
        phone=signal.phone,
        device=signal.device,
        position=signal.position,
        test=signal.test,
        silent=signal.silent,
        battery_pct=signal.battery_pct,
        line=signal.line,
        call=signal.call,
    )
    # What the app is told when it is answered stands where it asks again.
    told: tuple[AdviceChanged, ...] = ()
    if not transaction.durable:
        told = (call_112_now(Why.NOT_DURABLE),)
    elif live_cases is not None and _all_at_work(transaction, live_cases):
        told = (call_112_now(Why.ALL_AT_WORK),)
    transaction.append(
        *(
            Append(key, transaction.version(key), (NumberRaised(alert=alert),))
            for key in _keys(transaction, signal)
        ),
        Append(streams.inbox(alert), 0, (received, *told, *_written(signal))),
    )
    if transaction.shared:
        leases.grant(transaction, alert, transaction.node)
    return Accepted(
        alert=alert,
        created=True,
        received_at=signal.received_at,
        deadline_at=deadline_at,
        advice=told[0].advice if told else Advice.WAIT,
    )


def _all_at_work(transaction: Transaction, live_cases: int) -> bool:
    """Whether this node has as many alerts as it can handle."""
    if transaction.shared:
        return leases.has_more_than(transaction, transaction.node, live_cases - 1)
    return transaction.one(_MORE_THAN, live_cases - 1) is not None


def _add(transaction: Transaction, known: _Known, signal: Signal) -> None:
    """Keep the signal on the alert, and remember by what else the alert can be found from now on."""
    alert = known.alert
    if not _is_there(signal, known.inbox, alert):
        added = AlertSignalAdded(
            channel=signal.channel,
            received_at=signal.received_at,
            raised_at=_raised_at(signal),
            phone=signal.phone,
            device=signal.device,
            position=signal.position,
            silent=signal.silent,
            battery_pct=signal.battery_pct,
            line=signal.line,
            call=signal.call,
        )
        transaction.append(Append(streams.inbox(alert), None, (added, *_written(signal))))
    if transaction.one(_IS_OPEN, alert) is None:
        return
    for key in _keys(transaction, signal):
        if not any(one.event == NumberRaised(alert=alert) for one in transaction.newest(key)):
            transaction.append(Append(key, transaction.version(key), (NumberRaised(alert=alert),)))


def _written(signal: Signal) -> tuple[NoteAdded, ...]:
    return (NoteAdded(by=OperatorId(""), text=signal.text[:NOTE_MAX]),) if signal.text else ()


def _is_there(signal: Signal, inbox: list[Recorded], alert: AlertId) -> bool:
    """Whether the alert has this very signal already; two texts of one second differ in their words."""
    notes = [one.event.text for one in inbox if isinstance(one.event, NoteAdded)]
    written = not signal.text or signal.text[:NOTE_MAX] in notes
    return written and any(_repeats(signal, recorded, alert) for recorded in inbox)


def _repeats(signal: Signal, recorded: Recorded, alert: AlertId) -> bool:
    """Whether this is the very same data again: the app has not heard our answer, and asks once more."""
    known = recorded.event
    if not isinstance(known, AlertReceived | AlertSignalAdded):
        return False
    if signal.id is None or (signal.id != alert and signal.raised_at is None):
        return False
    raised_at = known.received_at if signal.raised_at is None else _raised_at(signal)
    return (
        known.channel == signal.channel
        and known.raised_at == raised_at
        and (known.phone, known.device) == (signal.phone, signal.device)
        and known.position == signal.position
        and (known.silent, known.battery_pct) == (signal.silent, signal.battery_pct)
        and (known.line, known.call) == (signal.line, signal.call)
    )


def _raised_at(signal: Signal) -> Instant:
    """What the phone said, believed or not; the receipt where it said nothing that could be written down."""
    if signal.raised_at is None or not 0 <= signal.raised_at <= _LAST_INSTANT:
        return signal.received_at
    return signal.raised_at


def is_open(transaction: Transaction, alert: AlertId) -> bool:
    """Whether this alert is received and not closed."""
    return transaction.one(_IS_OPEN, alert) is not None


def any_open(journal: Journal) -> bool:
    """Whether there is an alert that is not closed. Raises JournalError."""
    return journal.row(_ANY_OPEN) is not None
