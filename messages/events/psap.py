"""Call to 112, in `alert-ALERT`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from messages.base import Message
from messages.ids import E164, LegId, OperatorId, PersonalKind, TextId
from messages.rows import ListItem, Sentence, listing


class PsapRequested(Message, frozen=True, kw_only=True, tag="psap.requested"):
    """A call to 112 was requested for this alert."""

    sentence: ClassVar = Sentence(
        "112 is to be called at {number}[, says {by}]",
        "il 112 è da chiamare al {number}[, dice {by}]",
    )
    listed: ClassVar = listing(
        ListItem("112", "", "112 is asked for", {"operator": ""}),
        ListItem("112", "", "{op} asks for 112"),
        operator="by",
    )

    by: OperatorId | None
    number: E164


class PsapLineLacking(Message, frozen=True, kw_only=True, tag="psap.no_line"):
    """No line can carry the requested call to 112. Attempts continue; the next `leg.originating` ends this
    state or, if calls have failed, the next call that rings.
    """

    sentence: ClassVar = Sentence(
        "NO LINE CAN CARRY THE CALL TO 112: {reason}",
        "NESSUNA LINEA PUÒ CHIAMARE IL 112: {reason}",
    )
    listed: ClassVar = listing(
        ListItem("warn", "bad", "No line for 112: {lack}"),
        reason="reason",
    )

    reason: str
    """Reason: `none`, `out_of_use`, `taken`, `failing` or `guarded` (`messages.lines.Lack`)."""


class PsapCalledElsewhere(Message, frozen=True, kw_only=True, tag="psap.called_elsewhere"):
    """The operator has called 112 from another phone and has read the briefing there."""

    sentence: ClassVar = Sentence(
        "{by} has called 112 from another phone, and briefed it",
        "{by} ha chiamato e informato il 112 da un altro telefono",
    )
    listed: ClassVar = listing(
        ListItem("check", "ok", "{op} has briefed 112 on another phone"),
        operator="by",
    )

    by: OperatorId


class ContactsTexted(Message, frozen=True, kw_only=True, tag="contacts.texted"):
    """SMS to the user's contacts were requested, with the news that 112 was called; the outcome of each SMS
    is in its own stream. Without `texts` no contact is to be notified any more.
    """

    sentence: ClassVar = Sentence(
        "[{?texts}short messages to [{names}|(erased)]: 112 was called"
        "|of the contacts nobody is to be told any more]",
        "[{?texts}SMS a [{names}|(cancellato)]: il 112 è stato chiamato"
        "|nessuno dei contatti è più da avvisare]",
    )
    listed: ClassVar = listing(ListItem("note", "", "SMS to {text}: 112 was called"), text="names")

    texts: tuple[TextId, ...] = ()
    names: Annotated[str, PersonalKind.WORDS] = ""
    """Names of the contacts, in the order of `texts`, separated by commas; `numbers` likewise."""
    numbers: Annotated[str, PersonalKind.NUMBER] = ""


class PsapWithdrawn(Message, frozen=True, kw_only=True, tag="psap.withdrawn"):
    """The request to call 112 was withdrawn."""

    sentence: ClassVar = Sentence("{by} takes the call to 112 back", "{by} annulla la chiamata al 112")
    listed: ClassVar = listing(
        ListItem("112", "wait", "{op} takes the call to 112 back"),
        operator="by",
    )

    by: OperatorId


class PsapJoined(Message, frozen=True, kw_only=True, tag="psap.joined"):
    """112 is in the conference."""

    sentence: ClassVar = Sentence("112 is in the conference", "il 112 è nella conferenza")
    listed: ClassVar = listing(ListItem("voice", "ok", "112 in conference"))

    leg: LegId
