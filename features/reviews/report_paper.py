"""A month's report as a PDF, in Italian or English, and as a table (CSV, RFC 4180)."""

from __future__ import annotations

import csv
import io
from typing import Final

from application.paper.sheet import OUTCOMES, Sheet
from application.times import local, zone
from features.reviews.month import BENCHMARKS, HEAD, CalloutRow, Report, table
from messages.ids import SECOND, CalloutEnd, Outcome
from model.alarms.table import kind_of
from model.availability import Availability

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


ITALIAN: Final = "it"


def as_csv(said: Report) -> str:
    """Return the table with three columns, whose names never change."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows((HEAD, *table(said)))
    return text.getvalue()


def paper(said: Report, version: str, language: str) -> bytes:
    """Return the PDF, A4. Any language other than Italian is English."""
    return _Paper(said, version, italian=language == ITALIAN).made()


class _Paper:
    def __init__(self, said: Report, version: str, *, italian: bool) -> None:
        self._said, self._version, self._place = said, version, 0 if italian else 1
        self._sheet = Sheet(self._title, version, said.made_us, language=ITALIAN if italian else "en")

    def made(self) -> bytes:
        said, sheet = self._said, self._sheet
        sheet.heading(self._title, 16)
        sheet.text(
            self._word("made").format(at=local(said.made_us), zone=zone(said.made_us), version=self._version)
        )
        if said.until_us >= said.made_us:
            sheet.text(self._word("so_far"))
        self._availability()
        self._answering()
        self._alerts()
        self._callouts()
        self._proofs()
        return sheet.done()

    @property
    def _title(self) -> str:
        year, month = self._said.month.split("-")
        return self._word("title").format(month=MONTHS[int(month) - 1][self._place], year=year)

    def _word(self, name: str) -> str:
        return WORDS[name][self._place]

    def _availability(self) -> None:
        there, sheet = self._said.availability, self._sheet
        sheet.heading(self._word("availability"))
        if not there.watched:
            sheet.text(self._word("unwatched"))
            return
        watched = self._word("of").format(watched=there.watched, minutes=there.minutes)
        sheet.pairs(
            (
                (self._word("of_watched"), self._percent(there.share, 3)),
                (self._word("watched"), f"{watched} ({self._percent(there.watched / there.minutes)})"),
                (self._word("lost"), str(there.lost)),
                (self._word("planned"), str(there.planned)),
                (self._word("longest"), self._longest(there)),
                (self._word("worst"), f"{there.worst_ms} ms"),
            ),
            (40, 60),
        )
        sheet.text(self._word("how"))
        if self._said.bad_days:
            sheet.rows(
                tuple(map(self._word, ("day", "lost", "planned", "longest"))),
                (20, 20, 30, 30),
                [
                    (
                        day.day,
                        str(day.availability.lost),
                        str(day.availability.planned),
                        self._longest(day.availability),
                    )
                    for day in self._said.bad_days
                ],
            )

    def _longest(self, there: Availability) -> str:
        if there.longest_at_us is None:
            return "0"
        return self._word("longest_at").format(minutes=there.longest, at=local(there.longest_at_us))

    def _answering(self) -> None:
        answering, sheet = self._said.answering, self._sheet
        sheet.heading(self._word("answering"))
        of = self._word("of").format(watched=answering.answered, minutes=answering.of)
        sheet.pairs(((self._word("answered"), of),), (40, 60))
        sheet.rows(
            tuple(map(self._word, ("by", "within", "asked", "found", "met"))),
            (24, 19, 19, 19, 19),
            [
                (
                    one.by,
                    f"{one.within_s} s",
                    self._percent(one.share),
                    self._percent(one.found),
                    "—" if one.found is None else self._word("yes" if one.found >= one.share else "no"),
                )
                for one in answering.measured
            ],
        )
        sheet.text(self._word("sources") + "; ".join(dict.fromkeys(one.source for one in BENCHMARKS)) + ".")

    def _alerts(self) -> None:
        said, sheet = self._said, self._sheet
        sheet.heading(self._word("alerts"))
        ended = [(OUTCOMES[Outcome(name)][self._place], str(count)) for name, count in said.outcomes.items()]
        sheet.pairs(
            (
                (self._word("real"), str(said.real)),
                *((f"– {name}", count) for name, count in ended),
                (self._word("missed"), str(said.missed)),
                (self._word("tests"), str(said.tests)),
            ),
            (40, 60),
        )

    def _callouts(self) -> None:
        sheet = self._sheet
        sheet.heading(self._word("callouts"))
        sheet.rows(
            tuple(map(self._word, ("when", "why", "tries", "taken", "end"))),
            (22, 36, 10, 14, 18),
            [
                (
                    local(one.at_us),
                    "; ".join(self._alarm(name) for name in one.alarms),
                    str(one.tries),
                    _taken(one),
                    "" if one.ended is None else ENDS[one.ended][self._place],
                )
                for one in self._said.callouts
            ],
            self._word("none"),
        )

    def _alarm(self, name: str) -> str:
        """Return the alarm in the console's words, without its subject."""
        kind = kind_of(name)
        if kind is None:
            return name
        words = kind.en if self._place else kind.it
        return words.short.replace("{s}", "…")

    def _proofs(self) -> None:
        sheet = self._sheet
        sheet.heading(self._word("proofs"))
        sheet.rows(
            tuple(map(self._word, ("when", "node", "good", "bad", "left_out", "whole"))),
            (24, 20, 14, 14, 14, 14),
            [
                (
                    local(one.at_us),
                    one.node,
                    str(one.good),
                    str(one.bad),
                    str(one.left_out),
                    self._word("yes" if one.is_whole else "no"),
                )
                for one in self._said.proofs
            ],
            self._word("none"),
        )

    def _percent(self, share: float | None, digits: int = 1) -> str:
        if share is None:
            return "—"
        # Rounded down: only a full share is 100 %.
        scale = 10 ** (digits + 2)
        text = f"{int(share * scale + 1e-9) / scale * 100:.{digits}f} %"
        return text if self._place else text.replace(".", ",")


def _taken(one: CalloutRow) -> str:
    return "—" if one.taken_us is None else f"{(one.taken_us - one.at_us) / SECOND:.0f} s"
