"""Signals of an alert, in `inbox-ALERT`: what raises it, and what comes besides under its number."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

from messages.base import Message, Position
from messages.ids import (
    E164,
    AlertId,
    Channel,
    Check,
    ClaimKind,
    Doubt,
    Instant,
    LineId,
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
    listed: ClassVar = listing(ListItem("bell", "", "Alert received, {channel}"), channel="channel")

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
        ListItem("bell", "", "Signalled again, {channel}{times}"),
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
        ListItem("warn", "wait", "Not proved: {claim}{times}{also}", {"doubt": True}),
        ListItem("bell", "wait", "Another phone of hers: {claim}{times}{also}"),
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
        ListItem("bell", "wait", "A proved alert of this number is open", {"text": "device"}),
        ListItem("bell", "", "An alert of this number that is not proved is open"),
        text="proof",
    )

    alert: AlertId
    proof: Proof
    """The other one's."""
