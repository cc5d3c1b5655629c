"""PEMEA's Emergency Data Send (ETSI TS 103 478), as far as known here. Pure.

NOT ETSI's form: its schema was not available. The place is a PIDF-LO, as in PEMEA (RFC 4119, RFC 5491: a
circle in metres, EPSG:4326); the surrounding elements have a namespace of this project, so that no system
mistakes the message for ETSI's form. README.md has the steps to take once the schema is available.
"""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from features.psap_data.alert import PsapAlert
from features.psap_data.cap import parameters
from features.psap_data.due import PendingData
from features.psap_data.message import clean, identifier, place_in_words, rfc3339, written
from features.psap_data.settings import DataTarget

MEDIA_TYPE: Final = "application/xml"
OURS: Final = "urn:securwoman:psap-data:eds:1"
PIDF: Final = "urn:ietf:params:xml:ns:pidf"
GEOPRIV: Final = "urn:ietf:params:xml:ns:pidf:geopriv10"
GML: Final = "http://www.opengis.net/gml"
SHAPES: Final = "http://www.opengis.net/pidflo/1.0"
"""Namespace of shapes (RFC 5491, clause 5)."""
_METRE: Final = "urn:ogc:def:uom:EPSG::9001"
_WGS84: Final = "urn:ogc:def:crs:EPSG::4326"
_POINT_M: Final = 1.0
"""Smallest radius of a circle, which must have one (RFC 5491, 5.2.3)."""


def eds(owed: PendingData, target: DataTarget) -> bytes:
    """Return the message, UTF-8."""
    alert = owed.alert
    root = ET.Element("emergencyDataSend", xmlns=OURS)
    _add(root, "messageId", identifier(alert.alert, target.name, owed.version))
    _add(root, "callId", alert.alert)
    _add(root, "timestamp", rfc3339(owed.at))
    _add(root, "test", "true" if alert.test else "false")
    hop = ET.SubElement(ET.SubElement(root, "route"), "hop", at=rfc3339(owed.at))
    hop.text = clean(target.sender)
    caller = ET.SubElement(root, "caller")
    if alert.phone is not None:
        _add(caller, "callerId", alert.phone, type="MSISDN")
    if alert.who is not None:
        _add(caller, "name", alert.who.name)
        _add(caller, "language", alert.who.language)
    if alert.position is not None:
        _pidf(ET.SubElement(root, "location"), alert)
    more = ET.SubElement(root, "information")
    _add(more, "place", place_in_words(alert, target.spoken))
    for name, value in parameters(alert):
        _add(more, "item", value, name=name)
    return written(root)


def _pidf(parent: ET.Element, alert: PsapAlert) -> None:
    place = alert.position
    assert place is not None  # checked by the caller
    presence = ET.SubElement(parent, "presence", xmlns=PIDF, entity=f"pres:{alert.alert}@center.invalid")
    one = ET.SubElement(presence, "tuple", id="caller")
    status = ET.SubElement(one, "status")
    geopriv = ET.SubElement(status, "geopriv", xmlns=GEOPRIV)
    info = ET.SubElement(geopriv, "location-info")
    known = place.accuracy_m is not None
    shape = ET.SubElement(info, "Circle" if known else "Point", xmlns=SHAPES if known else GML)
    shape.set("srsName", _WGS84)
    _add(shape, "pos", f"{place.lat:.6f} {place.lon:.6f}", xmlns=GML)
    if place.accuracy_m is not None:
        _add(shape, "radius", f"{max(_POINT_M, place.accuracy_m):.1f}", uom=_METRE)
    ET.SubElement(geopriv, "usage-rules")
    _add(geopriv, "method", place.source or place.channel.value)
    _add(one, "timestamp", rfc3339(place.at))


def _add(parent: ET.Element, tag: str, text: str, /, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = clean(text)
