"""A dossier as a PDF."""

from __future__ import annotations

import math
from typing import Final

from center.giving.dossier import Dossier
from center.giving.facts import Facts, position_in_words
from center.giving.sheet import Sheet
from center.times import local, rfc3339
from messages.ids import Instant

_MAP_MM: Final = 90
_METRES_PER_DEGREE: Final = 111_320.0


def paper(dossier: Dossier) -> bytes:
    """The PDF, A4, with the events attached as `events.jsonl`."""
    facts = dossier.facts
    sheet = Sheet(f"Alert {facts.alert}", dossier.version, dossier.made_at)
    sheet.heading(f"Alert {facts.alert}", 16)
    sheet.pairs(
        (
            ("Received", _moment(facts.received_at)),
            ("Raised, by the phone", _moment(facts.raised_at)),
            ("Deadline", _moment(facts.deadline_at)),
            ("Closed", _moment(facts.closed_at)),
            ("Outcome", str(facts.outcome or "still open")),
            ("Corrected to", str(facts.corrected or "")),
            ("Came by", f"{facts.channel}, proved by {facts.proof}"),
            ("Kind", ", ".join(word for word, so in _kinds(facts) if so) or "real"),
            ("Person", dossier.person or "not known, or erased"),
            ("Number", facts.phone or ""),
            ("Device", facts.device or ""),
            ("Operators", "; ".join(f"{name or 'removed since'} ({one})" for one, name in dossier.operators)),
        )
    )
    sheet.heading("Positions")
    if facts.positions:
        _sketch(sheet, facts)
    sheet.rows(
        ("received", "measured", "north", "east", "± m", "from"),
        (22, 22, 16, 16, 8, 16),
        [(local(one.received_at), local(one.at), *position_in_words(one)) for one in facts.positions],
    )
    sheet.heading("Calls")
    sheet.rows(
        ("with", "number", "line", "began", "answered", "ended", "why"),
        (10, 17, 9, 18, 18, 18, 10),
        [
            (
                str(one.party),
                one.number or "",
                f"{one.line} #{one.attempt}",
                local(one.began_at),
                _local(one.answered_at),
                _local(one.ended_at),
                one.ended_by,
            )
            for one in facts.calls
        ],
    )
    sheet.heading("What was recorded")
    sheet.rows(
        ("file", "bytes", "SHA-256"),
        (28, 12, 60),
        [(one.file, str(one.bytes), one.sha256) for one in dossier.recordings],
    )
    sheet.heading("What happened, and who did it")
    sheet.rows(
        ("when (UTC)", "what", "journal"),
        (24, 56, 20),
        [(rfc3339(one.at), one.text, f"{one.seq} · {one.type}") for one in facts.story],
    )
    sheet.heading("How this paper is checked")
    sheet.text(
        f"Made at {_moment(dossier.made_at)} by securWoman {dossier.version} from the center's journal. "
        "Times are those of the center's clock; where UTC is not said, of its time zone. The events from "
        f"which all of it is made are attached as events.jsonl, SHA-256 {dossier.events_sha256}. The "
        "signature beside this file is a detached CMS (RFC 5652), checked by"
    )
    sheet.text("openssl cms -verify -binary -inform DER -noverify -in FILE.p7s -content FILE -out /dev/null")
    sheet.text(f"The signing certificate's SHA-256 fingerprint: {dossier.fingerprint}")
    sheet.pdf.embed_file(bytes=dossier.events, basename="events.jsonl", desc="The events of the alert")
    return sheet.done()


def _sketch(sheet: Sheet, facts: Facts) -> None:
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
    pdf.cell(0, 4, f"{bar:.0f} m; north is up; the square is the first")
    pdf.set_xy(left, top + _MAP_MM + 2)


def _kinds(facts: Facts) -> tuple[tuple[str, bool], ...]:
    return (("TEST", facts.test), ("silent", facts.silent), ("duress", facts.duress))


def _moment(at: Instant | None) -> str:
    return "" if at is None else f"{rfc3339(at)} ({local(at)} at the center)"


def _local(at: Instant | None) -> str:
    return "" if at is None else local(at)
