"""Messages of user and operators, and their display to 112, in `inbox-ALERT`; the name of 112's page, in
`page-DIGEST` (of the code).
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from messages.base import Message
from messages.ids import AlertId, BriefingField, Carried, Channel, OperatorId, PersonalKind, TextFailure
from messages.rows import UNSAID, ListItem, Sentence, listing


class NoteAdded(Message, frozen=True, kw_only=True, tag="note.added"):
    """A note was written by an operator, or by the user in an SMS."""

    sentence: ClassVar = Sentence("[{by}|the user] notes: {text}", "[{by}|l’utente] annota: {text}")
    listed: ClassVar = listing(
        ListItem("note", "", "Her SMS: {text}", {"operator": ""}),
        ListItem("note", "", "{op}: {text}"),
        operator="by",
        text="text",
    )

    by: OperatorId
    """Author; empty for the user."""
    text: Annotated[str, PersonalKind.WORDS] = ""
    id: str = ""
    """Id of the order, as in `command.given`."""


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """Mode in which the center speaks a question."""

    sentence: ClassVar = Sentence(
        "has asked[{?softly} softly], by the center's voice",
        "ha chiesto[{?softly} sottovoce], con la voce del centro",
    )

    attempt: int
    """Attempt of the user's call in which the question is asked; no later attempt asks it."""
    language: str
    """Language, ISO 639-1."""
    softly: bool = False
    """True if ordered for a user who must hear no one."""


class DialogueSaid(Message, frozen=True, kw_only=True, tag="dialogue.said"):
    """User or operator has sent a message to the other. Messages of an alert are numbered from 1 in the order
    of arrival.
    """

    sentence: ClassVar = Sentence(
        "[{by}|the user] [{spoken}|{channel:saying}]: {text}[{?asks} (yes or no?)]",
        "[{by}|l’utente] [{spoken}|{channel:saying}]: {text}[{?asks} (sì o no?)]",
    )
    listed: ClassVar = listing(
        ListItem("note", "", "{User}: {text}", {"operator": ""}),
        ListItem("note", "", "{op}: {text}"),
        operator="by",
        text="text",
        channel="channel",
    )

    id: str
    """Id given by the author: a repeated id is no new message."""
    by: OperatorId = OperatorId("")
    """Author; empty for the user."""
    channel: Channel = Channel.DATA
    """Channel by which the message came, or is to go; `voice`: asked on the line."""
    text: Annotated[str, PersonalKind.WORDS] = ""
    asks: bool = False
    """True if the message is a question for yes or no."""
    answers: int = 0
    """User's message only: number of the question answered by `yes` or `no`; 0: none."""
    fills: BriefingField | None = None
    """Field of the briefing that the answer fills, with `yes` or `no` as its content."""
    yes: Annotated[str, PersonalKind.WORDS] = ""
    no: Annotated[str, PersonalKind.WORDS] = ""
    spoken: Spoken | None = None
    """Set if the center's own voice asks on the line; None: the operator asks, or not on the line."""
    question: Annotated[str, PersonalKind.WORDS] = ""
    """Name of the recording of a spoken question, which identifies question and protocol: `violence-3`."""


class DialogueSeen(Message, frozen=True, kw_only=True, tag="dialogue.seen"):
    """All messages of the other side up to this number have arrived, or were read."""

    sentence: ClassVar = Sentence(
        "[{by}|the user] has [{?read}read|received] the messages up to {upto}",
        "[{by}|l’utente] ha [{?read}letto|ricevuto] i messaggi fino al {upto}",
    )

    by: OperatorId = OperatorId("")
    """Reader; empty: the user's phone."""
    upto: int
    read: bool = False
    """True if displayed on a screen in use; False: only arrived."""


class DialogueTextsOrdered(Message, frozen=True, kw_only=True, tag="dialogue.texts_ordered"):
    """Messages may go by SMS, although the user's phone makes a sound."""

    sentence: ClassVar = Sentence(
        "{by} lets messages go by SMS, though the user's phone sounds",
        "{by} manda i messaggi per SMS, benché il telefono dell’utente suoni",
    )
    listed: ClassVar = listing(ListItem("note", "wait", "{op}: messages by SMS"), operator="by")

    by: OperatorId
    id: str = ""
    """Id of the order, as in `command.given`."""


class DialogueTexted(Message, frozen=True, kw_only=True, tag="dialogue.texted"):
    """The message goes by SMS, requested in the same transaction. In `alert-ALERT`."""

    sentence: ClassVar = Sentence("message {number} is to go by SMS", "il messaggio {number} va per SMS")

    number: int
    """Number of the message in the dialogue."""


class DialogueCarried(Message, frozen=True, kw_only=True, tag="dialogue.carried"):
    """The delivery state of that SMS has changed; the phone's report may arrive first."""

    sentence: ClassVar = Sentence(
        "message {number} by SMS: {became}[ ({failure})]",
        "messaggio {number} per SMS: {became}[ ({failure})]",
    )
    listed: ClassVar = listing(
        ListItem("warn", "bad", "SMS not sent", {"text": "failed"}),
        ListItem("clock", "wait", "SMS: phone out of reach", {"text": "waits"}),
        ListItem("check", "", "SMS delivered", {"text": "delivered"}),
        ListItem("warn", "bad", "SMS not delivered"),
        text="became",
    )

    number: int
    became: Carried
    awaits: bool = False
    """True after SENT if the network was asked for a report, and the modem forwards reports."""
    failure: TextFailure | None = None
    """Reason for which the center gave the SMS up."""
    status: int | None = None
    """Status reported by the network (3GPP TS 23.040 TP-Status, clause 9.2.3.15)."""


class BriefingFilled(Message, frozen=True, kw_only=True, tag="briefing.filled"):
    """A field of the briefing was filled, in place of its former content."""

    sentence: ClassVar = Sentence(
        "[{by}|the user] says, {field}: [{text}|(nothing any more)]",
        "[{by}|l’utente], per il 112, {field}: [{text}|(non più noto)]",
    )
    listed: ClassVar = listing(
        ListItem("note", "", "{field}: not known any more", {"text": ""}),
        ListItem("note", "", "{field}: {text}"),
        operator="by",
        reason="field",
        text="text",
    )

    field: BriefingField
    text: Annotated[str, PersonalKind.WORDS] = ""
    """Content; empty: nothing is known any more."""
    by: OperatorId = OperatorId("")
    """Author; empty for the user."""
    id: str = ""
    """Id of the order, as in `command.given`."""


class PageOpened(Message, frozen=True, kw_only=True, tag="page.opened"):
    """The text for 112 is also on a page, for holders of the code."""

    sentence: ClassVar = Sentence("{by} opens a page for 112", "{by} apre una pagina per il 112")
    listed: ClassVar = listing(ListItem("112", "", "{op} opens the page for 112"), operator="by")

    by: OperatorId
    code: Annotated[str, PersonalKind.WORDS] = ""
    id: str = ""
    """Id of the order, as in `command.given`."""


class PageViewed(Message, frozen=True, kw_only=True, tag="page.viewed"):
    """The page was opened from a new address."""

    sentence: ClassVar = Sentence(
        "112's page is looked at from {origin}",
        "la pagina per il 112 è letta da {origin}",
    )
    listed: ClassVar = listing(
        ListItem("112", "ok", "The page is looked at from {text}"),
        text="origin",
    )

    origin: str
    """IP address of 112."""


class PageNamed(Message, frozen=True, kw_only=True, tag="page.named"):
    """The alert of the page with this code was stored."""

    sentence: ClassVar = UNSAID

    alert: AlertId
