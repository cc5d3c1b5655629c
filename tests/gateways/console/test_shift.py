"""The shift by keyboard: what one browser leaves to the other, the last one, notes after the end, a call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from messages import events as ev
from messages.ids import Outcome, ShiftState
from store import streams
from store.journal.journal import Journal
from tests.gateways.console.barriers import found_by_axe
from tests.gateways.console.desk import LISTEN, giulias, inbox, settled, signed_on, tones
from tests.gateways.http.place import Place, WebThread
from tests.gateways.story import Story, on_shift
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

WORDS = {
    "done": "fatto: Luca Ferri",
    "last": "Disponibile · solo tu",
    "alone": "Nessun altro è disponibile.",
}
LAST = [523, 392]
"""What is heard by the last one, Hz."""


@pytest.fixture(autouse=True)
def _both_are_on_shift(place: Place, journal: Journal) -> None:
    for operator in (place.marta, place.luca):
        on_shift(journal, operator)


@pytest.fixture
def lucas(browser: Browser, site: WebThread, place: Place) -> Iterator[Page]:
    """Luca's own browser."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto(f"{site.url}/console/?lang=en#token={place.luca_token}")
    expect(page.locator(".bar__me")).to_contain_text("Ready")
    yield page
    context.close()


def sent(page: Page, text: str) -> None:
    """Typed into the field that has the focus, and sent."""
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")


def ended(journal: Journal, place: Place) -> Story:
    """Giulia's alert, which Marta had, who is in wrap-up."""
    story = giulias(journal).operator_called(place.marta).operator_joined(place.marta)
    story.hear(ev.NoteAdded(by=place.marta, text="A man in the background"))
    return story.operator_left(place.marta).closed(Outcome.FALSE_ALARM)


def test_what_one_leaves_the_other_has_and_is_done_with_by_keys_alone(
    page: Page, lucas: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    signed_on(page, site.url, place, "it").set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("w")
    before = journal.last_seq()
    sent(page, "Fallback SIM in drawer 2. POR")
    note = page.locator(".handed__note")
    expect(note).to_contain_text("Fallback SIM in drawer 2. POR")
    page.keyboard.type("o p r 2 draft")  # still in the field
    assert journal.last_seq() == before, "nothing that is typed is a command"
    expect(lucas.locator(".handed__note")).to_contain_text("Fallback SIM in drawer 2. POR")
    lucas.keyboard.press("b")
    lucas.keyboard.press("Enter")
    expect(note).to_contain_text(WORDS["done"])


def test_a_draft_is_there_again_once_an_alert_has_had_the_screen(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    signed_on(page, site.url, place)
    page.keyboard.press("w")
    page.keyboard.type("Tell Luca about")
    story = giulias(journal).operator_called(place.marta)
    expect(page.get_by_role("alertdialog")).to_be_visible()
    story.operator_joined(place.marta)
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    story.operator_left(place.marta).closed(Outcome.FALSE_ALARM)
    expect(page.locator(".dock")).to_contain_text("Closed: false alarm.")
    page.locator(".act--step").click()
    expect(page.locator(".handed textarea")).to_have_value("Tell Luca about")


def test_the_last_one_is_told_as_long_as_it_is_so_and_hears_it_once(
    page: Page, lucas: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    page.add_init_script(LISTEN)
    signed_on(page, site.url, place, "it")
    standing = page.locator(".ready__last")
    expect(standing).to_have_count(0)
    page.keyboard.press("s")  # a gesture lets the page sound
    wait_until(lambda: tones(page) != [], what="the page sounds")
    page.keyboard.press("y")
    played = len(tones(page))
    lucas.keyboard.press("p")
    lucas.keyboard.press("2")
    expect(standing).to_contain_text(WORDS["alone"])
    expect(page.locator(".bar__me")).to_contain_text(WORDS["last"])
    wait_until(lambda: tones(page)[played:] == LAST, what="heard")
    on_shift(journal, place.luca, ShiftState.READY)
    expect(standing).to_have_count(0)
    assert tones(page)[played:] == LAST


def test_wrap_up_has_a_field_and_the_user_is_called_again_with_the_notes_in_sight(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    story = ended(journal, place)
    signed_on(page, site.url, place).set_viewport_size({"width": 1280, "height": 720})
    own = page.locator(".ready__own")
    expect(own).to_contain_text("Giulia")
    page.keyboard.press("n")
    sent(page, "Her voice trembled")
    wait_until(
        lambda: inbox(journal, story)[-1] == ev.NoteAdded(by=place.marta, text="Her voice trembled"),
        what="the note is in the journal",
    )
    (closed,) = [
        one for one in journal.read(streams.case(story.alert)) if isinstance(one.event, ev.AlertClosed)
    ]
    assert journal.read(streams.inbox(story.alert))[-1].seq > closed.seq
    expect(own).to_contain_text("Note added at")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(own).to_contain_text("Calls Giulia again")
    page.keyboard.press("Escape")
    expect(own.locator("[aria-keyshortcuts=R]")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    wait_until(
        lambda: inbox(journal, story)[-1] == ev.AlertReopened(by=place.marta), what="the alert is reopened"
    )
    story.operator_called(place.marta).operator_joined(place.marta)
    before = page.locator(".log__before")
    expect(before).to_contain_text("A man in the background")
    expect(before).to_contain_text("Her voice trembled")
    story.user_called().user_answered().psap_called(place.marta).psap_joined()
    expect(page.locator("[data-body=briefing] .log__before")).to_contain_text("Her voice trembled")
    settled(page)
    assert found_by_axe(page) == []


def test_in_the_history_a_note_is_added_to_one_s_own_and_another_s_says_whom_to_ask(
    page: Page, lucas: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    story = ended(journal, place)
    signed_on(page, site.url, place)
    for at in (page, lucas):
        for key in ("2", "h"):
            at.keyboard.press(key)
        expect(at.locator(".past")).to_have_count(1)
        for key in ("ArrowDown", "Enter"):
            at.keyboard.press(key)
        expect(at.locator(".history__log")).to_be_visible()
    page.keyboard.press("n")
    sent(page, "Told the supervisor")
    expect(page.locator(".history__log")).to_contain_text("Told the supervisor")
    expect(page.locator(".history textarea")).to_be_focused()
    expect(lucas.locator(".history__log")).to_contain_text("Told the supervisor")
    refused = lucas.locator(".history__body")
    expect(refused).to_contain_text("It was another operator’s alert: ask that operator, or a supervisor.")
    expect(lucas.locator(".history textarea")).to_have_count(0)
    lucas.keyboard.press("r")
    expect(lucas.locator("p.history__reopen[role=status]")).to_contain_text("It was another operator’s alert")
    lucas.keyboard.press("Enter")
    assert not any(isinstance(one, ev.AlertReopened) for one in inbox(journal, story))
