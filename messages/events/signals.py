"""Signals of an alert, in `inbox-ALERT`: the first one, and further ones under its number."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

from messages.base import Message, Position
from messages.ids import (
    E164,
    AlertId,
    Assurance,
    Channel,
    Check,
    ClaimKind,
    Doubt,
    Instant,
    LineId,
    PersonalKind,
)
from messages.rows import ListItem, Sentence, listing

_MORE: Final = Sentence(
    "[, and {skipped:some} more signals before it that were not kept]",
    "[, e altri {skipped:some} segnali prima che non si sono conservati]",
)


class AlertReceived(Message, frozen=True, kw_only=True, tag="alert.received"):
    """An alert was received and is durable; the first event of every inbox."""

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
    """Time of raising, by the phone's corrected clock; the time of receipt if unknown."""
    received_at: Instant
    deadline_at: Instant
    """Time at which the app calls 112 by itself: never later than the receipt plus `deadline.seconds`."""
    phone: Annotated[E164 | None, PersonalKind.NUMBER] = None
    device: Annotated[str | None, PersonalKind.NUMBER] = None
    position: Annotated[Position | None, PersonalKind.POSITION] = None
    test: bool = False
    silent: bool = False
    battery_pct: int | None = None
    line: LineId | None = None
    """Line of the user's own call."""
    call: int | None = None
    """Number of that call in its modem."""
    proof: Assurance
    """Assurance level of the alert."""
    key: Annotated[str, PersonalKind.NUMBER] = ""
    """Enrolled phone that signed the alert; empty if the alert is not signed by a phone."""
    key_enrolled_at: Instant | None = None
    """Time of that device's enrolment."""
    doubt: Doubt | None = None
    check: Check | None = None
    """Kind of check, a test without an operator; None for any other alert."""
    asked: str = ""
    """The app's own id for the alert, if that id was in use: valid like the alert's id."""


class AlertSignalAdded(Message, frozen=True, kw_only=True, tag="alert.signal_added"):
    """The alert was signalled again, by any channel: recorded without a second case."""

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
    """Name of the signal known to its sender, who has not proved to be the sender of the alert: the signal
    only changes the operator's display. Empty: the sender speaks for the alert.
    """
    skipped: int = 0
    """Number of similar signals before this one that were not kept."""

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
    proof: Assurance
    key: Annotated[str, PersonalKind.NUMBER] = ""
    key_enrolled_at: Instant | None = None
    doubt: Doubt | None = None


class ClaimAdded(Message, frozen=True, kw_only=True, tag="claim.added"):
    """A statement was received under the alias of a signal that has joined the alert: displayed, and never
    acted upon.
    """

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
    proof: Assurance
    """Assurance level; `device`: signed by another enrolled phone of the alert's number."""
    position: Annotated[Position | None, PersonalKind.POSITION] = None
    text: Annotated[str, PersonalKind.WORDS] = ""
    skipped: int = 0
    """Number of earlier statements under aliases that were not kept."""


class AlertBeside(Message, frozen=True, kw_only=True, tag="alert.beside"):
    """Another alert of this number is open with a different assurance level: the two are not merged."""

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
    proof: Assurance
    """Assurance level of the other alert."""
