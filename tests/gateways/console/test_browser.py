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
    Instant,
    OperatorCommand,
    OperatorId,
    Outcome,
    ShiftState,
)
from model.rules.signal import Signal
from store import streams
from store.alerts.accepting import accept_many
from store.journal.journal import Append, Journal
from tests.gateways.console.desk import (
    LISTEN,
    giulias,
    in_italian,
    inbox,
    ordered,
    settled,
    signed_on,
    tones,
)
from tests.gateways.console.test_own_access import tab_to
from tests.gateways.http.place import CLOCK, Place, WebThread
from tests.gateways.story import Story, on_shift
from tests.support.complaints import OUT_OF_REACH
from tests.waiting import wait_until

RESTARTED = "Part of the centre was restarted at"

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


@pytest.fixture
def on_duty() -> tuple[OperatorId, ...]:
    """Nobody."""
    return ()


@pytest.fixture
def listened(page: Page, site: WebThread, place: Place) -> Page:
    """The same, of which `tones` are kept; a key has let it sound."""
    page.add_init_script(LISTEN)
    signed_on(page, site.url, place).keyboard.press("Escape")
    return page


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
    console.keyboard.press("?")
    expect(console.get_by_role("dialog")).to_be_visible()
    story = giulias(journal).operator_called(place.marta)
    incoming = console.get_by_role("alertdialog")
    expect(incoming).to_contain_text("Giulia Rossi")
    expect(console.get_by_role("dialog")).to_have_count(0)
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
    # Opened anew the page shows the call as it stands.
    console.reload()
    expect(user).to_contain_text("On the line")
    expect(console.get_by_role("alertdialog")).to_have_count(0)
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
    # Under the list of keys none orders anything; from there the language is changed, and nothing else.
    console.keyboard.press("?")
    keys = console.get_by_role("dialog")
    expect(keys.get_by_role("button", name="Back")).to_be_focused()
    console.keyboard.press("e")
    tab_to(console, keys.get_by_role("button", name="Italiano / English"))
    console.keyboard.press("Enter")
    expect(keys).to_contain_text("Falso allarme")
    console.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(console.locator(".dock")).to_contain_text("Chiedi: «Sei al sicuro? Puoi parlare?»")
    note = console.get_by_role("textbox", name="Scrivi una nota")
    expect(note).to_have_value("Meet her, exit L, flat E")
    console.keyboard.press("n")
    console.keyboard.press("Control+Enter")
    wait_until(lambda: inbox(journal, story) == [NoteAdded(by=place.marta, text="Meet her, exit L, flat E")])
    expect(note).to_have_value("")
    expect(console.get_by_role("log")).to_contain_text("Marta Bianchi: Meet her, exit L, flat E")


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
    story = giulias(journal, ago_s=62).operator_called(place.marta).operator_joined(place.marta)
    story.hear(ev.AdviceChanged(advice=Advice.CALL_112_NOW), ev.DeadlineMissed())
    banner = console.get_by_role("alert")
    expect(banner).to_contain_text("Late")
    expect(banner).to_contain_text("The app has told her to call 112.")
    expect(console.locator(".dock")).to_contain_text("Call 112: ask whether Giulia is with them.")

    def late_s() -> int:
        shown = re.search(r"\+(\d+)", console.locator(".deadline").inner_text())
        return int(shown[1]) if shown else 0

    first = late_s()
    assert first >= 12
    wait_until(lambda: late_s() > first, what="it counts up")


def test_case_18_calls_that_were_taken_over_are_said_for_a_minute(
    console: Page, place: Place, journal: Journal
) -> None:
    story = case(journal, place).user_called().user_answered()
    then = place.journal(clock=lambda: Instant(CLOCK.now_us() - 61 * SECOND))
    then.append(Append(streams.case(story.alert), None, (ev.LegAdopted(leg=story.leg("user"), attempt=1),)))
    then.close()
    story.psap_called(place.marta)
    expect(console.locator("[data-party=psap]")).to_contain_text("Being called")
    banner = console.locator(".banner")
    expect(banner).to_be_hidden()
    story.say(ev.LegAdopted(leg=story.leg("psap"), attempt=1))
    expect(banner).to_contain_text(RESTARTED)
    expect(banner).to_have_attribute("role", "status")
    expect(banner).to_have_attribute("data-tone", "note")
    assert re.fullmatch(rf"{RESTARTED} \d\d:\d\d:\d\d; the calls go on\.", banner.inner_text().strip())
    in_italian(console)
    expect(banner).to_contain_text("Una parte del centro è stata riavviata alle")
    expect(banner).to_contain_text("; le chiamate continuano.")
    story.user_released(16)
    expect(banner).not_to_contain_text("le chiamate continuano")
    story.hear(ev.AlertCancelled(duress=True))
    expect(console.get_by_role("alert")).to_contain_text("Costrizione")


def test_case_19_duress_is_said_nothing_sounds_and_the_user_is_not_to_be_called(
    listened: Page, place: Place, journal: Journal
) -> None:
    console = listened
    on_shift(journal, place.marta)
    story = giulias(journal).operator_called(place.marta)
    incoming = console.get_by_role("alertdialog")
    expect(incoming).to_contain_text("Alarm sounding")
    story.hear(ev.AlertCancelled(duress=True))
    expect(incoming).to_contain_text("No sound: duress")
    before = len(tones(console))
    # Longer than from one alarm to the next, by the page's own clock.
    console.evaluate("() => new Promise((done) => { setTimeout(done, 2000); })")
    assert tones(console)[before:] == []
    console.keyboard.press("Space")
    story.operator_joined(place.marta)
    expect(console.get_by_role("alert")).to_contain_text("Duress")
    expect(console.locator("[data-party=user]")).to_contain_text("Do not call")
    redial = console.locator(".act[data-key=R]")
    expect(redial).to_have_attribute("aria-disabled", "true")
    expect(console.locator(".act--step")).to_contain_text("Call 112")
    settled(console)
    console.keyboard.press("r")
    expect(redial).to_contain_text("She has signalled duress: do not call.")
    assert inbox(journal, story) == [ev.AlertCancelled(duress=True)]
    assert tones(console)[before:] == []


def test_case_20_a_test_says_so_wherever_one_looks(listened: Page, place: Place, journal: Journal) -> None:
    console = listened
    on_shift(journal, place.marta)
    before = len(tones(console))
    Story(journal, CLOCK.now_us(), test=True).opened().operator_called(place.marta)
    expect(console.get_by_role("alertdialog")).to_contain_text("TEST")
    expect(console.get_by_role("alertdialog")).to_contain_text("a test: never to 112")
    expect(console.locator("html")).to_have_attribute("data-test", "")
    wait_until(lambda: set(tones(console)[before:]) >= {440, 588}, what="the alarm, an octave lower")
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
