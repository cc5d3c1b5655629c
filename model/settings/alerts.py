"""Settings for handling alerts: deadline, limits, operators, users, dialling and texts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from messages.ids import OperatorLine
from model.settings.fields import CountryOrEea, PhoneNumber, Seconds, Table, doc

CONTACT_WORDS: Final = {
    "it": "Da securWoman: {name} ha chiesto aiuto e il 112 lo sa. Non telefonare e non andare sul posto: "
    "può aumentare il pericolo.",
    "en": "From securWoman: {name} has asked for help and 112 knows. Do not phone and do not go there: "
    "it can add to the danger.",
}
"""Default SMS, one message per language (TS 23.038: 160 characters), without details of the event or the
place.
"""
CONTACT_PLACE: Final = {"it": "Dove: {place}.", "en": "Where: {place}."}

LongSeconds = Annotated[float, Meta(ge=0, le=3600)]
WordsLanguage = Annotated[str, Meta(pattern=r"^[a-z]{2,3}$(?!\n)")]
Words = Annotated[str, Meta(min_length=1, max_length=300)]


class MetBy(StrEnum):
    """Event on the user's leg that meets the deadline."""

    RINGING = "ringing"
    ANSWERED = "answered"


class VoiceAlert(StrEnum):
    """Handling of the user's own call."""

    ANSWER = "answer"
    """Answered at once; becomes the user's leg."""
    CALLBACK = "callback"
    """Declined; the user is called back."""


class Duress(StrEnum):
    """Action after a cancellation with the duress PIN."""

    PSAP_FIRST = "psap_first"
    """112 is called and briefed at once; the user is not called."""
    CALL = "call"
    """The user is called as after any other cancellation."""


class NumberKind(StrEnum):
    """Kind of a telephone number, as numbering plans distinguish."""

    MOBILE = "mobile"
    FIXED = "fixed"
    VOIP = "voip"
    PERSONAL = "personal"
    PREMIUM = "premium"
    SHARED_COST = "shared_cost"
    TOLL_FREE = "toll_free"
    PAGER = "pager"
    UAN = "uan"
    """A company's number for all its sites."""
    VOICEMAIL = "voicemail"
    UNKNOWN = "unknown"
    """Kind in no table: mostly a new range of mobile numbers."""


class DeadlineSettings(Table, frozen=True, kw_only=True):
    """Deadline at which the app calls 112 by itself."""

    seconds: Annotated[
        float,
        Meta(ge=5, le=3600),
        doc(
            "After the alert the app calls 112 by itself: must equal the app's own setting",
            "Tempo dopo il quale l’app chiama il 112 da sola: deve essere uguale a quello dell’app",
            written=True,
        ),
    ] = 50.0
    met_by: Annotated[
        MetBy,
        doc(
            "Reached when it rings (ringing) or is answered (answered)",
            "Raggiunta quando squilla (ringing) o risponde (answered)",
            note="the user's phone",
            written=True,
        ),
    ] = MetBy.RINGING


class LimitsSettings(Table, frozen=True, kw_only=True):
    """Limits of the centre's parallel work."""

    live_cases: Annotated[
        int,
        Meta(ge=1, le=200),
        doc(
            "Alerts handled at the same time",
            "Allarmi gestiti contemporaneamente",
            note="further alerts wait, and their apps are advised at once to call 112",
            written=True,
        ),
    ] = 50
    idle_workers: Annotated[
        int,
        Meta(ge=0, le=20),
        doc(
            "Groups of processes kept ready",
            "Gruppi di processi tenuti pronti",
            note="in addition to busy ones",
        ),
    ] = 2
    """A worker: an AlertCase, its CallLegs and its ConferenceBridge."""
    inbound_lines_kept: Annotated[
        int,
        Meta(ge=0, le=100),
        doc(
            "Public lines kept for users who call",
            "Linee pubbliche riservate agli utenti che telefonano",
            note="unless an alert would have no line",
        ),
    ] = 1
    lines_kept_from_tests: Annotated[
        int,
        Meta(ge=0, le=100),
        doc(
            "Lines that stay free during a test",
            "Linee che restano libere durante una prova",
            note="public lines, besides those of the test call",
        ),
    ] = 2


class OperatorSettings(Table, frozen=True, kw_only=True):
    """Calls to operators; see docs/operations/operators.md."""

    line: Annotated[
        OperatorLine,
        doc(
            "Connection of operators: on_demand, headset, nailed_up",
            "Collegamento degli operatori: on_demand, headset, nailed_up",
            note='"on_demand": the phone is called for each alert; "headset": in the browser; '
            '"nailed_up": one call for the whole shift',
            written=True,
        ),
    ] = OperatorLine.ON_DEMAND
    answer_within_s: Annotated[
        Seconds,
        doc(
            "Time until the next operator is called as well",
            "Tempo prima di chiamare anche l’operatore successivo",
            written=True,
        ),
    ] = 6.0
    all_after_s: Annotated[
        Seconds,
        doc(
            "Time until all free operators are called",
            "Tempo prima di chiamare tutti gli operatori liberi",
            note="first to answer wins",
        ),
    ] = 12.0
    silent_after_s: Annotated[
        Seconds,
        doc(
            "Time until a silent operator is no longer called",
            "Tempo dopo il quale un operatore che non risponde non viene più chiamato",
            note="the operator counts as not answering",
        ),
    ] = 25.0
    wrap_up_s: Annotated[
        LongSeconds,
        doc(
            "Time for notes after an alert",
            "Tempo per le note dopo un allarme",
            note="called after all others and for no test; 0: none",
        ),
    ] = 30.0
    on_call: Annotated[
        tuple[PhoneNumber, ...],
        doc(
            "Numbers called if no operator on shift answers, in order",
            "Numeri chiamati se nessuno in turno risponde, nell’ordine",
            note='["+39…"]',
        ),
    ] = ()


class UserSettings(Table, frozen=True, kw_only=True):
    """Calls to users."""

    no_answer_s: Annotated[
        Seconds,
        doc(
            "Ringing time until a call counts as unanswered",
            "Tempo di squillo prima che la chiamata conti come senza risposta",
        ),
    ] = 25.0
    busy_retry_s: Annotated[
        Seconds, doc("Pause if the phone is busy", "Attesa se il telefono è occupato")
    ] = 4.0
    attempts: Annotated[
        int,
        Meta(ge=1, le=10),
        doc("Calls without an operator’s order", "Chiamate senza ordine di un operatore"),
    ] = 2
    setup_time_s: Annotated[
        Seconds,
        doc(
            "Estimated time from dialling to ringing",
            "Tempo stimato dalla composizione del numero allo squillo",
            note="used until a trunk has been measured",
        ),
    ] = 12.0
    """The user is dialled without waiting for an operator if the deadline is no further away than this."""
    caller_number_within_s: Annotated[
        float,
        Meta(ge=0, le=10),
        doc(
            "Wait for the caller’s number",
            "Attesa del numero del chiamante",
            note="longest ringing of an incoming call without a number",
        ),
    ] = 1.5


class AlertSettings(Table, frozen=True, kw_only=True):
    """Response to a call that drops after an operator has left."""

    leave_alarm_within_s: Annotated[
        LongSeconds,
        doc(
            "A call that drops within this time after leaving calls an operator back",
            "Una chiamata che cade entro questo tempo dall’uscita richiama un operatore",
            note="the call of user or 112",
        ),
    ] = 60.0


class DiallingSettings(Table, frozen=True, kw_only=True):
    """Users' numbers that are dialled automatically; see docs/operations/users.md.

    Alerts of other numbers are kept, and an operator orders the call. Numbers of lines and of operators are
    never dialled automatically.
    """

    kinds: Annotated[
        tuple[NumberKind, ...],
        Meta(min_length=1),
        doc(
            "Kinds of numbers dialled automatically",
            "Tipi di numero chiamati automaticamente",
            note='also "voip", "personal", "toll_free", "uan", "shared_cost", "premium", "pager", '
            '"voicemail"',
        ),
    ] = (NumberKind.MOBILE, NumberKind.FIXED, NumberKind.UNKNOWN)
    countries: Annotated[
        tuple[CountryOrEea, ...],
        doc(
            "Countries dialled automatically",
            "Paesi chiamati automaticamente",
            note='ISO 3166, or "EEA" for all its members; `region` is always included',
        ),
    ] = ("EEA",)
    per_hour: Annotated[
        int,
        Meta(ge=1, le=10_000),
        doc(
            "Different numbers of one range abroad in an hour",
            "Numeri diversi di una stessa serie estera in un’ora",
            note="a range abroad has a million numbers; at home fifty times as many are allowed",
        ),
    ] = 20


class SmsSettings(Table, frozen=True, kw_only=True):
    """SMS sent by the centre. A user without data coverage may write; see docs/operations/users.md."""

    acknowledge: Annotated[
        str,
        Meta(max_length=300),
        doc(
            "Answer to an alert by SMS",
            "Risposta a un allarme per SMS",
            note="sent once, when a line is free; empty: nothing",
        ),
    ] = ""
    dialogue: Annotated[
        bool,
        doc(
            "Operators' messages by SMS if no app can be used",
            "Messaggi degli operatori per SMS se nessuna app è utilizzabile",
            note="false: such messages are not sent",
        ),
    ] = True
    contacts: Annotated[
        dict[WordsLanguage, Words],
        doc(
            "SMS to contacts",
            "SMS alle persone di contatto",
            note="contacts whom the user wants to be informed when 112 was called; {}: none",
            example={"it": "{name} ha chiesto aiuto, il 112 lo sa."},
        ),
    ] = msgspec.field(default_factory=CONTACT_WORDS.copy)
    contacts_where: Annotated[
        dict[WordsLanguage, Words],
        doc(
            "Text with the position",
            "Testo con la posizione",
            note="if the user has agreed",
            example={"it": "Dove: {place}."},
        ),
    ] = msgspec.field(default_factory=CONTACT_PLACE.copy)
