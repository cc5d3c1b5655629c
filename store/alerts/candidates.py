"""Reads of the journal for alerts that a signal may join; `model.rules.duplicates` decides which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from sqlalchemy import bindparam, select

from messages.events import AlertBeside, AlertReceived, NumberRaised, SignalNamed, UserIdentified
from messages.ids import E164, AlertId, Instant
from model.rules.duplicates import (
    KnownAlert,
    alert_to_join,
    conflicts_with,
    repeats_its_alias,
    repeats_its_id,
)
from model.rules.signal import Signal
from store import streams
from store.database.query import Query, Row
from store.database.schema import open_alert
from store.journal import erasable, rows
from store.journal.journal import Transaction
from store.journal.transaction import Snapshot
from store.registry.users.users import number_of_device
from store.streams import StreamKind

_IS_OPEN: Final = Query(select(open_alert.c.seq).where(open_alert.c.alert == bindparam("id")), "id")


def streams_of(transaction: Transaction, signal: Signal) -> list[str]:
    """Return the streams that lead to alerts of this signal; a number or device without a stream gets one."""
    keys = []
    if (number := number_of(transaction, signal)) is not None:
        keys.append(transaction.stream_of(StreamKind.NUMBER, number))
    if signal.device:
        keys.append(transaction.stream_of(StreamKind.DEVICE, signal.device))
    if signal.key:
        keys.append(transaction.stream_of(StreamKind.DEVICE, signal.key))
    return keys


def number_of(transaction: Transaction, signal: Signal) -> E164 | None:
    """Return the number for calls to the user: the signal's own, or the one registered for its device; None
    if there is none.
    """
    if signal.phone is not None or signal.device is None:
        return signal.phone
    return number_of_device(transaction, signal.device)


def known_alert(transaction: Transaction, alert: AlertId) -> KnownAlert | None:
    """Return the alert of this id, by its receipt alone: one row, however much was added to the alert; None
    for an unknown id.
    """
    row = transaction.one(rows.RECEIPT, streams.inbox(alert))
    first = None if row is None else rows.event_from(row).event
    if not isinstance(first, AlertReceived):
        return None
    number = first.phone
    if number is None:
        identified = transaction.last_of_type(streams.case(alert), "user.identified")
        if identified is not None and isinstance(identified.event, UserIdentified):
            number = identified.event.phone
    if number is None and first.device is not None:
        number = number_of_device(transaction, first.device)
    return KnownAlert(alert=alert, first=first, number=number, closed_at=_closed_at(transaction, alert))


def named_signal(ask: Callable[..., Row | None], alias: AlertId | None) -> SignalNamed | None:
    """Return the signal of this alias, by one row; None for an unknown alias. `ask`: `row` of a Journal or
    `one` of a Transaction.
    """
    row = None if alias is None else ask(rows.FIRST, streams.signal(alias))
    event = None if row is None else rows.event_from(row).event
    return event if isinstance(event, SignalNamed) else None


def matching_alert(transaction: Transaction, signal: Signal) -> KnownAlert | None:
    """Return the alert that the signal joins; None for a new alert."""
    number = number_of(transaction, signal)
    named = None if signal.id is None else known_alert(transaction, signal.id)
    if named is not None and repeats_its_id(signal, number, named):
        return named
    before = named_signal(transaction.one, signal.id)
    known = None if before is None else known_alert(transaction, before.alert)
    if before is not None and known is not None and repeats_its_alias(signal, number, before, known):
        return known
    # Only the key's holder writes to its stream, so that other senders cannot push its alerts out of reach.
    looked = erasable.streams_of(transaction.one, (), (signal.key,))
    if number is not None:
        looked += erasable.streams_of(transaction.one, (number,), ())
    elif signal.device is not None:
        looked += erasable.streams_of(transaction.one, (), (signal.device,))
    others = (one for one in _raised_in(transaction, looked) if named is None or one.alert != named.alert)
    return alert_to_join(signal, number, others)


def conflicting_alerts(transaction: Transaction, signal: Signal) -> dict[AlertId, AlertBeside]:
    """Return the open alerts of the signal's number that differ from the signal in assurance level."""
    number = number_of(transaction, signal)
    return {
        one.alert: AlertBeside(alert=one.alert, proof=one.proof)
        for one in _raised_in(transaction, streams_of(transaction, signal))
        if conflicts_with(signal, number, one)
    }


def _raised_in(transaction: Transaction, looked: list[str]) -> Iterator[KnownAlert]:
    """Yield the alerts that these streams name, the newest of each stream first."""
    for stream in looked:
        for one in transaction.newest(stream):
            if not isinstance(one.event, NumberRaised):
                continue
            if (known := known_alert(transaction, one.event.alert)) is not None:
                yield known


def _closed_at(transaction: Transaction, alert: AlertId) -> Instant | None:
    """Return the time of closing; None if the alert is open."""
    if is_open(transaction, alert):
        return None
    closed = transaction.last_of_type(streams.case(alert), "alert.closed")
    return Instant(0) if closed is None else closed.at_us


def is_open(seen: Snapshot, alert: AlertId) -> bool:
    """Return True for an alert that is received and not closed."""
    return seen.one(_IS_OPEN, alert) is not None
