"""A dossier as a PDF, in Italian or English, and its words.

The alert's assurance level and doubts have the console's words (`words/assurance.js`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, TypeVar

from application.paper.sheet import OUTCOMES, Sheet
from application.times import local, rfc3339, zone
from features.privacy.dossier import Dossier
from features.privacy.facts import Call, Facts, position_in_words
from messages.ids import Assurance, Channel, Doubt, Instant, LineId, OperatorLine, Outcome, Party
from model.alert.parts import KnownPosition
from model.rules.calls.own_line import mode_of

Pair = tuple[str, str]
WORDS: Final[dict[str, Pair]] = {
    "title": ("Allarme {alert}", "Alert {alert}"),
    "received": ("Ricevuto", "Received"),
    "raised": ("Lanciato, secondo il telefono", "Raised, by the phone"),
    "deadline": ("Scadenza", "Deadline"),
    "closed": ("Chiuso", "Closed"),
    "outcome": ("Esito", "Outcome"),
    "open": ("ancora aperto", "still open"),
    "corrected": ("Corretto in", "Corrected to"),
    "came_by": ("Arrivato per", "Came by"),
    "proof": ("Provenienza", "Origin"),
    "enrolled": ("telefono aggiunto il {at}", "phone enrolled on {at}"),
    "kind": ("Tipo", "Kind"),
    "real": ("vero", "real"),
    "test": ("PROVA", "TEST"),
    "silent": ("silenzioso", "silent"),
    "duress": ("PIN di costrizione", "duress PIN"),
    "person": ("Persona", "Person"),
    "unknown": ("non nota, o cancellata", "not known, or erased"),
    "number": ("Numero", "Number"),
    "device": ("Telefono dell’app", "Device"),
    "operators": ("Operatori", "Operators"),
    "removed": ("non più nel registro", "removed since"),
    "at_center": ("{utc} (al centro: {local})", "{utc} (at the center: {local})"),
    "positions": ("Posizioni", "Positions"),
    "position.received": ("ricevuta", "received"),
    "position.measured": ("misurata", "measured"),
    "north": ("nord", "north"),
    "east": ("est", "east"),
    "from": ("da", "from"),
    "scale": (
        "{metres} m; il nord è in alto; il quadrato è la prima",
        "{metres} m; north is up; the square is the first",
    ),
    "calls": ("Chiamate", "Calls"),
    "with": ("con", "with"),
    "call.number": ("numero", "number"),
    "line": ("linea", "line"),
    "headset": ("cuffie", "headset"),
    "nailed": ("chiamata del turno", "call of the shift"),
    "began": ("inizio", "began"),
    "answered": ("risposta", "answered"),
    "ended": ("fine", "ended"),
    "why": ("perché", "why"),
    "recorded": ("Che cosa è stato registrato", "What was recorded"),
    "file": ("file", "file"),
    "bytes": ("byte", "bytes"),
    "story": ("Che cosa è successo, e chi l’ha fatto", "What happened, and who did it"),
    "when": ("quando (UTC)", "when (UTC)"),
    "what": ("che cosa", "what"),
    "journal": ("giornale", "journal"),
    "none": ("nessuna", "none"),
    "nothing": ("nulla", "nothing"),
    "check": ("Come si verifica questo documento", "How this paper is checked"),
    "made": (
        "Fatto il {at} da securWoman {version}, dal giornale del centro. Le ore sono quelle dell’orologio "
        "del centro; dove non è scritto UTC, del suo fuso orario, {zone}. Gli eventi da cui tutto è ricavato "
        "sono allegati come events.jsonl, SHA-256 {sha256}. La firma accanto a questo file è una CMS "
        "separata (RFC 5652), che si verifica con",
        "Made at {at} by securWoman {version} from the center’s journal. Times are those of the center’s "
        "clock; where UTC is not said, of its time zone, {zone}. The events from which all of it is made are "
        "attached as events.jsonl, SHA-256 {sha256}. The signature beside this file is a detached CMS "
        "(RFC 5652), checked by",
    ),
    "fingerprint": (
        "Impronta SHA-256 del certificato che firma: {fingerprint}",
        "The signing certificate’s SHA-256 fingerprint: {fingerprint}",
    ),
}
CHANNELS: Final[dict[Channel, Pair]] = {
    Channel.DATA: ("Dati, app", "Data, app"),
    Channel.VOICE: ("Voce", "Voice"),
    Channel.SMS: ("SMS", "SMS"),
}
SOURCES: Final[dict[str, Pair]] = {
    "app": ("app", "app"),
    "gps": ("GPS", "GPS"),
    "wifi": ("Wi-Fi", "Wi-Fi"),
    "cell": ("rete del telefono", "phone network"),
    "network": ("rete del telefono", "phone network"),
    "aml": ("SMS (AML)", "SMS (AML)"),
}
"""Words for each source of a position; a source without words is printed by its name."""
PROOFS: Final[dict[Assurance, Pair]] = {
    Assurance.DEVICE: ("provato dal suo telefono", "proved by her phone"),
    Assurance.APP: ("non provato: numero detto dall’app", "not proved: the number is what the app says"),
    Assurance.NETWORK: (
        "non provato: numero detto dalla rete",
        "not proved: the number is what the network says",
    ),
}
DOUBTS: Final[dict[Doubt, Pair]] = {
    Doubt.CLOCK: ("firmato con un orologio sbagliato", "signed by a clock that is wrong"),
    Doubt.NONCE: ("una firma già usata", "a signature that was used before"),
    Doubt.YOUNG: (
        "firmato da un telefono aggiunto da meno di tre giorni",
        "signed by a phone added in the last three days",
    ),
    Doubt.UNKNOWN_KEY: (
        "firmato con una chiave che nessun telefono ha",
        "signed with a key that no phone has",
    ),
    Doubt.SIGNATURE: ("una firma che non vale", "a signature that does not hold"),
    Doubt.DIGEST: ("cambiato dopo la firma", "changed after it was signed"),
    Doubt.NUMBER: ("firmato dal telefono di un altro numero", "signed by another number’s phone"),
    Doubt.BUDGET: ("chi lo manda ne manda troppi", "the sender sends too many"),
}
PARTIES: Final[dict[Party, Pair]] = {
    Party.OPERATOR: ("operatore", "operator"),
    Party.USER: ("utente", "user"),
    Party.PSAP: ("112", "112"),
    Party.LISTENER: ("supervisore", "supervisor"),
}


_MAP_MM: Final = 90
_METRES_PER_DEGREE: Final = 111_320.0
Of = TypeVar("Of")


def paper(dossier: Dossier) -> bytes:
    """Return the PDF, A4, with the events attached as `events.jsonl`."""
    return _Paper(dossier).made()


class _Paper:
    def __init__(self, dossier: Dossier) -> None:
        self._dossier, self._facts = dossier, dossier.facts
        self._words = Vocabulary(dossier.language)

    def made(self) -> bytes:
        dossier, facts, said = self._dossier, self._facts, self._words
        title = said("title").format(alert=facts.alert)
        sheet = Sheet(title, dossier.version, dossier.made_at, language=dossier.language)
        sheet.heading(title, 16)
        sheet.pairs(cover(dossier))
        sheet.heading(said("positions"))
        if facts.positions:
            _sketch(sheet, facts, said("scale"))
        sheet.rows(
            (
                said("position.received"),
                said("position.measured"),
                said("north"),
                said("east"),
                "± m",
                said("from"),
            ),
            (22, 22, 16, 16, 8, 16),
            [position(one, said) for one in facts.positions],
            said("none"),
        )
        sheet.heading(said("calls"))
        sheet.rows(
            tuple(map(said, ("with", "call.number", "line", "began", "answered", "ended", "why"))),
            (10, 17, 11, 17, 17, 17, 11),
            [call(one, said) for one in facts.calls],
            said("none"),
        )
        sheet.heading(said("recorded"))
        sheet.rows(
            (said("file"), said("bytes"), "SHA-256"),
            (28, 12, 60),
            [(one.file, str(one.bytes), one.sha256) for one in dossier.recordings],
            said("nothing"),
        )
        sheet.heading(said("story"))
        sheet.rows(
            (said("when"), said("what"), said("journal")),
            (24, 56, 20),
            [(rfc3339(one.at), one.text, f"{one.seq} · {one.type}") for one in facts.story],
            said("none"),
        )
        self._check(sheet)
        sheet.pdf.embed_file(bytes=dossier.events, basename="events.jsonl", desc="The events of the alert")
        return sheet.done()

    def _check(self, sheet: Sheet) -> None:
        dossier, said = self._dossier, self._words
        sheet.heading(said("check"))
        sheet.text(
            said("made").format(
                at=said.moment(dossier.made_at),
                version=dossier.version,
                zone=zone(dossier.made_at),
                sha256=dossier.events_sha256,
            )
        )
        sheet.text(
            "openssl cms -verify -binary -inform DER -noverify -in FILE.p7s -content FILE -out /dev/null"
        )
        sheet.text(said("fingerprint").format(fingerprint=dossier.fingerprint))


class Vocabulary:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        """Any language other than Italian is English."""
        self._place = 0 if language == "it" else 1

    def __call__(self, name: str) -> str:
        return WORDS[name][self._place]

    def of(self, table: Mapping[Of, Pair], key: Of) -> str:
        """Return the word of a table."""
        return table[key][self._place]

    def outcome(self, outcome: Outcome | None) -> str:
        """Return the outcome; empty for None."""
        return "" if outcome is None else self.of(OUTCOMES, outcome)

    def moment(self, at: Instant | None) -> str:
        """Return the moment in UTC, and at the center with its zone; empty for None."""
        return (
            "" if at is None else self("at_center").format(utc=rfc3339(at), local=f"{local(at)} {zone(at)}")
        )


def cover(dossier: Dossier) -> tuple[tuple[str, str], ...]:
    """Return the first page's names and values; a value may be empty."""
    facts, said = dossier.facts, Vocabulary(dossier.language)
    kinds = [said(word) for word, so in _kinds(facts) if so]
    operators = [f"{name or said('removed')} ({one})" for one, name in dossier.operators]
    return (
        (said("received"), said.moment(facts.received_at)),
        (said("raised"), said.moment(facts.raised_at)),
        (said("deadline"), said.moment(facts.deadline_at)),
        (said("closed"), said.moment(facts.closed_at)),
        (said("outcome"), said.outcome(facts.outcome) or said("open")),
        (said("corrected"), said.outcome(facts.corrected)),
        (said("came_by"), said.of(CHANNELS, facts.channel)),
        (said("proof"), proof(facts, said)),
        (said("kind"), ", ".join(kinds) or said("real")),
        (said("person"), dossier.person or said("unknown")),
        (said("number"), facts.phone or ""),
        (said("device"), facts.device or ""),
        (said("operators"), "; ".join(operators)),
    )


def proof(facts: Facts, said: Vocabulary) -> str:
    """Return the assurance level in the console's words, with the enrolment date of the phone and the reason
    that a signature did not count.
    """
    enrolled = facts.key_enrolled_at
    parts = [
        said.of(PROOFS, facts.proof),
        "" if enrolled is None else said("enrolled").format(at=local(enrolled)[:10]),
        "" if facts.doubt is None else said.of(DOUBTS, facts.doubt),
    ]
    return ", ".join(filter(None, parts))


def position(one: KnownPosition, said: Vocabulary) -> tuple[str, ...]:
    """Return the row of one position."""
    named = said.of(SOURCES, one.source) if one.source in SOURCES else one.source
    source = named or said.of(CHANNELS, one.channel)
    return (local(one.received_at), local(one.at), *position_in_words(one)[:3], source)


def call(one: Call, said: Vocabulary) -> tuple[str, ...]:
    """Return the row of one call."""
    own = {OperatorLine.HEADSET: said("headset"), OperatorLine.NAILED_UP: said("nailed")}
    return (
        said.of(PARTIES, one.party),
        one.number or "",
        f"{own.get(mode_of(LineId(one.line)), one.line)} #{one.attempt}",
        local(one.began_at),
        _local(one.answered_at),
        _local(one.ended_at),
        one.ended_by,
    )


def _sketch(sheet: Sheet, facts: Facts, scale_said: str) -> None:
    """Draw the positions to scale, north up, in order of arrival, each with its accuracy."""
    first = facts.positions[0]
    east = math.cos(math.radians(first.lat)) * _METRES_PER_DEGREE
    places = [
        ((one.lon - first.lon) * east, (one.lat - first.lat) * _METRES_PER_DEGREE, one.accuracy_m or 0)
        for one in facts.positions
    ]
    left_m, right_m = min(x - r for x, _, r in places), max(x + r for x, _, r in places)
    low_m, high_m = min(y - r for _, y, r in places), max(y + r for _, y, r in places)
    across = max(right_m - left_m, high_m - low_m, 100) * 1.15
    middle = (left_m + right_m) / 2, (low_m + high_m) / 2
    bar = 10 ** math.floor(math.log10(across / 3))
    scale = _MAP_MM / across
    pdf = sheet.pdf
    if pdf.get_y() + _MAP_MM > pdf.h - 20:
        pdf.add_page()
    left, top = pdf.l_margin, pdf.get_y() + 2
    pdf.rect(left, top, _MAP_MM, _MAP_MM)
    with pdf.rect_clip(left, top, _MAP_MM, _MAP_MM):
        points = []
        for x, y, r in places:
            at = (
                left + _MAP_MM / 2 + (x - middle[0]) * scale,
                top + _MAP_MM / 2 - (y - middle[1]) * scale,
            )
            points.append(at)
            if r:
                pdf.set_draw_color(170)
                pdf.circle(*at, r * scale)
        pdf.set_draw_color(0)
        pdf.polyline(points)
        pdf.rect(points[0][0] - 1, points[0][1] - 1, 2, 2, style="F")
        for at in points:
            pdf.circle(*at, 0.8, style="F")
    pdf.set_xy(left + 2, top + _MAP_MM - 8)
    pdf.set_font("sans", size=7)
    pdf.line(left + 3, top + _MAP_MM - 3, left + 3 + bar * scale, top + _MAP_MM - 3)
    pdf.cell(0, 4, scale_said.format(metres=f"{bar:.0f}"))
    pdf.set_xy(left, top + _MAP_MM + 2)


def _kinds(facts: Facts) -> tuple[tuple[str, bool], ...]:
    return (("test", facts.test), ("silent", facts.silent), ("duress", facts.duress))


def _local(at: Instant | None) -> str:
    return "" if at is None else local(at)
