"""A person's data as one page that needs nothing else: no script, nothing from a network. Pure.

Every label stands in Italian and in English: the page is read by the person, and by those who help.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Final

from center.giving.facts import position_in_words
from center.times import local
from messages.ids import Instant, Party
from model.record import EMPTY, Contact

if TYPE_CHECKING:
    from center.giving.facts import Facts
    from center.giving.person import PersonalData

_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; width: 100%; }
th, td { border-bottom: 1px solid #8886; padding: .3rem .6rem .3rem 0; text-align: left; }
th, td { vertical-align: top; }
small { color: #777; font-weight: normal; } h2 { margin-top: 2.5rem; } audio { width: 100%; }
"""
_PARTIES: Final = {
    Party.USER: "Lei / you",
    Party.OPERATOR: "un operatore / an operator",
    Party.LISTENER: "un responsabile / a supervisor",
    Party.PSAP: "112",
}


def page(data: PersonalData) -> str:
    """The page, in HTML."""
    person = data.person
    facts = (
        ("Nome", "Name", person.name),
        ("Numeri", "Numbers", ", ".join(person.phones)),
        ("Lingua", "Language", person.language),
        ("Note per gli operatori", "Notes for the operators", person.notes),
        ("Telefoni dell'app", "Device ids of the app", ", ".join(person.devices)),
        ("PIN di annullamento", "Cancellation PIN", _yes(person.has_cancel_pin)),
        ("PIN di costrizione", "Duress PIN", _yes(person.has_duress_pin)),
        ("Registrata il", "Entered on", local(person.created_at)),
        ("Modificata il", "Changed on", local(person.changed_at)),
    )
    phones = [(one.name, one.phone, local(one.enrolled_at), _at(one.last_alert_at)) for one in data.phones]
    return "".join(
        (
            "<!doctype html><html lang='it'><head><meta charset='utf-8'>",
            f"<title>{escape(person.name or person.id)}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{escape(person.name or person.id)}</h1>",
            _both(
                "Tutto ciò che il centro conserva di Lei, al ",
                "Everything that the center keeps about you, as of ",
                local(data.made_at),
            ),
            "<p>Gli stessi dati, per un programma: <a href='data.json'>data.json</a>. "
            "<small>The same data, for a program.</small></p>",
            _pairs(facts),
            _record(data),
            _table(
                "Telefoni abilitati",
                "Enrolled phones",
                (
                    ("Nome", "Name"),
                    ("Numero", "Number"),
                    ("Dal", "Since"),
                    ("Ultimo allarme", "Last alert"),
                ),
                phones,
            ),
            *(_alert(one, data) for one in reversed(data.alerts)),
            _table(
                "Consultazioni dei Suoi dati",
                "When your data was read, changed or given",
                (("Quando", "When"), ("Che cosa", "What"), ("Per", "For")),
                [(local(one.at), one.action, one.detail) for one in data.readings],
            ),
            "</body></html>\n",
        )
    )


def _record(data: PersonalData) -> str:
    """What was entered of the person, and the pictures of it."""
    record = data.record
    several = (
        *(("Pericoloso", "Dangerous", one.in_one_line) for one in record.dangerous),
        *(("Indirizzo", "Address", one) for one in record.addresses),
        *(("Contatto", "Contact", _contact(one)) for one in record.contacts),
    )
    texts = (
        ("Bambini", "Children", record.children),
        ("Salute", "Medical", record.medical),
        ("Provvedimento", "Court order", record.court_order),
        ("Parola d'ordine", "Safe word", record.safe_word),
        ("Come contattarLa", "How to reach you", record.reach),
    )
    shown = "".join(
        f"<img src='{escape(file, quote=True)}' alt='' style='height: 12rem'> " for file in data.pictures
    )
    listed = _pairs((*texts, *several))
    return f"<h2>Scheda <small>Record</small></h2>{listed}{shown}" if record != EMPTY else ""


def _contact(one: Contact) -> str:
    tell = " (da avvisare / to be told)" if one.tell else ""
    return one.in_one_line + tell


def _alert(facts: Facts, data: PersonalData) -> str:
    sounds = [one for one in data.recordings if one.alert == facts.alert]
    return "".join(
        (
            f"<h2>{escape(local(facts.received_at))} <small>{escape(facts.alert)}</small></h2>",
            _pairs(
                (
                    ("Arrivato per", "Came by", str(facts.channel)),
                    ("Prova", "Test", _yes(facts.test)),
                    ("Silenzioso", "Silent", _yes(facts.silent)),
                    ("Numero", "Number", facts.phone or ""),
                    ("Telefono dell'app", "Device id of the app", facts.device or ""),
                    ("Batteria", "Battery", "" if facts.battery_pct is None else f"{facts.battery_pct} %"),
                    ("Chiuso", "Closed", _at(facts.closed_at)),
                    ("Esito", "Outcome", str(facts.corrected or facts.outcome or "")),
                )
            ),
            _table(
                "Posizioni",
                "Positions",
                (("Quando", "When"), ("Nord", "North"), ("Est", "East"), ("± m", ""), ("Da", "From")),
                [(local(one.at), *position_in_words(one)) for one in facts.positions],
            ),
            _table(
                "Chiamate",
                "Calls",
                (
                    ("Con", "With"),
                    ("Numero", "Number"),
                    ("Inizio", "Began"),
                    ("Risposta", "Answered"),
                    ("Fine", "Ended"),
                    ("Perché", "Why"),
                ),
                [
                    (
                        _PARTIES[one.party],
                        one.number or "",
                        local(one.began_at),
                        _at(one.answered_at),
                        _at(one.ended_at),
                        one.ended_by,
                    )
                    for one in facts.calls
                ],
            ),
            _table(
                "Scritto dagli operatori o da Lei",
                "Written by operators or by you",
                (("Quando", "When"), ("Testo", "Text")),
                [(local(one.at), one.text) for one in facts.notes],
            ),
            *(
                f"<p><audio controls src='{escape(one.file, quote=True)}'></audio>"
                f"<br><small>{escape(one.file)} · SHA-256 {one.sha256}</small></p>"
                for one in sounds
            ),
            _table(
                "Come è andata (in inglese)",
                "The whole story",
                (("Quando", "When"), ("Che cosa", "What")),
                [(local(one.at), one.text) for one in facts.story],
            ),
        )
    )


def _both(italian: str, english: str, what: str) -> str:
    return f"<p>{italian}{escape(what)}.<br><small>{english}{escape(what)}.</small></p>"


def _label(italian: str, english: str) -> str:
    return f"{escape(italian)} <small>{escape(english)}</small>"


def _pairs(facts: Iterable[tuple[str, str, str]]) -> str:
    rows = (
        f"<tr><th>{_label(italian, english)}</th><td>{escape(value)}</td></tr>"
        for italian, english, value in facts
        if value
    )
    return f"<table>{''.join(rows)}</table>"


def _table(
    italian: str, english: str, heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]
) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{_label(*one)}</th>" for one in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<h3>{_label(italian, english)}</h3><table><tr>{head}</tr>{body}</table>"


def _at(at: Instant | None) -> str:
    return "" if at is None else local(at)


def _yes(said: bool) -> str:
    return "sì / yes" if said else "no"
