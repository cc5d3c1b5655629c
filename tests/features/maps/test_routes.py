"""Tiles for those who are signed on, and an address for an alert's position."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import date
from pathlib import Path

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from pmtiles.tile import TileType

from features.maps.address_file import make
from features.maps.address_rows import rows
from features.maps.settings import MapSettings
from gateways.console.case import case_view
from gateways.console.views.queue import queue_view
from messages import events as ev
from messages.base import Address, Position
from messages.ids import Instant, Nearness
from store import streams
from tests.features.maps import made_up
from tests.features.maps.tile_pictures import pmtiles, png
from tests.gateways.http.conftest import Start
from tests.gateways.http.place import CLOCK, Place
from tests.gateways.story import Story
from tests.support.each import each
from tests.waiting import wait_until

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
    assert (answer.status_code, answer.json()) == (503, {"reason": "the map tiles cannot be fetched now"})
    assert center(client, place) is not None


@pytest.fixture
def town(tmp_path: Path) -> MapSettings:
    """The made-up town."""
    path = tmp_path / "town.sqlite"
    make(rows(made_up.csv(tmp_path / "town.csv"), Counter()), path, date(2026, 11, 28))
    return MapSettings(addresses=str(path))


def told(story: Story) -> list[Address | None]:
    """The addresses in the alert's inbox."""
    inbox = story.journal.read(streams.inbox(story.alert))
    return [one.event.address for one in inbox if isinstance(one.event, ev.AddressFound)]


def first(story: Story) -> Address:
    """The first of them, once it is there."""
    return wait_until(lambda: next((one for one in told(story) if one is not None), None) or None)  # type: ignore[return-value]


def before(door: made_up.Door, accuracy_m: float = 3.5) -> ev.PositionUpdated:
    lat, lon = door.before
    at = Instant(CLOCK.now_us())
    return ev.PositionUpdated(position=Position(lat=lat, lon=lon, at=at, accuracy_m=accuracy_m))


def test_an_open_alert_s_position_is_told_by_name_in_its_inbox_and_to_the_console(
    start: Start, place: Place, town: MapSettings
) -> None:
    web = start(map=town).web
    story = Story(web.journal, CLOCK.now_us(), position=False).opened()
    door = made_up.doors()[123]
    story.hear(before(door))
    found = first(story)
    assert (found.nearness, found.street, found.number) == (Nearness.NUMBER, door.street, door.number)
    known = wait_until(lambda: (one := web.following.read_model.alerts[story.alert]).case.address and one)
    view = case_view(known, None)
    assert view.position is not None
    assert view.position.address == found
    assert [one.address for one in view.positions] == [None]
    (entry,) = [one for one in view.timeline if one.what == "address.found"]
    assert (entry.text, entry.reason) == (f"{door.street} {door.number}", "number")
    # Whoever it is withheld from is told none of it.
    queued = queue_view(view)
    assert door.street not in msgspec.json.encode(queued).decode()


def test_an_alert_that_was_open_before_is_asked_for(start: Start, place: Place, town: MapSettings) -> None:
    journal = place.journal()
    story = Story(journal, CLOCK.now_us(), position=False).opened()
    story.hear(before(made_up.doors()[7]))
    start(map=town)
    assert first(story).number == "8"
    journal.close()


def test_who_walks_along_a_street_is_told_of_once_while_the_words_stay(
    start: Start, town: MapSettings
) -> None:
    web = start(map=town).web
    story = Story(web.journal, CLOCK.now_us(), position=False).opened()
    for n, door in enumerate(made_up.doors()[20:26:2]):
        story.hear(before(door, 20.0))
        wait_until(lambda n=n: len(told(story)) > n)
    assert {(one.nearness, one.street) for one in told(story) if one} == {(Nearness.STREET, "via Roma")}
    known = wait_until(lambda: (one := web.following.read_model.alerts[story.alert]).case.address and one)
    assert [one.what for one in known.entries].count("address.found") == 1


def test_without_the_file_the_web_starts_and_tells_no_address(start: Start) -> None:
    web = start(map=MapSettings(addresses="/nowhere/addresses.sqlite")).web
    story = Story(web.journal, CLOCK.now_us()).opened()
    wait_until(lambda: story.alert in web.following.read_model.alerts)
    assert told(story) == []


def test_an_address_is_sealed_on_the_disk_and_gone_with_the_positions(
    start: Start, place: Place, town: MapSettings
) -> None:
    web = start(map=town).web
    story = Story(web.journal, CLOCK.now_us(), position=False).opened()
    story.hear(before(made_up.doors()[200]))
    assert first(story).street == "corso Italia"
    files = [one for one in place.state.rglob("journal.db*") if one.is_file()]
    assert files
    assert not any(b"corso Italia" in one.read_bytes() for one in files)
    with sqlite3.connect(place.state / "journal.db") as database:
        database.execute("DELETE FROM alert_key")
    assert told(story) == [None]
