"""An alert of a short message that could not be read: what is known of it, and the message as it came."""

from __future__ import annotations

from messages.events import TextUnreadable
from model.rules.signal import Signal
from store import streams
from store.alerts.accepting import Accepted, accept_in
from store.journal.journal import Append, Journal, Transaction


def accept_unread(journal: Journal, signal: Signal, text: TextUnreadable, deadline_s: float) -> Accepted:
    """Make the signal durable, and keep the message on its alert, once. Raises JournalError."""

    def within(tx: Transaction) -> Accepted:
        accepted = accept_in(tx, signal, deadline_s)
        inbox = streams.inbox(accepted.alert)
        kept = () if accepted.created else tx.read(inbox)
        if not any(isinstance(one.event, TextUnreadable) and one.event.key == text.key for one in kept):
            tx.append(Append(inbox, None, (text,)))
        return accepted

    return journal.transact(within)
