"""What 112's page says of a record, as far as the settings let it, beside what 112 asks for. Pure."""

from __future__ import annotations

from html import escape
from typing import Final

from model.record import PersonRecord

WORDS: Final[dict[str, tuple[str, str]]] = {
    "dangerous": ("Pericoloso", "Dangerous"),
    "home": ("Abita: {}", "Lives at: {}"),
    "medical": ("Salute: {}", "Medical: {}"),
    "order": ("Provvedimento: {}", "Court order: {}"),
    "reach": ("Come contattarla: {}", "How to reach her: {}"),
    "contact": ("Contatto: {}", "Contact: {}"),
    "photo": ("Foto di {}", "Photo of {}"),
}


def where(record: PersonRecord, w: dict[str, str]) -> list[str]:
    """Where the person lives."""
    return [w["home"].format(one) for one in record.addresses]


def dangerous(record: PersonRecord, w: dict[str, str]) -> list[str]:
    """Who, by which car, how to know this one; and what a court has said."""
    found = [", ".join(filter(None, (one.name, one.car, one.note))) for one in record.dangerous]
    return found + [w["order"].format(one) for one in (record.court_order,) if one]


def injured(record: PersonRecord, w: dict[str, str]) -> list[str]:
    """What whoever helps has to know of the person's health."""
    return [w["medical"].format(one) for one in (record.medical,) if one]


def children(record: PersonRecord) -> list[str]:
    """Who and where they are."""
    return [one for one in (record.children,) if one]


def who(record: PersonRecord, w: dict[str, str]) -> list[str]:
    """How the person is reached, and by whom."""
    contacts = [", ".join(filter(None, (c.name, c.relation, c.number))) for c in record.contacts]
    reach = [w["reach"].format(one) for one in (record.reach,) if one]
    return reach + [w["contact"].format(one) for one in contacts]


def pictures(record: PersonRecord, code: str, name: str, w: dict[str, str]) -> str:
    """HTML: the person, and those who are dangerous."""
    found = [(record.photo, name)] + [(one.picture, one.name) for one in record.dangerous]
    return "".join(
        f"<figure><img src='/112/{code}/pictures/{one}' alt='{escape(w['photo'].format(of), quote=True)}'>"
        f"<figcaption>{escape(of)}</figcaption></figure>"
        for one, of in found
        if one
    )
