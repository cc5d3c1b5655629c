"""Which alert a signal belongs to, if it is of one that is there: the rule of duplicates (case 1).

In this order. The number of a signal, and of an alert, is the one that it says, or else the one that the
registry has for its device: the number that is called.

1. the same alert id or alias, and the same number and device, or one of them left out: that alert, whatever
   its state, unless it was closed before the signal was raised;
2. the same number, of which an alert is open, or was closed less than 120 s ago: that alert;
3. no number, and the same device, of which such an alert without a number is known: that alert;
4. otherwise a new alert, under an id of its own where its id is another's.

So a signal never brings a number to an alert that would be called at another one, or at none: who has the
app's key and knows somebody's number, device or id can raise alerts, and take none over (decision 48).
And a signal belongs only to an alert of its own level: what an enrolled phone has signed and what it has not
are two alerts, each with a note of the other (`model.rules.proof`, decision 83). But for the words of a short
message, which move and cancel nothing: they are a message of the dialogue, of the proved alert if there is
one, which shows how they came (decision 106).

Nobody acts on a signal of a closed alert, so it takes up only what may be a late copy of what it
was about, and never a new cry for help: not a call, which somebody has to answer, and only what was
raised, by a clock that can be believed, before the alert was closed. And a signal that is not a
test never disappears in a test alert.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import msgspec
from sqlalchemy import bindparam, select

from messages.base import Position
from messages.events import (
    AlertBeside,
    AlertReceived,
    AlertSignalAdded,
    NumberRaised,
    SignalNamed,
    UserIdentified,
)
from messages.ids import E164, SECOND, AlertId, Channel, Check, Doubt, Instant, LineId, Proof
from messages.journal import Recorded
from model.alert.parts import BELIEVED_US
from model.rules.proof import joins, level_of, proof_of
from store import streams
from store.database.query import Query, Row
from store.database.schema import open_alert
from store.journal import erasable, rows
from store.journal.journal import Transaction
from store.registry.users.users import number_of_device
from store.streams import StreamKind

SAME_EVENT_S: Final = 120
"""How long after its end an alert still takes up signals of the same number."""
NOTE_MAX: Final = 2000
"""Characters of a short message that are kept."""
_LAST_INSTANT: Final = 253_402_300_799_999_999
"""The end of the year 9999, beyond which RFC 3339 cannot write."""
_IS_OPEN: Final = Query(select(open_alert.c.seq).where(open_alert.c.alert == bindparam("id")), "id")


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
    check: Check | None = None
    """Signed, and a test: no operator is called for it."""
    silent: bool = False
    battery_pct: int | None = None
    line: LineId | None = None
    call: int | None = None
    text: str = ""
    """What the user has written (SMS): kept as a message of the dialogue."""
    proof: Proof | None = None
    """None: what its channel is worth."""
    key: str = ""
    """The enrolled device that has signed it; its number is `phone` then."""
    key_enrolled_at: Instant | None = None
    """When that device was enrolled."""
    doubt: Doubt | None = None

    @property
    def level(self) -> Proof:
        """What proves it."""
        return self.proof or level_of(self.channel)

    @property
    def is_words(self) -> bool:
        """Whether it is a short message that says nothing but its words."""
        return self.channel is Channel.SMS and bool(self.text) and self.position is None

    @property
    def text_id(self) -> str:
        """The name of its message in the dialogue: the same for the same short message, read again."""
        return self.id or f"sms-{self.received_at}"


def streams_of(transaction: Transaction, signal: Signal) -> list[str]:
    """The streams in which an alert of this signal is looked for; they are named for it."""
    keys = []
    if (number := number_of(transaction, signal)) is not None:
        keys.append(transaction.stream_of(StreamKind.NUMBER, number))
    if signal.device:
        keys.append(transaction.stream_of(StreamKind.DEVICE, signal.device))
    if signal.key:
        keys.append(transaction.stream_of(StreamKind.DEVICE, signal.key))
    return keys


def number_of(transaction: Transaction, signal: Signal) -> E164 | None:
    """Where the user of this signal is called: as it says, or as the registry says of its device."""
    if signal.phone is not None or signal.device is None:
        return signal.phone
    return number_of_device(transaction, signal.device)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that is there, as far as it says which signals are its own."""

    alert: AlertId
    first: AlertReceived
    number: E164 | None
    """Where its user is called."""

    @property
    def proof(self) -> Proof:
        """Its level: that of its receipt."""
        return proof_of(self.first)


def known_alert(transaction: Transaction, alert: AlertId) -> Known | None:
    """The alert of this id, by its receipt alone: however much has been added to it, that is one row."""
    row = transaction.one(rows.RECEIPT, streams.inbox(alert))
    first = None if row is None else rows.recorded_from(row).event
    if not isinstance(first, AlertReceived):
        return None
    number = first.phone
    if number is None:
        identified = transaction.last_of_type(streams.case(alert), "user.identified")
        if identified is not None and isinstance(identified.event, UserIdentified):
            number = identified.event.phone
    if number is None and first.device is not None:
        number = number_of_device(transaction, first.device)
    return Known(alert=alert, first=first, number=number)


def named_signal(ask: Callable[..., Row | None], alias: AlertId | None) -> SignalNamed | None:
    """The signal of this alias, by one row; `ask`: `row` of a Journal, `one` of a Transaction."""
    row = None if alias is None else ask(rows.FIRST, streams.signal(alias))
    event = None if row is None else rows.recorded_from(row).event
    return event if isinstance(event, SignalNamed) else None


def belongs_to(transaction: Transaction, signal: Signal) -> Known | None:
    """The alert that the signal is brought to; None: it is a new one."""
    number = number_of(transaction, signal)
    named = None if signal.id is None else known_alert(transaction, signal.id)
    if named is not None and _repeats_its_id(transaction, signal, number, named):
        return named
    before = named_signal(transaction.one, signal.id)
    if before is not None and (known := _of_alias(transaction, signal, number, before)) is not None:
        return known
    # Nobody else can write to the stream of a key, and so push out of sight what is in it.
    looked = erasable.streams_of(transaction.one, (), (signal.key,))
    if number is not None:
        looked += erasable.streams_of(transaction.one, (number,), ())
    elif signal.device is not None:
        looked += erasable.streams_of(transaction.one, (), (signal.device,))
    found: list[Known] = []
    for one in (one for stream in looked for one in transaction.newest(stream)):
        if not isinstance(one.event, NumberRaised) or (named is not None and one.event.alert == named.alert):
            continue
        known = known_alert(transaction, one.event.alert)
        if known is None or not _is_called_at(known, number, signal):
            continue
        if (joins(signal.level, known.proof) or signal.is_words) and _takes(transaction, known, signal):
            found.append(known)
            if known.proof is Proof.DEVICE or not signal.is_words:
                return known
    return found[0] if found else None


def _is_called_at(known: Known, number: E164 | None, signal: Signal) -> bool:
    """Whether both are called at one number, or have none and are of one device."""
    return known.number == number and (number is not None or known.first.device == signal.device)


def _repeats_its_id(transaction: Transaction, signal: Signal, number: E164 | None, known: Known) -> bool:
    """Whether what names an alert is of its own phone. Nothing is brought to an alert by its name alone."""
    first = known.first
    if (first.test and not signal.test) or first.check is not None or not joins(signal.level, known.proof):
        return False
    if _is_a_new_cry(transaction, signal, known.alert):
        return False
    if number is not None:
        return number == known.number and (
            signal.device == first.device or None in (signal.device, first.device)
        )
    return signal.device == first.device and (signal.device is not None or known.number is None)


def _of_alias(
    transaction: Transaction, signal: Signal, number: E164 | None, before: SignalNamed
) -> Known | None:
    """The alert to which the signal of the same alias was brought, where this one can be brought there."""
    known = known_alert(transaction, before.alert)
    if known is None or not _is_called_at(known, number, signal) or (before.test and not signal.test):
        return None
    if not (joins(signal.level, known.proof) or signal.is_words):
        return None
    return None if _is_a_new_cry(transaction, signal, known.alert) else known


def _is_a_new_cry(transaction: Transaction, signal: Signal, alert: AlertId) -> bool:
    """Whether the alert was closed before this was raised, by a clock that can be believed."""
    closed_at = _closed_at(transaction, alert)
    raised_at = signal.raised_at
    if closed_at is None or raised_at is None or signal.channel is not Channel.DATA:
        return False
    return raised_at > closed_at and abs(raised_at - signal.received_at) <= BELIEVED_US


def _closed_at(transaction: Transaction, alert: AlertId) -> Instant | None:
    """When the alert was closed; None: it is open."""
    if is_open(transaction, alert):
        return None
    closed = transaction.last_of_type(streams.case(alert), "alert.closed")
    return Instant(0) if closed is None else closed.at_us


def _takes(transaction: Transaction, known: Known, signal: Signal) -> bool:
    """Whether this signal is of the same event as that alert."""
    closed_at = _closed_at(transaction, known.alert)
    if closed_at is not None and not _may_be_late(signal, closed_at):
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


def beside(transaction: Transaction, signal: Signal) -> dict[AlertId, AlertBeside]:
    """The open alerts of the signal's number that it cannot be brought to, for its proof."""
    found: dict[AlertId, AlertBeside] = {}
    for key in streams_of(transaction, signal):
        for one in transaction.newest(key):
            if not isinstance(one.event, NumberRaised) or not is_open(transaction, one.event.alert):
                continue
            known = known_alert(transaction, one.event.alert)
            if known is None or known.first.test != signal.test or joins(signal.level, known.proof):
                continue
            if known.number is not None and known.number == number_of(transaction, signal):
                found[known.alert] = AlertBeside(alert=known.alert, proof=known.proof)
    return found


def is_open(transaction: Transaction, alert: AlertId) -> bool:
    """Whether this alert is received and not closed."""
    return transaction.one(_IS_OPEN, alert) is not None


def repeats(signal: Signal, known: AlertReceived | AlertSignalAdded) -> bool:
    """Whether this is the very same data again: the app has not heard our answer, and asks once more."""
    raised_at = known.received_at if signal.raised_at is None else raised_at_of(signal)
    return (
        known.channel == signal.channel
        and known.raised_at == raised_at
        and (known.phone, known.device) == (signal.phone, signal.device)
        and known.position == signal.position
        and (known.silent, known.battery_pct) == (signal.silent, signal.battery_pct)
    )


def aliases_of(signal: Signal, came: Iterable[Recorded]) -> list[AlertId]:
    """The aliases under which this very signal is among these events, in their order."""
    kept = (one.event for one in came)
    named = (one for one in kept if isinstance(one, AlertSignalAdded) and one.alias)
    return [AlertId(one.alias) for one in named if repeats(signal, one)]


def raised_at_of(signal: Signal) -> Instant:
    """What the phone said, believed or not; the receipt where it said nothing that could be written down."""
    if signal.raised_at is None or not 0 <= signal.raised_at <= _LAST_INSTANT:
        return signal.received_at
    return signal.raised_at
