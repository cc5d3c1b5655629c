"""Written dialogue: messages from SMS, delivery to the user, and detection of news. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from messages import events as ev
from messages.ids import SECOND, Channel, Instant
from model.alert.case import Case
from model.alert.parts import DialogueMessage
from model.rules.signal import Signal

KEPT_MAX: Final = 500
"""Greatest number of the user's messages kept per alert from the app; as many by SMS, as an SMS sender can be
forged.
"""

TEXT_MAX: Final = 2000
"""Greatest number of characters kept of an SMS."""

PAGE_STAYS_US: Final = Instant(3600 * SECOND)
"""Time after the alert's end during which 112's page exists and shows the user's messages."""


def messages_of_sms(signal: Signal) -> tuple[ev.DialogueSaid, ...]:
    """Return the text of an SMS as a message of the dialogue."""
    said = ev.DialogueSaid(id=signal.text_id, channel=signal.channel, text=signal.text[:TEXT_MAX])
    return (said,) if signal.text else ()


def is_page_available(case: Case, now_us: Instant) -> bool:
    """Return True while 112's page exists: in an open alert, and for an hour after its end."""
    return case.has_page and (case.closed_at is None or now_us < case.closed_at + PAGE_STAYS_US)


def is_dialogue_open(case: Case, now_us: Instant) -> bool:
    """Return True if a message of the user reaches the operator, or after the end 112's page."""
    return case.closed_at is None or is_page_available(case, now_us)


def messages_after_end(case: Case) -> tuple[DialogueMessage, ...]:
    """Return the user's messages since the alert's end, oldest first."""
    closed_at = case.closed_at
    return (
        () if closed_at is None else tuple(one for one in case.dialogue if not one.by and one.at >= closed_at)
    )


def unread_since(case: Case) -> Instant | None:
    """Return the time of the user's first unread message since the last operator left or since the alert's
    end; None if all are read, or an operator has the alert.
    """
    since = case.leave.at or case.leave.together_at or case.closed_at
    if since is None or (case.closed_at is None and case.operator is not None):
        return None
    unread = (one.at for one in case.dialogue if not one.by and one.at >= since and one.read_at is None)
    return next(unread, None)


def read_by_app(case: Case) -> bool:
    """Return True if the user's app shows messages.

    An attempt to cancel, with any PIN, hides all messages (decision 56). A user who raised the alert by phone
    or SMS may have no app.
    """
    by_app = case.channel is Channel.DATA or any(one.channel is Channel.DATA for one in case.positions)
    return by_app and case.cancel_asked is None and not case.duress


def is_full(said: Iterable[ev.DialogueSaid | DialogueMessage], channel: Channel) -> bool:
    """Return True if further messages of the user from this channel are dropped."""
    return sum(not one.by and one.channel is channel for one in said) >= KEPT_MAX


def is_news(case: Case, event: ev.DialogueSaid | ev.DialogueSeen) -> bool:
    """Return True if the event is news: a message counts once, and so does its reading."""
    match event:
        case ev.DialogueSaid():
            return all((one.id, one.by) != (event.id, event.by) for one in case.dialogue)
        case ev.DialogueSeen():
            return any(
                one.number <= event.upto
                and bool(one.by) != bool(event.by)
                and (one.arrived_at is None or (event.read and one.read_at is None))
                for one in case.dialogue
            )
