"""Operators of an alert, in `alert-ALERT`; shifts of operators, in `operator-OPERATOR`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from messages.base import Message
from messages.ids import E164, AlertId, LegId, OperatorId, OperatorLine, PersonalKind, ShiftState
from messages.rows import ListItem, Sentence, listing


class OperatorReserved(Message, frozen=True, kw_only=True, tag="operator.reserved"):
    """An operator was reserved for this alert only; also written to the operator's stream, where the version
    makes the reservation exclusive.
    """

    sentence: ClassVar = Sentence("operator {operator} is reserved", "operatore {operator}: riservato")
    listed: ClassVar = listing(ListItem("headset", "", "{op} is being called"), operator="operator")

    operator: OperatorId
    alert: AlertId
    number: E164 | None = None
    mode: OperatorLine = OperatorLine.ON_DEMAND


class OperatorNotAnswering(Message, frozen=True, kw_only=True, tag="operator.not_answering"):
    """The operator's phone rang for the time allowed, or failed. The event ends the reservation."""

    sentence: ClassVar = Sentence("operator {operator} does not answer", "operatore {operator}: non risponde")
    listed: ClassVar = listing(ListItem("headset", "wait", "{op} does not answer"), operator="operator")

    operator: OperatorId


class OperatorWanted(Message, frozen=True, kw_only=True, tag="operator.wanted"):
    """An alert without an operator requests the operator of another alert: a vouched alert from an alert that
    nothing vouches for; an alert taken by an operator from that operator's test.

    Written to the stream of the requesting alert, and to the inbox of the other alert.
    """

    sentence: ClassVar = Sentence(
        "alert {alert} asks alert {holder} for operator {operator}",
        "l’allarme {alert} chiede all’allarme {holder} l’operatore {operator}",
    )
    listed: ClassVar = listing(
        ListItem("headset", "wait", "An alert asks for {op}", {"reason": ""}),
        ListItem("headset", "wait", "Another case is asked for {op}"),
        operator="operator",
    )

    operator: OperatorId
    holder: AlertId
    """Alert that has the operator: a test, or an alert with only an app key or a caller ID."""
    alert: AlertId
    """Requesting alert."""
    taking: bool = False
    """True if the operator has taken the requesting alert, and leaves a test for it."""


class AlertVouched(Message, frozen=True, kw_only=True, tag="alert.vouched"):
    """The operator on the line vouches that the alert is real: the alert keeps its operator."""

    sentence: ClassVar = Sentence("{by} says that the alert is real", "{by}: l’allarme è vero")
    listed: ClassVar = listing(ListItem("check", "ok", "{op}: the alert is real"), operator="by")

    by: OperatorId


class OperatorJoined(Message, frozen=True, kw_only=True, tag="operator.joined"):
    """The operator is on the line and has the case."""

    sentence: ClassVar = Sentence("operator {operator} has the case", "operatore {operator}: ha il caso")
    listed: ClassVar = listing(ListItem("headset", "ok", "{op} has the case"), operator="operator")

    operator: OperatorId
    leg: LegId


class OperatorLeft(Message, frozen=True, kw_only=True, tag="operator.left"):
    """The operator's part in the case has ended: left, lost or not needed.

    After a completed part the event is also in the operator's stream, where it begins the wrap-up.
    """

    sentence: ClassVar = Sentence(
        "operator {operator} is free again[ ({reason})]",
        "operatore {operator}: di nuovo libero[ ({reason:reason})]",
    )
    listed: ClassVar = listing(
        ListItem(
            "headset", "wait", "{op} goes to a proved alert; this one waits again", {"reason": "given up"}
        ),
        ListItem("headset", "", "{op} has left the case"),
        operator="operator",
        reason="reason",
    )

    operator: OperatorId
    reason: str = ""
    alert: AlertId | None = None
    """Alert, in the operator's stream only."""


class TakeRequested(Message, frozen=True, kw_only=True, tag="take.requested"):
    """An operator takes the case; only that operator is to be called."""

    sentence: ClassVar = Sentence("{by} takes the case herself", "{by} prende il caso")

    by: OperatorId


class ListenRequested(Message, frozen=True, kw_only=True, tag="listen.requested"):
    """A supervisor listens in: to be called by phone, and heard by no one."""

    sentence: ClassVar = Sentence("{by} wants to listen in", "{by} vuole ascoltare")

    by: OperatorId


class ListenerLeft(Message, frozen=True, kw_only=True, tag="listener.left"):
    """The listener has left, or never joined. The event ends the reservation made with the call."""

    sentence: ClassVar = Sentence(
        "{operator} listens no more[ ({reason})]",
        "{operator} non ascolta più[ ({reason:reason})]",
    )
    listed: ClassVar = listing(
        ListItem("headset", "", "{op} listens no more"),
        operator="operator",
        reason="reason",
    )

    operator: OperatorId
    reason: str = ""


class WhisperBegun(Message, frozen=True, kw_only=True, tag="whisper.begun"):
    """The operator who has the case, and no other party, hears the listener."""

    sentence: ClassVar = Sentence("{by} speaks to the operator alone", "{by} parla solo all’operatore")
    listed: ClassVar = listing(
        ListItem("headset", "wait", "{op} speaks to the operator alone"),
        operator="by",
    )

    by: OperatorId


class WhisperEnded(Message, frozen=True, kw_only=True, tag="whisper.ended"):
    """No party hears the listener any more."""

    sentence: ClassVar = Sentence("{by} is heard by nobody again", "{by} di nuovo non è sentito da nessuno")
    listed: ClassVar = listing(ListItem("headset", "", "{op} only listens again"), operator="by")

    by: OperatorId


class HandOverRequested(Message, frozen=True, kw_only=True, tag="hand_over.requested"):
    """The operator on the line hands the case over, and keeps it until another operator has joined."""

    sentence: ClassVar = Sentence("{by} hands the case over[ to {to}]", "{by} passa il caso[ a {to}]")
    listed: ClassVar = listing(
        ListItem("headset", "wait", "{op} hands the case over{also}", {"to": ""}),
        ListItem("headset", "wait", "{op} hands the case over to {next}{also}"),
        operator="by",
        to="to",
        text="text",
    )

    by: OperatorId
    to: OperatorId | None = None
    """Only this operator is called; None: any available one."""
    text: Annotated[str, PersonalKind.WORDS] = ""


class HandOverEnded(Message, frozen=True, kw_only=True, tag="hand_over.ended"):
    """The hand-over has failed or was withdrawn, and no one is called for it any more: the owner stays."""

    sentence: ClassVar = Sentence(
        "nobody takes the case over ({reason})",
        "nessuno prende il caso ({reason})",
    )
    listed: ClassVar = listing(ListItem("headset", "wait", "{ended}"), reason="reason")

    reason: str
    """Reason: `withdrawn`, `no answer`, `nobody` was free, `no line`."""


class ShiftChanged(Message, frozen=True, kw_only=True, tag="operator.shift_changed"):
    """The state of the operator's shift has changed, by the operator or by silence."""

    sentence: ClassVar = Sentence(
        "operator {operator} is {state}[ ({reason})]",
        "operatore {operator}: {state}[ ({reason})]",
    )

    operator: OperatorId
    state: ShiftState
    reason: str = ""


class WrapUpEnded(Message, frozen=True, kw_only=True, tag="operator.wrap_up_ended"):
    """The operator is ready for the next alert before the time for notes is over."""

    sentence: ClassVar = Sentence(
        "operator {operator} is ready before her wrap-up is over",
        "operatore {operator}: pronto prima della fine del tempo per le note",
    )

    operator: OperatorId
