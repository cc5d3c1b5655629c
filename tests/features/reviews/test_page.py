"""A supervisor's history in a browser, by keyboard alone: filters, a correction, a case on
paper, and a review from the draw to the operator who reads it.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from messages.events import CallReviewed, OutcomeCorrected
from messages.ids import E164, Outcome
from store import streams
from store.journal.journal import Journal
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.console.barriers import barriers, lost_when_magnified
from tests.gateways.console.desk import signed_on
from tests.gateways.http.place import CLOCK, GIULIA, Place, WebThread
from tests.gateways.story import Story

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

WORDS = {
    "closed_as": "Chiuso come: affidata al 112. Corretto da Marta Bianchi",
    "corrected": "falso allarme, corretto",
    "needed": "Serve qualcosa qui.",
    "printed": "Stampato da Marta Bianchi",
    "progress": "1 di 2 valutate",
    "wholly": "4, del tutto",
    "own": "Le mie valutazioni",
}


@pytest.fixture
def stories(journal: Journal, place: Place) -> list[Story]:
    """Two of Luca's calls that 112 had, a false alarm that nobody has answered; Marta is a supervisor."""
    registry = Registry(journal)
    registry.set_role(place.marta, StaffRole.SUPERVISOR, by="test")
    giulia = registry.user_by_phone(E164(GIULIA))
    assert giulia is not None
    made = []
    for n in range(2):
        story = Story(journal, CLOCK.now_us(), phone=GIULIA if n else "+393331112262").opened()
        if n:
            story.identified(giulia.id)
        story.operator_called(place.luca).operator_joined(place.luca).user_called().user_answered()
        story.psap_called(place.luca).psap_joined().operator_left(place.luca)
        made.append(story.closed(Outcome.HANDED_OVER))
    made.append(Story(journal, CLOCK.now_us(), phone="+393331112277").opened().closed(Outcome.FALSE_ALARM))
    return made


def test_alerts_are_filtered_and_how_one_ended_is_corrected_and_printed_by_keys_alone(
    page: Page, site: WebThread, place: Place, journal: Journal, stories: list[Story]
) -> None:
    signed_on(page, site.url, place, "it").set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("2")
    page.keyboard.press("h")
    rows = page.locator(".past")
    expect(rows).to_have_count(3)
    page.keyboard.press("f")
    expect(page.locator("#filter-first")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(rows).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator("#hist-h")).to_be_focused()
    # It stays while the page does, and the figures have the same.
    page.keyboard.press("3")
    expect(page.locator(".kpi b").first).to_have_text("2")
    page.keyboard.press("2")
    page.keyboard.press("h")
    expect(rows).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#story-h")).to_have_text("Giulia Rossi")
    page.keyboard.press("o")
    expect(page.locator("#correct-now")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#correct-reason-fault")).to_have_text(WORDS["needed"])
    page.keyboard.type("The sister has called.")
    assert barriers(page) + lost_when_magnified(page) == []
    page.locator("#correct-reason").press("Enter")
    expect(page.locator(".history__facts")).to_contain_text(WORDS["closed_as"])
    expect(page.locator(".history__facts")).to_contain_text("The sister has called.")
    (said,) = [
        one.event
        for one in journal.read(streams.inbox(stories[1].alert))
        if isinstance(one.event, OutcomeCorrected)
    ]
    assert (said.by, said.outcome) == (place.marta, Outcome.FALSE_ALARM)
    expect(rows).to_have_count(1)
    page.keyboard.press("x")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text(WORDS["corrected"])
    page.evaluate("void (window.print = () => { window.prints = (window.prints ?? 0) + 1; })")
    page.keyboard.press("p")
    paper = page.locator(".paper")
    expect(paper).to_have_count(1)
    assert page.evaluate("window.prints") == 1
    expect(paper).to_be_hidden()
    page.emulate_media(media="print")
    expect(paper).to_be_visible()
    expect(page.locator(".console")).to_be_hidden()
    expect(paper).to_contain_text("Giulia Rossi")
    expect(paper).to_contain_text(WORDS["closed_as"])
    expect(paper).to_contain_text(WORDS["printed"])
    expect(paper).not_to_contain_text("Asthma")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.emulate_media(media="screen")


def test_a_drawn_call_is_reviewed_by_keys_alone_and_its_operator_reads_it(
    page: Page, site: WebThread, place: Place, journal: Journal, stories: list[Story]
) -> None:
    signed_on(page, site.url, place, "it").set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("3")
    page.keyboard.press("q")
    expect(page.locator(".review .past")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#review-greeted")).to_be_visible()
    page.keyboard.press("v")
    expect(page.locator("#review-greeted")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#review-greeted-fault")).to_have_text(WORDS["needed"])
    for _ in page.locator("#review-text, .review .form select").all()[1:]:
        page.keyboard.press("4")
        page.keyboard.press("Tab")
    expect(page.locator("#review-text")).to_be_focused()
    page.keyboard.type("Calm.")
    # Nothing that is typed is lost by a key.
    page.locator("#reviews-h").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#review-text")).to_have_value("Calm.")
    assert barriers(page) + lost_when_magnified(page) == []
    page.locator("#review-text").press("Enter")
    expect(page.locator(".review__said")).to_contain_text(WORDS["wholly"])
    expect(page.locator(".review .page-head")).to_contain_text(WORDS["progress"])
    given = [
        one.event
        for story in stories
        for one in journal.read(streams.inbox(story.alert))
        if isinstance(one.event, CallReviewed)
    ]
    assert [(one.by, one.operator, one.text) for one in given] == [(place.marta, place.luca, "Calm.")]
    page.goto("about:blank")
    page.goto(f"{site.url}/console/?lang=it#token={place.luca_token}")
    expect(page.locator(".bar__me")).to_contain_text("Luca Ferri")
    page.keyboard.press("2")
    page.keyboard.press("h")
    page.keyboard.press("q")
    expect(page.locator("#reviews-h")).to_have_text(WORDS["own"])
    expect(page.locator(".review .past")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".review__said")).to_contain_text("Calm.")
    expect(page.locator(".review__said")).to_contain_text(WORDS["wholly"])
    assert barriers(page) + lost_when_magnified(page) == []
