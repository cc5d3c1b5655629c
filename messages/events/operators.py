"""Operators: those of an alert, in `alert-ALERT`; their shifts, in `operator-OPERATOR`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from messages.base import Message
from messages.ids import E164, AlertId, LegId, OperatorId, OperatorLine, PersonalKind, ShiftState
from messages.rows import ListItem, Sentence, listing


class OperatorReserved(Message, frozen=True, kw_only=True, tag="operator.reserved"):
    """An operator is this alert's and no other's; in the operator's stream too, whose version makes it so."""

    sentence: ClassVar = Sentence("operator {operator} is reserved", "operatore {operator}: riservato")
    listed: ClassVar = listing(ListItem("headset", "", "{op} is being called"), operator="operator")

    operator: OperatorId
    alert: AlertId
    number: E164 | None = None
    mode: OperatorLine = OperatorLine.ON_DEMAND


class OperatorNotAnswering(Message, frozen=True, kw_only=True, tag="operator.not_answering"):
    """The operator's phone rang for the time allowed, or failed. The reservation ends with it."""

    sentence: ClassVar = Sentence("operator {operator} does not answer", "operatore {operator}: non risponde")
    listed: ClassVar = listing(ListItem("headset", "wait", "{op} does not answer"), operator="operator")

    operator: OperatorId


class OperatorWanted(Message, frozen=True, kw_only=True, tag="operator.wanted"):
    """An alert has no operator, and asks another one for its operator: one that is vouched for asks an alert
    for which nothing speaks; any that an operator takes asks the test in which that operator is.

    In the stream of the alert that asks, and in the inbox of the alert that is asked.
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
    """The alert that is asked: a test, or one for which nothing but an app key or a caller ID speaks."""
    alert: AlertId
    """The alert that asks."""
    taking: bool = False
    """The operator has taken the alert that asks, and leaves a test for it."""


class AlertVouched(Message, frozen=True, kw_only=True, tag="alert.vouched"):
    """The operator on the line says that the alert is real: it keeps its operator."""

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
    """The operator has nothing more to do with the case: has left it, lost it or was not needed.

    Where the operator had it and that part is done, in the operator's stream too: the wrap-up begins with it.
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
    """In the operator's stream: which one it was."""


class TakeRequested(Message, frozen=True, kw_only=True, tag="take.requested"):
    """An operator takes the case; that one is to be called, nobody else."""

    sentence: ClassVar = Sentence("{by} takes the case herself", "{by} prende il caso")

    by: OperatorId


class ListenRequested(Message, frozen=True, kw_only=True, tag="listen.requested"):
    """A supervisor listens in: is to be called by phone, and heard by nobody."""

    sentence: ClassVar = Sentence("{by} wants to listen in", "{by} vuole ascoltare")

    by: OperatorId


class ListenerLeft(Message, frozen=True, kw_only=True, tag="listener.left"):
    """The listener has gone, or did not come to it. The reservation, made with the call, ends with this."""

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
    """Whoever listens in is heard by the operator who has the case, and by nobody else."""

    sentence: ClassVar = Sentence("{by} speaks to the operator alone", "{by} parla solo all’operatore")
    listed: ClassVar = listing(
        ListItem("headset", "wait", "{op} speaks to the operator alone"),
        operator="by",
    )

    by: OperatorId


class WhisperEnded(Message, frozen=True, kw_only=True, tag="whisper.ended"):
    """The listener is heard by nobody again."""

    sentence: ClassVar = Sentence("{by} is heard by nobody again", "{by} di nuovo non è sentito da nessuno")
    listed: ClassVar = listing(ListItem("headset", "", "{op} only listens again"), operator="by")

    by: OperatorId


class HandOverRequested(Message, frozen=True, kw_only=True, tag="hand_over.requested"):
    """The operator on the line wants another one to take the case, and keeps it until that one is joined."""

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
    """This one and no other is called; none: whoever can be had."""
    text: Annotated[str, PersonalKind.WORDS] = ""


class HandOverEnded(Message, frozen=True, kw_only=True, tag="hand_over.ended"):
    """Nobody has taken the case over, and nobody is called for it any more: it stays whose it was."""

    sentence: ClassVar = Sentence(
        "nobody takes the case over ({reason})",
        "nessuno prende il caso ({reason})",
    )
    listed: ClassVar = listing(ListItem("headset", "wait", "{ended}"), reason="reason")

    reason: str
    """`withdrawn`, `no answer`, `nobody` (was free), `no line`."""


class ShiftChanged(Message, frozen=True, kw_only=True, tag="operator.shift_changed"):
    """What the operator's word, or silence, has made of the shift."""

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
