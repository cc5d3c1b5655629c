"""Words of an alert's story in each language, and the forms in which a sentence presents a field.

A value is looked up in the table of its type, or of a named form; a value in no table is written unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from messages.base import HangupCause
from messages.ids import (
    SECOND,
    Advice,
    Assurance,
    Carried,
    Channel,
    ClaimKind,
    Instant,
    LegId,
    OperatorCommand,
    OperatorLine,
    Outcome,
    Party,
    PersonalKind,
    Unplayed,
)
from model.alert.leg import place_of
from model.alert.reasons import LeaveReason, ReleaseReason
from model.orders.refusals import Refusal
from model.orders.table import ORDERS
from model.rules.calls.own_line import is_own_line, mode_of
from model.rules.messages.advice import AdviceReason

UNKNOWN: Final = "unknown"
"""Table of the texts for values missing in a named form's table; `{}` is the value."""

Words = Mapping[type[Enum] | str, Mapping[Any, str]]
"""Word for each value, by type or named form."""


def word(words: Words, table: type[Enum] | str, value: object) -> str:
    """Return the word for the value."""
    found = words.get(table, {}).get(value)
    return words[UNKNOWN].get(table, "{}").format(value) if found is None else found


def _day(words: Words, at: int) -> str:
    """Return the day in UTC."""
    return f"{datetime.fromtimestamp(at / SECOND, UTC):%Y-%m-%d}"


def _place(words: Words, leg: LegId) -> str:
    """Return the name of the leg's call, with its number among several: `op2`, `operatore 2`."""
    named = place_of(leg)
    stem = named.rstrip(_DIGITS)
    known = words.get("place", {}).get(stem)
    return named if known is None else f"{known} {named.removeprefix(stem)}".rstrip()


def _role(words: Words, leg: LegId) -> str:
    """Return the party of the leg's call."""
    return word(words, "role", place_of(leg).rstrip(_DIGITS))


def _clip(words: Words, clip: str) -> str:
    """Return the announcement of a clip's id, without its count."""
    kind = clip.partition(":")[0]
    return word(words, "clip", kind if kind in words["clip"] else clip)


_DIGITS: Final = "0123456789"
FORMS: Final[Mapping[str, Callable[[Words, Any], str]]] = {
    "place": _place,
    "role": _role,
    "clip": _clip,
    "day": _day,
    "own": lambda words, line: word(words, "own", mode_of(line)) if is_own_line(line) else "",
    "again": lambda words, attempt: str(attempt) if attempt > 1 else "",
    "some": lambda words, number: str(number) if number else "",
    "count": lambda words, all_of_them: str(len(all_of_them)),
    "from_1": lambda words, number: str(number + 1),
    "hex": lambda words, number: f"{number:#04x}",
    "degrees": lambda words, angle: f"{angle:.5f}",
    "metres": lambda words, length: f"{length:.0f}",
}
"""Forms that are more than a word of a table."""
BY_TYPE: Final[Mapping[object, str]] = {LegId: "place", Instant: "day"}
"""Default form of a field of this type if its sentence names none."""


ENGLISH: Final[Words] = {
    Party: {
        Party.OPERATOR: "the operator",
        Party.USER: "the user",
        Party.PSAP: "112",
        Party.LISTENER: "a listener",
    },
    Outcome: {
        Outcome.FALSE_ALARM: "false alarm",
        Outcome.HANDED_OVER: "handed over to 112",
        Outcome.BRIEFED: "112 was briefed",
        Outcome.USER_CALLED_112: "she called 112 herself",
        Outcome.CANCELLED: "cancelled",
        Outcome.TEST_DONE: "test done",
        Outcome.NO_CONTACT: "no contact",
        Outcome.PUT_AWAY: "put away: nobody was heard, and nothing proved it",
    },
    ClaimKind: {
        ClaimKind.SIGNAL: "an alert",
        ClaimKind.POSITION: "position",
        ClaimKind.WORDS: "writes:",
        ClaimKind.RINGS: "the phone rings",
        ClaimKind.CANCELS: "asks to cancel; no PIN was looked at",
    },
    Carried: {
        Carried.SENT: "the network has taken it",
        Carried.FAILED: "given up",
        Carried.WAITS: "the phone cannot be reached now, the network goes on trying",
        Carried.DELIVERED: "the phone has it",
        Carried.UNDELIVERED: "the network could not deliver it",
    },
    Unplayed: {
        Unplayed.NO_SOUND: "nothing here can speak it",
        Unplayed.CUT_OFF: "it was cut off",
    },
    Advice: {Advice.WAIT: "wait", Advice.CALL_112_NOW: "call 112 now"},
    "saying": {
        Channel.DATA: "writes",
        Channel.SMS: "writes by SMS",
        Channel.VOICE: "asks on the line",
    },
    "role": {"op": "the operator", "user": "the user", "psap": "112"},
    "own": {OperatorLine.HEADSET: "headset", OperatorLine.NAILED_UP: "call of the shift"},
    "clip": {
        "whisper": "the user's name",
        "hand_over": "who hands over, and whose alert it is",
        "recorded": "that the call is recorded",
        "cannot_speak": "that the user cannot speak",
        "psap_again": "that it is the alert of the call before",
        "question": "a question",
    },
    "refusal": {one: one.sentence for one in Refusal},
    "cause": {
        HangupCause.UNALLOCATED: "no such number",
        HangupCause.NORMAL: "hung up",
        HangupCause.BUSY: "busy",
        HangupCause.NO_USER_RESPONDING: "no response",
        HangupCause.NO_ANSWER: "no answer",
        HangupCause.SUBSCRIBER_ABSENT: "phone off or out of reach",
        HangupCause.REJECTED: "rejected",
        HangupCause.DESTINATION_OUT_OF_ORDER: "destination out of order",
        HangupCause.INVALID_NUMBER: "invalid number",
        HangupCause.NORMAL_UNSPECIFIED: "ended, the network does not say why",
        HangupCause.NO_CIRCUIT: "no free circuit",
        HangupCause.NETWORK_OUT_OF_ORDER: "network out of order",
        HangupCause.TEMPORARY_FAILURE: "temporary failure",
        HangupCause.INTERWORKING: "interworking",
        HangupCause.LINE_LOST: "the line was lost",
        HangupCause.LINE_TAKEN: "the line carried another call",
        HangupCause.GUARDED: "refused by the dial guard",
        HangupCause.NODE_LOST: "its node was lost",
    },
    UNKNOWN: {"cause": "cause {}", "clip": "the announcement {}", "role": "somebody"},
}


ITALIAN: Final[Words] = {
    Party: {
        Party.OPERATOR: "l’operatore",
        Party.USER: "l’utente",
        Party.PSAP: "il 112",
        Party.LISTENER: "un supervisore",
    },
    Outcome: {
        Outcome.FALSE_ALARM: "falso allarme",
        Outcome.HANDED_OVER: "affidato al 112",
        Outcome.BRIEFED: "112 informato",
        Outcome.USER_CALLED_112: "l’utente ha chiamato il 112",
        Outcome.CANCELLED: "annullato",
        Outcome.TEST_DONE: "prova finita",
        Outcome.NO_CONTACT: "nessun contatto",
        Outcome.PUT_AWAY: "messo da parte",
    },
    Channel: {
        Channel.DATA: "dati, app",
        Channel.VOICE: "voce",
        Channel.SMS: "SMS",
    },
    ClaimKind: {
        ClaimKind.SIGNAL: "un allarme",
        ClaimKind.POSITION: "posizione",
        ClaimKind.WORDS: "scrive:",
        ClaimKind.RINGS: "il telefono squilla",
        ClaimKind.CANCELS: "chiede di annullare; nessun PIN è stato guardato",
    },
    Carried: {
        Carried.SENT: "la rete lo ha preso",
        Carried.FAILED: "rinunciato",
        Carried.WAITS: "il telefono ora non è raggiungibile, la rete continua a provare",
        Carried.DELIVERED: "il telefono lo ha ricevuto",
        Carried.UNDELIVERED: "la rete non ha potuto consegnarlo",
    },
    Unplayed: {
        Unplayed.NO_SOUND: "qui nulla può pronunciarlo",
        Unplayed.CUT_OFF: "è stato interrotto",
    },
    PersonalKind: {
        PersonalKind.NUMBER: "numeri",
        PersonalKind.POSITION: "posizioni",
        PersonalKind.WORDS: "note e testi",
    },
    Assurance: {
        Assurance.DEVICE: "un telefono",
        Assurance.APP: "un’app",
        Assurance.NETWORK: "la rete",
    },
    Advice: {Advice.WAIT: "attendi", Advice.CALL_112_NOW: "chiama il 112 ora"},
    OperatorCommand: {command: row.italian for command, row in ORDERS.items()},
    "saying": {
        Channel.DATA: "scrive",
        Channel.SMS: "scrive per SMS",
        Channel.VOICE: "chiede in linea",
    },
    "place": {"op": "operatore", "user": "utente", "psap": "112"},
    "own": {OperatorLine.HEADSET: "cuffie", OperatorLine.NAILED_UP: "chiamata del turno"},
    "clip": {
        "whisper": "il nome dell’utente",
        "hand_over": "chi passa il caso, e di chi è l’allarme",
        "recorded": "che la chiamata è registrata",
        "cannot_speak": "che l’utente non può parlare",
        "psap_again": "che è l’allarme della chiamata di prima",
        "question": "una domanda",
    },
    "reached": {
        "answer": "ha risposto",
        "app": "lo dice l’app",
        "voice": "si sente la sua voce",
        "digit": "ha premuto un tasto",
        "operator": "lo dice l’operatore",
        "word": "lo dice l’operatore",
        "network": "unito dalla rete",
    },
    "reason": {
        ReleaseReason.NO_ANSWER: "non risponde",
        ReleaseReason.SILENT: "il 112 non risponde",
        ReleaseReason.NOT_JOINED: "ha risposto, e non se n’è sentito nulla",
        ReleaseReason.ANOTHER_ANSWERED: "ha risposto un altro operatore",
        ReleaseReason.HANDED_OVER: "passato",
        ReleaseReason.GIVEN_UP: "lasciato a un allarme provato",
        ReleaseReason.ANOTHER_LINE: "si richiama su un’altra linea",
        ReleaseReason.APART: "non si può unire all’utente: si richiama",
        ReleaseReason.TAKEN_BACK: "la prima chiamata è tornata",
        ReleaseReason.REPLACED: "l’utente ha chiamato",
        ReleaseReason.PREEMPTED: "la linea serve a un allarme vero",
        ReleaseReason.PSAP_FIRST: "prima il 112",
        ReleaseReason.MACHINE: "segreteria",
        ReleaseReason.DURESS: "PIN di costrizione",
        ReleaseReason.HUSHED: "deve restare muto",
        ReleaseReason.OUTRANKED: "lo chiama un allarme provato",
        ReleaseReason.WITHDRAWN: "annullata dall’operatore",
        ReleaseReason.CALLED_ELSEWHERE: "112 chiamato da un altro telefono",
        ReleaseReason.STOPPED: "non ascolta più",
        ReleaseReason.LEFT: "ha lasciato",
        ReleaseReason.FALSE_ALARM: "falso allarme",
        ReleaseReason.CLOSED: "chiuso",
        ReleaseReason.OVER: "non c’è più nessuno da ascoltare",
        ReleaseReason.PSAP_HUNG_UP: "il 112 ha riagganciato",
        ReleaseReason.USER_HUNG_UP: "l’utente ha riagganciato",
        LeaveReason.LOST: "la chiamata è caduta",
        LeaveReason.NOT_NEEDED: "non serve più",
        LeaveReason.LINE_FAILED: "la linea è caduta",
        "busy": "occupato",
        AdviceReason.NOT_DURABLE: "il disco non è scrivibile",
        AdviceReason.ALL_AT_WORK: "il centro è al completo",
        AdviceReason.NO_OPERATOR: "nessun operatore",
        AdviceReason.NO_LINE_FOR_112: "nessuna linea per il 112",
        AdviceReason.FORECAST: "una chiamata non arriverebbe in tempo",
        AdviceReason.DEADLINE: "la scadenza",
    },
    "refusal": {one: one.sentence for one in Refusal},
    "cause": {
        HangupCause.UNALLOCATED: "il numero non esiste",
        HangupCause.NORMAL: "riagganciato",
        HangupCause.BUSY: "occupato",
        HangupCause.NO_USER_RESPONDING: "il telefono non risponde alla rete",
        HangupCause.NO_ANSWER: "nessuno risponde",
        HangupCause.SUBSCRIBER_ABSENT: "spento o senza campo",
        HangupCause.REJECTED: "rifiutata",
        HangupCause.DESTINATION_OUT_OF_ORDER: "la sua linea è guasta",
        HangupCause.INVALID_NUMBER: "numero sbagliato",
        HangupCause.NORMAL_UNSPECIFIED: "la rete non dice perché",
        HangupCause.NO_CIRCUIT: "nessuna linea libera nella rete",
        HangupCause.NETWORK_OUT_OF_ORDER: "rete guasta",
        HangupCause.TEMPORARY_FAILURE: "guasto passeggero della rete",
        HangupCause.INTERWORKING: "un’altra rete non dice perché",
        HangupCause.LINE_LOST: "la linea è caduta",
        HangupCause.LINE_TAKEN: "la linea portava un’altra chiamata",
        HangupCause.GUARDED: "numero di emergenza da non chiamare",
        HangupCause.NODE_LOST: "il suo nodo non si sente",
    },
    UNKNOWN: {"cause": "causa {}", "clip": "l’annuncio {}"},
}
