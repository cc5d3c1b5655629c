"""A dossier as a PDF, in Italian or English."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, TypeVar

from application.paper.sheet import OUTCOMES, Sheet
from application.times import local, rfc3339, zone
from features.privacy.dossier import Dossier
from features.privacy.dossier_words import CHANNELS, DOUBTS, PARTIES, PROOFS, SOURCES, WORDS, Pair
from features.privacy.facts import Call, Facts, position_in_words
from messages.ids import Instant, LineId, OperatorLine, Outcome
from model.alert.parts import KnownPosition
from model.rules.calls.own_line import mode_of

_MAP_MM: Final = 90
_METRES_PER_DEGREE: Final = 111_320.0
Of = TypeVar("Of")


def paper(dossier: Dossier) -> bytes:
    """The PDF, A4, with the events attached as `events.jsonl`."""
    return _Paper(dossier).made()


class _Paper:
    def __init__(self, dossier: Dossier) -> None:
        self._dossier, self._facts = dossier, dossier.facts
        self._words = Words(dossier.language)

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


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        """Another language than Italian is English."""
        self._place = 0 if language == "it" else 1

    def __call__(self, name: str) -> str:
        return WORDS[name][self._place]

    def of(self, table: Mapping[Of, Pair], key: Of) -> str:
        """Return the word of a table."""
        return table[key][self._place]

    def outcome(self, outcome: Outcome | None) -> str:
        """Return the outcome; empty where there is none."""
        return "" if outcome is None else self.of(OUTCOMES, outcome)

    def moment(self, at: Instant | None) -> str:
        """Return the moment in UTC, and at the center with its zone; empty where there is none."""
        return (
            "" if at is None else self("at_center").format(utc=rfc3339(at), local=f"{local(at)} {zone(at)}")
        )


def cover(dossier: Dossier) -> tuple[tuple[str, str], ...]:
    """Return the first page's names and values; a value may be empty."""
    facts, said = dossier.facts, Words(dossier.language)
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


def proof(facts: Facts, said: Words) -> str:
    """Return what proves the alert, as the console says it: the level, since when the phone is enrolled, and
    why a signature did not count.
    """
    enrolled = facts.key_enrolled_at
    parts = [
        said.of(PROOFS, facts.proof),
        "" if enrolled is None else said("enrolled").format(at=local(enrolled)[:10]),
        "" if facts.doubt is None else said.of(DOUBTS, facts.doubt),
    ]
    return ", ".join(filter(None, parts))


def position(one: KnownPosition, said: Words) -> tuple[str, ...]:
    """Return the row of one position."""
    named = said.of(SOURCES, one.source) if one.source in SOURCES else one.source
    source = named or said.of(CHANNELS, one.channel)
    return (local(one.received_at), local(one.at), *position_in_words(one)[:3], source)


def call(one: Call, said: Words) -> tuple[str, ...]:
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
    """The positions to scale, north up, in the order in which they came, each with its accuracy."""
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
