"""Handing a case over, and the time for notes, by the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from messages import events as ev
from messages.ids import OperatorCommand, OperatorId, Outcome, ShiftState
from store import streams
from store.journal.journal import Journal
from tests.gateways.console.desk import settled
from tests.gateways.console.test_browser import case, inbox
from tests.gateways.http.place import Place
from tests.gateways.story import Story, on_shift
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


@pytest.fixture
def on_duty(place: Place) -> tuple[OperatorId, ...]:
    """Both are on shift."""
    return place.marta, place.luca


def talking(journal: Journal, place: Place) -> Story:
    return case(journal, place).user_called().user_answered()


def given(journal: Journal, story: Story) -> list[tuple[OperatorCommand, str | None]]:
    return [(one.command, one.to) for one in inbox(journal, story) if isinstance(one, ev.CommandGiven)]


def test_a_case_is_handed_over_by_the_keyboard_and_kept_again(
    console: Page, place: Place, journal: Journal
) -> None:
    story = talking(journal, place)
    hand = console.locator(".dock__hand")
    expect(hand).to_contain_text("Hand over")
    expect(hand).not_to_have_attribute("aria-disabled", "true")
    before = hand.bounding_box()
    settled(console)
    console.keyboard.press("h")
    asked = console.get_by_role("group", name="Hand over to whom?")
    expect(asked.get_by_role("button")).to_have_count(2)
    expect(asked).to_contain_text("Luca Ferri")
    console.keyboard.press("Escape")
    expect(asked).to_have_count(0)
    assert given(journal, story) == []
    console.keyboard.press("h")
    console.keyboard.press("2")
    order = (OperatorCommand.HAND_OVER, place.luca)
    wait_until(lambda: given(journal, story) == [order], what="the order in the journal")
    story.handed_over(place.marta, place.luca).next_called(place.luca)
    dock, tile = console.locator(".dock"), console.locator("[data-party=operator]")
    expect(dock).to_contain_text("Handing over: Luca Ferri ringing.")
    expect(tile).to_contain_text("You → Luca Ferri")
    expect(tile).to_contain_text("On the line")
    expect(console.locator(".dock .act--step")).to_contain_text("Call 112")
    expect(hand).to_contain_text("Keep the case")
    now = hand.bounding_box()
    assert before is not None
    assert now is not None
    assert now["y"] == before["y"], "the sentence beside it has grown, and moves it"
    settled(console)
    console.keyboard.press("h")
    wait_until(lambda: given(journal, story)[1:] == [(OperatorCommand.KEEP, None)], what="kept")
    expect(hand).to_have_attribute("aria-disabled", "true")
    expect(hand).to_contain_text("Keep the case")
    story.say(ev.HandOverEnded(reason="withdrawn"))
    expect(hand).to_contain_text("Hand over")
    on_shift(journal, place.luca, ShiftState.OFF)
    expect(console.locator(".rail")).not_to_contain_text("Luca")
    settled(console)
    console.keyboard.press("h")
    expect(asked).to_contain_text("No colleague is on shift")
    expect(asked.get_by_role("button")).to_have_count(0)


def test_that_nobody_takes_it_is_said_and_112_is_one_key_while_it_is_chosen(
    console: Page, place: Place, journal: Journal
) -> None:
    story = talking(journal, place)
    story.handed_over(place.marta, None)
    story.say(ev.HandOverEnded(reason="nobody"))
    expect(console.locator(".dock")).to_contain_text("Hand over: nobody is free. The case stays yours.")
    settled(console)
    console.keyboard.press("h")
    expect(console.get_by_role("group", name="Hand over to whom?")).to_be_visible()
    console.keyboard.press("e")
    wait_until(lambda: given(journal, story) == [(OperatorCommand.CALL_PSAP, None)], what="112 is asked for")


def test_who_is_to_take_it_sees_from_whom_and_in_what_state(
    console: Page, place: Place, journal: Journal
) -> None:
    story = Story(journal, journal_now(journal), ago_s=20).opened().operator_called(place.luca)
    story.operator_joined(place.luca).user_called().user_answered()
    story.handed_over(place.luca, place.marta, "end of shift").next_called(place.marta)
    incoming = console.get_by_role("alertdialog")
    expect(incoming).to_contain_text("Luca Ferri hands the case over")
    expect(incoming).to_contain_text("On the line: Luca Ferri")
    expect(incoming).to_contain_text("end of shift")
    console.keyboard.press("Space")
    dock = console.locator(".dock")
    expect(dock).to_contain_text("Answer your phone.")
    expect(dock).to_contain_text("Luca Ferri hands the case over to you.")
    expect(console.locator("[data-party=operator]")).to_contain_text("Luca Ferri → You")
    story.next_joined(place.marta, place.luca)
    expect(dock).to_contain_text("Ask:")
    expect(console.locator("[data-party=operator]")).to_contain_text("You")
    expect(console.locator(".bar__me")).to_contain_text("On a case")


def test_what_another_hands_over_can_be_taken_by_key(console: Page, place: Place, journal: Journal) -> None:
    story = Story(journal, journal_now(journal), ago_s=20).opened().operator_called(place.luca)
    story.operator_joined(place.luca).user_called().user_answered().handed_over(place.luca, None)
    expect(console.get_by_role("listitem").first).to_contain_text("Handing over")
    console.keyboard.press("ArrowDown")
    console.keyboard.press("Enter")
    expect(console.locator(".dock")).to_contain_text("Luca Ferri hands the case over.")
    settled(console)
    console.keyboard.press("t")
    wait_until(lambda: given(journal, story) == [(OperatorCommand.TAKE, None)], what="taken")


def test_the_time_for_notes_is_counted_and_ended_with_enter(
    console: Page, place: Place, journal: Journal
) -> None:
    story = talking(journal, place)
    expect(console.locator(".dock")).to_contain_text("Ask:")
    story.handed_over(place.marta, place.luca).next_called(place.luca).next_joined(place.luca, place.marta)
    bar = console.locator(".bar__me")
    expect(bar).to_contain_text("Wrap-up 0:")
    expect(bar).to_contain_text("Enter: ready now")
    expect(console.locator(".dock")).to_contain_text("Luca Ferri has the case.")
    console.keyboard.press("Escape")
    expect(console.locator("#ready-h")).to_contain_text("Wrap-up 0:")
    expect(console.get_by_role("button", name="Ready now")).to_be_visible()
    console.keyboard.press("Enter")
    expect(console.get_by_role("heading", name="Ready", exact=True)).to_be_visible()
    own = [one.event for one in journal.read(streams.operator(place.marta))]
    assert own[-1] == ev.WrapUpEnded(operator=place.marta)
    expect(bar).to_contain_text("Ready")


def test_enter_goes_back_from_what_is_closed_before_it_ends_the_time_for_notes(
    console: Page, place: Place, journal: Journal
) -> None:
    story = talking(journal, place).psap_called(place.marta).psap_joined()
    expect(console.locator(".dock")).to_contain_text("Tell 112: “securWoman centre")
    story.operator_left(place.marta).closed(Outcome.HANDED_OVER)
    expect(console.locator(".dock")).to_contain_text("Closed")
    expect(console.locator(".bar__me")).to_contain_text("Wrap-up 0:")
    expect(console.locator(".bar__me")).not_to_contain_text("Enter")
    console.keyboard.press("Enter")
    expect(console.locator("#ready-h")).to_contain_text("Wrap-up 0:")
    console.keyboard.press("Enter")
    expect(console.get_by_role("heading", name="Ready", exact=True)).to_be_visible()


def test_supervisors_see_who_writes_notes(console: Page, place: Place, journal: Journal) -> None:
    story = Story(journal, journal_now(journal), ago_s=20).opened().operator_called(place.luca)
    story.operator_joined(place.luca).operator_left(place.luca)
    on_shift(journal, place.marta, ShiftState.PAUSED)
    console.keyboard.press("4")
    expect(console.get_by_role("row", name="Luca Ferri")).to_contain_text("Wrap-up 0:")


def journal_now(journal: Journal) -> ev.Instant:
    """The time of what was written last."""
    return journal.read_all()[-1].at_us
