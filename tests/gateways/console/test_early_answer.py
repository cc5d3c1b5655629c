"""An answer that nothing proves, on the operator's screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from messages import events as ev
from messages.ids import BridgeId, OperatorCommand
from store import streams
from store.journal.journal import Journal
from tests.gateways.console.desk import giulias, settled
from tests.gateways.console.test_browser import case, inbox
from tests.gateways.http.place import Place
from tests.gateways.story import Story
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


def perhaps(story: Story, where: str) -> None:
    """The modem says that this party has answered."""
    leg = story.leg(where)
    story.say(
        ev.LegAnswered(leg=leg, attempt=1, confirmed=False),
        ev.BridgeJoined(bridge=BridgeId("b"), legs=(leg,)),
    )


def given(journal: Journal, story: Story) -> list[OperatorCommand]:
    return [one.command for one in inbox(journal, story) if isinstance(one, ev.CommandGiven)]


def test_an_answer_in_doubt_is_shown_as_such_and_confirmed_with_one_key(
    console: Page, place: Place, journal: Journal
) -> None:
    story = case(journal, place).user_called()
    tile, dock = console.locator("[data-party=user]"), console.locator(".dock__next")
    expect(tile).to_contain_text("Ringing")
    settled(console)
    console.keyboard.press("y")
    real = OperatorCommand.VOUCH
    wait_until(
        lambda: given(journal, story) == [real], what="no answer is in doubt, and the alert is not proved"
    )
    perhaps(story, "user")
    expect(tile).to_contain_text("May have answered")
    expect(dock).to_contain_text("Do you hear anybody?")
    expect(console.locator(".dock .act--step")).to_contain_text("Call 112")
    settled(console)
    console.keyboard.press("y")
    wait_until(lambda: given(journal, story) == [real, OperatorCommand.CONFIRM_ANSWER], what="in the journal")
    read = ev.InboxRead(upto=journal.read(streams.inbox(story.alert))[-1].version)
    story.say(read, ev.LegConfirmed(leg=story.leg("user"), attempt=1, by="word"))
    expect(tile).to_contain_text("On the line")
    expect(dock).to_contain_text("Are you safe?")
    story.psap_called(place.marta)
    perhaps(story, "psap")
    expect(dock).to_contain_text("112 may have answered.")
    step = console.locator(".dock .act--step")
    expect(step).to_contain_text("Answered")
    settled(console)
    step.click()
    wait_until(lambda: len(given(journal, story)) == 3, what="by a click as well")


def test_the_operator_s_own_phone_in_doubt_asks_whether_the_operator_is_there(
    console: Page, place: Place, journal: Journal
) -> None:
    story = giulias(journal).operator_called(place.marta)
    expect(console.locator(".incoming")).to_be_visible()
    console.keyboard.press("Space")
    expect(console.locator(".dock__next")).to_contain_text("Answer your phone.")
    perhaps(story, "op1")
    step = console.locator(".dock .act--step")
    expect(step).to_contain_text("I am here")
    settled(console)
    console.keyboard.press("t")
    wait_until(lambda: given(journal, story) == [OperatorCommand.TAKE], what="in the journal")
