"""The page in a browser: an alert appears live, keys order what they say, a lost connection is shown."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from messages import events as ev
from messages.events import NoteAdded
from messages.ids import (
    E164,
    SECOND,
    Advice,
    Channel,
    CrewId,
    Instant,
    NodeId,
    OperatorCommand,
    Outcome,
    ShiftState,
)
from model.rules.signal import Signal
from store import streams
from store.alerts.accepting import accept_many
from store.journal.journal import Append, Journal
from tests.gateways.console.desk import giulias, inbox, ordered, settled, signed_on
from tests.gateways.http.place import CLOCK, Place, WebThread
from tests.gateways.story import Story, on_shift
from tests.support.complaints import OUT_OF_REACH
from tests.waiting import wait_until

RESTARTED = "Part of the centre was restarted at"

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


@pytest.fixture
def console(page: Page, site: WebThread, place: Place) -> Page:
    """Marta, signed on, in English."""
    return signed_on(page, site.url, place)


def case(journal: Journal, place: Place) -> Story:
    """Giulia's alert, Marta on the line."""
    return giulias(journal).operator_called(place.marta).operator_joined(place.marta)


def test_signing_on_takes_the_token_out_of_the_address(console: Page) -> None:
    assert "token" not in console.url
    expect(console.get_by_role("heading", name="Off shift")).to_be_visible()
    console.reload()
    expect(console.locator(".bar__me")).to_contain_text("Marta Bianchi")


@pytest.mark.browser_may_say(r"401 \(Unauthorized\)")
def test_a_wrong_token_is_said(page: Page, site: WebThread, place: Place) -> None:
    page.goto(f"{site.url}/console/?lang=en")
    page.get_by_role("button", name="Use a token instead").click()
    page.get_by_label("Personal token").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("No operator has this token.")
    page.get_by_label("Personal token").fill(place.marta_token)
    page.keyboard.press("Enter")
    expect(page.locator(".bar__me")).to_contain_text("Marta Bianchi")


def test_a_shift_is_begun_paused_and_ended_by_keys(console: Page, place: Place, journal: Journal) -> None:
    def shifts() -> list[ShiftState]:
        stream = journal.read(streams.operator(place.marta))
        return [one.event.state for one in stream if isinstance(one.event, ev.ShiftChanged)]

    expect(console.get_by_role("button", name="Start shift")).to_be_visible()
    console.keyboard.press("p")
    expect(console.get_by_role("heading", name="Ready")).to_be_visible()
    console.keyboard.press("p")
    console.keyboard.press("1")
    console.keyboard.press("Enter")
    expect(console.get_by_role("heading", name="Paused")).to_be_visible()
    console.keyboard.press("o")
    console.keyboard.press("Enter")
    expect(console.get_by_role("heading", name="Off shift")).to_be_visible()
    assert shifts() == [ShiftState.READY, ShiftState.PAUSED, ShiftState.OFF]


def test_s04_a_new_alert_takes_the_whole_screen_until_it_is_acknowledged(
    console: Page, place: Place, journal: Journal
) -> None:
    on_shift(journal, place.marta)
    story = giulias(journal).operator_called(place.marta)
    incoming = console.get_by_role("alertdialog")
    expect(incoming).to_contain_text("Giulia Rossi")
    expect(incoming).to_contain_text("+39 333 111 2223")
    expect(incoming).to_contain_text("44.39058 N")
    expect(incoming).to_contain_text("± 18 m")
    expect(incoming).to_contain_text("Data, app")
    expect(incoming).to_contain_text("REAL")
    expect(incoming).to_contain_text("Your phone is ringing")
    expect(console.get_by_role("button", name="Acknowledge")).to_be_focused()
    console.keyboard.press("e")
    expect(incoming).to_be_visible()
    console.keyboard.press("Space")
    expect(incoming).to_be_hidden()
    expect(console.get_by_role("heading", name="Giulia Rossi")).to_be_visible()
    expect(console.locator(".dock")).to_contain_text("Answer your phone.")
    assert inbox(journal, story) == []


def test_s06_s08_s09_the_parties_are_shown_live_and_keys_order_what_they_say(
    console: Page, place: Place, journal: Journal
) -> None:
    story = case(journal, place)
    user = console.locator("[data-party=user]")
    psap = console.locator("[data-party=psap]")
    expect(console.locator("[data-party=operator]")).to_contain_text("On the line")
    story.user_called()
    expect(user).to_contain_text("Ringing")
    expect(console.locator(".deadline")).to_contain_text("Phone rang")
    story.user_answered()
    expect(user).to_contain_text("On the line")
    expect(console.locator(".link").first).to_have_attribute("data-is", "on")
    step = console.locator(".dock .act--step")
    expect(step).to_contain_text("Call 112")
    settled(console)
    console.keyboard.press("l")
    expect(console.locator(".dock")).to_contain_text("Ask:")
    assert inbox(journal, story) == []
    console.keyboard.press("e")
    ordered(journal, story, OperatorCommand.CALL_PSAP)
    story.psap_called(place.marta)
    expect(psap).to_contain_text("Being called")
    story.psap_joined()
    expect(psap).to_contain_text("On the line")
    expect(step).to_contain_text("Leave")
    settled(console)
    console.keyboard.press("l")
    ordered(journal, story, OperatorCommand.LEAVE)
    story.operator_left(place.marta)
    expect(console.locator(".dock")).to_contain_text("Handed over to 112. Giulia and 112 are talking.")
    expect(user).to_contain_text("talking to 112")
    expect(console.locator(".link").last).to_have_attribute("data-is", "")
    story.closed(Outcome.HANDED_OVER)
    expect(console.locator(".dock")).to_contain_text("Closed: handed over to 112.")
    console.keyboard.press("Enter")
    expect(console.get_by_role("heading", name="Off shift")).to_be_visible()


def test_s07_a_false_alarm_needs_two_keys(console: Page, place: Place, journal: Journal) -> None:
    story = case(journal, place).user_called().user_answered()
    button = console.locator(".act[data-key=F]")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    settled(console)
    console.keyboard.press("f")
    expect(button).to_contain_text("Enter confirms")
    console.keyboard.press("Escape")
    expect(button).not_to_contain_text("Enter confirms")
    console.keyboard.press("Enter")
    button.click()
    expect(button).to_contain_text("Enter confirms")
    assert inbox(journal, story) == []
    console.keyboard.press("Enter")
    ordered(journal, story, OperatorCommand.DECLARE_FALSE_ALARM)


def test_s10_the_text_for_112_is_there_and_the_briefing_is_ordered_by_its_button(
    console: Page, place: Place, journal: Journal
) -> None:
    story = case(journal, place).user_called().user_released(18)
    story.psap_called(place.marta).psap_joined()
    expect(console.get_by_role("heading", name="Read to 112, in this order")).to_be_visible()
    brief = console.locator(".brief")
    for text in (
        "44.39058",
        "8.97342",
        "Accurate to 18 m",
        "Giulia Rossi, speaks Italian",
        "Asthma",
        "no answer",
    ):
        expect(brief).to_contain_text(text)
    settled(console)
    console.get_by_role("button", name="I have briefed 112").click()
    ordered(journal, story, OperatorCommand.BRIEFING_GIVEN)


def test_what_is_not_allowed_stays_in_its_place_and_says_why(
    console: Page, place: Place, journal: Journal
) -> None:
    case(journal, place)
    redial, machine = console.locator(".act[data-key=R]"), console.locator(".act[data-key=M]")
    before = machine.bounding_box()
    expect(machine).to_have_attribute("aria-disabled", "true")
    expect(machine).to_contain_text("Nobody has answered on her line.")
    settled(console)
    console.keyboard.press("m")
    expect(machine.locator(".refused")).to_contain_text("Nobody has answered on her line.")
    assert machine.bounding_box() == before
    expect(redial).not_to_have_attribute("aria-disabled", "true")


def test_a_note_is_written_and_its_keys_order_nothing(console: Page, place: Place, journal: Journal) -> None:
    story = case(journal, place).user_called().user_answered()
    note = console.get_by_role("textbox", name="Write a note")
    expect(note).to_be_visible()
    console.keyboard.press("n")
    expect(note).to_be_focused()
    console.keyboard.type("Meet her, exit L, flat E")
    console.keyboard.press("Escape")
    expect(note).to_have_value("Meet her, exit L, flat E")
    console.keyboard.press("n")
    console.keyboard.press("Control+Enter")
    wait_until(lambda: inbox(journal, story) == [NoteAdded(by=place.marta, text="Meet her, exit L, flat E")])
    expect(note).to_have_value("")
    expect(console.get_by_role("log")).to_contain_text("Marta Bianchi: Meet her, exit L, flat E")


def test_an_alert_that_waits_can_be_found_and_taken_by_keys(
    console: Page, place: Place, journal: Journal
) -> None:
    other = Story(journal, CLOCK.now_us(), phone="+393331112262", ago_s=20)
    expect(console.get_by_role("listitem")).to_contain_text("Identifying")
    console.keyboard.press("ArrowDown")
    console.keyboard.press("Enter")
    expect(console.locator(".dock")).to_contain_text("Nobody has this case.")
    expect(console.locator(".who__phone")).to_contain_text("+39 333 111 2262")
    settled(console)
    console.keyboard.press("t")
    ordered(journal, other, OperatorCommand.TAKE)


def test_case_10_in_a_storm_the_page_shows_the_most_urgent_counts_the_others_and_hears_its_keys(
    console: Page, place: Place, journal: Journal
) -> None:
    begun_us = CLOCK.now_us()
    for first in range(0, 3000, 250):
        signals = [
            Signal(channel=Channel.DATA, received_at=Instant(begun_us + n), phone=E164(f"+39335{n:07d}"))
            for n in range(first, first + 250)
        ]
        accept_many(journal, signals, 50.0)
    expect(console.locator(".rail__others").first).to_contain_text("and 2900 more open")
    assert console.get_by_role("listitem").count() == 100
    console.keyboard.press("p")
    on_shift_now = streams.operator(place.marta)
    wait_until(lambda: journal.version(on_shift_now) > 0, what="her shift in the journal")
    console.keyboard.press("ArrowDown")
    console.keyboard.press("Enter")
    expect(console.locator(".dock")).to_contain_text("Nobody has this case.")


def test_s11_a_missed_deadline_is_shown_in_red_with_words(
    console: Page, place: Place, journal: Journal
) -> None:
    story = Story(journal, CLOCK.now_us(), ago_s=62).opened().operator_called(place.marta)
    story.operator_joined(place.marta)
    story.hear(ev.AdviceChanged(advice=Advice.CALL_112_NOW), ev.DeadlineMissed())
    banner = console.get_by_role("alert")
    expect(banner).to_contain_text("Late")
    expect(banner).to_contain_text("The app has told her to call 112.")
    expect(console.locator(".deadline")).to_contain_text(re.compile(r"\+\d"))


def test_case_18_a_restart_in_the_middle_of_the_calls_is_said_for_a_minute(
    console: Page, place: Place, journal: Journal
) -> None:
    story = case(journal, place).user_called().user_answered()
    expect(console.locator("[data-party=user]")).to_contain_text("On the line")
    expect(console.locator(".banner")).to_be_hidden()
    story.say(ev.CaseOpened(node=NodeId("n1"), crew=CrewId("c00"), incarnation=2))
    banner = console.locator(".banner")
    expect(banner).to_contain_text(RESTARTED)
    expect(banner).to_have_attribute("role", "status")
    expect(banner).to_have_attribute("data-tone", "note")
    assert re.fullmatch(rf"{RESTARTED} \d\d:\d\d:\d\d; the calls go on\.", banner.inner_text().strip())
    story.user_released(16)
    expect(banner).not_to_contain_text("the calls go on")
    story.hear(ev.AlertCancelled(duress=True))
    expect(console.get_by_role("alert")).to_contain_text("Duress")


def test_case_18_a_call_that_was_taken_over_is_said_in_italian_and_old_restarts_are_not(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    console = signed_on(page, site.url, place, "it")
    story = case(journal, place).user_called().user_answered()
    then = place.journal(clock=lambda: Instant(CLOCK.now_us() - 61 * SECOND))
    then.append(Append(streams.case(story.alert), None, (ev.LegAdopted(leg=story.leg("user"), attempt=1),)))
    then.close()
    story.psap_called(place.marta)
    expect(console.locator("[data-party=psap]")).to_contain_text("Chiamiamo")
    banner = console.locator(".banner")
    expect(banner).to_be_hidden()
    story.say(ev.LegAdopted(leg=story.leg("psap"), attempt=1))
    expect(banner).to_contain_text("Una parte del centro è stata riavviata alle")
    expect(banner).to_contain_text("; le chiamate continuano.")


def test_case_19_duress_is_said_and_the_user_is_not_to_be_called(
    console: Page, place: Place, journal: Journal
) -> None:
    story = case(journal, place)
    story.hear(ev.AlertCancelled(duress=True))
    expect(console.get_by_role("alert")).to_contain_text("Duress")
    expect(console.locator("[data-party=user]")).to_contain_text("Do not call")
    expect(console.locator(".act[data-key=R]")).to_have_attribute("aria-disabled", "true")
    expect(console.locator(".act--step")).to_contain_text("Call 112")


def test_case_20_a_test_says_so_wherever_one_looks(console: Page, place: Place, journal: Journal) -> None:
    on_shift(journal, place.marta)
    Story(journal, CLOCK.now_us(), test=True).opened().operator_called(place.marta)
    expect(console.get_by_role("alertdialog")).to_contain_text("TEST")
    expect(console.get_by_role("alertdialog")).to_contain_text("a test: never to 112")
    expect(console.locator("html")).to_have_attribute("data-test", "")
    console.keyboard.press("Space")
    expect(console.locator(".act--step")).to_contain_text("Test 112")
    expect(console.locator("[data-party=psap]")).to_contain_text("simulated")


@pytest.mark.browser_may_say(*OUT_OF_REACH)
def test_case_17_a_center_out_of_reach_is_said_and_found_again_with_nothing_missed(
    console: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    story = case(journal, place).user_called()
    expect(console.locator("[data-party=user]")).to_contain_text("Ringing")
    site.cut_off()
    expect(console.get_by_role("alert")).to_contain_text("Centre unreachable")
    expect(console.locator(".bar__health")).to_contain_text("Disconnected")
    for key in "FRMNU":
        expect(console.locator(f".act[data-key={key}]")).to_have_attribute("aria-disabled", "true")
    console.keyboard.press("e")
    expect(console.locator(".dock__next")).to_contain_text("E was not sent: the centre did not answer.")
    story.user_answered()
    again = WebThread(place, site.port)
    try:
        expect(console.locator("[data-party=user]")).to_contain_text("On the line")
        expect(console.locator(".bar__health")).to_contain_text("Centre connected")
        expect(console.locator(".dock")).to_contain_text("E was not sent")
        assert inbox(journal, story) == []
    finally:
        again.stop()


@pytest.mark.parametrize(("lang", "word"), [("it", "Fuori turno"), ("en", "Off shift")])
def test_the_page_speaks_both_languages(
    page: Page, site: WebThread, place: Place, lang: str, word: str
) -> None:
    page.goto(f"{site.url}/console/?lang={lang}#token={place.marta_token}")
    expect(page.get_by_role("heading", name=word)).to_be_visible()
    assert page.locator("html").get_attribute("lang") == lang
