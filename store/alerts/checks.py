"""Accepting a check: a signed test that no operator is called for, raised to see that an alert would arrive.

It goes an alert's way and is never in one's way: it is looked for in no stream of its number, so that no
signal ever joins it and it joins none; it holds no position; and it waits while this node has alerts at work.
A check of the arrival alone says nothing of a person: which phone it was stands in the registry, by the day.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

import msgspec

from messages.events import AlertReceived, NumberRaised
from messages.ids import CHECK, AlertId, Check
from model.rules.deadline import deadline
from model.rules.signal import Signal
from store import streams
from store.alerts.accepting import Accepted, all_at_work
from store.alerts.known import is_open, known_alert
from store.errors import StoreMisuse
from store.journal import erasable
from store.journal.journal import Append, Transaction
from store.nodes import leases
from store.registry import devices

ROOM: Final = 5
"""A check is taken while less than a fifth of the alerts that the node can handle at a time are open."""
AGAIN_S: Final = 60


class PutOff(msgspec.Struct, frozen=True, kw_only=True):
    """The check has to wait: alerts come first."""

    reason: str
    again_s: int = AGAIN_S


def accept_check(
    tx: Transaction, signal: Signal, deadline_s: float, live_cases: int, every_days: int | None
) -> Accepted | PutOff:
    """Make the check durable, or say why it has to wait. `every_days`: as its user has chosen, where told.

    `signal.id` is the phone's own name for it: sent again by that it is the check that is there. Raises
    StoreMisuse for what nobody has signed.
    """
    if None in (signal.check, signal.id, signal.phone) or not signal.test or not signal.key:
        raise StoreMisuse("a check is signed, a test, and has a name")
    alert = AlertId(f"{CHECK}{sha256(f'{signal.key}:{signal.id}'.encode()).hexdigest()[:24]}")
    known = known_alert(tx, alert)
    if known is not None:
        return Accepted(
            alert=alert,
            created=False,
            received_at=known.first.received_at,
            deadline_at=known.first.deadline_at,
        )
    if not tx.durable:
        return PutOff(reason="the journal cannot be written to the disk")
    if all_at_work(tx, max(1, live_cases // ROOM)):
        return PutOff(reason="alerts are at work")
    if _raised(tx, signal):
        return PutOff(reason="an alert of this phone is open")
    received = _received(signal, deadline_s)
    tx.append(Append(streams.inbox(alert), 0, (received,)))
    devices.checked(tx, signal.key, every_days)
    if tx.shared:
        leases.grant(tx, alert, tx.node)
    return Accepted(
        alert=alert, created=True, received_at=signal.received_at, deadline_at=received.deadline_at
    )


def _received(signal: Signal, deadline_s: float) -> AlertReceived:
    called = signal.check is Check.CALL
    return AlertReceived(
        channel=signal.channel,
        raised_at=signal.raised,
        received_at=signal.received_at,
        deadline_at=deadline(signal.raised_at, signal.received_at, deadline_s),
        phone=signal.phone if called else None,
        test=True,
        check=signal.check,
        proof=signal.level,
        key=signal.key if called else "",
    )


def _raised(tx: Transaction, signal: Signal) -> bool:
    """Whether the phone has an alert open, be it a test."""
    assert signal.phone is not None
    looked = erasable.streams_of(tx.one, (signal.phone,), (signal.key,))
    newest = (one.event for stream in looked for one in tx.newest(stream))
    return any(is_open(tx, event.alert) for event in newest if isinstance(event, NumberRaised))
