"""Acceptance of a check: a signed test without an operator, raised to verify that an alert would arrive.

A check takes the path of an alert and never obstructs one. The streams of its number do not name a check, so
that no signal joins the check, and the check joins no alert. A check has no position, and waits while this
node is busy with alerts. A check of the arrival alone names no person: the registry records the phone, by
day.
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
from store.alerts.accepting import Accepted, is_node_full
from store.alerts.candidates import is_open, known_alert
from store.errors import StoreMisuse
from store.journal import erasable
from store.journal.journal import Append, Transaction
from store.nodes import leases
from store.registry import devices

ROOM: Final = 5
"""Divisor of the node's capacity: a check is accepted while less than a fifth of the capacity is in use."""
AGAIN_S: Final = 60


class CheckPostponed(msgspec.Struct, frozen=True, kw_only=True):
    """The check has to wait: alerts come first."""

    reason: str
    again_s: int = AGAIN_S


def accept_check(
    tx: Transaction, signal: Signal, deadline_s: float, live_cases: int, every_days: int | None
) -> Accepted | CheckPostponed:
    """Make the check durable, or return the reason for waiting. `every_days`: interval chosen by the user, if
    reported.

    `signal.id` is the phone's own name for the check: a repeated name returns the existing check. Raises
    StoreMisuse for a check that is unsigned, unnamed or no test.
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
        return CheckPostponed(reason="the journal cannot be written to the disk")
    if is_node_full(tx, max(1, live_cases // ROOM)):
        return CheckPostponed(reason="alerts are at work")
    if _has_open_alert(tx, signal):
        return CheckPostponed(reason="an alert of this phone is open")
    received = _received(signal, deadline_s)
    tx.append(Append(streams.inbox(alert), 0, (received,)))
    devices.record_check(tx, signal.key, every_days)
    if tx.shared:
        leases.grant_lease(tx, alert, tx.node)
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


def _has_open_alert(tx: Transaction, signal: Signal) -> bool:
    """Return True if the phone has an open alert, including a test."""
    assert signal.phone is not None
    looked = erasable.streams_of(tx.one, (signal.phone,), (signal.key,))
    newest = (one.event for stream in looked for one in tx.newest(stream))
    return any(is_open(tx, event.alert) for event in newest if isinstance(event, NumberRaised))
