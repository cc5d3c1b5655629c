"""A page of which one file has not arrived is no blank screen for ever."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.gateways.http.place import WebThread
from tests.gateways.served import is_asked_for_again

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(60)]


@pytest.mark.usefixtures("modules_as_shipped")
@pytest.mark.browser_may_say(r"net::ERR_FAILED", r"401 \(Unauthorized\)")
@pytest.mark.parametrize(
    ("file", "there"),
    [
        ("**/js/shell/title.js", "input[name=operator]"),
        ("**/data/orders.json", "input[name=operator]"),
        ("**/data/words.json", "input[name=operator]"),
    ],
)
def test_the_console_of_which_something_has_not_arrived_asks_for_it_again(
    page: Page, site: WebThread, file: str, there: str
) -> None:
    is_asked_for_again(page, f"{site.url}/console/", file, there)
