"""What comes from outside, in `inbox-ALERT`: appended by whoever receives it."""

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
    """One more position of the user."""

    sentence: ClassVar = Sentence("position [{position}|(erased)]", "posizione [{position}|(cancellata)]")
    listed: ClassVar = listing(ListItem("pin", "", "New position{accuracy}{source}{times}"))

    position: Annotated[Position | None, PersonalKind.POSITION] = None
    """None: forgotten."""


class AddressFound(Message, frozen=True, kw_only=True, tag="address.found"):
    """Where the user's position is, by name: what the operator was shown and may have read to 112."""

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
    """None: forgotten."""


class AlertCancelled(Message, frozen=True, kw_only=True, tag="alert.cancelled"):
    """The app says that the alert was a mistake; with the duress PIN it only seems to."""

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
    """A short message of the user's has come that could not be read twice: it is kept as it came."""

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
    """Names the message and no other."""
    reason: str = ""
    """Why; nothing of what it says."""
    sender: Annotated[str, PersonalKind.NUMBER] = ""
    """As the network gave it: a number, or words; empty where not even that can be read."""
    raw: Annotated[str, PersonalKind.WORDS] = ""
    """As the modem gave it: the hexadecimal form of 3GPP TS 27.005, or as far as it could be read."""


class PinRefused(Message, frozen=True, kw_only=True, tag="pin.wrong"):
    """A PIN that is not the user's was typed to cancel the alert: a sign of coercion (case 19)."""

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
    """The user has no PIN: this one is not wrong, and proves nothing."""


class RingingSeen(Message, frozen=True, kw_only=True, tag="ringing.seen"):
    """The app says that the phone rings, or has rung, with the center's call."""

    sentence: ClassVar = Sentence("the app sees the phone ring", "l’app vede squillare il telefono")
    listed: ClassVar = listing(ListItem("ring", "ok", "The app sees the call"))


class CommandGiven(Message, frozen=True, kw_only=True, tag="command.given"):
    """An operator has ordered something; the case decides what comes of it."""

    sentence: ClassVar = Sentence(
        "{by} orders {command}[ to {to}][: {text}]",
        "{by} ordina: {command}[ a {to}][: {text}]",
    )

    command: OperatorCommand
    by: OperatorId
    text: Annotated[str, PersonalKind.WORDS] = ""
    to: OperatorId | None = None
    """To whom the case is handed over; none: to whoever can be had."""
    party: Party | None = None
    """Who is to be called on another line; none: whoever is without sound. Or into whose call a digit goes;
    none: 112's."""
    digit: str = ""
    """The key that the operator has pressed, with `send_digit`."""
    what: str = ""
    """What is to be announced; empty: `cannot_speak`."""
    id: str = ""
    """The order's own, one for each press of a key: the same again is no other order. Empty: none."""
    seen: int = 0
    """The alert's version that the operator saw. 0: not known."""
    supervisor: bool = False
    """With `close`, `put_away`: a supervisor orders it, who may end an alert of which 112 was not told."""


class AlertReopened(Message, frozen=True, kw_only=True, tag="alert.reopened"):
    """A closed alert goes on: an operator is looked for, the user is called again.

    It stands in the inbox: who has closed the alert has let go of it, and the alert is nobody's yet.
    """

    sentence: ClassVar = Sentence(
        "{by} reopens the alert[{?psap}, and 112 is to be called again]",
        "{by} riapre l’allarme[{?psap}, e il 112 va richiamato]",
    )
    listed: ClassVar = listing(ListItem("bell", "wait", "{op} reopens the alert"), operator="by")

    by: OperatorId
    psap: bool = False
    """Whether 112 is to be called again as well."""
    id: str = ""
    """The order's own, as in `command.given`."""


class RecordingDeleted(Message, frozen=True, kw_only=True, tag="recording.deleted"):
    """A recording of this alert is deleted."""

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
    """`retention`, or `erased` with the data of the person."""


class AlertHeld(Message, frozen=True, kw_only=True, tag="alert.held"):
    """Nothing of this alert is forgotten until `alert.hold_ended`: a court has asked for it, say."""

    sentence: ClassVar = Sentence(
        "{by} keeps it from being forgotten: {reason}",
        "{by} lo trattiene dalla cancellazione: {reason}",
    )
    listed: ClassVar = listing(ListItem("rec", "wait", "Held: nothing is erased"))

    by: str
    reason: Annotated[str, PersonalKind.WORDS] = ""


class AlertHoldEnded(Message, frozen=True, kw_only=True, tag="alert.hold_ended"):
    """The alert is kept no longer than others are."""

    sentence: ClassVar = Sentence(
        "{by} lets it be forgotten when its time is over",
        "{by} non lo trattiene più",
    )
    listed: ClassVar = listing(ListItem("rec", "", "No longer held"))

    by: str


class AlertErased(Message, frozen=True, kw_only=True, tag="alert.erased"):
    """What is personal in this alert's events is gone for good: the keys of these kinds are destroyed."""

    sentence: ClassVar = Sentence(
        "ERASED: {kinds} ({reason})[ by {by}]",
        "CANCELLATI: {kinds} ({reason})[ da {by}]",
    )
    listed: ClassVar = listing(ListItem("check", "", "Erased for good: {kinds}"), reason="reason")

    by: str
    """Empty: its time was over."""
    kinds: tuple[PersonalKind, ...]
    reason: ErasureReason


class DeadlineMissed(Message, frozen=True, kw_only=True, tag="deadline.missed"):
    """The deadline has passed with the user not reached (S11). Said by the DeadlineWatchdog."""

    sentence: ClassVar = Sentence(
        "DEADLINE MISSED: the user was not reached",
        "SCADENZA PASSATA: l’utente non è stato raggiunto",
    )
    listed: ClassVar = listing(ListItem("warn", "bad", "Deadline passed"))


class AdviceChanged(Message, frozen=True, kw_only=True, tag="advice.changed"):
    """The app has to be told something else. Said by the DeadlineWatchdog in the inbox, or by the case."""

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
