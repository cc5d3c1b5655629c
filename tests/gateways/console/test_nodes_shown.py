"""What a console shows of the other nodes: their lines and how they are, and what it cannot know of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from messages.events import AlarmRaised
from messages.ids import NodeId
from store import streams
from store.journal.journal import Append, Journal
from tests.gateways.console.desk import giulias, signed_on
from tests.gateways.http.place import WebThread
from tests.gateways.story import on_shift
from tests.gateways.twins import Twins

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


@pytest.fixture
def journals(pair: Twins) -> Iterator[tuple[Journal, Journal]]:
    """Each node's own."""
    opened = pair.first.journal(), pair.second.journal()
    yield opened
    for one in opened:
        one.close()


@pytest.fixture
def console(page: Page, pair: Twins) -> Iterator[Page]:
    """Marta, signed on at the second node."""
    web = WebThread(pair.second, pair.ports[1])
    yield signed_on(page, web.url, pair.second)
    page.goto("about:blank")
    web.stop()


def test_the_plant_has_the_lines_of_all_nodes_and_says_how_each_node_is(
    console: Page, pair: Twins, journals: tuple[Journal, Journal]
) -> None:
    there, here = journals
    giulias(there).operator_called(pair.first.luca)
    console.keyboard.press("4")
    own, other = console.locator("[data-node=b]"), console.locator("[data-node=a]")
    expect(own.get_by_role("row").first).to_contain_text("this console")
    expect(own).to_contain_text("L7")
    expect(other.get_by_role("row").first).to_contain_text("Up")
    expect(other.get_by_role("row").first).to_contain_text("signals are told at its own console")
    expect(other).to_contain_text("L1")
    expect(console.locator(".plant")).to_contain_text("4 of 4 usable")
    pair.lose(pair.first)
    lost = AlarmRaised(alarm="node.lost", subject="a", text="Node a is away.")
    here.append(Append(streams.node(NodeId("b")), None, (lost,)))
    expect(other.get_by_role("row").first).to_contain_text("Lost")
    expect(other.get_by_role("row", name="L1")).to_contain_text("Out of use")
    expect(console.locator(".plant")).to_contain_text("2 of 4 usable")
    expect(console.locator("[data-alarm='node.lost']")).to_contain_text("Node a lost")
    expect(console.locator(".plant__alarms")).to_contain_text("other nodes have its alerts")


def test_levels_are_not_told_of_an_alert_that_another_node_has(
    console: Page, pair: Twins, journals: tuple[Journal, Journal]
) -> None:
    there, here = journals
    on_shift(here, pair.second.marta)
    story = giulias(there).operator_called(pair.first.marta)
    expect(console.get_by_role("alertdialog")).to_be_visible()
    console.keyboard.press("Space")
    story.operator_joined(pair.first.marta).user_called().user_answered()
    tile = console.locator("[data-party=operator]")
    expect(tile).to_contain_text("On the line")
    expect(tile).to_contain_text("Levels at node a")
    expect(tile.locator(".meter")).to_be_hidden()
    # Once this node has taken it over they are told here.
    story.journal = here
    story.opened()
    expect(tile.locator(".meter")).to_be_visible()
