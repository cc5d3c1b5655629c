"""Duplicate rule: the existing alert that a signal joins, if any, and the limit of repeated signals
kept: the first twenty, then one a minute. Pure.

The clauses apply in this order. The number of a signal, and of an alert, is the stated one, or else the
registry's number of its device: the number that is called.

1. the same alert id or alias, and the same number and device, or one of them left out: that alert, in
   any state, unless it was closed before the signal was raised;
2. the same number as an alert that is open, or was closed less than 120 s ago: that alert;
3. no number, and the same device as such an alert without a number: that alert;
4. otherwise a new alert, with an id of its own if its id is in use.

So a signal never joins an alert that would be called at another number, or at none: a holder of the app's key
who knows another person's number, device or id can raise alerts, and take none over (decision 136). A signal
also joins only an alert of its own assurance level: alerts signed by an enrolled phone and unsigned alerts
stay two alerts, each with a note of the other (`model.rules.proof`, decision 136). The words of a short
message are an exception, as they move and cancel nothing: they become a message of the dialogue, of the
proved alert if one exists, which shows their channel (decision 103).

A signal in a closed alert has no effect, so a closed alert accepts only a possible late copy of its own
signals, and never a new request for help. It accepts no call, which must be answered, and only signals raised
before the closing by a plausible clock. A signal that is not a test never disappears in a test alert.

An alert raised without end would fill the journal, and each reader of its inbox would pay for it. Signals
that are not kept are counted (`store.alerts.claims`). Calls are always kept, as they must be answered, and
the words of a dialogue have a limit of their own (`model.rules.messages.dialogue`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from messages.events import (
    AlertCancelled,
    AlertReceived,
    AlertSignalAdded,
    ClaimAdded,
    PinRefused,
    SignalNamed,
)
from messages.ids import E164, SECOND, AlertId, Assurance, Channel, Instant
from messages.journal import Recorded
from model.alert.parts import BELIEVED_US
from model.rules.proof import may_join
from model.rules.signal import Signal

SAME_EVENT_S: Final = 120
"""Time after its end within which an alert still accepts signals of its number."""


class KnownAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An existing alert, with the data that decides which signals join it."""

    alert: AlertId
    first: AlertReceived
    number: E164 | None
    """Number on which the user is called."""
    closed_at: Instant | None
    """Time of the closing; None while open."""

    @property
    def proof(self) -> Assurance:
        """Assurance level of the alert: that of its receipt."""
        return self.first.proof


def alert_to_join(
    signal: Signal, number: E164 | None, of_its_number: Iterable[KnownAlert]
) -> KnownAlert | None:
    """Return the alert that the signal joins (clauses 2 and 3); None for a new alert.

    `number`: number on which the signal's user is called. `of_its_number`: alerts of its key, number or
    device, newest first.
    """
    found = None
    for known in of_its_number:
        if not has_same_number(known, number, signal) or not _takes(known, signal):
            continue
        if not may_join(signal.level, known.proof) and not signal.is_words:
            continue
        if known.proof is Assurance.DEVICE or not signal.is_words:
            return known
        found = found or known
    return found


def has_same_number(known: KnownAlert, number: E164 | None, signal: Signal) -> bool:
    """Return True if both are called at one number, or have no number and share a device."""
    return known.number == number and (number is not None or known.first.device == signal.device)


def repeats_its_id(signal: Signal, number: E164 | None, known: KnownAlert) -> bool:
    """Return True if the signal that names the alert is of the alert's own phone (clause 1). The name alone
    joins nothing.
    """
    first = known.first
    if (first.test and not signal.test) or first.check is not None or not may_join(signal.level, known.proof):
        return False
    if _is_a_new_cry(known, signal):
        return False
    if number is not None:
        return number == known.number and (
            signal.device == first.device or None in (signal.device, first.device)
        )
    return signal.device == first.device and (signal.device is not None or known.number is None)


def repeats_its_alias(signal: Signal, number: E164 | None, before: SignalNamed, known: KnownAlert) -> bool:
    """Return True if the signal joins the alert of an earlier signal with this alias (clause 1)."""
    if not has_same_number(known, number, signal) or (before.test and not signal.test):
        return False
    return (may_join(signal.level, known.proof) or signal.is_words) and not _is_a_new_cry(known, signal)


def conflicts_with(signal: Signal, number: E164 | None, known: KnownAlert) -> bool:
    """Return True for an open alert of the number that the signal cannot join, for its assurance level."""
    return (
        known.closed_at is None
        and known.first.test == signal.test
        and not may_join(signal.level, known.proof)
        and known.number is not None
        and known.number == number
    )


def _is_a_new_cry(known: KnownAlert, signal: Signal) -> bool:
    """Return True if the alert was closed before the signal was raised, by a plausible clock."""
    raised_at = signal.raised_at
    if known.closed_at is None or raised_at is None or signal.channel is not Channel.DATA:
        return False
    return raised_at > known.closed_at and abs(raised_at - signal.received_at) <= BELIEVED_US


def _takes(known: KnownAlert, signal: Signal) -> bool:
    """Return True if the signal belongs to the event of the alert."""
    if known.closed_at is not None and not _may_be_late(signal, known.closed_at):
        return False
    return signal.test or not known.first.test


def _may_be_late(signal: Signal, closed_at: Instant) -> bool:
    """Return True if the signal may belong to the alert closed at `closed_at`."""
    if signal.channel is Channel.VOICE or signal.received_at >= closed_at + SAME_EVENT_S * SECOND:
        return False
    if signal.raised_at is None or abs(signal.raised_at - signal.received_at) > BELIEVED_US:
        # Its age is unproved: one case too many costs a minute, one too few may cost a life.
        return False
    return min(signal.raised_at, signal.received_at) <= closed_at


AT_ONCE: Final = 20
EVERY_US: Final = Instant(60 * SECOND)


def may_keep_claim(lately: Sequence[Recorded], now_us: Instant) -> bool:
    """Return True if another signal under aliases is kept. `lately`: newest first."""
    return _is_due([one.at_us for one in lately if is_claim(one)], now_us)


def may_keep_signal(
    lately: Sequence[Recorded], first: AlertReceived, signal: Signal, now_us: Instant
) -> bool:
    """Return True if another signal of the alert's own sender is kept. Signals that change the alert are
    always kept: a request for silence, and a new alert after an attempt to cancel.
    """
    if signal.channel is Channel.VOICE:
        return True
    own = [(one.at_us, one.event) for one in lately if _is_own(one)]
    silenced = first.silent or any(isinstance(one, AlertSignalAdded) and one.silent for _, one in own)
    if signal.silent and not silenced:
        return True
    cancelled = next((one.seq for one in lately if isinstance(one.event, AlertCancelled | PinRefused)), 0)
    raised = next((one.seq for one in lately if _is_own(one)), 0)
    return cancelled > raised or _is_due([at for at, _ in own], now_us)


def is_claim(one: Recorded) -> bool:
    """Return True for a signal under an alias."""
    return isinstance(one.event, ClaimAdded | AlertSignalAdded) and bool(one.event.alias)


def _is_own(one: Recorded) -> bool:
    return isinstance(one.event, AlertSignalAdded) and not one.event.alias


def _is_due(kept: Sequence[Instant], now_us: Instant) -> bool:
    return len(kept) < AT_ONCE or now_us - kept[0] >= EVERY_US
