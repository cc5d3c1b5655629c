"""Acceptance of an alert: the one place that decides if a signal is a new alert or joins an existing one.

All receivers of signals (the web for data, the AlertIntake for calls and SMS) accept the signals here, under
the journal's write lock. So two processes cannot make two alerts of one event. No signal is refused for
missing data.

`model.rules.duplicates` decides which alert a signal joins; `model.rules.deadline` sets the deadline. A
signal that joins an alert without authority over it (`model.rules.proof`) gets an alias: its sender is
informed about that signal and nothing else.

If a short message cannot be decoded, its known data makes the alert, and the message is kept as received.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Final

import msgspec
from sqlalchemy import bindparam, select

from messages.events import AlertBeside, AlertSignalAdded, NumberRaised, SignalNamed, TextUnreadable
from messages.ids import CHECK, Advice, AlertId, Assurance, Channel, Instant
from messages.journal import Recorded
from model.rules.deadline import deadline
from model.rules.duplicates import KnownAlert, may_keep_claim, may_keep_signal
from model.rules.messages.advice import advice_at_receipt
from model.rules.messages.dialogue import is_full, messages_of_sms
from model.rules.proof import is_from_own_sender
from model.rules.signal import Signal, alert_received, aliases_of, is_retransmission, signal_added
from store import streams
from store.alerts import recent
from store.alerts.candidates import conflicting_alerts, is_open, matching_alert, named_signal, streams_of
from store.alerts.claims import SkippedSignals
from store.database.query import Query
from store.database.schema import open_alert
from store.errors import StoreMisuse, VersionConflict
from store.journal.group_commit import GroupCommitter
from store.journal.journal import Append, Journal, Transaction
from store.nodes import leases
from store.registry import devices

ALERT_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in ASCII order: no letter that is mistaken for another when read out."""
_ATTEMPTS: Final = 5

_ANY_OPEN: Final = Query(select(open_alert.c.alert).limit(1))

_MORE_THAN: Final = Query(select(open_alert.c.seq).limit(1).offset(bindparam("most")), "most")


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """Result for an accepted signal. As durable, when returned, as the journal's present state."""

    alert: AlertId
    created: bool
    """True if this signal made the alert; False if the alert existed."""
    received_at: Instant
    """Receipt of the alert, not of this signal; under an alias, receipt of the signal."""
    deadline_at: Instant
    advice: Advice = Advice.WAIT
    """First advice to the app of a new alert."""
    alias: AlertId | None = None
    """Name for the sender, if the signal has no authority over the alert."""

    @property
    def told(self) -> AlertId:
        """Name by which the sender requests the state from now on."""
        return self.alias or self.alert


def accept(journal: Journal, signal: Signal, deadline_s: float) -> Accepted:
    """Make the signal durable: as a new alert, or on the alert that it joins.

    Raises JournalError if the signal cannot be made durable; the caller then handles the alert from memory
    and advises the app to call 112. Raises StoreMisuse for an invalid id.
    """
    for _ in range(_ATTEMPTS):
        try:
            return journal.transact(lambda transaction: accept_in(transaction, signal, deadline_s))
        except VersionConflict as error:
            # Only if the database lets two transactions begin at once.
            conflict = error
    raise conflict


def accept_soon(
    committer: GroupCommitter,
    signal: Signal,
    deadline_s: float,
    live_cases: int | None = None,
    skipped: SkippedSignals | None = None,
) -> Future[Accepted]:
    """Accept a signal through the group commit; the future completes when the alert is durable. A signal
    signed by a phone has priority over others.
    """
    return committer.run(
        lambda transaction: accept_in(transaction, signal, deadline_s, live_cases, skipped),
        first=signal.level is Assurance.DEVICE,
    )


def accept_many(journal: Journal, signals: Sequence[Signal], deadline_s: float) -> tuple[Accepted, ...]:
    """Accept several signals in their order, in one transaction: all of them, or none on an error."""
    return journal.transact(
        lambda transaction: tuple(accept_in(transaction, signal, deadline_s) for signal in signals)
    )


def accept_in(
    transaction: Transaction,
    signal: Signal,
    deadline_s: float,
    live_cases: int | None = None,
    skipped: SkippedSignals | None = None,
) -> Accepted:
    """Accept a signal within the caller's transaction.

    `live_cases`: number of alerts that this node can handle at a time; None if no app awaits advice.
    `skipped` counts the signals that are not kept (`model.rules.duplicates`). Raises StoreMisuse for an
    invalid alert id.
    """
    skipped = SkippedSignals() if skipped is None else skipped
    if signal.id is not None and not ALERT_ID.fullmatch(signal.id):
        raise StoreMisuse(f"{signal.id!r} is no alert id")
    found = matching_alert(transaction, signal)
    if found is None:
        return _create_alert(transaction, signal, deadline_s, live_cases)
    first = found.first
    if not is_from_own_sender(found.alert, first, signal.channel, signal.id, signal.key):
        return _add_as_claim(transaction, found, signal, deadline_s, skipped)
    _add_signal(transaction, found, signal, skipped)
    return Accepted(
        alert=found.alert, created=False, received_at=first.received_at, deadline_at=first.deadline_at
    )


def new_alert_id(at_us: Instant) -> AlertId:
    """Return a name that sorts by time, can be read out and not guessed: 9 letters of time, 9 random ones."""
    letters = []
    rest = at_us // 1000
    for _ in range(9):
        rest, digit = divmod(rest, 32)
        letters.append(_ALPHABET[digit])
    return AlertId("".join(reversed(letters)) + "".join(secrets.choice(_ALPHABET) for _ in range(9)))


def _create_alert(
    transaction: Transaction, signal: Signal, deadline_s: float, live_cases: int | None
) -> Accepted:
    alert = _choose_id(transaction, signal)
    deadline_at = deadline(signal.raised_at, signal.received_at, deadline_s)
    first = alert_received(signal, deadline_at, asked="" if signal.id in (None, alert) else signal.id or "")
    others = conflicting_alerts(transaction, signal)
    # The first advice to the app is journaled, so that a later request finds it.
    at_work = live_cases is not None and is_node_full(transaction, live_cases)
    told = advice_at_receipt(durable=transaction.durable, all_at_work=at_work)
    transaction.append(
        *(
            Append(key, transaction.version(key), (NumberRaised(alert=alert),))
            for key in streams_of(transaction, signal)
        ),
        Append(streams.inbox(alert), 0, (first, *others.values(), *told, *messages_of_sms(signal))),
        *(
            Append(streams.inbox(other), None, (AlertBeside(alert=alert, proof=signal.level),))
            for other in others
        ),
    )
    if signal.key:
        devices.record_alert(transaction, signal.key)
    if transaction.shared:
        leases.grant_lease(transaction, alert, transaction.node)
    return Accepted(
        alert=alert,
        created=True,
        received_at=signal.received_at,
        deadline_at=deadline_at,
        advice=told[0].advice if told else Advice.WAIT,
    )


def is_node_full(transaction: Transaction, live_cases: int) -> bool:
    """Return True if this node has at least `live_cases` open alerts."""
    if transaction.shared:
        return leases.has_more_than(transaction, transaction.node, live_cases - 1)
    return transaction.one(_MORE_THAN, live_cases - 1) is not None


def _choose_id(transaction: Transaction, signal: Signal) -> AlertId:
    """Return the sender's own id if no other alert or signal has it; else a new random id."""
    asked = signal.id
    if asked is not None and not asked.startswith(CHECK):
        there = any(transaction.version(stream) for stream in (streams.inbox(asked), streams.signal(asked)))
        if not there:
            return asked
    return AlertId(transaction.chance(lambda: new_alert_id(signal.received_at)))


def _add_signal(transaction: Transaction, known: KnownAlert, signal: Signal, skipped: SkippedSignals) -> None:
    """Keep the signal on the alert, and register the alert under the signal's number and devices."""
    alert = known.alert
    came = recent.recent_signals(transaction, alert)
    if not _is_recorded(transaction, known, signal, came):
        told: tuple[AlertSignalAdded, ...] = ()
        if not signal.is_words and may_keep_signal(came, known.first, signal, transaction.at_us):
            told = (signal_added(signal, skipped=skipped.take(alert, claimed=False)),)
        elif not signal.is_words:
            skipped.add(alert, claimed=False)
        words = () if _is_full(transaction, alert, signal) else messages_of_sms(signal)
        if told or words:
            transaction.append(
                Append(streams.inbox(alert), None, (*told, *words)),
                *_alias_append(transaction, signal, known),
            )
    if not is_open(transaction, alert):
        return
    for key in streams_of(transaction, signal):
        if not any(one.event == NumberRaised(alert=alert) for one in transaction.newest(key)):
            transaction.append(Append(key, transaction.version(key), (NumberRaised(alert=alert),)))


def _add_as_claim(
    transaction: Transaction, known: KnownAlert, signal: Signal, deadline_s: float, skipped: SkippedSignals
) -> Accepted:
    """Keep the signal on the alert as a claim, under an alias that only its sender receives."""
    came = recent.recent_signals(transaction, known.alert)
    alias, before = _alias(transaction, known, signal, came)
    now = SignalNamed(
        alert=known.alert,
        received_at=signal.received_at,
        raised_at=signal.raised,
        deadline_at=deadline(signal.raised_at, signal.received_at, deadline_s),
        proof=signal.level,
        test=known.first.test,
        silent=signal.silent,
    )
    first = before or now
    if before is None or alias not in aliases_of(signal, came):
        if may_keep_claim(came, transaction.at_us):
            claim = signal_added(signal, alias, skipped.take(known.alert, claimed=True))
            transaction.append(
                Append(streams.inbox(known.alert), None, (claim,)),
                *(() if before else (Append(streams.signal(alias), 0, (now,)),)),
            )
        else:
            skipped.add(known.alert, claimed=True)
            first = before or skipped.name(alias, now)
    return Accepted(
        alert=known.alert,
        created=False,
        received_at=first.received_at,
        deadline_at=first.deadline_at,
        alias=alias,
    )


def _alias(
    transaction: Transaction, known: KnownAlert, signal: Signal, came: list[Recorded]
) -> tuple[AlertId, SignalNamed | None]:
    """Return the alias of the signal on the alert, and the earlier signal of that alias; None for a new
    alias.

    If the sender's own id belongs to another alert, a repeated signal is recognised by its content and its
    time of raising. Only that sender knows the time.
    """
    before = named_signal(transaction.one, signal.id)
    if signal.id is not None and before is not None and before.alert == known.alert:
        return signal.id, before
    name = _choose_id(transaction, signal)
    if signal.raised_at is not None and signal.id not in (None, name):
        for given in aliases_of(signal, came):
            return given, named_signal(transaction.one, given)
    return name, None


def _alias_append(transaction: Transaction, signal: Signal, known: KnownAlert) -> tuple[Append, ...]:
    """Return the append that names a joined short message: its SIM may present it again for a long time."""
    if signal.channel is not Channel.SMS or signal.id is None:
        return ()
    if transaction.version(streams.inbox(signal.id)):
        return ()  # an alert has this name: the name leads to it already
    named = SignalNamed(
        alert=known.alert,
        received_at=signal.received_at,
        raised_at=signal.raised,
        deadline_at=known.first.deadline_at,
        proof=signal.level,
        test=known.first.test,
    )
    return (Append(streams.signal(signal.id), 0, (named,)),)


def _is_recorded(transaction: Transaction, known: KnownAlert, signal: Signal, lately: list[Recorded]) -> bool:
    """Return True if the alert already has this signal. A short message is recognised by its id, which its
    line derives from its content; a repeated signal of the app is searched among the recent signals.
    """
    if signal.id is None:
        return False
    if signal.channel is Channel.SMS:
        return signal.id == known.alert or bool(transaction.version(streams.signal(signal.id)))
    if signal.id not in (known.alert, known.first.asked) and signal.raised_at is None:
        return False
    came = (one.event for one in lately)
    own = (one for one in came if isinstance(one, AlertSignalAdded) and not one.alias)
    return is_retransmission(signal, known.first) or any(is_retransmission(signal, one) for one in own)


def _is_full(transaction: Transaction, alert: AlertId, signal: Signal) -> bool:
    """Return True if the dialogue keeps no further words from this signal's channel."""
    return bool(signal.text) and is_full(recent.recent_messages(transaction, alert), signal.channel)


def has_open_alert(journal: Journal) -> bool:
    """Return True if any alert is open. Raises JournalError."""
    return journal.row(_ANY_OPEN) is not None


def accept_undecoded(journal: Journal, signal: Signal, text: TextUnreadable, deadline_s: float) -> Accepted:
    """Make the signal durable, and keep the undecoded message on its alert, once. Raises JournalError."""

    def within(tx: Transaction) -> Accepted:
        accepted = accept_in(tx, signal, deadline_s)
        inbox = streams.inbox(accepted.alert)
        kept = () if accepted.created else tx.read(inbox)
        if not any(isinstance(one.event, TextUnreadable) and one.event.key == text.key for one in kept):
            tx.append(Append(inbox, None, (text,)))
        return accepted

    return journal.transact(within)
