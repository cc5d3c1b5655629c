"""What comes from outside, in `inbox-ALERT`: appended by whoever receives it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

from messages.base import Address, Message, Position
from messages.ids import (
    E164,
    Advice,
    AlertId,
    Channel,
    Check,
    ClaimKind,
    Doubt,
    ErasureReason,
    Instant,
    LineId,
    OperatorCommand,
    OperatorId,
    Party,
    PersonalKind,
    Proof,
)
from messages.rows import ListItem, Sentence, listing

_MORE: Final = Sentence(
    "[, and {skipped:some} more signals before it that were not kept]",
    "[, e altri {skipped:some} segnali prima che non si sono conservati]",
)


class AlertReceived(Message, frozen=True, kw_only=True, tag="alert.received"):
    """An alert has come in and is durable; the first event of every inbox."""

    sentence: ClassVar = Sentence(
        "[{?check}CHECK of the {check} received by {channel}"
        "|[{?test}TEST alert|{?silent}silent alert|alert] received by {channel}"
        " from [{phone}|device {device}|(erased)][, {position}]"
        "[{?key}, proved by its phone[ {key}, enrolled {key_enrolled_at}]"
        "|, not proved by its signature ({doubt})]]",
        "[{?check}CONTROLLO del {check} ricevuto ({channel})"
        "|[{?test}PROVA|{?silent}allarme silenzioso|allarme] ricevuto ({channel})"
        " da [{phone}|telefono {device}|(cancellato)][, {position}]"
        "[{?key}, provato dal suo telefono[ {key}, aggiunto il {key_enrolled_at}]"
        "|, non provato dalla firma ({doubt})]]",
    )
    listed: ClassVar = listing(
        ListItem("bell", "", "Alert received, {channel}", "Allarme ricevuto, {channel}"), channel="channel"
    )

    channel: Channel
    raised_at: Instant
    """When it was raised, by the phone's corrected clock; the receipt where that is unknown."""
    received_at: Instant
    deadline_at: Instant
    """When the app calls 112 by itself: never later than the receipt plus `deadline.seconds`."""
    phone: Annotated[E164 | None, PersonalKind.NUMBER] = None
    device: Annotated[str | None, PersonalKind.NUMBER] = None
    position: Annotated[Position | None, PersonalKind.POSITION] = None
    test: bool = False
    silent: bool = False
    battery_pct: int | None = None
    line: LineId | None = None
    """The line on which the user's own call stands (S2)."""
    call: int | None = None
    """That call's number in its modem."""
    proof: Proof
    """By what it counts as the phone's own."""
    key: Annotated[str, PersonalKind.NUMBER] = ""
    """The enrolled device that has signed it; empty below `device`."""
    key_enrolled_at: Instant | None = None
    """When that device was enrolled."""
    doubt: Doubt | None = None
    check: Check | None = None
    """A test that no operator is called for, and how far it goes."""
    asked: str = ""
    """The app's own id for the alert, where another alert had that id already: as good as the alert's id."""


class AlertSignalAdded(Message, frozen=True, kw_only=True, tag="alert.signal_added"):
    """The same event was signalled again, by whatever channel; kept, and no second case made."""

    sentence: ClassVar = Sentence(
        "[{?alias}ANOTHER SENDER"
        " ([{?key}another phone of the user's[ {key}, enrolled {key_enrolled_at}]|not proved])"
        " raises an alert by {channel} from [{phone}|device {device}|(erased)]"
        "[{?silent}, asking for silence]" + _MORE.en + "[, {position}]"
        "|signalled again by {channel} from [{phone}|device {device}|(erased)]" + _MORE.en + "]",
        "[{?alias}UN ALTRO MITTENTE"
        " ([{?key}un altro telefono dell’utente[ {key}, aggiunto il {key_enrolled_at}]|non provato])"
        " dà un allarme ({channel}) da [{phone}|telefono {device}|(cancellato)]"
        "[{?silent}, chiedendo silenzio]" + _MORE.it + "[, {position}]"
        "|segnalato di nuovo ({channel}) da [{phone}|telefono {device}|(cancellato)]" + _MORE.it + "]",
    )
    listed: ClassVar = listing(
        ListItem("bell", "", "Signalled again, {channel}{times}", "Segnalato di nuovo, {channel}{times}"),
        channel="channel",
    )

    alias: str = ""
    """The name under which the signal is known to its sender, who has not proved to be the one who raised the
    alert: the signal changes nothing but what the operator is shown. Empty: it speaks for the alert."""
    skipped: int = 0
    """How many like it came before it and were not kept."""

    channel: Channel
    received_at: Instant
    raised_at: Instant
    phone: Annotated[E164 | None, PersonalKind.NUMBER] = None
    device: Annotated[str | None, PersonalKind.NUMBER] = None
    position: Annotated[Position | None, PersonalKind.POSITION] = None
    silent: bool = False
    battery_pct: int | None = None
    line: LineId | None = None
    call: int | None = None
    proof: Proof
    key: Annotated[str, PersonalKind.NUMBER] = ""
    key_enrolled_at: Instant | None = None
    doubt: Doubt | None = None


class ClaimAdded(Message, frozen=True, kw_only=True, tag="claim.added"):
    """Something came under the alias of a signal that has joined the alert: shown, and never acted upon."""

    sentence: ClassVar = Sentence(
        "another sender ([{?proof=device}another phone of the user's|not proved]): {kind}"
        "[ {position}| {text}]" + _MORE.en,
        "un altro mittente ([{?proof=device}un altro telefono dell’utente|non provato]): {kind}"
        "[ {position}| {text}]" + _MORE.it,
    )
    listed: ClassVar = listing(
        ListItem(
            "warn",
            "wait",
            "Not proved: {claim}{times}{also}",
            "Non provato: {claim}{times}{also}",
            {"doubt": True},
        ),
        ListItem(
            "bell",
            "wait",
            "Another phone of hers: {claim}{times}{also}",
            "Un altro suo telefono: {claim}{times}{also}",
        ),
        reason="kind",
        text="text",
    )

    alias: str
    kind: ClaimKind
    proof: Proof
    """`device`: signed by an enrolled phone of the alert's number, which is not the one that raised it."""
    position: Annotated[Position | None, PersonalKind.POSITION] = None
    text: Annotated[str, PersonalKind.WORDS] = ""
    skipped: int = 0
    """How much else came under aliases before it and was not kept."""


class AlertBeside(Message, frozen=True, kw_only=True, tag="alert.beside"):
    """Another alert of the same number is open that has another proof: neither is merged into the other."""

    sentence: ClassVar = Sentence(
        "another alert of the number is open, {alert}, proved by: {proof}",
        "un altro allarme di questo numero è aperto, {alert}, provato da: {proof}",
    )
    listed: ClassVar = listing(
        ListItem(
            "bell",
            "wait",
            "A proved alert of this number is open",
            "C’è un allarme provato dello stesso numero",
            {"text": "device"},
        ),
        ListItem(
            "bell",
            "",
            "An alert of this number that is not proved is open",
            "C’è un allarme non provato dello stesso numero",
        ),
        text="proof",
    )

    alert: AlertId
    proof: Proof
    """The other one's."""


class PositionUpdated(Message, frozen=True, kw_only=True, tag="position.updated"):
    """One more position of the user."""

    sentence: ClassVar = Sentence("position [{position}|(erased)]", "posizione [{position}|(cancellata)]")
    listed: ClassVar = listing(
        ListItem(
            "pin", "", "New position{accuracy}{source}{times}", "Nuova posizione{accuracy}{source}{times}"
        )
    )

    position: Annotated[Position | None, PersonalKind.POSITION] = None
    """None: forgotten."""


class AddressFound(Message, frozen=True, kw_only=True, tag="address.found"):
    """Where the user's position is, by name: what the operator was shown and may have read to 112."""

    sentence: ClassVar = Sentence(
        "the address of the position: [{address}|(erased)]",
        "indirizzo della posizione: [{address}|(cancellato)]",
    )
    listed: ClassVar = listing(
        ListItem("pin", "", "Address (erased)", "Indirizzo (cancellato)", {"text": ""}),
        ListItem("pin", "", "{address}", "{address}"),
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
        ListItem(
            "shield",
            "bad",
            "Cancelled with the duress PIN",
            "Annullato con PIN di costrizione",
            {"duress": True},
        ),
        ListItem(
            "phone",
            "wait",
            "Cancelled from the app with the right PIN",
            "Annullato dall’app con il PIN giusto",
        ),
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
        ListItem("warn", "bad", "A text message cannot be read{line}", "Un SMS non si può leggere{line}"),
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
            "shield",
            "wait",
            "Asked to cancel: no PIN is set, so this proves nothing",
            "Chiede di annullare: nessun PIN impostato, non prova nulla",
            {"reason": "none_set"},
        ),
        ListItem("shield", "bad", "A wrong PIN was typed", "Digitato un PIN sbagliato"),
    )

    none_set: bool = False
    """The user has no PIN: this one is not wrong, and proves nothing."""


class RingingSeen(Message, frozen=True, kw_only=True, tag="ringing.seen"):
    """The app says that the phone rings, or has rung, with the center's call."""

    sentence: ClassVar = Sentence("the app sees the phone ring", "l’app vede squillare il telefono")
    listed: ClassVar = listing(ListItem("ring", "ok", "The app sees the call", "La sua app vede la chiamata"))


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
    listed: ClassVar = listing(
        ListItem("bell", "wait", "{op} reopens the alert", "{op} riapre l’allarme"), operator="by"
    )

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
        ListItem("rec", "", "Recording deleted: {text}", "Registrazione cancellata: {text}"),
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
    listed: ClassVar = listing(
        ListItem("rec", "wait", "Held: nothing is erased", "Trattenuto: nulla si cancella")
    )

    by: str
    reason: Annotated[str, PersonalKind.WORDS] = ""


class AlertHoldEnded(Message, frozen=True, kw_only=True, tag="alert.hold_ended"):
    """The alert is kept no longer than others are."""

    sentence: ClassVar = Sentence(
        "{by} lets it be forgotten when its time is over",
        "{by} non lo trattiene più",
    )
    listed: ClassVar = listing(ListItem("rec", "", "No longer held", "Non più trattenuto"))

    by: str


class AlertErased(Message, frozen=True, kw_only=True, tag="alert.erased"):
    """What is personal in this alert's events is gone for good: the keys of these kinds are destroyed."""

    sentence: ClassVar = Sentence(
        "ERASED: {kinds} ({reason})[ by {by}]",
        "CANCELLATI: {kinds} ({reason})[ da {by}]",
    )
    listed: ClassVar = listing(
        ListItem("check", "", "Erased for good: {kinds}", "Cancellati per sempre: {kinds}"), reason="reason"
    )

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
    listed: ClassVar = listing(ListItem("warn", "bad", "Deadline passed", "Scadenza passata"))


class AdviceChanged(Message, frozen=True, kw_only=True, tag="advice.changed"):
    """The app has to be told something else. Said by the DeadlineWatchdog in the inbox, or by the case."""

    sentence: ClassVar = Sentence(
        "the app is told: {advice}[ ({reason})]",
        "all’app si dice: {advice}[ ({reason:reason})]",
    )
    listed: ClassVar = listing(
        ListItem(
            "phone", "wait", "App: “call 112 now”", "App: «chiama il 112 ora»", {"advice": "call_112_now"}
        ),
        ListItem("phone", "", "App: wait", "App: attendi"),
        advice="advice",
        reason="reason",
    )

    advice: Advice
    reason: str = ""
