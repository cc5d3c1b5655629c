"""What user and operators write, and what 112 is shown of it, in `inbox-ALERT`; the name of its page, in
`page-DIGEST` (of the code)."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from messages.base import Message
from messages.ids import AlertId, BriefingField, Carried, Channel, OperatorId, PersonalKind, TextFailure
from messages.rows import UNSAID, ListItem, Sentence, listing


class NoteAdded(Message, frozen=True, kw_only=True, tag="note.added"):
    """An operator has written something down, or the user has, in a short message."""

    sentence: ClassVar = Sentence("[{by}|the user] notes: {text}", "[{by}|l’utente] annota: {text}")
    listed: ClassVar = listing(
        ListItem("note", "", "Her SMS: {text}", {"operator": ""}),
        ListItem("note", "", "{op}: {text}"),
        operator="by",
        text="text",
    )

    by: OperatorId
    """Empty: the user."""
    text: Annotated[str, PersonalKind.WORDS] = ""
    id: str = ""
    """The order's own, as in `command.given`."""


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """How the center speaks a question by itself."""

    sentence: ClassVar = Sentence(
        "has asked[{?softly} softly], by the center's voice",
        "ha chiesto[{?softly} sottovoce], con la voce del centro",
    )

    attempt: int
    """The user's call in which it is asked, and in no later one."""
    language: str
    """ISO 639-1."""
    softly: bool = False
    """It was ordered for a user who is to hear nobody."""


class DialogueSaid(Message, frozen=True, kw_only=True, tag="dialogue.said"):
    """User or operator has written to the other. Messages of an alert are numbered from 1 as they come."""

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
    """The writer's own: the same again is no other message."""
    by: OperatorId = OperatorId("")
    """Empty: the user."""
    channel: Channel = Channel.DATA
    """How it came, or is to go; `voice`: it was asked on the line."""
    text: Annotated[str, PersonalKind.WORDS] = ""
    asks: bool = False
    """It is to be answered by yes or no."""
    answers: int = 0
    """Of the user's: the number of the question that it answers by `yes` or `no`; 0: none."""
    fills: BriefingField | None = None
    """Which field of the briefing the answer fills, and with what."""
    yes: Annotated[str, PersonalKind.WORDS] = ""
    no: Annotated[str, PersonalKind.WORDS] = ""
    spoken: Spoken | None = None
    """Asked on the line by the center's own voice; None: by the operator's, or not on the line at all."""
    question: Annotated[str, PersonalKind.WORDS] = ""
    """Of a spoken one: which question of which protocol it is, by the name of its recording, `violence-3`."""


class DialogueSeen(Message, frozen=True, kw_only=True, tag="dialogue.seen"):
    """All messages of the other side up to this number have arrived, or were read."""

    sentence: ClassVar = Sentence(
        "[{by}|the user] has [{?read}read|received] the messages up to {upto}",
        "[{by}|l’utente] ha [{?read}letto|ricevuto] i messaggi fino al {upto}",
    )

    by: OperatorId = OperatorId("")
    """Who has seen them; empty: the user's phone."""
    upto: int
    read: bool = False
    """They were on a screen that somebody looks at; else they have only arrived."""


class DialogueTextsOrdered(Message, frozen=True, kw_only=True, tag="dialogue.texts_ordered"):
    """What is written may go by short message, though the user's phone sounds with it."""

    sentence: ClassVar = Sentence(
        "{by} lets messages go by SMS, though the user's phone sounds",
        "{by} manda i messaggi per SMS, benché il telefono dell’utente suoni",
    )
    listed: ClassVar = listing(ListItem("note", "wait", "{op}: messages by SMS"), operator="by")

    by: OperatorId
    id: str = ""
    """The order's own, as in `command.given`."""


class DialogueTexted(Message, frozen=True, kw_only=True, tag="dialogue.texted"):
    """This message goes by short message, which is asked for in the same transaction. In `alert-ALERT`."""

    sentence: ClassVar = Sentence("message {number} is to go by SMS", "il messaggio {number} va per SMS")

    number: int
    """The message's place in the dialogue."""


class DialogueCarried(Message, frozen=True, kw_only=True, tag="dialogue.carried"):
    """What has become of that short message, as far as is known; the phone's report may come first."""

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
    """Sent: the network was asked for a report, and the modem is one that hands it on."""
    failure: TextFailure | None = None
    """Why the center has given it up."""
    status: int | None = None
    """What the network has reported (3GPP TS 23.040 TP-Status, clause 9.2.3.15)."""


class BriefingFilled(Message, frozen=True, kw_only=True, tag="briefing.filled"):
    """What is known of one field of the briefing, in place of what was known before."""

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
    """Empty: nothing is known of it any more."""
    by: OperatorId = OperatorId("")
    """Empty: the user."""
    id: str = ""
    """The order's own, as in `command.given`."""


class PageOpened(Message, frozen=True, kw_only=True, tag="page.opened"):
    """What 112 is told stands on a page as well, for whoever has the code."""

    sentence: ClassVar = Sentence("{by} opens a page for 112", "{by} apre una pagina per il 112")
    listed: ClassVar = listing(ListItem("112", "", "{op} opens the page for 112"), operator="by")

    by: OperatorId
    code: Annotated[str, PersonalKind.WORDS] = ""
    id: str = ""
    """The order's own, as in `command.given`."""


class PageViewed(Message, frozen=True, kw_only=True, tag="page.viewed"):
    """The page was looked at from an address from which it had not been before."""

    sentence: ClassVar = Sentence(
        "112's page is looked at from {origin}",
        "la pagina per il 112 è letta da {origin}",
    )
    listed: ClassVar = listing(
        ListItem("112", "ok", "The page is looked at from {text}"),
        text="origin",
    )

    origin: str
    """An IP address, 112's."""


class PageNamed(Message, frozen=True, kw_only=True, tag="page.named"):
    """Of which alert the page with this code is."""

    sentence: ClassVar = UNSAID

    alert: AlertId
