"""A console whose node is lost goes on at the other one, by itself and with what was on it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from messages import events as ev
from messages.ids import OperatorCommand, ShiftState
from store import streams
from store.journal.journal import Journal
from store.registry.access.sessions import end_sessions
from tests.gateways.console.desk import giulias, settled, signed_on
from tests.gateways.http.place import WebThread
from tests.gateways.story import Story
from tests.gateways.twins import Twins
from tests.support.complaints import OUT_OF_REACH
from tests.waiting import wait_until

LEAVES_WITHIN_S = 4.5
"""Two seconds of silence, and then as long as a web takes that is only started again. The page is there soon
after: how soon, a loaded machine does not tell.
"""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(180),
    pytest.mark.browser_may_say(
        *OUT_OF_REACH, r"request: (http|ws)://127\.0\.0\.1:\d+/", r"has been blocked by CORS policy.*"
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
    """The one journal, written to at the second node: its web hears of everything at once."""
    opened = pair.second.journal()
    yield opened
    opened.close()


def at_work(page: Page, pair: Twins, journal: Journal) -> Story:
    """Marta at the first node, on shift, the alarm's sound heard, with Giulia on the line."""
    signed_on(page, pair.web(pair.first), pair.first)
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Ready")).to_be_visible()
    page.keyboard.press("y")
    expect(page.locator(".ready__shift")).to_contain_text("Heard at")
    story = giulias(journal).operator_called(pair.first.marta)
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.keyboard.press("Space")
    story.operator_joined(pair.first.marta).user_called().user_answered()
    expect(page.locator("[data-party=user]")).to_contain_text("On the line")
    return story


@pytest.mark.parametrize("lose", [WebThread.cut_off, WebThread.freeze])
def test_the_operator_goes_on_at_the_second_node_with_the_case_and_the_keys(
    page: Page,
    pair: Twins,
    webs: tuple[WebThread, WebThread],
    journal: Journal,
    lose: Callable[[WebThread], None],
    request: pytest.FixtureRequest,
) -> None:
    asked_for_what_it_knows = lose is WebThread.cut_off
    if asked_for_what_it_knows:
        request.getfixturevalue("modules_as_shipped")
    story = at_work(page, pair, journal)
    left_s: list[float] = []
    page.on(
        "request",
        lambda one: left_s.append(time.monotonic() - began_s) if one.is_navigation_request() else None,
    )
    began_s = time.monotonic()
    lose(webs[0])
    page.wait_for_url(f"{pair.web(pair.second)}/console/**")
    pair.lose(pair.first)
    expect(page.locator(".bar__health [data-link=live]")).to_be_visible()
    expect(page.get_by_role("heading", name="Giulia Rossi")).to_be_visible()
    expect(page.locator(".bar__me")).to_contain_text("Marta Bianchi")
    assert "ticket" not in page.url
    assert "kept" not in page.url
    # What she has acknowledged is not cried out again, and her keys are her keys.
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    settled(page)
    page.keyboard.press("e")

    def orders() -> list[OperatorCommand]:
        inbox = journal.read(streams.inbox(story.alert))
        return [one.event.command for one in inbox if isinstance(one.event, ev.CommandGiven)]

    wait_until(lambda: orders() == [OperatorCommand.CALL_PSAP], what="her order")

    def shifts() -> list[tuple[str, ShiftState]]:
        stream = journal.read(streams.operator(pair.first.marta))
        return [(one.node, one.event.state) for one in stream if isinstance(one.event, ev.ShiftChanged)]

    wait_until(lambda: shifts() == [("a", ShiftState.READY), ("b", ShiftState.READY)], what="her shift at b")
    # That she has heard the alarm is known here, too, and that it may sound.
    page.keyboard.press("Escape")
    if asked_for_what_it_knows:
        assert page.evaluate("import('/console/js/sound/sound.js').then((sound) => sound.blocked())") is False
        heard = page.evaluate("import('/console/js/shift/shift.js').then((shift) => shift.soundResult()[0])")
        assert heard is True
    page.reload()
    expect(page.locator(".bar__me")).to_contain_text("Marta Bianchi")
    assert left_s[0] < LEAVES_WITHIN_S


def test_an_order_that_the_frozen_node_has_not_answered_is_given_at_the_second_one_and_stands_once(
    page: Page, pair: Twins, webs: tuple[WebThread, WebThread], journal: Journal
) -> None:
    story = at_work(page, pair, journal)
    settled(page)
    path = f"/v1/alerts/{story.alert}/commands"
    webs[0].freeze()
    with page.expect_request(f"{pair.web(pair.second)}{path}") as again:
        with page.expect_request(f"{pair.web(pair.first)}{path}") as first:
            page.keyboard.press("e")
        page.wait_for_url(f"{pair.web(pair.second)}/console/**")
    assert first.value.post_data == again.value.post_data

    def orders() -> list[ev.Event]:
        inbox = journal.read(streams.inbox(story.alert))
        return [one.event for one in inbox if isinstance(one.event, ev.CommandGiven)]

    wait_until(lambda: len(orders()) == 1, what="her order")
    webs[0].go_on()
    taken = 'securwoman_commands_total{command="call_psap",result="journaled"} 1.0'
    metrics = f"{pair.web(pair.first)}/metrics"
    wait_until(lambda: taken in httpx.get(metrics).text, what="the order, read by the node that wakes")
    given = json.loads(first.value.post_data or "")
    pressed = ev.CommandGiven(
        command=OperatorCommand.CALL_PSAP, by=pair.first.marta, id=given["id"], seen=given["seen"]
    )
    assert orders() == [pressed]


def test_where_nobody_answers_the_operator_keeps_what_the_operator_has_and_goes_on_when_somebody_does(
    page: Page, pair: Twins, webs: tuple[WebThread, WebThread], journal: Journal
) -> None:
    at_work(page, pair, journal)
    webs[1].freeze()
    webs[0].cut_off()
    expect(page.locator("[data-link=lost]")).to_be_visible()
    expect(page.get_by_role("alert").first).to_contain_text("Centre unreachable")
    # Longer than she would wait to go.
    page.wait_for_function(
        "() => Number(document.querySelector('[data-link]').textContent.match(/\\d+/)?.[0]) >= 5"
    )
    assert page.url.startswith(pair.web(pair.first))
    expect(page.get_by_role("heading", name="Giulia Rossi")).to_be_visible()
    webs[1].go_on()
    page.wait_for_url(f"{pair.web(pair.second)}/console/**")
    expect(page.get_by_role("heading", name="Giulia Rossi")).to_be_visible()


@pytest.mark.browser_may_say(r"401 \(Unauthorized\)")
def test_who_has_signed_off_elsewhere_is_asked_for_a_name(
    page: Page, pair: Twins, webs: tuple[WebThread, WebThread]
) -> None:
    signed_on(page, pair.web(pair.first), pair.first)
    journal = pair.second.journal()
    # While nobody at her node can tell the page.
    webs[0].freeze()
    journal.transact(lambda transaction: end_sessions(transaction, pair.first.marta))
    journal.close()
    page.wait_for_url(f"{pair.web(pair.second)}/console/**")
    expect(page.locator("input[name=password]")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended")
