"""Streams apart from alerts: `number-REFERENCE` and `device-REFERENCE` (table `alias`), `line-LINE`,
`service-LINE`, `text-TEXT`, `reference-LINE.REFERENCE`, `signal-ALIAS`, `node-NODE`, `user-USER`.
"""

from __future__ import annotations

from typing import ClassVar

from messages.base import Message
from messages.ids import (
    AlertId,
    Assurance,
    Instant,
    LegId,
    LineId,
    NodeOrder,
    OperatorId,
    TextFailure,
    TextId,
    TextPurpose,
)
from messages.rows import UNSAID, Sentence


class NumberRaised(Message, frozen=True, kw_only=True, tag="number.alert_raised"):
    """An alert was raised for this number. The version of the stream decides which of two simultaneous
    signals is the alert.
    """

    sentence: ClassVar = UNSAID

    alert: AlertId


class SignalNamed(Message, frozen=True, kw_only=True, tag="signal.named"):
    """A signal has joined an alert, with the data for its sender; the only event of `signal-ALIAS`."""

    sentence: ClassVar = UNSAID

    alert: AlertId
    received_at: Instant
    raised_at: Instant
    deadline_at: Instant
    """Time at which the sender's app calls 112 by itself."""
    proof: Assurance
    test: bool = False
    silent: bool = False


class LineSeized(Message, frozen=True, kw_only=True, tag="line.seized"):
    """The line belongs to this leg until `leg.released`; the version of the stream decides which came first.

    Or the line carries a nailed-up call of an operator's shift, until the next event of this kind: an event
    without a leg ends the call and releases the line.
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
    """Operator of the shift, without an alert."""
    tester: OperatorId | None = None
    """Operator who tests the line with a call, with neither an alert nor a nailed-up call, until the next
    event of this kind: an event without a leg ends the call.
    """
    callout: str | None = None
    """Callout for which a person on duty is called on the line; ends like a test."""


class LineQuarantined(Message, frozen=True, kw_only=True, tag="line.quarantined"):
    """The line must not be used: its modem is lost, silent, or refuses commands."""

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
    """A line was taken out of service, in `service-LINE`. The center begins no call on that line; a present
    call continues, and incoming calls are answered.
    """

    sentence: ClassVar = Sentence(
        "{by} takes line {line} out of service: {reason}",
        "{by} mette fuori servizio la linea {line}: {reason}",
    )

    line: LineId
    by: OperatorId
    reason: str


class LinePutBack(Message, frozen=True, kw_only=True, tag="line.put_back"):
    """The line was put back into service, in `service-LINE`."""

    sentence: ClassVar = Sentence(
        "{by} puts line {line} back into service",
        "{by} rimette in servizio la linea {line}",
    )

    line: LineId
    by: OperatorId


class TextAsked(Message, frozen=True, kw_only=True, tag="text.asked"):
    """An SMS is to be sent. Its words are not in the event, but in a row that is deleted at the end."""

    sentence: ClassVar = Sentence(
        "a short message ({purpose}) is to be sent",
        "un SMS ({purpose}) è da mandare",
    )

    purpose: TextPurpose
    expires_at: Instant
    """Time after which the SMS is useless, and not sent."""
    alert: AlertId | None = None
    """Alert of the SMS; None: without an alert."""
    message: int = 0
    """Number in the alert's dialogue; 0: not part of it."""
    line: LineId | None = None
    """Only line that may send the SMS; None: the best line."""


class TextSending(Message, frozen=True, kw_only=True, tag="text.sending"):
    """This line has started to send the SMS; no other line sends it, in any case."""

    sentence: ClassVar = Sentence("line {line} sends the short message", "la linea {line} manda l’SMS")

    line: LineId


class TextSent(Message, frozen=True, kw_only=True, tag="text.sent"):
    """The network has accepted the SMS."""

    sentence: ClassVar = Sentence("the network has taken the short message", "la rete ha preso l’SMS")

    line: LineId
    reference: int | None = None
    """Reference of the network for the last part (3GPP TS 23.040 TP-Message-Reference)."""
    references: tuple[int, ...] = ()
    """References of all parts, if delivery reports were requested."""
    awaits: bool = False
    """True if the modem forwards those reports."""


class TextFailed(Message, frozen=True, kw_only=True, tag="text.failed"):
    """The SMS was not sent, and is not tried again."""

    sentence: ClassVar = Sentence(
        "the short message is given up: {cause}[ ({text})]",
        "si rinuncia all’SMS: {cause}[ ({text})]",
    )

    cause: TextFailure
    line: LineId | None = None
    """Line that was to send the SMS; None: none was chosen."""
    text: str = ""
    """Error of the modem (`+CMS ERROR: 38`, 3GPP TS 27.005 clause 3.2.5)."""


class TextReferenced(Message, frozen=True, kw_only=True, tag="text.referenced"):
    """The line's network reports on this part of an SMS under this reference; in
    `reference-LINE.REFERENCE`.
    """

    sentence: ClassVar = UNSAID

    text: TextId
    part: int
    """Index of the part, from 0."""


class TextReported(Message, frozen=True, kw_only=True, tag="text.reported"):
    """The network has reported the state of a part."""

    sentence: ClassVar = Sentence(
        "the network reports on part {part:from_1} of the short message: status {status:hex}",
        "la rete riferisce sulla parte {part:from_1} dell’SMS: stato {status:hex}",
    )

    part: int
    status: int
    """Status by 3GPP TS 23.040 TP-Status, clause 9.2.3.15."""


class TextCame(Message, frozen=True, kw_only=True, tag="text.came"):
    """An SMS between two lines of the center has arrived."""

    sentence: ClassVar = Sentence(
        "the short message has arrived on line {line}",
        "l’SMS è arrivato sulla linea {line}",
    )

    line: LineId
    """Receiving line."""


class NodeStarted(Message, frozen=True, kw_only=True, tag="node.started"):
    """The node has started, after all processes that an earlier run had left were ended."""

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
    """An administrator has ordered the node to act. A later order replaces an earlier order; a start of the
    node ends the order.
    """

    sentence: ClassVar = Sentence("{by} has ordered the node to {order}", "{by} ordina al nodo: {order}")

    order: NodeOrder
    by: OperatorId


class NodeOrderEnded(Message, frozen=True, kw_only=True, tag="node.order_ended"):
    """An administrator has withdrawn the order."""

    sentence: ClassVar = Sentence("{by} has taken the node's order back", "{by} ritira l’ordine al nodo")

    by: OperatorId


class ActorStarted(Message, frozen=True, kw_only=True, tag="actor.started"):
    """An actor was started after a death, or with its whole group."""

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
    """A person's data was written, imported or erased."""

    sentence: ClassVar = Sentence(
        "{by} changed personal data: {what}",
        "{by} ha cambiato dati personali: {what}",
    )

    by: str
    what: str


class PersonalDataRead(Message, frozen=True, kw_only=True, tag="user.data_read"):
    """A person's data was read."""

    sentence: ClassVar = Sentence("{by} read personal data: {why}", "{by} ha letto dati personali: {why}")

    by: str
    why: str
