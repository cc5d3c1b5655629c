"""Another line for whoever has no sound, by the keyboard alone; and that a call is recorded."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from messages import events as ev
from messages.ids import BridgeId, OperatorCommand, Party
from store.journal.journal import Journal
from tests.gateways.console.desk import settled
from tests.gateways.console.test_browser import case, inbox
from tests.gateways.http.place import Place
from tests.gateways.story import LINES, Story
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


def place_of(tile: Locator) -> list[int]:
    """In whole pixels."""
    box = tile.bounding_box()
    assert box is not None
    return [round(box[side]) for side in ("x", "y", "width", "height")]


def given(journal: Journal, story: Story) -> list[tuple[OperatorCommand, Party | None]]:
    return [(one.command, one.party) for one in inbox(journal, story) if isinstance(one, ev.CommandGiven)]


def test_it_is_said_on_the_user_s_tile_and_another_line_is_armed_before_it_is_ordered(
    console: Page, place: Place, journal: Journal
) -> None:
    story = case(journal, place).user_called().user_answered()
    tile, dock = console.locator("[data-party=user]"), console.locator(".dock__next")
    expect(tile).to_contain_text("On the line")
    before = place_of(tile)
    story.say(ev.LegSoundLost(leg=story.leg("user"), attempt=1, line=LINES["user"]))
    expect(tile).to_contain_text("No sound")
    offer = tile.get_by_role("button", name="Another line")
    expect(offer).to_be_visible()
    assert place_of(tile) == before, "places never move"
    expect(dock).to_contain_text("No sound from Giulia. Another line: V, then Enter.")
    settled(console)
    console.keyboard.press("v")
    expect(dock).to_contain_text("Hangs up and calls Giulia again on another line: Enter confirms.")
    console.keyboard.press("Escape")
    expect(dock).not_to_contain_text("Enter confirms")
    assert given(journal, story) == []
    console.keyboard.press("v")
    console.keyboard.press("Enter")
    order = (OperatorCommand.ANOTHER_LINE, Party.USER)
    wait_until(lambda: given(journal, story) == [order], what="the order in the journal")
    story.say(ev.LegSoundBack(leg=story.leg("user"), attempt=1))
    expect(offer).to_have_count(0)
    expect(tile).to_contain_text("On the line")
    # Where the line has lost its voice port another one is offered too.
    story.say(ev.BridgeLeft(bridge=BridgeId("b"), legs=(story.leg("user"),)))
    expect(tile.locator("[data-meter]")).to_have_count(0)
    expect(offer).to_have_count(0)
    story.say(ev.LegSoundLost(leg=story.leg("user"), attempt=1, line=LINES["user"]))
    expect(tile).to_contain_text("No sound")
    expect(offer).to_be_visible()
    # That it is recorded is seen until it is not.
    head = console.locator(".who")
    expect(head).not_to_contain_text("Recorded")
    story.say(ev.RecordingStarted(file=f"{story.alert}.1.flac"))
    expect(head.get_by_role("status").get_by_text("Recorded")).to_be_visible()
    story.say(ev.RecordingStopped(reason="No space left on device"))
    expect(head).not_to_contain_text("Recorded")
    expect(console.get_by_role("log")).to_contain_text("The recording has stopped; the voice goes on")


def test_keys_whose_words_are_not_on_the_screen_order_nothing_and_say_so(
    console: Page, place: Place, journal: Journal
) -> None:
    story = case(journal, place)
    dock = console.locator(".dock__next")
    expect(console.locator("[data-party=operator]")).to_contain_text("On the line")
    settled(console)
    for key in "vszp":
        console.keyboard.press(key)
    expect(dock).to_contain_text("P is not offered on this screen now.")
    console.keyboard.press("Enter")
    assert given(journal, story) == []
    story.user_called().user_answered()
    expect(dock).to_contain_text("So that she hears no voices: S.")
    story.hear(ev.AlertCancelled(duress=True))
    expect(dock).to_contain_text("To let the voices through: S, then Enter.")
    settled(console)
    console.keyboard.press("s")
    expect(dock).to_contain_text("Who forces her will hear the voices: Enter confirms.")
    assert given(journal, story) == []
    console.keyboard.press("Enter")
    order = (OperatorCommand.GIVE_VOICES, None)
    wait_until(lambda: given(journal, story) == [order], what="the order in the journal")
