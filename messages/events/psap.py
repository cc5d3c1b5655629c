"""The call to 112, in `alert-ALERT`."""

from __future__ import annotations

from messages.base import Message
from messages.ids import E164, LegId, OperatorId, TextId


class PsapRequested(Message, frozen=True, kw_only=True, tag="psap.requested"):
    """112 is to be called for this alert (S8)."""

    by: OperatorId | None
    number: E164


class PsapLineLacking(Message, frozen=True, kw_only=True, tag="psap.no_line"):
    """112 is wanted, and no line can carry the call. It is tried on; the next `leg.originating` ends this, or
    the next call that rings, where calls have failed."""

    reason: str
    """`none`, `out_of_use`, `taken`, `failing` or `guarded` (`messages.lines.Lack`)."""


class PsapCalledElsewhere(Message, frozen=True, kw_only=True, tag="psap.called_elsewhere"):
    """The operator has called 112 from another phone and has read the briefing there."""

    by: OperatorId


class ContactsTexted(Message, frozen=True, kw_only=True, tag="contacts.texted"):
    """Those whom the user wanted told are told that 112 was called: a short message to each is asked for, and
    what became of it stands in its own stream."""

    texts: tuple[TextId, ...] = ()
    names: str = ""
    """Of the contacts, in the order of `texts`, with commas between; their numbers the same."""
    numbers: str = ""


class PsapWithdrawn(Message, frozen=True, kw_only=True, tag="psap.withdrawn"):
    """112 is not to be called after all."""

    by: OperatorId


class PsapJoined(Message, frozen=True, kw_only=True, tag="psap.joined"):
    """112 is in the conference."""

    leg: LegId
