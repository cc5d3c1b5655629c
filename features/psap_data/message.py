"""Common parts of the formats: message ids, times, text valid in XML, and labels in Italian and English.

112's page has the labels as well. Pure.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as ET

from features.psap_data.alert import PsapAlert
from messages.ids import SECOND, AlertId, BriefingField, Instant, Nearness
from model.address import in_one_line

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters not allowed in XML 1.0, not even escaped (clause 2.2)."""
WORDS: Final[dict[str, tuple[str, str]]] = {
    "test": ("PROVA: non è un allarme reale.", "TEST: not a real alert."),
    "cannot": ("Non può parlare: non telefonarle.", "Cannot talk: do not phone her."),
    "on": ("In linea con il centro.", "On the line with the center."),
    "who": ("Chi", "Who"),
    BriefingField.WHAT: ("Che cosa", "What"),
    BriefingField.WEAPONS: ("Armi", "Weapons"),
    BriefingField.INJURED: ("Feriti", "Injured"),
    BriefingField.CHILDREN: ("Bambini", "Children"),
    BriefingField.WITH: ("Con lei", "With her"),
    "address": ("Abita", "Lives at"),
    "dangerous": ("Pericoloso", "Dangerous"),
    "medical": ("Salute", "Medical"),
    "court_order": ("Provvedimento", "Court order"),
    "reach": ("Come contattarla", "How to reach her"),
    "contact": ("Contatto", "Contact"),
}
"""Labels of an alert's facts; those of a record by the names of `model.record.facts`."""


def identifier(alert: AlertId, target: str, version: int) -> str:
    """Return the message's id, of letters, digits, `.`, `_` and `-`; stable over repetitions."""
    return f"{alert}.{target}.{version}"


def rfc3339(at: Instant) -> str:
    """Return the moment in UTC, to the second, with `+00:00`: CAP 1.2 has no `Z` (clause 3.3.2)."""
    return datetime.fromtimestamp(at // SECOND, UTC).isoformat()


def clean(text: str) -> str:
    """Replace characters not allowed in XML; the result still has to be escaped."""
    return _NOT_XML.sub("\ufffd", text)


def written(root: ET.Element) -> bytes:
    """Return the document, UTF-8."""
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def place_in_words(alert: PsapAlert, lang: str) -> str:
    """Return the place as one line: the address if reliable, else the coordinates."""
    if alert.address is not None:
        line = in_one_line(alert.address)
        near = "vicino a {}" if lang == "it" else "near {}"
        return near.format(line) if alert.address.nearness is Nearness.NEAR else line
    if alert.position is not None:
        return f"{alert.position.lat:.5f}, {alert.position.lon:.5f}"
    return "posizione non nota" if lang == "it" else "position not known"
