"""The rule of duplicates (case 1): which alert a signal belongs to, if it is of one that is there, and how
much is kept of what is sent again and again: the first twenty, then one a minute. Pure.

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

An alert that is raised without end would fill the journal, and each reader of its inbox would pay for it.
What is not kept is counted (`store.alerts.claims`). Calls are always kept, as somebody has to answer them,
and words of a dialogue have a bound of their own (`model.rules.said.dialogue`).
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
from messages.ids import E164, SECOND, AlertId, Channel, Instant, Proof
from messages.journal import Recorded
from model.alert.parts import BELIEVED_US
from model.rules.proof import joins
from model.rules.signal import Signal

SAME_EVENT_S: Final = 120
"""How long after its end an alert still takes up signals of the same number."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that is there, as far as it says which signals are its own."""

    alert: AlertId
    first: AlertReceived
    number: E164 | None
    """Where its user is called."""
    closed_at: Instant | None
    """None: it is open."""

    @property
    def proof(self) -> Proof:
        """Its level: that of its receipt."""
        return self.first.proof


def chosen(signal: Signal, number: E164 | None, of_its_number: Iterable[Known]) -> Known | None:
    """Return the alert that the signal is brought to, of those of its key, number or device, newest first
    (clauses 2 and 3); None: it is a new one. `number`: where the user of the signal is called.
    """
    found = None
    for known in of_its_number:
        if not is_called_at(known, number, signal) or not _takes(known, signal):
            continue
        if not joins(signal.level, known.proof) and not signal.is_words:
            continue
        if known.proof is Proof.DEVICE or not signal.is_words:
            return known
        found = found or known
    return found


def is_called_at(known: Known, number: E164 | None, signal: Signal) -> bool:
    """Return True where both are called at one number, or have none and are of one device."""
    return known.number == number and (number is not None or known.first.device == signal.device)


def repeats_its_id(signal: Signal, number: E164 | None, known: Known) -> bool:
    """Return True where what names an alert is of its own phone (clause 1). Nothing is brought to an alert by
    its name alone.
    """
    first = known.first
    if (first.test and not signal.test) or first.check is not None or not joins(signal.level, known.proof):
        return False
    if _is_a_new_cry(known, signal):
        return False
    if number is not None:
        return number == known.number and (
            signal.device == first.device or None in (signal.device, first.device)
        )
    return signal.device == first.device and (signal.device is not None or known.number is None)


def repeats_its_alias(signal: Signal, number: E164 | None, before: SignalNamed, known: Known) -> bool:
    """Return True where the signal is brought to the alert to which that of the same alias was (clause 1)."""
    if not is_called_at(known, number, signal) or (before.test and not signal.test):
        return False
    return (joins(signal.level, known.proof) or signal.is_words) and not _is_a_new_cry(known, signal)


def stands_beside(signal: Signal, number: E164 | None, known: Known) -> bool:
    """Return True for an open alert of the signal's number that it cannot be brought to, for its proof."""
    return (
        known.closed_at is None
        and known.first.test == signal.test
        and not joins(signal.level, known.proof)
        and known.number is not None
        and known.number == number
    )


def _is_a_new_cry(known: Known, signal: Signal) -> bool:
    """Whether the alert was closed before this was raised, by a clock that can be believed."""
    raised_at = signal.raised_at
    if known.closed_at is None or raised_at is None or signal.channel is not Channel.DATA:
        return False
    return raised_at > known.closed_at and abs(raised_at - signal.received_at) <= BELIEVED_US


def _takes(known: Known, signal: Signal) -> bool:
    """Whether this signal is of the same event as that alert."""
    if known.closed_at is not None and not _may_be_late(signal, known.closed_at):
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


AT_ONCE: Final = 20
EVERY_US: Final = Instant(60 * SECOND)


def keeps_claim(lately: Sequence[Recorded], now_us: Instant) -> bool:
    """Return True where one more is kept of what comes under aliases. `lately`: newest first."""
    return _is_due([one.at_us for one in lately if is_claim(one)], now_us)


def keeps_signal(lately: Sequence[Recorded], first: AlertReceived, signal: Signal, now_us: Instant) -> bool:
    """Return True where one more signal of the alert's own sender is kept. What changes the alert always is:
    a wish for silence, and a press after an attempt to cancel.
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
    """Return True for what came under an alias."""
    return isinstance(one.event, ClaimAdded | AlertSignalAdded) and bool(one.event.alias)


def _is_own(one: Recorded) -> bool:
    return isinstance(one.event, AlertSignalAdded) and not one.event.alias


def _is_due(kept: Sequence[Instant], now_us: Instant) -> bool:
    return len(kept) < AT_ONCE or now_us - kept[0] >= EVERY_US
