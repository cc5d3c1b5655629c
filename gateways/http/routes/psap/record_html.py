"""What 112's page says of a record, as far as the settings let it, beside what 112 asks for. Pure."""

from __future__ import annotations

from html import escape
from typing import Final

from model.record import PersonRecord, facts

_ROW_OF: Final = {
    "address": "where",
    "dangerous": "dangerous",
    "court_order": "dangerous",
    "medical": "injured",
    "children": "children",
    "reach": "who",
    "contact": "who",
}


def lines(record: PersonRecord, row: str, w: dict[str, str]) -> list[str]:
    """What stands in a row of the page; where it is no answer to the row itself, what it is goes before."""
    return [
        text if field == row else f"{w[field]}: {text}"
        for field, text in facts(record)
        if _ROW_OF[field] == row
    ]


def pictures(record: PersonRecord, code: str, name: str, w: dict[str, str]) -> str:
    """HTML: the person, and those who are dangerous."""
    found = [(record.photo, name)] + [(one.picture, one.name) for one in record.dangerous]
    return "".join(
        f"<figure><img src='/112/{code}/pictures/{one}' alt='{escape(w['photo'].format(of), quote=True)}'>"
        f"<figcaption>{escape(of)}</figcaption></figure>"
        for one, of in found
        if one
    )
