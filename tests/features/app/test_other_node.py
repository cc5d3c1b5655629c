"""The app and two nodes of which one does not answer: the alert is taken by the other, and is one alert."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from store.journal.journal import Journal
from tests.features.app.phone import KEY_CHECKED, Phone
from tests.gateways.http.place import WebThread
from tests.gateways.twins import Twins
from tests.support.complaints import OUT_OF_REACH
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(180),
    pytest.mark.browser_may_say(
        KEY_CHECKED, *OUT_OF_REACH, r"request: http://127\.0\.0\.1:\d+/(v1/|healthz)"
    ),
]


@pytest.fixture
def webs(pair: Twins) -> Iterator[tuple[WebThread, WebThread]]:
    """Both nodes' webs."""
    first, second = (
        WebThread(place, port) for place, port in zip((pair.first, pair.second), pair.ports, strict=True)
    )
    yield first, second
    first.stop()
    second.stop()


@pytest.fixture
def journal(pair: Twins) -> Iterator[Journal]:
    """The one journal, written to at the second node."""
    opened = pair.second.journal()
    yield opened
    opened.close()


@pytest.fixture
def phone(page: Page, pair: Twins, webs: tuple[WebThread, WebThread], journal: Journal) -> Phone:
    """Giulia's, set up at the first node, and opened once more: it has heard of the second."""
    made = Phone(page, pair.web(pair.first), pair.first, journal)
    made.set_up()
    with page.expect_response("**/v1/nodes"):
        page.reload()
    page.wait_for_function("() => localStorage.getItem('securwoman-app-nodes')")
    return made


@pytest.mark.parametrize("lose", [WebThread.cut_off, WebThread.freeze])
def test_an_alert_that_the_first_node_does_not_take_is_taken_by_the_second(
    page: Page,
    phone: Phone,
    pair: Twins,
    webs: tuple[WebThread, WebThread],
    lose: Callable[[WebThread], None],
) -> None:
    lose(webs[0])
    phone.hold()
    story = phone.story()
    expect(phone.title).to_have_text("Finding an operator")
    # How it goes on is asked where it was taken; so are her positions.
    story.operator_called(pair.first.marta).operator_joined(pair.first.marta).user_called()
    expect(phone.title).to_have_text("We are calling you, answer")
    story.user_answered()
    expect(phone.title).to_have_text("You are on the line with the operator")
    wait_until(phone.positions, what="a position")
    assert len(phone.raised()) == 1


def test_an_alert_goes_on_at_the_other_node_when_the_one_that_took_it_is_lost(
    page: Page, phone: Phone, pair: Twins, webs: tuple[WebThread, WebThread]
) -> None:
    phone.hold()
    story = phone.story()
    expect(phone.title).to_have_text("Finding an operator")
    webs[0].cut_off()
    story.operator_called(pair.first.marta).operator_joined(pair.first.marta).user_called()
    expect(phone.title).to_have_text("We are calling you, answer")
    assert len(phone.raised()) == 1


@pytest.mark.parametrize("service_workers", ["allow"])
def test_the_app_opens_and_raises_while_the_node_that_it_is_from_is_lost(
    page: Page, phone: Phone, pair: Twins, webs: tuple[WebThread, WebThread]
) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    webs[0].cut_off()
    page.reload()
    phone.hold()
    phone.story()
    expect(phone.title).to_have_text("Finding an operator")
    assert len(phone.raised()) == 1
