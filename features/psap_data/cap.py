"""CAP 1.2 (OASIS, 1 July 2010; ITU-T X.1303 bis): one alert as one message. Pure.

Scope `Private`, to one target (clause 3.2.1): no message is ever public. Additions required by a profile or
an agreement, such as the Italian fire service's, are `code` and `eventCode` of the settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from features.psap_data.alert import PsapAlert
from features.psap_data.due import PendingData
from features.psap_data.message import WORDS, clean, identifier, place_in_words, rfc3339, written
from features.psap_data.settings import DataTarget
from messages.ids import BriefingField, DataKind, Instant
from model.record import EMPTY, facts

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE: Final = "application/cap+xml"
_TYPES: Final = {DataKind.ALERT: "Alert", DataKind.UPDATE: "Update", DataKind.CANCEL: "Cancel"}
_LANGUAGES: Final = {"it": "it-IT", "en": "en-GB"}
_WORDS: Final[dict[str, tuple[str, str]]] = {
    **WORDS,
    "event": ("Persona in pericolo", "Person in danger"),
    "off": ("Il 112 non serve più.", "112 is not needed any more."),
    "closed": ("Il centro ha chiuso l'allarme.", "The center has closed the alert."),
    BriefingField.WHERE: ("Dove, più esattamente", "Where, more exactly"),
    "note": ("Nota", "Note"),
}


def cap(owed: PendingData, target: DataTarget) -> bytes:
    """Return the message, UTF-8."""
    alert = owed.alert
    root = ET.Element("alert", xmlns=NAMESPACE)
    _add(root, "identifier", identifier(alert.alert, target.name, owed.version))
    _add(root, "sender", target.sender)
    _add(root, "sent", rfc3339(owed.at))
    _add(root, "status", "Test" if alert.test else "Actual")
    _add(root, "msgType", _TYPES[owed.kind])
    _add(root, "scope", "Private")
    _add(root, "addresses", target.name)
    for code in target.code:
        _add(root, "code", code)
    if owed.kind is DataKind.CANCEL:
        _add(root, "note", _word("off", target.spoken))
    if owed.after:
        _add(root, "references", " ".join(_reference(alert, target, *one) for one in owed.after))
    _add(root, "incidents", alert.alert)
    _info(ET.SubElement(root, "info"), owed, target)
    return written(root)


def _info(info: ET.Element, owed: PendingData, target: DataTarget) -> None:
    """Add `info` (clause 3.2.2). The certainty is `Likely` and not `Observed`: there is no witness."""
    alert, lang = owed.alert, target.spoken
    past = owed.kind is DataKind.CANCEL or alert.closed_at is not None
    _add(info, "language", _LANGUAGES.get(lang, lang))
    _add(info, "category", "Security")
    _add(info, "category", "Rescue")
    _add(info, "event", _word("event", lang))
    _add(info, "urgency", "Past" if past else "Immediate")
    _add(info, "severity", "Severe")
    _add(info, "certainty", "Likely")
    for name, value in target.event_code.items():
        _valued(info, "eventCode", name, value)
    _add(info, "effective", rfc3339(alert.raised_at))
    _add(info, "senderName", "securWoman")
    _add(info, "headline", f"{_word('event', lang)}: {place_in_words(alert, lang)}")
    _add(info, "description", "\n".join(_described(alert, lang)))
    if alert.cannot_talk:
        _add(info, "instruction", _word("cannot", lang))
    for name, value in parameters(alert):
        _valued(info, "parameter", name, value)
    area = ET.SubElement(info, "area")
    _add(area, "areaDesc", place_in_words(alert, lang))
    if (place := alert.position) is not None:
        # Radius in km (clause 3.2.4); 0 if unknown, and then there is no accuracy among the parameters.
        _add(area, "circle", f"{place.lat:.6f},{place.lon:.6f} {(place.accuracy_m or 0.0) / 1000:.3f}")


def parameters(alert: PsapAlert) -> Iterator[tuple[str, str]]:
    """Return the known values for machines, under stable names."""
    place, who = alert.position, alert.who
    found: tuple[tuple[str, object], ...] = (
        ("phone", alert.phone),
        ("name", who and who.name),
        ("language", who and who.language),
        ("battery_pct", alert.battery_pct),
        ("on_line", "true" if alert.on_line else "false"),
        ("do_not_phone", "true" if alert.cannot_talk else "false"),
        ("position_at", place and rfc3339(place.at)),
        ("position_accuracy_m", place and place.accuracy_m and f"{place.accuracy_m:.0f}"),
        ("position_source", place and (place.source or place.channel.value)),
        ("closed_at", alert.closed_at and rfc3339(alert.closed_at)),
        ("outcome", alert.outcome and alert.outcome.value),
        *((f"briefing_{field.value}", text) for field, text in alert.briefing.items()),
        *((f"record_{field}", text) for field, text in facts(who.record if who is not None else EMPTY)),
    )
    return ((name, str(value)) for name, value in found if value not in (None, ""))


def _described(alert: PsapAlert, lang: str) -> Iterator[str]:
    if alert.test:
        yield _word("test", lang)
    if alert.closed_at is not None:
        yield _word("closed", lang)
    for field, text in alert.briefing.items():
        yield f"{_word(field, lang)}: {text}"
    if alert.who is not None and alert.who.name:
        yield f"{_word('who', lang)}: {alert.who.name}"
    if alert.who is not None and alert.who.notes:
        yield f"{_word('note', lang)}: {alert.who.notes}"
    for what, told in facts(alert.who.record if alert.who is not None else EMPTY):
        yield f"{_word(what, lang)}: {told}"
    if alert.cannot_talk:
        yield _word("cannot", lang)
    elif alert.on_line:
        yield _word("on", lang)


def _reference(alert: PsapAlert, target: DataTarget, version: int, at: Instant) -> str:
    return f"{target.sender},{identifier(alert.alert, target.name, version)},{rfc3339(at)}"


def _word(name: str, lang: str) -> str:
    return _WORDS[name][lang != "it"]


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = clean(text)


def _valued(parent: ET.Element, name: str, value_name: str, value: str) -> None:
    one = ET.SubElement(parent, name)
    _add(one, "valueName", value_name)
    _add(one, "value", value)
