"""Whatever an alert is, each format is what its schema says, and says what is known."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from features.psap_data.alert import PsapAlert
from features.psap_data.cap import NAMESPACE, cap
from features.psap_data.due import PendingData
from features.psap_data.eds import GEOPRIV, GML, OURS, PIDF, SHAPES, eds
from features.psap_data.formats import parcel_of
from features.psap_data.geojson import collection, geojson
from features.psap_data.settings import DataFormat
from messages.ids import DataKind, Nearness, Outcome
from model.record import DangerousPerson, PersonRecord
from tests.features.psap_data.examples import AT, KNOWN, alerts, message, owed, target, words

SCHEMAS = Path(__file__).parent / "schemas"
CAP_SCHEMA = xmlschema.XMLSchema(SCHEMAS / "CAP-v1.2.xsd")
EDS_SCHEMA = xmlschema.XMLSchema(SCHEMAS / "eds-of-ours.xsd")
LANGUAGES = st.sampled_from(["it", "en"])


def of_cap(content: bytes, path: str) -> list[str]:
    """The texts of these elements."""
    found = ET.fromstring(content).findall(path, {"": NAMESPACE})
    return [one.text or "" for one in found]


def valued(content: bytes, what: str) -> dict[str, str]:
    names = of_cap(content, f"info/{what}/valueName")
    return dict(zip(names, of_cap(content, f"info/{what}/value"), strict=True))


@given(owed, LANGUAGES, st.lists(words.filter(bool), max_size=2), words)
def test_any_alert_is_valid_cap(one: PendingData, lang: str, codes: list[str], value: str) -> None:
    where = target(language=lang, code=tuple(codes), event_code={"profile": value})
    content = cap(one, where)
    CAP_SCHEMA.validate(content.decode())
    assert of_cap(content, "status") == ["Test" if one.alert.test else "Actual"]


@given(owed, LANGUAGES)
def test_any_alert_is_what_our_schema_of_eds_says(one: PendingData, lang: str) -> None:
    EDS_SCHEMA.validate(eds(one, target(DataFormat.EDS, language=lang)).decode())


def no_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


@given(owed, LANGUAGES)
def test_any_alert_is_a_feature(one: PendingData, lang: str) -> None:
    """RFC 7946: the members that a feature must have, and a position with the longitude first."""
    made = json.loads(geojson(one, target(DataFormat.GEOJSON, language=lang)), parse_constant=no_constant)
    is_feature(made, one.alert)


@given(st.lists(alerts, max_size=3), LANGUAGES)
def test_several_are_a_collection(some: list[PsapAlert], lang: str) -> None:
    made = json.loads(collection(some, lang), parse_constant=no_constant)
    assert made["type"] == "FeatureCollection"
    assert len(made["features"]) == len(some)
    for feature, alert in zip(made["features"], some, strict=True):
        is_feature(feature, alert)


def is_feature(made: dict[str, Any], alert: PsapAlert) -> None:
    assert {"type", "geometry", "properties"} <= made.keys()
    assert made["type"] == "Feature"
    if alert.position is None:
        assert made["geometry"] is None
    else:
        lon, lat = made["geometry"]["coordinates"]
        assert made["geometry"]["type"] == "Point"
        assert math.isclose(lon, alert.position.lon, abs_tol=1e-6)
        assert math.isclose(lat, alert.position.lat, abs_tol=1e-6)


def test_cap_says_what_is_known() -> None:
    where = target(
        sender="centre.example.org", code=("IT-VVF",), event_code={"urn:example:event": "violence"}
    )
    content = cap(message(), where)
    assert of_cap(content, "identifier") == ["a1.questura.1"]
    assert of_cap(content, "sender") == ["centre.example.org"]
    assert of_cap(content, "sent") == ["2026-11-18T11:06:40+00:00"]
    assert of_cap(content, "msgType") == ["Alert"]
    assert of_cap(content, "scope") == ["Private"]
    assert of_cap(content, "addresses") == ["questura"]
    assert of_cap(content, "code") == ["IT-VVF"]
    assert of_cap(content, "references") == []
    assert of_cap(content, "incidents") == ["a1"]
    assert of_cap(content, "info/urgency") == ["Immediate"]
    assert of_cap(content, "info/instruction") == ["Non può parlare: non telefonarle."]
    assert of_cap(content, "info/area/areaDesc") == ["Via Dante 4, Milano"]
    assert of_cap(content, "info/area/circle") == ["45.464200,9.190000 0.012"]
    (described,) = of_cap(content, "info/description")
    assert described.splitlines()[:2] == ["Dove, più esattamente: terzo piano", "Armi: un coltello"]
    assert valued(content, "eventCode") == {"urn:example:event": "violence"}
    parameters = valued(content, "parameter")
    assert parameters["phone"] == "+393331112223"
    assert parameters["name"] == "Giulia Rossi"
    assert parameters["position_accuracy_m"] == "12"
    assert parameters["position_at"] == "2026-11-18T11:06:40+00:00"
    assert parameters["briefing_weapons"] == "un coltello"
    assert parameters["do_not_phone"] == "true"


def test_the_record_is_told_as_far_as_it_may_be() -> None:
    record = PersonRecord(
        dangerous=(DangerousPerson(name="Marco", car="grey Panda AB123CD"),),
        medical="asthma",
        addresses=("via Po 1",),
    )
    assert KNOWN.who is not None
    one = message(who=msgspec.structs.replace(KNOWN.who, record=record))
    content = cap(one, target(language="en"))
    (described,) = of_cap(content, "info/description")
    assert "Dangerous: Marco, grey Panda AB123CD" in described.splitlines()
    assert valued(content, "parameter")["record_medical"] == "asthma"
    properties = json.loads(geojson(one, target(DataFormat.GEOJSON)))["properties"]
    assert {"field": "address", "text": "via Po 1"} in properties["record"]


def test_an_update_says_what_it_takes_the_place_of() -> None:
    content = cap(message(DataKind.UPDATE, 4, after=((2, AT), (3, AT))), target())
    assert of_cap(content, "msgType") == ["Update"]
    assert of_cap(content, "references") == [
        "securwoman,a1.questura.2,2026-11-18T11:06:40+00:00 "
        "securwoman,a1.questura.3,2026-11-18T11:06:40+00:00"
    ]


def test_what_is_called_off_is_past_and_says_so() -> None:
    content = cap(message(DataKind.CANCEL, 2, after=((1, AT),)), target(language="en"))
    assert of_cap(content, "msgType") == ["Cancel"]
    assert of_cap(content, "note") == ["112 is not needed any more."]
    assert of_cap(content, "info/urgency") == ["Past"]


def test_an_alert_that_others_go_on_with_is_closed_and_not_cancelled() -> None:
    one = message(DataKind.UPDATE, 2, closed_at=AT, outcome=Outcome.HANDED_OVER)
    content = cap(one, target())
    assert of_cap(content, "msgType") == ["Update"]
    assert valued(content, "parameter")["outcome"] == "handed_over"
    assert json.loads(geojson(one, target(DataFormat.GEOJSON)))["properties"]["state"] == "closed"


@pytest.mark.parametrize(("lang", "expected"), [("it", "vicino a Via Dante"), ("en", "near Via Dante")])
def test_an_address_that_is_not_sure_is_said_to_be_near(lang: str, expected: str) -> None:
    assert KNOWN.address is not None
    near = msgspec.structs.replace(KNOWN.address, nearness=Nearness.NEAR, number="", town="")
    content = cap(message(address=near), target(language=lang))
    assert of_cap(content, "info/area/areaDesc") == [expected]


def test_an_unknown_place_is_none() -> None:
    content = cap(message(position=None, address=None), target(language="en"))
    assert of_cap(content, "info/area/areaDesc") == ["position not known"]
    assert of_cap(content, "info/area/circle") == []


def test_an_accuracy_that_is_not_known_is_not_said() -> None:
    assert KNOWN.position is not None
    unsure = msgspec.structs.replace(KNOWN.position, accuracy_m=None)
    assert "position_accuracy_m" not in valued(cap(message(position=unsure), target()), "parameter")
    root = ET.fromstring(eds(message(position=unsure), target(DataFormat.EDS)))
    assert root.find(f".//{{{SHAPES}}}Circle") is None
    assert root.find(f".//{{{GML}}}Point/{{{GML}}}pos") is not None


def test_the_place_in_eds_is_a_circle_of_rfc_5491() -> None:
    root = ET.fromstring(eds(message(), target(DataFormat.EDS)))
    inside = f"{{{OURS}}}location/{{{PIDF}}}presence/{{{PIDF}}}tuple/{{{PIDF}}}status/{{{GEOPRIV}}}geopriv"
    circle = root.find(f"{inside}/{{{GEOPRIV}}}location-info/{{{SHAPES}}}Circle")
    assert circle is not None
    assert circle.get("srsName") == "urn:ogc:def:crs:EPSG::4326"
    assert circle.findtext(f"{{{GML}}}pos") == "45.464200 9.190000"
    radius = circle.find(f"{{{SHAPES}}}radius")
    assert radius is not None
    assert (radius.text, radius.get("uom")) == ("12.0", "urn:ogc:def:uom:EPSG::9001")


@pytest.mark.parametrize("form", DataFormat)
def test_the_same_message_is_the_same_to_the_byte(form: DataFormat) -> None:
    one = message(DataKind.UPDATE, 2, after=((1, AT),))
    assert parcel_of(one, target(form)) == parcel_of(one, target(form))
    assert parcel_of(one, target(form)).name == "a1.questura.2"
