"""The streams that are no alert's: `number-REFERENCE` and `device-REFERENCE` (table `alias`), `line-LINE`,
`service-LINE`, `text-TEXT`, `reference-LINE.REFERENCE`, `signal-ALIAS`, `node-NODE`, `user-USER`."""

from __future__ import annotations

from typing import ClassVar

from messages.base import Message
from messages.ids import (
    AlertId,
    Instant,
    LegId,
    LineId,
    NodeOrder,
    OperatorId,
    Proof,
    TextFailure,
    TextId,
    TextPurpose,
)
from messages.rows import UNSAID, Sentence


class NumberRaised(Message, frozen=True, kw_only=True, tag="number.alert_raised"):
    """The latest alert of one number; its version decides who was first (case 1)."""

    sentence: ClassVar = UNSAID

    alert: AlertId


class SignalNamed(Message, frozen=True, kw_only=True, tag="signal.named"):
    """The only event of `signal-ALIAS`: a signal that has joined an alert, and what its sender is told."""

    sentence: ClassVar = UNSAID

    alert: AlertId
    received_at: Instant
    raised_at: Instant
    deadline_at: Instant
    """When the sender's app calls 112 by itself."""
    proof: Proof
    test: bool = False
    silent: bool = False


class LineSeized(Message, frozen=True, kw_only=True, tag="line.seized"):
    """The line is this leg's until `leg.released`; its version decides who was first.

    Or it is a call's that is nailed up for an operator's shift, until the next one of this kind: that one
    names no leg where the call has ended, and the line is nobody's.
    """

    sentence: ClassVar = Sentence(
        "[{?alert}line {line} is seized for {leg}"
        "|{?leg}[{?operator}line {line} is nailed up for {operator}"
        "|{?callout}somebody on duty is called on line {line}|[{tester}"
        "|the nightly proof] tries line {line}]|line {line} is free]",
        "[{?alert}linea {line}: presa per {leg}"
        "|{?leg}[{?operator}linea {line}: chiamata del turno di {operator}"
        "|{?callout}si chiama un reperibile sulla linea {line}|[{tester}"
        "|la prova notturna] prova la linea {line}]|linea {line}: libera]",
    )

    line: LineId
    alert: AlertId | None = None
    leg: LegId
    attempt: int
    operator: OperatorId | None = None
    """Whose shift it is, where it is no alert's."""
    tester: OperatorId | None = None
    """Who tries the line with a call, where it is neither an alert's nor nailed up, until the next event of
    this kind: that one names no leg where the call has ended.
    """
    callout: str | None = None
    """Because of which callout somebody on duty is called on it; otherwise as with `tester`."""


class LineQuarantined(Message, frozen=True, kw_only=True, tag="line.quarantined"):
    """The line is not to be used: its modem is dead, mute or unwilling."""

    sentence: ClassVar = Sentence(
        "line {line} is quarantined: {reason}",
        "linea {line}: in quarantena, {reason}",
    )

    line: LineId
    reason: str


class LineReturned(Message, frozen=True, kw_only=True, tag="line.returned"):
    """The line can be used again."""

    sentence: ClassVar = Sentence("line {line} is back", "linea {line}: di nuovo disponibile")

    line: LineId


class LineTakenOut(Message, frozen=True, kw_only=True, tag="line.taken_out"):
    """In `service-LINE`: somebody has taken the line out of service. No call of ours begins on it; one that
    stands goes on, and whoever calls its number is answered.
    """

    sentence: ClassVar = Sentence(
        "{by} takes line {line} out of service: {reason}",
        "{by} mette fuori servizio la linea {line}: {reason}",
    )

    line: LineId
    by: OperatorId
    reason: str


class LinePutBack(Message, frozen=True, kw_only=True, tag="line.put_back"):
    """In `service-LINE`: somebody has put the line into service again."""

    sentence: ClassVar = Sentence(
        "{by} puts line {line} back into service",
        "{by} rimette in servizio la linea {line}",
    )

    line: LineId
    by: OperatorId


class TextAsked(Message, frozen=True, kw_only=True, tag="text.asked"):
    """The center is to send a short message. Its words are not here, but in a row that goes with its end."""

    sentence: ClassVar = Sentence(
        "a short message ({purpose}) is to be sent",
        "un SMS ({purpose}) è da mandare",
    )

    purpose: TextPurpose
    expires_at: Instant
    """Afterwards it is of no use, and is not sent."""
    alert: AlertId | None = None
    """Of which alert it is; None: of none."""
    message: int = 0
    """Its number in the alert's dialogue; 0: it is none of that."""
    line: LineId | None = None
    """Which alone is to send it; None: whichever is best."""


class TextSending(Message, frozen=True, kw_only=True, tag="text.sending"):
    """This line is about to send it; from here on no other does, whatever becomes of it."""

    sentence: ClassVar = Sentence("line {line} sends the short message", "la linea {line} manda l’SMS")

    line: LineId


class TextSent(Message, frozen=True, kw_only=True, tag="text.sent"):
    """The network has taken it."""

    sentence: ClassVar = Sentence("the network has taken the short message", "la rete ha preso l’SMS")

    line: LineId
    reference: int | None = None
    """The network's, of its last part (3GPP TS 23.040 TP-Message-Reference)."""
    references: tuple[int, ...] = ()
    """Of each of its parts, where the network was asked to report on them."""
    awaits: bool = False
    """The modem hands those reports on."""


class TextFailed(Message, frozen=True, kw_only=True, tag="text.failed"):
    """It is given up."""

    sentence: ClassVar = Sentence(
        "the short message is given up: {cause}[ ({text})]",
        "si rinuncia all’SMS: {cause}[ ({text})]",
    )

    cause: TextFailure
    line: LineId | None = None
    """Which was to send it; none: it never came to that."""
    text: str = ""
    """What the modem has said (`+CMS ERROR: 38`, 3GPP TS 27.005 clause 3.2.5)."""


class TextReferenced(Message, frozen=True, kw_only=True, tag="text.referenced"):
    """In `reference-LINE.REFERENCE`: under this number the line's network reports on this part of a text."""

    sentence: ClassVar = UNSAID

    text: TextId
    part: int
    """From 0."""


class TextReported(Message, frozen=True, kw_only=True, tag="text.reported"):
    """The network says what has become of a part of it."""

    sentence: ClassVar = Sentence(
        "the network reports on part {part:from_1} of the short message: status {status:hex}",
        "la rete riferisce sulla parte {part:from_1} dell’SMS: stato {status:hex}",
    )

    part: int
    status: int
    """3GPP TS 23.040 TP-Status, clause 9.2.3.15."""


class TextCame(Message, frozen=True, kw_only=True, tag="text.came"):
    """A text that one of the center's lines has sent to another has arrived there."""

    sentence: ClassVar = Sentence(
        "the short message has arrived on line {line}",
        "l’SMS è arrivato sulla linea {line}",
    )

    line: LineId
    """Where it has."""


class NodeStarted(Message, frozen=True, kw_only=True, tag="node.started"):
    """The node has begun, with whatever an earlier one left being ended."""

    sentence: ClassVar = Sentence(
        "the node has started (process {pid})",
        "il nodo è partito (processo {pid})",
    )

    version: str
    pid: int


class NodeStopped(Message, frozen=True, kw_only=True, tag="node.stopped"):
    """The node has ended in order."""

    sentence: ClassVar = Sentence("the node has stopped", "il nodo si è fermato")


class NodeOrdered(Message, frozen=True, kw_only=True, tag="node.ordered"):
    """An admin has ordered something of the node; of two orders the later counts, and none after a start."""

    sentence: ClassVar = Sentence("{by} has ordered the node to {order}", "{by} ordina al nodo: {order}")

    order: NodeOrder
    by: OperatorId


class NodeOrderEnded(Message, frozen=True, kw_only=True, tag="node.order_ended"):
    """An admin has taken the order back."""

    sentence: ClassVar = Sentence("{by} has taken the node's order back", "{by} ritira l’ordine al nodo")

    by: OperatorId


class ActorStarted(Message, frozen=True, kw_only=True, tag="actor.started"):
    """A start after a death, or of the whole group."""

    sentence: ClassVar = Sentence(
        "{role}[ {key}] was started again[: {cause}]",
        "{role}[ {key}] è ripartito[: {cause}]",
    )

    role: str
    key: str
    incarnation: int
    pid: int
    cause: str = ""


class PersonalDataChanged(Message, frozen=True, kw_only=True, tag="user.data_changed"):
    """Somebody wrote, imported or erased a person's data."""

    sentence: ClassVar = Sentence(
        "{by} changed personal data: {what}",
        "{by} ha cambiato dati personali: {what}",
    )

    by: str
    what: str


class PersonalDataRead(Message, frozen=True, kw_only=True, tag="user.data_read"):
    """Somebody saw a person's data."""

    sentence: ClassVar = Sentence("{by} read personal data: {why}", "{by} ha letto dati personali: {why}")

    by: str
    why: str
