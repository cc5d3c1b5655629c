"""The words of a month's report, in both languages. Data."""

from __future__ import annotations

from typing import Final

from messages.ids import CalloutEnd

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Rapporto di {month} {year}", "Report of {month} {year}"),
    "made": (
        "Fatto il {at} da securWoman {version}. Le ore sono quelle del centro ({zone}).",
        "Made on {at} by securWoman {version}. Times are the center’s ({zone}).",
    ),
    "so_far": ("Il mese non è finito: fin qui.", "The month is not over: as far as it goes."),
    "availability": ("Disponibilità della ricezione", "Availability of the intake"),
    "of_watched": ("Disponibile", "Available"),
    "watched": ("Minuti osservati da fuori", "Minutes watched from outside"),
    "of": ("{watched} di {minutes}", "{watched} of {minutes}"),
    "lost": ("Minuti persi", "Minutes lost"),
    "planned": ("Persi durante lavori annunciati", "Lost within planned work"),
    "longest": ("Interruzione più lunga", "Longest outage"),
    "longest_at": ("{minutes} min, dal {at}", "{minutes} min, from {at}"),
    "worst": ("Risposta più lenta", "Slowest answer"),
    "how": (
        "Un minuto è perso quando più di metà delle prove fallisce per ogni osservatore che ha provato in "
        "quel minuto. I minuti che nessuno ha osservato non contano, né in bene né in male; quelli persi "
        "durante lavori annunciati sono detti a parte.",
        "A minute is lost when more than half of the tries fail for each watcher that has tried in it. "
        "Minutes that nobody watched count neither way; those lost within planned work are told apart.",
    ),
    "unwatched": (
        "Nessuno ha osservato da fuori: della disponibilità non si può dire nulla.",
        "Nobody watched from outside: nothing can be said of the availability.",
    ),
    "day": ("giorno", "day"),
    "answering": ("Risposta agli allarmi veri", "Answering of real alerts"),
    "answered": ("Con un operatore in linea", "With an operator on the line"),
    "by": ("chi lo chiede", "who asks for it"),
    "within": ("entro", "within"),
    "asked": ("chiesto", "asked"),
    "found": ("qui", "here"),
    "met": ("raggiunto", "met"),
    "yes": ("sì", "yes"),
    "no": ("NO", "NO"),
    "sources": (
        "Dal ricevimento dell’allarme a quando un operatore è in linea; chi è citato conta dall’arrivo "
        "della chiamata. Fonti: ",
        "From an alert’s receipt until an operator is on the line; those who are named count from a call’s "
        "arrival. Sources: ",
    ),
    "alerts": ("Allarmi", "Alerts"),
    "real": ("Veri", "Real"),
    "tests": ("Di prova", "Tests"),
    "missed": ("Veri oltre la scadenza", "Real, past the deadline"),
    "callouts": ("Chiamate ai reperibili", "Calls to people on duty"),
    "when": ("quando", "when"),
    "why": ("perché", "why"),
    "tries": ("tentativi", "tries"),
    "taken": ("presa dopo", "taken after"),
    "end": ("come è finita", "how it ended"),
    "proofs": ("Prove del centro", "Proofs of the center"),
    "node": ("nodo", "node"),
    "good": ("riusciti", "good"),
    "bad": ("falliti", "failed"),
    "left_out": ("saltati", "left out"),
    "whole": ("fino in fondo", "to its end"),
    "none": ("Nessuna.", "None."),
}

MONTHS: Final = (
    ("gennaio", "January"),
    ("febbraio", "February"),
    ("marzo", "March"),
    ("aprile", "April"),
    ("maggio", "May"),
    ("giugno", "June"),
    ("luglio", "July"),
    ("agosto", "August"),
    ("settembre", "September"),
    ("ottobre", "October"),
    ("novembre", "November"),
    ("dicembre", "December"),
)
ENDS: Final[dict[CalloutEnd, tuple[str, str]]] = {
    CalloutEnd.TAKEN: ("presa", "taken"),
    CalloutEnd.OVER: ("finita da sé", "over by itself"),
    CalloutEnd.SEEN: ("vista alla console", "seen at a console"),
    CalloutEnd.TOLD: ("detta", "told"),
    CalloutEnd.NOBODY: ("nessuno ha risposto", "nobody answered"),
}
