"""Streets on the map, in a browser: from the center alone, over the map that is there without them."""

from __future__ import annotations

import re
from math import cos, log, pi, radians, tan
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from features.maps.settings import MapSettings
from tests.features.maps.tile_pictures import pmtiles, png
from tests.gateways.console.stage import Stage, hold
from tests.gateways.http.place import Place

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

LAT, LON = 44.39058, 8.97342
PAPER = png(240, 240, 240)


def tile_of(zoom: int) -> tuple[int, int]:
    """Where the user is, in the grid of web mercator."""
    side = 1 << zoom
    x = (LON + 180) / 360 * side
    y = (1 - log(tan(radians(LAT)) + 1 / cos(radians(LAT))) / pi) / 2 * side
    return int(x), int(y)


def around(*zooms: int, reach: int = 6) -> dict[tuple[int, int, int], bytes]:
    """Pictures of everything near the user."""
    return {
        (zoom, x + dx, y + dy): PAPER
        for zoom in zooms
        for x, y in [tile_of(zoom)]
        for dx in range(-reach, reach + 1)
        for dy in range(-reach, reach + 1)
    }


@pytest.fixture
def place(place: Place, tmp_path: Path) -> Place:
    """With a file of pictures around the user."""
    path = pmtiles(tmp_path / "map.pmtiles", around(14, 15, 16), attribution="© Streetmakers")
    place.changes["map"] = MapSettings(pmtiles=str(path))
    return place


def shown(stage: Stage) -> Locator:
    """The map of an alert from Genova."""
    stage.mine()
    found = stage.signed_on().locator("sw-map")
    expect(found.locator(".map__here")).to_be_visible()
    return found


def middle(page: Page) -> tuple[int, int]:
    """Where the mark of the user's place is, in the window."""
    box = page.locator("sw-map .map__here").bounding_box()
    assert box is not None
    return round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2)


def test_streets_are_drawn_house_by_house_and_the_credits_say_whose(stage: Stage) -> None:
    on_map = shown(stage)
    expect(on_map).to_have_attribute("data-streets", "all")
    expect(stage.page.locator(".map__credit")).to_contain_text("© Streetmakers · Places © GeoNames")
    expect(on_map.locator(".leaflet-control-scale-line")).to_have_text("200 m")
    expect(on_map.locator(".map__town").first).to_be_hidden()
    painted = """() => [...document.querySelectorAll('sw-map canvas')].every((one) =>
      one.getContext('2d').getImageData(128, 128, 1, 1).data[0] === 240)"""
    assert stage.page.evaluate(painted)
    # In the dark they are dimmed, so that the marks on them are the brightest.
    filtered = "() => getComputedStyle(document.querySelector('.leaflet-streets-pane')).filter"
    assert "brightness(0.4)" in stage.page.evaluate(filtered)
    stage.page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert stage.page.evaluate(filtered) == "none"


def test_the_map_does_not_move_when_streets_come(stage: Stage) -> None:
    held: list[Route] = []
    stage.page.route("**/v1/map/tiles/**", lambda route: hold(held, route))
    on_map = shown(stage)
    expect(on_map.locator(".map__land")).to_be_visible()
    before, zoom = middle(stage.page), on_map.locator(".leaflet-control-scale-line").inner_text()
    expect(on_map).not_to_have_attribute("data-streets", re.compile("all|some"))
    for route in held:
        route.continue_()
    stage.page.unroute("**/v1/map/tiles/**")
    expect(on_map).to_have_attribute("data-streets", "all")
    assert (middle(stage.page), on_map.locator(".leaflet-control-scale-line").inner_text()) == (before, zoom)


def test_where_there_are_no_pictures_the_own_map_and_its_towns_are_seen(stage: Stage) -> None:
    on_map = shown(stage)
    expect(on_map).to_have_attribute("data-streets", "all")
    for _ in range(4):
        stage.page.keyboard.press("-")
    expect(on_map).to_have_attribute("data-streets", "none")
    expect(on_map.locator(".map__town span", has_text="Genova").first).to_be_visible()
    # That is no failure, and is not called one.
    expect(stage.page.locator(".map__credit")).not_to_contain_text("Streets")
    for _ in range(3):
        stage.page.keyboard.press("+")
    expect(on_map).to_have_attribute("data-streets", "all")


@pytest.mark.browser_may_say("503")
def test_without_the_file_the_own_map_stays_and_it_is_said_once_in_small_words(
    page: Page, place: Place
) -> None:
    place.changes["map"] = MapSettings(pmtiles="/nowhere/italy.pmtiles")
    with Stage.of(page, place) as stage:
        with page.expect_response("**/v1/map/tiles/0/0/0"):
            stage.signed_on()
        on_map = shown(stage)
        expect(page.get_by_text("Streets not available")).to_have_count(1)
        expect(page.locator(".map__credit b")).to_have_text("Streets not available")
        expect(on_map.locator(".map__land")).to_be_visible()
        # As near as that map is good for: with towns in sight.
        expect(on_map.locator(".map__town span", has_text="Genova").first).to_be_visible()
        expect(on_map.locator(".leaflet-control-scale-line")).to_have_text("3 km")


def test_nothing_of_the_pictures_is_kept_by_the_browser_and_they_need_a_session(stage: Stage) -> None:
    with stage.page.expect_response("**/v1/map/tiles/16/**") as caught:
        shown(stage)
    assert caught.value.headers["cache-control"] == "no-store"
    assert caught.value.url.startswith(stage.url)
    again = stage.page.request.get(caught.value.url)
    assert again.status == 200
    stage.page.context.clear_cookies()
    assert stage.page.request.get(caught.value.url).status == 401
