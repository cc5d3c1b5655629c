"""GET /v1/map/tiles: pictures for those who are signed on, and nothing of them kept on their machines."""

from __future__ import annotations

from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from pmtiles.tile import TileType

from model.settings.web import MapSettings
from tests.gateways.console.tile_pictures import pmtiles, png
from tests.gateways.http.conftest import Start
from tests.gateways.http.place import Place
from tests.support.each import each

RED = png(200, 0, 0, 8)
Client = TestClient[Litestar]


@pytest.fixture
def client(start: Start, tmp_path: Path) -> Client:
    """With a file of two pictures."""
    path = pmtiles(tmp_path / "map.pmtiles", {(0, 0, 0): RED, (2, 1, 1): RED})
    return start(map=MapSettings(pmtiles=str(path))).client


def center(client: Client, place: Place) -> object:
    """What the console is told of the center's map."""
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        return socket.receive_json()["center"]["map"]


def test_a_picture_is_given_to_an_operator_by_token_or_session(client: Client, place: Place) -> None:
    answer = client.get("/v1/map/tiles/2/1/1", headers=place.operator())
    assert (answer.status_code, answer.content) == (200, RED)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    client.post("/v1/console/session", json={"token": place.marta_token})
    assert client.get("/v1/map/tiles/2/1/1").content == RED


def test_where_there_is_none_nothing_is_said_to_be_wrong(client: Client, place: Place) -> None:
    for nowhere in ("2/1/2", "2/9/9", "9/0/0", "99/0/0"):
        answer = client.get(f"/v1/map/tiles/{nowhere}", headers=place.operator())
        assert (answer.status_code, answer.content) == (204, b"")


@each("wrong", ["2/1/x", "2/1", "2/1/..%2f..", "a/b/c"])
def test_what_is_no_place_is_not_found(client: Client, place: Place, wrong: str) -> None:
    assert client.get(f"/v1/map/tiles/{wrong}", headers=place.operator()).status_code in (400, 404, 405)


def test_the_console_is_told_whose_map_it_is_and_how_far_it_goes(client: Client, place: Place) -> None:
    assert center(client, place) == {"attribution": "© Somebody", "min_zoom": 0, "max_zoom": 2}


def test_without_one_the_console_is_told_so(start: Start, place: Place) -> None:
    client = start(map=MapSettings()).client
    assert center(client, place) is None
    assert client.get("/v1/map/tiles/0/0/0", headers=place.operator()).status_code == 404


def test_a_file_that_cannot_be_used_keeps_no_web_from_starting(
    start: Start, place: Place, tmp_path: Path
) -> None:
    path = pmtiles(tmp_path / "map.pmtiles", {(0, 0, 0): b"\x1a\x00"}, kind=TileType.MVT)
    client = start(map=MapSettings(pmtiles=str(path))).client
    assert client.get("/healthz").status_code == 200
    answer = client.get("/v1/map/tiles/0/0/0", headers=place.operator())
    assert (answer.status_code, answer.json()) == (503, {"reason": "the map's tiles cannot be had now"})
    assert center(client, place) is not None
