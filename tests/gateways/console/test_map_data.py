"""The map's data: whole, small, of Italy, and said whose they are."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import Any

import pytest

from gateways.console.page import STATIC
from tests.gateways.http.place import ROOT

DATA = STATIC / "data"
SIZE_MAX = 600_000


def read(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def places(line: list[int], per_degree: int) -> list[tuple[float, float]]:
    lons, lats = accumulate(line[::2]), accumulate(line[1::2])
    return [(lon / per_degree, lat / per_degree) for lon, lat in zip(lons, lats, strict=True)]


def test_all_of_it_is_small_enough_to_be_had_at_once() -> None:
    assert sum(path.stat().st_size for path in DATA.iterdir()) < SIZE_MAX


def test_land_and_borders_lie_in_the_box() -> None:
    base = read("base-map.json")
    west, south, east, north = base["box"]
    lines = [ring for polygon in base["land"] for ring in polygon] + base["borders"]
    for line in lines:
        for lon, lat in places(line, base["per_degree"]):
            assert west <= lon <= east
            assert south <= lat <= north
    assert all(len(ring) >= 6 for polygon in base["land"] for ring in polygon)
    assert len(base["land"]) > 10


@pytest.mark.parametrize(
    ("lon", "lat", "dry"),
    [(9.19, 45.46, True), (12.5, 41.9, True), (9.0, 40.1, True), (14.2, 37.5, True), (12.0, 40.0, False)],
)
def test_what_is_land_is_land(lon: float, lat: float, dry: bool) -> None:
    base = read("base-map.json")
    crossings = 0
    for polygon in base["land"]:
        for ring in polygon:
            corners = places(ring, base["per_degree"])
            for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
                if (y0 > lat) != (y1 > lat) and lon < x0 + (lat - y0) / (y1 - y0) * (x1 - x0):
                    crossings += 1
    assert (crossings % 2 == 1) is dry


def test_every_town_has_a_name_a_place_and_a_region() -> None:
    data = read("towns-it.json")
    names = data["names"].split("\n")
    columns = [data[column] for column in ("lat", "lon", "population", "region")]
    assert all(len(column) == len(names) for column in columns)
    lats = [lat / data["per_degree"] for lat in accumulate(data["lat"])]
    assert lats == sorted(lats)
    assert all(35 < lat < 47.2 for lat in lats)
    assert all(6.5 < lon / data["per_degree"] < 18.6 for lon in data["lon"])
    assert max(data["region"]) == len(data["regions"]) - 1 == 20
    assert len(names) > 8000


def test_cities_have_the_names_that_112_knows() -> None:
    data = read("towns-it.json")
    names = set(data["names"].split("\n"))
    assert {"Roma", "Milano", "Napoli", "Torino", "Genova", "Firenze", "Venezia", "Padova"} <= names
    assert not names & {"Rome", "Milan", "Naples", "Turin", "Genoa", "Florence", "Venice", "Padua"}
    assert "" not in names


def test_it_is_said_whose_the_data_are_and_what_makes_them() -> None:
    said = (DATA / "LICENSE.txt").read_text(encoding="utf-8")
    for word in ("GeoNames", "Attribution 4.0", "Natural Earth", "Michael Bostock"):
        assert word in said
    assert (ROOT / "scripts" / "maps").stat().st_mode & 0o111
