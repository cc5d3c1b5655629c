"""Outlines out of GeoJSON, as programs write it; what is none is a fault of the settings, by its path."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from application.errors import SettingsError
from application.settings.areas import outline_of
from application.settings.file import load
from center.checks.psap import routes
from model.areas import holds
from model.checks import Verdict

SQUARE = [[[9, 45], [10, 45], [10, 46], [9, 46], [9, 45]]]
POLYGON = {"type": "Polygon", "coordinates": SQUARE}
MULTI = {"type": "MultiPolygon", "coordinates": [SQUARE, [[[1, 1], [2, 1], [2, 2], [1, 1]]]]}
WITH_HEIGHT = {"type": "Polygon", "coordinates": [[[9, 45, 120], [10, 45, 120], [10, 46, 120], [9, 46, 120]]]}


def feature(geometry: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {"name": "Milano"}, "geometry": geometry}


@pytest.mark.parametrize(
    "drawn",
    [
        POLYGON,
        MULTI,
        WITH_HEIGHT,
        feature(POLYGON),
        {"type": "FeatureCollection", "name": "x", "features": [feature(None), feature(MULTI)]},
        {"type": "GeometryCollection", "geometries": [POLYGON]},
    ],
)
def test_polygons_are_found_however_they_are_wrapped(tmp_path: Path, drawn: object) -> None:
    file = tmp_path / "area.geojson"
    file.write_text(json.dumps(drawn))
    area = outline_of(file)
    assert holds(area, 45.5, 9.5)
    assert not holds(area, 44.5, 9.5)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "no GeoJSON"),
        ("[]", "no GeoJSON"),
        ('{"type": "Point", "coordinates": [9, 45]}', "no GeoJSON"),
        ('{"type": "Polygon", "coordinates": []}', "no outline"),
        ('{"type": "Polygon", "coordinates": [[[9, 45], [10, 145], [9, 46]]]}', "longitude first"),
        ('{"type": "Polygon", "coordinates": [[[9], [10, 45], [9, 46]]]}', "longitude first"),
    ],
)
def test_what_draws_no_area_is_said_to_draw_none(tmp_path: Path, text: str, word: str) -> None:
    file = tmp_path / "area.geojson"
    file.write_text(text)
    with pytest.raises(ValueError, match=word):
        outline_of(file)


SETTINGS = '[[psap.route]]\narea = "IT-25"\nnumber = "+390212345678"\narea_file = "milano.geojson"\n'


def test_a_route_is_read_beside_its_settings_and_told_by_the_doctor(tmp_path: Path) -> None:
    (tmp_path / "center.toml").write_text(SETTINGS)
    (tmp_path / "milano.geojson").write_text(json.dumps(POLYGON))
    settings = load(tmp_path / "center.toml")
    (route,) = settings.psap.route
    assert (route.area, route.number) == ("IT-25", "+390212345678")
    assert holds(route.outline, 45.5, 9.5)
    found = list(routes(settings))
    assert [one.verdict for one in found] == [Verdict.OK, Verdict.OK]
    assert "IT-25 calls +390212345678" in found[0].text


def test_an_outline_that_is_not_there_is_a_fault_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "center.toml").write_text(SETTINGS)
    with pytest.raises(SettingsError) as caught:
        load(tmp_path / "center.toml")
    (fault,) = caught.value.faults
    assert fault.startswith("psap.route[0].area_file:")
    assert "milano.geojson" in fault
