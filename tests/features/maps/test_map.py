"""The map in a browser: the place, how sure it is, the way; the words for 112; nothing from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from messages import events as ev
from messages.base import Position
from messages.ids import Channel, Instant, OperatorId
from store.journal.journal import Journal
from tests.gateways.console.desk import giulias, signed_on
from tests.gateways.http.place import CLOCK, Place, WebThread
from tests.gateways.story import Story
from tests.support.complaints import OUT_OF_REACH

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

PAVIA = (45.1847, 9.1582)


@pytest.fixture
def on_duty() -> tuple[OperatorId, ...]:
    """Nobody."""
    return ()


def case(journal: Journal, place: Place) -> Story:
    """Giulia's alert, Marta on the line; the user's phone has said Pavia."""
    story = giulias(journal, position=False)
    moved(story, *PAVIA)
    return story.operator_called(place.marta).operator_joined(place.marta)


def moved(story: Story, lat: float, lon: float, accuracy_m: float | None = 18.0) -> None:
    """The user's phone sends one more position."""
    at = Instant(CLOCK.now_us())
    story.hear(ev.PositionUpdated(position=Position(lat=lat, lon=lon, at=at, accuracy_m=accuracy_m)))


def centre(page: Page) -> Any:
    """Where the middle of the mark of the user's place is, in the window."""
    box = page.locator("sw-map .map__here").bounding_box()
    assert box is not None
    return round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2)


def test_the_map_shows_the_user_s_place_the_doubt_and_the_next_towns_and_is_moved_and_brought_back(
    console: Page, place: Place, journal: Journal
) -> None:
    story = case(journal, place)
    on_map = console.locator("sw-map")
    expect(on_map.locator(".map__here")).to_be_visible()
    expect(on_map.locator("path.map__circle")).to_be_attached()
    expect(on_map.locator("path.map__land")).to_be_visible()
    expect(on_map.locator(".map__town span", has_text="Pavia").first).to_be_visible()
    expect(on_map.locator(".leaflet-control-scale-line")).to_contain_text("km")
    expect(console.locator(".closeup .map__circle")).to_be_visible()
    expect(console.locator(".map__credit")).to_contain_text("GeoNames, CC BY 4.0")
    line = console.locator(".place")
    for text in ("Pavia, Lombardia", "45.18470 N", "9.15820 E", "± 18 m", "m south of its centre"):
        expect(line).to_contain_text(text)
    expect(on_map).to_have_attribute("aria-label", "Map, Pavia, Lombardia, uncertainty 18 metres")
    # It is moved by keys and by buttons, and the user is brought back.
    scale = console.locator("sw-map .leaflet-control-scale-line")
    expect(scale).to_have_text("3 km")
    middle = centre(console)
    console.keyboard.press("+")
    expect(scale).to_have_text("1 km")
    console.get_by_role("button", name="Map further").click()
    expect(scale).to_have_text("3 km")
    console.locator("sw-map").focus()
    for _ in range(6):
        console.keyboard.press("ArrowRight")
    assert centre(console)[0] == middle[0] - 480
    # The operator looks elsewhere: she is not called back by a new position, but by a key.
    moved(story, PAVIA[0] + 0.001, PAVIA[1])
    expect(console.locator("sw-map path.map__was")).to_have_count(1)
    assert centre(console)[0] == middle[0] - 480
    console.keyboard.press("0")
    assert centre(console) == pytest.approx(middle, abs=1)


def test_the_trail_grows_and_the_map_stays_until_the_user_leaves_its_middle(
    console: Page, place: Place, journal: Journal
) -> None:
    story = case(journal, place)
    was = console.locator("sw-map path.map__was")
    town = console.locator("sw-map .map__town span", has_text="Pavia").first
    expect(town).to_be_visible()
    before, first = town.bounding_box(), centre(console)
    # A doubtful newer position does not take the mark from a good one.
    moved(story, PAVIA[0] + 0.02, PAVIA[1], 3000.0)
    expect(was).to_have_count(1)
    assert centre(console) == first
    for step in range(1, 4):
        moved(story, PAVIA[0] + step * 0.004, PAVIA[1] + step * 0.004)
    expect(was).to_have_count(4)
    expect(console.locator("sw-map path.map__trail")).to_be_visible()
    now = centre(console)
    assert now[0] > first[0]
    assert now[1] < first[1]
    assert town.bounding_box() == before
    moved(story, PAVIA[0] + 0.2, PAVIA[1])
    expect(was).to_have_count(5)
    box = console.locator("sw-map").bounding_box()
    assert box is not None
    assert centre(console) == (
        pytest.approx(box["x"] + box["width"] / 2, abs=2),
        pytest.approx(box["y"] + box["height"] / 2, abs=2),
    )


def test_without_a_position_the_page_says_so_in_words_and_shows_it_when_it_comes(
    console: Page, place: Place, journal: Journal
) -> None:
    story = Story(journal, CLOCK.now_us(), ago_s=5, channel=Channel.VOICE, position=False).opened()
    story.operator_called(place.marta).operator_joined(place.marta)
    expect(console.locator(".map--none")).to_contain_text("Position: none, voice alert")
    expect(console.locator("sw-map")).to_have_count(0)
    moved(story, *PAVIA)
    expect(console.locator("sw-map .map__here")).to_be_visible()
    expect(console.locator(".place")).to_contain_text("Pavia")


def test_112_is_read_the_town_the_spoken_coordinates_and_other_forms_in_italian(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    console = signed_on(page, site.url, place, "it")
    story = case(journal, place).user_called().user_answered()
    expect(console.locator("sw-map .map__here")).to_be_visible()
    console.get_by_role("textbox", name="Scrivi una nota").click()
    console.keyboard.type("Al bar")
    story.psap_called(place.marta).psap_joined()
    brief, forms = console.locator(".brief"), console.locator(".codes")
    expect(brief).to_contain_text("Pavia, Lombardia.")
    expect(brief).to_contain_text("m a sud del centro.")
    expect(brief).to_contain_text("quarantacinque punto uno otto quattro, sette zero nord")
    for text in (
        "45.18470, 9.15820",
        "45° 11′ 04.9″ N",
        "8FQF55M5+V7",
        "Centro più vicino",
        "Pavia, 810\u00a0m a sud",
    ):
        expect(forms).to_contain_text(text)
    # A note that is being written is not interrupted.
    console.keyboard.type(" con lei")
    expect(console.get_by_role("textbox", name="Scrivi una nota")).to_have_value("Al bar con lei")


@pytest.mark.browser_may_say(*OUT_OF_REACH)
def test_the_picture_of_a_lost_centre_is_grey_and_the_map_can_still_be_moved(
    console: Page, place: Place, journal: Journal, site: WebThread
) -> None:
    # The own case shows the text for 112 instead, for as long as that may be needed.
    story = case(journal, place)
    expect(console.locator("sw-map .map__land")).to_be_visible()
    story.operator_left(place.marta)
    expect(console.locator(".act--step[data-key=T]")).to_be_visible()
    site.stop()
    expect(console.locator("html")).to_have_attribute("data-state", "lost")
    grey = "body => getComputedStyle(body).filter"
    assert console.locator(".case__body").evaluate(grey) == "grayscale(1)"
    console.get_by_role("button", name="Map nearer").click()
    expect(console.locator("sw-map .leaflet-control-scale-line")).to_have_text("1 km")


_KNOWN_CODES = [
    (20.3700625, 2.7821875, "7FG49QCJ+2V"),
    (47.0000625, 8.0000625, "8FVC2222+22"),
    (-41.2730625, 174.7859375, "4VCPPQGP+Q9"),
    (44.39058, 8.97342, "8FPC9XRF+69"),
    (1.0, 180.0, "62H22222+22"),
    (90.0, 1.0, "CFX3X2X2+X2"),
]


def test_the_plus_code_is_the_known_one(modules: Page) -> None:
    for lat, lon, code in _KNOWN_CODES:
        made = f"import('/console/js/position/wording.js').then(places => places.plusCode({lat}, {lon}))"
        assert modules.evaluate(made) == code


def test_towns_distances_and_directions_are_right(modules: Page) -> None:
    found = modules.evaluate(
        """async () => {
          const places = await import('/console/js/position/wording.js');
          const data = await import('/console/js/position/towns.js');
          await data.loadTowns();
          const towns = data.towns.all;
          const near = places.nearestTown(45.1847, 9.1582, towns);
          const quarter = places.nearestTown(41.9, 12.5, towns);
          return {near, city: places.nearbyCity(41.9, 12.5, towns, quarter).name,
            alone: places.nearbyCity(45.1847, 9.1582, towns, near),
            km: places.distanceKm({lat: 45.4642, lon: 9.19}, {lat: 41.9028, lon: 12.4964}),
            east: places.bearingDeg({lat: 0, lon: 0}, {lat: 0, lon: 1}), none: places.nearestTown(1, 1, []),
            moved: places.movementText([{lat: 45, lon: 9, at_us: 0}, {lat: 45, lon: 9.01, at_us: 240e6}]),
            still: places.movementText([{lat: 45, lon: 9, at_us: 0}, {lat: 45.0001, lon: 9, at_us: 240e6}])};
        }"""
    )
    assert found["near"]["name"] == "Pavia"
    assert found["near"]["bearing"] == "south"
    assert 0.6 < found["near"]["km"] < 1.0
    assert found["city"] == "Roma"
    assert found["alone"] is None
    assert found["none"] is None
    assert found["km"] == pytest.approx(477, abs=2)
    assert found["east"] == pytest.approx(90)
    assert found["moved"] == "790 m east in 4\u00a0min".replace("790 m", "790\u00a0m")
    assert found["still"] == "Still for 4\u00a0min"


def test_a_map_that_is_gone_hears_nothing_of_the_window_s_new_size(
    console: Page, place: Place, journal: Journal
) -> None:
    case(journal, place)
    expect(console.locator("sw-map .map__here")).to_be_visible()
    console.set_viewport_size({"width": 1100, "height": 700})
    # Leaflet tells of it 200 ms later, whatever has become of the map.
    console.evaluate(
        """async () => {
             await new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)));
             document.querySelector('sw-map').remove();
             await new Promise((then) => setTimeout(then, 300));
           }"""
    )
