"""A console without any feature: nothing of them is to be seen, and nothing is asked that is not there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from center import features
from center.features import FEATURES
from messages.ids import Outcome
from store.journal.journal import Journal
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.console.desk import signed_on
from tests.gateways.http.place import CLOCK, Place, WebThread
from tests.gateways.story import Story

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

PLACES = {"2": "Open alerts", "4": "Equipment", "5": "Start"}
NOT_LISTED = (
    *("History", "Figures", "Availability", "Reviews", "Map:", "A page for 112"),
    *("Nightly self-test", "Drill", "est alert", "est call", "Settings"),
)


@pytest.fixture
def bare(journal: Journal, place: Place) -> Iterator[str]:
    """Such a center's address; Marta is an admin, and one alert has ended that she owes a call."""
    Registry(journal).set_role(place.marta, StaffRole.ADMIN, by="test")
    Story(journal, CLOCK.now_us(), phone="+393331112277").opened().closed(Outcome.NO_CONTACT)
    features.install([one.name for one in FEATURES])
    try:
        web = WebThread(place)
        try:
            yield web.url
        finally:
            web.stop()
    finally:
        features.install()


def test_it_opens_shows_an_alert_and_all_that_it_has(
    page: Page, bare: str, place: Place, journal: Journal
) -> None:
    asked: list[str] = []
    page.on("response", lambda one: asked.append(f"{one.status} {one.url}"))
    signed_on(page, bare, place)
    tabs = page.locator(".bar__nav button")
    expect(tabs.locator("kbd")).to_have_text([*"1245"])
    for key, heading in PLACES.items():
        page.keyboard.press(key)
        expect(tabs.and_(page.locator("[aria-current=page]")).locator("kbd")).to_have_text(key)
        expect(page.locator("main h1")).to_contain_text(heading)
    expect(page.locator("[aria-keyshortcuts=T]")).to_have_count(0)
    for key in "4n":
        page.keyboard.press(key)
        expect(page.locator("main h1")).to_have_text(PLACES["4"])
    expect(page.locator(".page-head__end")).to_have_count(0)
    page.keyboard.press("2")
    for key in "h/3":
        page.keyboard.press(key)
        expect(page.locator("main h1")).to_have_text(PLACES["2"])
    expect(page.locator(".seg")).to_have_count(0)
    page.keyboard.press("?")
    listed = page.locator(".help__keys")
    expect(listed).to_contain_text("1 2 4 5")
    for name in NOT_LISTED:
        expect(listed).not_to_contain_text(name)
    page.keyboard.press("Escape")
    Story(journal, CLOCK.now_us()).opened()
    expect(page.locator(".q--row")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".log li").first).to_be_visible()
    expect(page.locator("sw-map")).to_have_count(0)
    expect(page.locator(".place")).to_contain_text("44.39058 N")
    page.keyboard.press("+")
    expect(page.locator("main")).not_to_contain_text("Earlier alerts")
    assert not [one for one in asked if one.startswith(("4", "5"))]
