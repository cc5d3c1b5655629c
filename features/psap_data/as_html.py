"""112's page, as HTML that any browser of ten years shows and prints: no script, no foreign content.

Its template is `page.html.j2`. The page has the text that the operator would read to 112, in its order, as
the journal has it at the request. Changes since a moment are marked; the moment is in the page's address, so
that no cookie is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from application.templates import render
from features.psap_data.message import WORDS
from messages.base import Address
from messages.ids import SECOND, BriefingField, Instant, Nearness, Party
from model.address import in_one_line
from model.alert.parts import KnownPosition
from model.record import PersonRecord, facts
from model.rules.calls.silent_and_duress import are_voices_withheld
from model.rules.messages.dialogue import messages_after_end
from model.telling.psap_snapshot import SnapshotChanges
from model.telling.sheet import Sheet
from store.registry.people import User

AGAIN_S: Final = 10
"""Seconds between two automatic reloads of the page."""
AGAIN_AFTER_S: Final = 30
"""Seconds between two reloads after the alert's end: the user may still write."""
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_TEMPLATE: Final = Path(__file__).with_name("page.html.j2")
_WORDS: Final[dict[str, tuple[str, str]]] = {
    **WORDS,
    "title": ("Allarme per il 112", "Alert for 112"),
    "ask": ("Il codice che vi dice l'operatore", "The code that the operator says"),
    "open": ("Apri", "Open"),
    "wrong": ("Nessun allarme con questo codice.", "No alert has this code."),
    "wait": ("Troppi tentativi. Riprovate fra {} s.", "Too many tries. Try again in {} s."),
    "where": ("Dove", "Where"),
    "unknown": ("Non nota", "Not known"),
    "accurate": ("precisione {} m", "accurate to {} m"),
    "old": ("di {} s fa", "{} s old"),
    "raised": ("Allarme alle {}", "Alert at {}"),
    "photo": ("Foto di {}", "Photo of {}"),
    "nobody": ("Numero non registrato", "Number not registered"),
    "speaks": ("parla {}", "speaks {}"),
    "battery": ("batteria del telefono {} %", "phone battery {} %"),
    "phone": ("Telefono", "Phone"),
    "off": ("Non è in linea con il centro.", "Not on the line with the center."),
    "after": ("Scritto dopo la chiusura", "Written after the end"),
    "written": ("alle {}: {}", "at {}: {}"),
    "closed": ("Allarme chiuso alle {}", "Alert closed at {}"),
    "as_of": ("Aggiornato alle {}, si aggiorna da sola.", "As of {}, kept up to date by itself."),
    "since": ("Segnato: ciò che è cambiato dalle {}.", "Marked: what has changed since {}."),
    "from_now": ("Ho letto: segna da adesso", "I have read it: mark from now on"),
    "changed": ("cambiato:", "changed:"),
    "no_more": ("non vale più: {}", "no longer so: {}"),
    "near": ("vicino a {}", "near {}"),
    "other": ("English", "Italiano"),
    "it": ("italiano", "Italian"),
    "en": ("inglese", "English"),
    "fr": ("francese", "French"),
    "es": ("spagnolo", "Spanish"),
    "de": ("tedesco", "German"),
    "ro": ("rumeno", "Romanian"),
    "uk": ("ucraino", "Ukrainian"),
    "ar": ("arabo", "Arabic"),
    "zh": ("cinese", "Chinese"),
}


class _Line(NamedTuple):
    text: str
    changed: bool = False


Rows = Sequence[tuple[str, Sequence[_Line]]]
"""Rows of the page: name, and lines with the answer first."""


def words(lang: str) -> dict[str, str]:
    """Return the page's words in Italian or English."""
    return {name: pair[lang == "en"] for name, pair in _WORDS.items()}


def load() -> None:
    """Load Jinja2 and the template at start, which would block the event loop later."""
    form("en")


def form(lang: str, fault: str = "", wait_s: int = 0, code: str = "") -> str:
    """Return the form for the code. `fault`: `wrong`, or `wait` for `wait_s` more seconds, after which the
    page with this code is requested again.
    """
    notes = [words(lang)[fault].format(wait_s)] if fault else []
    return _page(lang, "/112?", again_s=wait_s if code else 0, notes=notes)


def address(code: str, lang: str, since_us: Instant) -> str:
    """Return the path and query of the page, with changes since this moment marked."""
    return f"/112/{code}?lang={lang}&since={since_us}"


def page(
    sheet: Sheet,
    user: User | None,
    record: PersonRecord,
    code: str,
    lang: str,
    now_us: Instant,
    since_us: Instant,
    changed: SnapshotChanges,
) -> str:
    """Return the page of the alert now, with `changed` since `since_us` marked. `record`: the part of the
    record that 112 may read.
    """
    w, case = words(lang), sheet.case
    notes = [w["test"]] if case.test else []
    if case.closed_at is not None:
        notes.append(w["closed"].format(_clock(case.closed_at)))
    if are_voices_withheld(case):
        notes.append(w["cannot"])
    on_line = case.confirmed_answered(Party.USER) is not None

    def of_record(row: str) -> list[_Line]:
        return [_Line(one) for one in _lines_of_record(record, row, w)]

    after = [
        _Line(w["written"].format(_clock(one.at), one.text), one.at > since_us)
        for one in reversed(messages_after_end(case))
        if one.text
    ]
    rows = [
        *([(w["after"], after)] if after else []),
        (w["where"], _where(sheet, w, now_us, changed) + of_record("where")),
        (
            w["what"],
            [
                *_filled(sheet, BriefingField.WHAT, w, changed),
                _Line(w["raised"].format(_clock(case.raised_at))),
            ],
        ),
        *((w["dangerous"], [one]) for one in of_record("dangerous")),
        *(
            (w[field.value], [*_filled(sheet, field, w, changed), *of_record(field)])
            for field in (
                BriefingField.WEAPONS,
                BriefingField.INJURED,
                BriefingField.CHILDREN,
                BriefingField.WITH,
            )
            if field in sheet.briefing or changed.fields.get(field) or of_record(field)
        ),
        (w["who"], [*map(_Line, _who(sheet, user, w)), *of_record("who")]),
        (w["phone"], [_Line(case.phone or w["unknown"]), _Line(w["on"] if on_line else w["off"])]),
    ]
    return _page(
        lang,
        f"/112/{code}?since={since_us}&",
        again_s=AGAIN_S if case.closed_at is None else AGAIN_AFTER_S,
        again=f"/112/{code}?since={since_us}&lang={lang}",
        notes=notes,
        rows=rows,
        faces=list(_faces(record, code, "" if user is None else user.name)),
        now_us=now_us,
        since_us=since_us,
        from_now=address(code, lang, now_us),
    )


def _where(sheet: Sheet, w: dict[str, str], now_us: Instant, changed: SnapshotChanges) -> list[_Line]:
    case = sheet.case
    lines = list(_filled(sheet, BriefingField.WHERE, w, changed))
    if case.address is not None:
        lines.append(_Line(_address(case.address, w), changed.address))
    position = case.position
    if position is None:
        return lines or [_Line(w["unknown"], changed.position)]
    return [
        *lines,
        _Line(f"{position.lat:.5f}, {position.lon:.5f}", changed.position),
        _Line(_how_sure(position, w, now_us)),
    ]


def _how_sure(position: KnownPosition, w: dict[str, str], now_us: Instant) -> str:
    accuracy = [] if position.accuracy_m is None else [w["accurate"].format(round(position.accuracy_m))]
    age_s = max(0, now_us - position.at) // SECOND
    return ", ".join([*accuracy, w["old"].format(age_s), position.source or str(position.channel)])


def _address(known: Address, w: dict[str, str]) -> str:
    line = in_one_line(known)
    return w["near"].format(line) if known.nearness is Nearness.NEAR else line


def _who(sheet: Sheet, user: User | None, w: dict[str, str]) -> list[str]:
    if user is None:
        return [w["nobody"]]
    more = [w["speaks"].format(w.get(user.language, user.language))] if user.language else []
    more += [user.notes] if user.notes else []
    more += [] if sheet.battery_pct is None else [w["battery"].format(sheet.battery_pct)]
    return [user.name, *more]


def _filled(
    sheet: Sheet, field: BriefingField, w: dict[str, str], changed: SnapshotChanges
) -> Iterable[_Line]:
    known = sheet.briefing.get(field)
    if known is not None and known.text:
        return (_Line(known.text, field in changed.fields),)
    before = changed.fields.get(field)
    return (_Line(w["no_more"].format(before), changed=True),) if before else ()


def _page(
    lang: str,
    path: str,
    *,
    again_s: int,
    notes: list[str],
    again: str = "",
    rows: Rows = (),
    **values: object,
) -> str:
    """Render the page; `path` with `lang=…` appended is its address. Without `rows` it is the code's form."""
    return render(
        _TEMPLATE,
        lang=lang,
        other="it" if lang == "en" else "en",
        path=path,
        again_s=again_s,
        again=again,
        notes=notes,
        rows=rows,
        w=words(lang),
        clock=_clock,
        **values,
    )


def _clock(at: Instant) -> str:
    return datetime.fromtimestamp(at / SECOND).astimezone().strftime("%H:%M:%S")


_ROW_OF: Final = {
    "address": "where",
    "dangerous": "dangerous",
    "court_order": "dangerous",
    "medical": "injured",
    "children": "children",
    "reach": "who",
    "contact": "who",
}


def _lines_of_record(record: PersonRecord, row: str, w: dict[str, str]) -> list[str]:
    """Return the record's lines in a row of the page, with their fields' names unless the row's own."""
    return [
        text if field == row else f"{w[field]}: {text}"
        for field, text in facts(record)
        if _ROW_OF[field] == row
    ]


def _faces(record: PersonRecord, code: str, name: str) -> Iterator[tuple[str, str]]:
    """Return pictures of the person and of dangerous people, each with the name of its subject."""
    found = [(record.photo, name)] + [(one.picture, one.name) for one in record.dangerous]
    return ((f"/112/{code}/pictures/{one}", of) for one, of in found if one)
