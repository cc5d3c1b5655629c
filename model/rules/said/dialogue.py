"""The dialogue without a voice: what a short message says in it, when it reaches the user, and what is new
in it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from messages import events as ev
from messages.ids import SECOND, Channel, Instant
from model.alert.case import Case
from model.alert.parts import Said
from model.rules.signal import Signal

KEPT_MAX: Final = 500
"""Messages of the user's of one alert, by the app; as many by short message, whose sender can be forged."""

TEXT_MAX: Final = 2000
"""Characters of a short message that are kept."""

PAGE_STAYS_US: Final = Instant(3600 * SECOND)
"""So long after the alert's end 112's page is there, and what the user writes goes on it."""


def written(signal: Signal) -> tuple[ev.DialogueSaid, ...]:
    """Return what a short message says, as a message of the dialogue."""
    said = ev.DialogueSaid(id=signal.text_id, channel=signal.channel, text=signal.text[:TEXT_MAX])
    return (said,) if signal.text else ()


def page_stands(case: Case, now_us: Instant) -> bool:
    """Return whether 112's page is there: while the alert is open, and for an hour after its end."""
    return case.has_page and (case.closed_at is None or now_us < case.closed_at + PAGE_STAYS_US)


def goes_on(case: Case, now_us: Instant) -> bool:
    """Return whether a message of the user reaches the operator, or after the end 112 by its page."""
    return case.closed_at is None or page_stands(case, now_us)


def written_after(case: Case) -> tuple[Said, ...]:
    """Return what the user has written since the alert's end, oldest first."""
    closed_at = case.closed_at
    return (
        () if closed_at is None else tuple(one for one in case.dialogue if not one.by and one.at >= closed_at)
    )


def unread_since(case: Case) -> Instant | None:
    """Return when the user first wrote what no operator has read, since the last operator left the alert or
    since the alert's end; None where everything was read, or an operator has the alert.
    """
    since = case.leave.at or case.leave.together_at or case.closed_at
    if since is None or (case.closed_at is None and case.operator is not None):
        return None
    unread = (one.at for one in case.dialogue if not one.by and one.at >= since and one.read_at is None)
    return next(unread, None)


def read_by_app(case: Case) -> bool:
    """Whether the user's app shows what is written to it.

    An attempt to cancel, with whichever PIN, makes it show nothing any more (decision 56), and who has raised
    the alert by phone or short message may have no app at all.
    """
    by_app = case.channel is Channel.DATA or any(one.channel is Channel.DATA for one in case.positions)
    return by_app and case.cancel_asked is None and not case.duress


def is_full(said: Iterable[ev.DialogueSaid | Said], channel: Channel) -> bool:
    """Whether no more of the user's messages are kept of those that come by this channel."""
    return sum(not one.by and one.channel is channel for one in said) >= KEPT_MAX


def news(case: Case, event: ev.DialogueSaid | ev.DialogueSeen) -> bool:
    """Whether this says something that is not known yet: a message counts once, and so does its reading."""
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
