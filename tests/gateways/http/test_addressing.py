"""An address for an alert's position, by the whole web: from the file into the journal and to the console."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import date
from pathlib import Path

import msgspec
import pytest

from gateways.addresses.making import make
from gateways.addresses.reading import rows
from gateways.console.feed.case import case_view
from gateways.console.views.queue import queue_view
from messages import events as ev
from messages.base import Address, Position
from messages.ids import Instant, Nearness
from model.settings.web import MapSettings
from store import streams
from tests.gateways.addresses import made_up
from tests.gateways.http.conftest import Start
from tests.gateways.http.place import CLOCK, Place
from tests.gateways.story import Story
from tests.waiting import wait_until


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
    known = wait_until(lambda: (one := web.following.picture.alerts[story.alert]).case.address and one)
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
    known = wait_until(lambda: (one := web.following.picture.alerts[story.alert]).case.address and one)
    assert [one.what for one in known.entries].count("address.found") == 1


def test_without_the_file_the_web_starts_and_tells_no_address(start: Start) -> None:
    web = start(map=MapSettings(addresses="/nowhere/addresses.sqlite")).web
    story = Story(web.journal, CLOCK.now_us()).opened()
    wait_until(lambda: story.alert in web.following.picture.alerts)
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
