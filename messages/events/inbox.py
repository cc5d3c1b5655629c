"""Facts from outside, in `inbox-ALERT`, appended by their receiver."""

from __future__ import annotations

from typing import Annotated, ClassVar

from messages.base import Address, Message, Position
from messages.ids import (
    Advice,
    ErasureReason,
    LineId,
    OperatorCommand,
    OperatorId,
    Party,
    PersonalKind,
)
from messages.rows import ListItem, Sentence, listing


class PositionUpdated(Message, frozen=True, kw_only=True, tag="position.updated"):
    """A further position of the user was received."""

    sentence: ClassVar = Sentence("position [{position}|(erased)]", "posizione [{position}|(cancellata)]")
    listed: ClassVar = listing(ListItem("pin", "", "New position{accuracy}{source}{times}"))

    position: Annotated[Position | None, PersonalKind.POSITION] = None
    """Position; None once erased."""


class AddressFound(Message, frozen=True, kw_only=True, tag="address.found"):
    """The address of the user's position was found: displayed to the operator, and possibly read to 112."""

    sentence: ClassVar = Sentence(
        "the address of the position: [{address}|(erased)]",
        "indirizzo della posizione: [{address}|(cancellato)]",
    )
    listed: ClassVar = listing(
        ListItem("pin", "", "Address (erased)", {"text": ""}),
        ListItem("pin", "", "{address}"),
        text="address",
    )

    address: Annotated[Address | None, PersonalKind.POSITION] = None
    """Address; None once erased."""


class AlertCancelled(Message, frozen=True, kw_only=True, tag="alert.cancelled"):
    """The app has cancelled the alert; with the duress PIN the cancellation is only apparent."""

    sentence: ClassVar = Sentence(
        "cancelled [{?duress}with the DURESS PIN|by the app]",
        "annullato [{?duress}con il PIN di COSTRIZIONE|dall’app]",
    )
    listed: ClassVar = listing(
        ListItem("shield", "bad", "Cancelled with the duress PIN", {"duress": True}),
        ListItem("phone", "wait", "Cancelled from the app with the right PIN"),
        duress="duress",
    )

    duress: bool = False


class TextUnreadable(Message, frozen=True, kw_only=True, tag="text.unreadable"):
    """An SMS of the user could not be read in two attempts: kept as received."""

    sentence: ClassVar = Sentence(
        "a SHORT MESSAGE on {line} from [{sender}"
        "|a sender that cannot be read] cannot be read ({reason}); it came as [{raw}|(erased)]",
        "un SMS sulla linea {line} da [{sender}"
        "|un mittente illeggibile] NON SI PUÒ LEGGERE ({reason}): [{raw}|(cancellato)]",
    )
    listed: ClassVar = listing(
        ListItem("warn", "bad", "A text message cannot be read{line}"),
        line="line",
    )

    line: LineId
    key: str
    """Unique key of the message."""
    reason: str = ""
    """Reason; nothing of the content."""
    sender: Annotated[str, PersonalKind.NUMBER] = ""
    """Sender as given by the network, a number or words; empty if unreadable."""
    raw: Annotated[str, PersonalKind.WORDS] = ""
    """Message as given by the modem: the hexadecimal form of 3GPP TS 27.005, or the readable part."""


class PinRefused(Message, frozen=True, kw_only=True, tag="pin.wrong"):
    """A PIN that is not the user's was entered to cancel the alert: a sign of coercion."""

    sentence: ClassVar = Sentence(
        "[{?none_set}asked to cancel; no PIN is set, so this proves nothing"
        "|a WRONG PIN was typed to cancel the alert]",
        "[{?none_set}chiesto di annullare; non c’è alcun PIN, quindi non prova nulla"
        "|scritto un PIN SBAGLIATO per annullare l’allarme]",
    )
    listed: ClassVar = listing(
        ListItem(
            "shield", "wait", "Asked to cancel: no PIN is set, so this proves nothing", {"reason": "none_set"}
        ),
        ListItem("shield", "bad", "A wrong PIN was typed"),
    )

    none_set: bool = False
    """True if the user has no PIN: the entered PIN is not wrong, and proves nothing."""


class RingingSeen(Message, frozen=True, kw_only=True, tag="ringing.seen"):
    """The app has reported that the phone rings, or has rung, with the center's call."""

    sentence: ClassVar = Sentence("the app sees the phone ring", "l’app vede squillare il telefono")
    listed: ClassVar = listing(ListItem("ring", "ok", "The app sees the call"))


class CommandGiven(Message, frozen=True, kw_only=True, tag="command.given"):
    """An order of an operator; the case decides its effect."""

    sentence: ClassVar = Sentence(
        "{by} orders {command}[ to {to}][: {text}]",
        "{by} ordina: {command}[ a {to}][: {text}]",
    )

    command: OperatorCommand
    by: OperatorId
    text: Annotated[str, PersonalKind.WORDS] = ""
    to: OperatorId | None = None
    """Operator to receive the case; None: any available one."""
    party: Party | None = None
    """Party to be called on another line; None: the party without sound. For a digit: the party of the call;
    None: 112.
    """
    digit: str = ""
    """Key that the operator has pressed, with `send_digit`."""
    what: str = ""
    """Announcement; empty: `cannot_speak`."""
    id: str = ""
    """Id of the order, one for each key press: a repeated id is no new order. Empty: none."""
    seen: int = 0
    """Version of the alert that the operator saw; 0 if unknown."""
    supervisor: bool = False
    """True with `close` or `put_away` of a supervisor, who may end an alert unknown to 112."""


class AlertReopened(Message, frozen=True, kw_only=True, tag="alert.reopened"):
    """A closed alert was reopened: an operator is searched, the user is called again.

    The event is in the inbox: the AlertCase that closed the alert has released it, and the alert is
    unassigned.
    """

    sentence: ClassVar = Sentence(
        "{by} reopens the alert[{?psap}, and 112 is to be called again]",
        "{by} riapre l’allarme[{?psap}, e il 112 va richiamato]",
    )
    listed: ClassVar = listing(ListItem("bell", "wait", "{op} reopens the alert"), operator="by")

    by: OperatorId
    psap: bool = False
    """True if 112 is to be called again as well."""
    id: str = ""
    """Id of the order, as in `command.given`."""


class RecordingDeleted(Message, frozen=True, kw_only=True, tag="recording.deleted"):
    """A recording of this alert was deleted."""

    sentence: ClassVar = Sentence(
        "the recording {file} is deleted ({reason})",
        "la registrazione {file} è cancellata ({reason})",
    )
    listed: ClassVar = listing(
        ListItem("rec", "", "Recording deleted: {text}"),
        text="file",
        reason="reason",
    )

    file: str
    reason: str
    """Reason: `retention`, or `erased` with the data of the person."""


class AlertHeld(Message, frozen=True, kw_only=True, tag="alert.held"):
    """A legal hold was set, for example at the request of a court: no data of this alert is erased until
    `alert.hold_ended`.
    """

    sentence: ClassVar = Sentence(
        "{by} keeps it from being forgotten: {reason}",
        "{by} lo trattiene dalla cancellazione: {reason}",
    )
    listed: ClassVar = listing(ListItem("rec", "wait", "Held: nothing is erased"))

    by: str
    reason: Annotated[str, PersonalKind.WORDS] = ""


class AlertHoldEnded(Message, frozen=True, kw_only=True, tag="alert.hold_ended"):
    """The legal hold has ended: the usual retention applies."""

    sentence: ClassVar = Sentence(
        "{by} lets it be forgotten when its time is over",
        "{by} non lo trattiene più",
    )
    listed: ClassVar = listing(ListItem("rec", "", "No longer held"))

    by: str


class AlertErased(Message, frozen=True, kw_only=True, tag="alert.erased"):
    """Personal data in this alert's events was erased for good: the keys of these kinds are destroyed."""

    sentence: ClassVar = Sentence(
        "ERASED: {kinds} ({reason})[ by {by}]",
        "CANCELLATI: {kinds} ({reason})[ da {by}]",
    )
    listed: ClassVar = listing(ListItem("check", "", "Erased for good: {kinds}"), reason="reason")

    by: str
    """User who ordered the erasure; empty: retention time over."""
    kinds: tuple[PersonalKind, ...]
    reason: ErasureReason


class DeadlineMissed(Message, frozen=True, kw_only=True, tag="deadline.missed"):
    """The deadline has passed and the user was not reached. Written by the DeadlineWatchdog."""

    sentence: ClassVar = Sentence(
        "DEADLINE MISSED: the user was not reached",
        "SCADENZA PASSATA: l’utente non è stato raggiunto",
    )
    listed: ClassVar = listing(ListItem("warn", "bad", "Deadline passed"))


class AdviceChanged(Message, frozen=True, kw_only=True, tag="advice.changed"):
    """The advice to the app has changed. Written by the DeadlineWatchdog to the inbox, or by the case."""

    sentence: ClassVar = Sentence(
        "the app is told: {advice}[ ({reason})]",
        "all’app si dice: {advice}[ ({reason:reason})]",
    )
    listed: ClassVar = listing(
        ListItem("phone", "wait", "App: “call 112 now”", {"advice": "call_112_now"}),
        ListItem("phone", "", "App: wait"),
        advice="advice",
        reason="reason",
    )

    advice: Advice
    reason: str = ""
