"""What lies beside the settings: outlines out of GeoJSON, and what operators ask by kind of trouble."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from application.errors import SettingsError
from application.settings.areas import outline_of
from application.settings.file import load
from application.settings.protocols import DIRECTORY, ProtocolError, protocols_of
from center.checks.psap import routes
from model.areas import contains
from model.checks import Severity

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
    assert contains(area, 45.5, 9.5)
    assert not contains(area, 44.5, 9.5)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "not a GeoJSON"),
        ("[]", "not a GeoJSON"),
        ('{"type": "Point", "coordinates": [9, 45]}', "not a GeoJSON"),
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
    assert contains(route.outline, 45.5, 9.5)
    found = list(routes(settings))
    assert [one.verdict for one in found] == [Severity.OK, Severity.OK]
    assert "IT-25 calls +390212345678" in found[0].text


def test_an_outline_that_is_not_there_is_a_fault_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "center.toml").write_text(SETTINGS)
    with pytest.raises(SettingsError) as caught:
        load(tmp_path / "center.toml")
    (fault,) = caught.value.faults
    assert fault.startswith("psap.route[0].area_file:")
    assert "milano.geojson" in fault


OWN = """
order = 1
name = { it = "Nostro", en = "Ours" }
[[question]]
ask = { it = "Sei lì?", en = "Are you there?", fr = "Tu es là ?" }
"""


def test_ours_have_all_words_in_both_languages_and_one_of_each_kind() -> None:
    found = protocols_of("")
    assert [path.stem for path in sorted(DIRECTORY.glob("*.toml"))] == [
        "followed",
        "home",
        "illness",
        "unknown",
        "violence",
    ]
    assert found[0].name["en"] == "Not known yet"
    for one in found:
        words = [
            one.name,
            one.advise,
            *(words for q in one.question for words in (q.ask, q.yes, q.no) if words),
        ]
        assert all({"it", "en"} <= set(each) for each in words)
        asked = [question.ask["it"] for question in one.question]
        assert len(asked) == len(set(asked))


def test_a_center_s_own_file_takes_the_place_of_ours_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "violence.toml").write_text(OWN)
    (tmp_path / "club.toml").write_text(OWN.replace("order = 1", ""))
    names = [one.name["it"] for one in protocols_of(str(tmp_path))]
    assert (len(names), names.count("Nostro"), "Violenza" in names) == (6, 2, False)
    assert names[-1] == "Nostro"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = 1", "$.name"),
        ("name = {it = 'x'}\nquestion = []", "question"),
        (OWN + 'yes = { it = "sì" }\n', "question 1: what `yes` and `no` say `fills` no field"),
        (OWN + 'fills = "colour"\n', "colour"),
        (OWN.replace("it =", "italiano ="), "$.name"),
        ("[[[", "own.toml"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_the_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(ProtocolError) as told:
        protocols_of(str(tmp_path))
    assert str(tmp_path / "own.toml") in str(told.value)
    assert said in str(told.value)


def test_a_tenth_question_has_no_key(tmp_path: Path) -> None:
    question = OWN[OWN.index("[[") :]
    (tmp_path / "own.toml").write_text(OWN + question * 9)
    with pytest.raises(ProtocolError, match="length <= 9"):
        protocols_of(str(tmp_path))


def test_a_folder_that_is_not_there_is_named() -> None:
    with pytest.raises(ProtocolError, match="/nowhere: the folder does not exist"):
        protocols_of("/nowhere")
