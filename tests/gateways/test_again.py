"""A page of which one file has not arrived is no blank screen for ever."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.gateways.http.place import WebThread

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(60)]


@pytest.mark.usefixtures("modules_as_shipped")
@pytest.mark.browser_may_say(r"net::ERR_FAILED", r"401 \(Unauthorized\)")
@pytest.mark.parametrize(
    ("path", "file", "there"),
    [
        ("/console/", "**/js/shell/title.js", "input[name=operator]"),
        ("/console/", "**/data/orders.json", "input[name=operator]"),
        ("/console/", "**/data/words.json", "input[name=operator]"),
        ("/app", "**/js/words.js", "input[name=phone]"),
    ],
)
def test_a_page_of_which_something_has_not_arrived_asks_for_it_again(
    page: Page, site: WebThread, path: str, file: str, there: str
) -> None:
    lost: list[str] = []

    def once(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.url)
        route.abort()

    page.route(file, once)
    page.goto(site.url + path)
    expect(page.locator(there)).to_be_visible()
    assert len(lost) == 1
