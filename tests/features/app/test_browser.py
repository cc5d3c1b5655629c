"""The app on a phone, before a real web: what it raises, what it tells, and 112 always at hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from messages import events as ev
from messages.events import AlertCancelled, AlertReceived, AlertSignalAdded, PinRefused, RingingSeen
from messages.ids import Advice, Assurance, Channel, OperatorId, Outcome
from store.database.sqlite import SqliteConnection
from store.errors import JournalFull
from store.fallback.keeper import Keeper
from store.journal.journal import Journal
from store.journal.notify import SocketNotifier
from tests.features.app.phone import KEY_CHECKED, Phone
from tests.gateways.http.place import CLOCK, GIULIA, NODE, Place, WebThread
from tests.gateways.story import Story
from tests.support.complaints import OUT_OF_REACH, Complaints
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

RED = re.compile(r"\bapp__btn--late\b")


def found(story: Story, operator: OperatorId) -> Story:
    """An operator is on the line."""
    return story.operator_called(operator).operator_joined(operator)


# ------------------------------------------------------------------------------------------- raising


@pytest.mark.browser_may_say(KEY_CHECKED, r"401 \(Unauthorized\)")
def test_at_first_it_asks_for_the_settings_and_refuses_what_the_center_does_not_know(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    phone = Phone(page, site.url, place, journal)
    phone.open()
    page.get_by_label("App key").fill("wrong")
    page.get_by_label("Your phone number").fill("333 1112223")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#hint-phone")).to_contain_text("begins with +")
    page.get_by_label("Your phone number").fill(GIULIA)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#hint-key")).to_contain_text("does not know this key")
    expect(page.get_by_label("App key")).to_be_focused()
    expect(page.get_by_text("These data stay on this phone, not encrypted.")).to_be_visible()
    expect(phone.call_112).to_be_visible()
    phone.enter()


def test_a_tap_raises_nothing_and_says_to_hold(phone: Phone) -> None:
    phone.sos.click()
    expect(phone.page.locator("#said")).to_have_text("Hold for 1 second to ask for help")
    phone.sos.press("Space")
    expect(phone.page.locator("#said")).to_have_text("Hold for 1 second to ask for help")
    assert phone.raised() == []
    expect(phone.call_112).to_have_text("Call 112 yourself")


def test_held_it_raises_an_alert_with_the_user_s_number_and_the_position(phone: Phone) -> None:
    phone.sos.hover()
    phone.page.mouse.down()
    expect(phone.sos).to_have_attribute("data-held", "")
    expect(phone.page.locator("#said")).to_have_text("Keep holding")
    expect(phone.title).to_have_text("Finding an operator")
    expect(phone.title).to_be_focused()
    phone.page.mouse.up()
    received = phone.inbox()[0]
    assert isinstance(received, AlertReceived)
    assert (received.phone, received.test) == (GIULIA, False)
    position = wait_until(phone.positions, what="a position")[0]
    assert (position.lat, position.lon, position.accuracy_m) == (44.39058, 8.97342, 18)
    assert abs(received.raised_at - received.received_at) < 2_000_000
    left = int(phone.page.locator(".app__ring b").inner_text())
    assert 40 <= left <= 50


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_a_key_that_is_held_raises_too(phone: Phone, key: str) -> None:
    phone.sos.focus()
    phone.page.keyboard.down(key)
    expect(phone.title).to_have_text("Finding an operator")
    phone.page.keyboard.up(key)
    phone.alert()


def test_who_cannot_hold_presses_twice(phone: Phone) -> None:
    # What a screen reader sends: a click without a pointer and without a key.
    phone.sos.evaluate("button => button.click()")
    expect(phone.page.locator("#said")).to_have_text("Activate again within 5 seconds to ask for help")
    assert phone.raised() == []
    phone.sos.evaluate("button => button.click()")
    expect(phone.title).to_have_text("Finding an operator")


def test_a_test_says_so_and_is_one(phone: Phone) -> None:
    phone.open("?test=1")
    expect(phone.page.locator(".tag--test")).to_have_text("TEST")
    expect(phone.page.locator("#promise")).to_contain_text("112 is never called")
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    expect(phone.page.locator(".tag--test")).to_have_text("TEST")
    received = phone.inbox()[0]
    assert isinstance(received, AlertReceived)
    assert received.test
    phone.story(test=True).hear(ev.AdviceChanged(advice=Advice.CALL_112_NOW))
    expect(phone.title).to_have_text("We cannot reach you in time")
    expect(phone.page.get_by_text("in a real alert you would call 112 now")).to_be_visible()
    expect(phone.call_112).not_to_have_class(RED)


def test_a_test_that_was_left_or_resumed_makes_no_test_of_the_next_press(phone: Phone) -> None:
    phone.open("?test=1")
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    phone.alert()
    # The true app meets the test that is open, and lets go of it.
    phone.open()
    expect(phone.page.locator(".tag--test")).to_be_visible()
    phone.page.get_by_role("button", name="Leave the test").click()
    expect(phone.sos).to_be_visible()
    expect(phone.page.locator(".tag--test")).to_be_hidden()
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    wait_until(lambda: len(phone.raised()) == 2, what="two alerts")
    assert phone.tests() == [True, False]


def test_a_test_that_is_open_does_not_stand_before_real_help(phone: Phone) -> None:
    phone.open("?test=1")
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    phone.alert()
    real = phone.page.locator(".app__real")
    expect(real).to_be_in_viewport(ratio=1)
    phone.hold(real)
    wait_until(lambda: phone.tests() == [True, False], what="a real alert, by one hold")
    expect(phone.page.locator(".tag--test")).to_have_count(0)


def test_a_test_that_has_ended_at_the_true_app_makes_no_test_of_the_next_press(phone: Phone) -> None:
    phone.open("?test=1")
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    story = phone.story(test=True)
    phone.open()
    story.closed(Outcome.TEST_DONE)
    expect(phone.title).to_have_text("The test is over")
    phone.page.get_by_role("button", name="Back to the start").click()
    expect(phone.page.locator(".tag--test")).to_be_hidden()
    phone.hold()
    wait_until(lambda: len(phone.raised()) == 2, what="two alerts")
    assert phone.tests() == [True, False]


def test_the_page_for_tests_raises_tests_also_after_a_real_alert(phone: Phone) -> None:
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    story = phone.story()
    phone.open("?test=1")
    expect(phone.title).to_have_text("Finding an operator")
    expect(phone.page.locator(".tag--test")).to_be_hidden()  # what is open is real
    story.closed(Outcome.FALSE_ALARM)
    phone.page.get_by_role("button", name="Back to the start").click()
    expect(phone.page.locator(".tag--test")).to_be_visible()
    phone.hold()
    wait_until(lambda: len(phone.raised()) == 2, what="two alerts")
    assert phone.tests() == [False, True]


# ----------------------------------------------------------------------------------------- in silence


# What a page can be heard or felt by; and what a screen reader says by itself.
NOISE = """() => {
  window.noise = [];
  const heard = (name) => () => { window.noise.push(name); return Promise.resolve(); };
  navigator.vibrate = heard('vibrate');
  HTMLMediaElement.prototype.play = heard('play');
  window.AudioContext = heard('AudioContext');
  speechSynthesis.speak = heard('speak');
  window.Notification = heard('Notification');
}"""
SEEN = """() => {
  const shine = (colour) => Math.max(...colour.match(/[0-9]+/g).slice(0, 3).map(Number));
  const all = [...document.querySelectorAll('#page *')].filter((one) => one.checkVisibility());
  // WCAG 2.2, relative luminance; what it stands on is black.
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const shineOf = (colour) => colour.match(/[0-9]+/g).slice(0, 3)
    .reduce((sum, part, at) => sum + linear(part / 255) * [0.2126, 0.7152, 0.0722][at], 0);
  const isText = (node) => node.nodeType === 3 && node.data.trim();
  const texts = all.filter((one) => [...one.childNodes].some(isText));
  return {
    ground: getComputedStyle(document.documentElement).backgroundColor,
    bars: [...document.querySelectorAll('meta[name="theme-color"]')].map((one) => one.content),
    largest: Math.max(...texts.map((one) => parseFloat(getComputedStyle(one).fontSize))),
    contrasts: texts.map((one) => (shineOf(getComputedStyle(one).color) + 0.05) / 0.05),
    moving: document.getAnimations().length,
    brightest: Math.max(...texts.map((one) => shine(getComputedStyle(one).color))),
    filled: all.filter((one) => shine(getComputedStyle(one).backgroundColor) > 40
      && !getComputedStyle(one).backgroundColor.endsWith(', 0)')).length,
    live: document.querySelectorAll('[role="status"], [role="alert"], [aria-live]').length,
    noise: window.noise,
  };
}"""


def is_quiet(phone: Phone) -> None:
    """Dark, small, and silent."""
    seen = phone.page.evaluate(SEEN)
    assert seen["ground"] == "rgb(0, 0, 0)"
    assert set(seen["bars"]) == {"#000000"}
    assert seen["largest"] <= 16
    assert seen["brightest"] < 170
    # It can be read, and it does not stand out.
    assert 4.5 <= min(seen["contrasts"]) <= max(seen["contrasts"]) <= 7
    assert seen["moving"] == 0
    assert (seen["filled"], seen["live"], seen["noise"]) == (0, 0, [])


def test_who_cannot_talk_raises_a_silent_alert_and_the_phone_stays_dark_and_quiet(
    phone: Phone, place: Place
) -> None:
    page = phone.page
    page.emulate_media(color_scheme="light")
    page.evaluate(NOISE)
    phone.hold(phone.mute)
    expect(phone.title).to_have_text("Finding an operator")
    received = phone.inbox()[0]
    assert isinstance(received, AlertReceived)
    assert (received.silent, received.test) == (True, False)
    is_quiet(phone)
    expect(phone.steps).to_have_text(["Alert received", "Finding an operator", "112"])
    story = found(phone.story(), place.marta)
    expect(phone.title).to_have_text("Operator found")
    expect(page.get_by_text("We are not calling you.")).to_be_visible()
    is_quiet(phone)
    page.get_by_role("button", name="A mistake, cancel with the PIN").click()
    expect(page.get_by_label("PIN")).to_be_visible()
    is_quiet(phone)
    page.get_by_role("button", name="Back to the alert").click()
    story.psap_called(place.marta)
    expect(phone.steps.nth(2)).to_have_text("112 is being called")
    story.psap_joined()
    expect(phone.title).to_have_text("An operator is on the line with 112")
    is_quiet(phone)
    page.reload()
    page.evaluate(NOISE)
    expect(phone.title).to_have_text("An operator is on the line with 112")
    is_quiet(phone)
    story.hear(ev.AdviceChanged(advice=Advice.CALL_112_NOW))
    story.closed(Outcome.BRIEFED)
    expect(phone.title).to_have_text("112 knows of your alert")
    is_quiet(phone)
    page.get_by_role("button", name="Back to the start").click()
    expect(page.locator("html")).not_to_have_attribute("data-quiet", "")


@pytest.mark.parametrize("deadline_s", [9.0])
def test_a_silent_alert_that_nobody_has_in_time_says_so_without_shining(phone: Phone) -> None:
    phone.page.evaluate(NOISE)
    phone.hold(phone.mute)
    expect(phone.title).to_have_text("We cannot help you in time")
    expect(phone.call_112).to_have_text("Call 112 now")
    is_quiet(phone)


def test_a_silent_alert_is_in_time_where_an_operator_has_it_though_no_phone_rings(
    phone: Phone, place: Place
) -> None:
    phone.hold(phone.mute)
    expect(phone.title).to_have_text("Finding an operator")
    found(phone.story(), place.marta)
    expect(phone.title).to_have_text("Operator found")
    known = phone.page.evaluate("JSON.parse(localStorage.getItem('securwoman-app-alert'))")
    later = phone.page.evaluate(
        """async (known) => (await import('/app/js/state.js')).screenOf(known, known.deadlineMs + 1).title""",
        known,
    )
    assert later == "operatorFound"


def test_who_can_talk_no_longer_turns_the_open_alert_silent(phone: Phone, place: Place) -> None:
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    found(phone.story(), place.marta).user_called()
    expect(phone.title).to_have_text("We are calling you, answer")
    phone.page.evaluate(NOISE)
    phone.mute.hover()
    phone.page.mouse.down()
    expect(phone.mute).to_be_hidden()
    phone.page.mouse.up()
    wait_until(
        lambda: any(one.silent for one in phone.inbox() if isinstance(one, AlertSignalAdded)),
        what="a silent signal",
    )
    assert len(phone.raised()) == 1
    expect(phone.title).to_have_text("We are calling you, answer")
    is_quiet(phone)


def test_an_alert_that_another_signal_has_made_silent_is_dark_and_quiet_too(
    phone: Phone, place: Place
) -> None:
    phone.page.evaluate(NOISE)
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    story = found(phone.story(), place.marta)
    expect(phone.title).to_have_text("Operator found")
    expect(phone.page.locator("html")).not_to_have_attribute("data-quiet", "")
    now = CLOCK.now_us()
    story.hear(
        AlertSignalAdded(
            channel=Channel.DATA,
            proof=Assurance.APP,
            received_at=now,
            raised_at=now,
            phone=GIULIA,
            silent=True,
        )
    )
    expect(phone.page.locator("html")).to_have_attribute("data-quiet", "")
    is_quiet(phone)


# ------------------------------------------------------------------------------- what has happened


def test_each_state_is_shown_when_it_is_in_the_journal_and_not_before(phone: Phone, place: Place) -> None:
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    expect(phone.steps).to_have_text(["Alert received", "Finding an operator", "We are calling you", "112"])
    story = phone.story().operator_called(place.marta)
    expect(phone.title).to_have_text("Finding an operator")  # her phone rings: nobody is found yet
    story.operator_joined(place.marta)
    expect(phone.title).to_have_text("Operator found")
    expect(phone.steps.nth(1)).to_have_attribute("data-is", "done")
    expect(phone.steps.nth(2)).to_have_attribute("data-is", "")
    story.user_called()
    expect(phone.title).to_have_text("We are calling you, answer")
    expect(phone.steps.nth(2)).to_have_attribute("data-is", "now")
    story.user_answered()
    expect(phone.title).to_have_text("You are on the line with the operator")
    expect(phone.call_112).to_have_text("Call 112 yourself")
    story.psap_called(place.marta)
    expect(phone.steps.nth(3)).to_have_text("112 is being called")
    story.psap_joined()
    expect(phone.title).to_have_text("112 is on the line with you")
    expect(phone.steps).to_have_text(
        ["Alert received", "Operator found", "We called you", "112 is on the line"]
    )
    story.operator_left(place.marta)
    expect(phone.title).to_have_text("112 is on the line with you")
    story.closed(Outcome.HANDED_OVER)
    expect(phone.title).to_have_text("112 knows of your alert")
    phone.page.get_by_role("button", name="Back to the start").click()
    expect(phone.sos).to_be_visible()


def test_a_phone_that_rings_can_be_told_to_the_center_once(phone: Phone, place: Place) -> None:
    page = phone.page
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    expect(page.get_by_role("button", name="My phone is ringing")).to_be_hidden()
    found(phone.story(), place.marta).user_called()
    page.get_by_role("button", name="My phone is ringing").click()
    expect(page.get_by_role("button", name="My phone is ringing")).to_be_hidden()
    wait_until(lambda: RingingSeen() in phone.inbox(), what="the app's word")
    page.reload()
    expect(phone.title).to_have_text("We are calling you, answer")
    expect(page.get_by_role("button", name="My phone is ringing")).to_be_hidden()
    assert phone.inbox().count(RingingSeen()) == 1


def test_the_center_s_numbers_can_be_saved_as_a_contact_before_anything_is_the_matter(phone: Phone) -> None:
    page = phone.page
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save our numbers").click()
    assert download.value.suggested_filename == "securWoman.vcf"
    card = Path(download.value.path()).read_text()
    assert card.startswith("BEGIN:VCARD\nVERSION:3.0\n")
    assert "TEL;TYPE=VOICE:+390200000001\n" in card
    # Once saved it is offered in the settings alone.
    expect(page.get_by_role("button", name="Save our numbers")).to_be_hidden()
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("button", name="Save our numbers")).to_be_visible()
    expect(page.get_by_text("rings in silent mode too")).to_be_visible()


def test_a_call_that_the_user_did_not_take_is_said(phone: Phone, place: Place) -> None:
    phone.hold()
    story = found(phone.story(), place.marta).user_called()
    expect(phone.title).to_have_text("We are calling you, answer")
    story.user_released(18)
    expect(phone.title).to_have_text("You are not on the line with us")
    expect(phone.page.locator(".app__ring")).to_be_hidden()  # she was reached: nothing runs out any more


def test_112_is_told_of_the_user_by_others(phone: Phone, place: Place) -> None:
    phone.hold()
    story = found(phone.story(), place.marta).user_called().user_released(18)
    story.psap_called(place.marta).psap_joined()
    expect(phone.title).to_have_text("An operator is on the line with 112")
    expect(phone.call_112).to_be_visible()


def test_the_advice_of_the_center_is_shown_in_red_at_once(phone: Phone) -> None:
    phone.hold()
    story = phone.story()
    story.hear(ev.AdviceChanged(advice=Advice.CALL_112_NOW))
    expect(phone.title).to_have_text("We cannot reach you in time")
    expect(phone.call_112).to_have_text("Call 112 now")
    expect(phone.call_112).to_have_class(RED)
    expect(phone.steps).to_have_text(["Alert received", "No operator yet"])


@pytest.mark.parametrize("deadline_s", [9.0])
def test_near_the_deadline_without_a_call_it_is_red_by_itself(phone: Phone) -> None:
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    expect(phone.call_112).to_have_class(RED)
    expect(phone.title).to_have_text("We cannot reach you in time")


# ----------------------------------------------------------------------------------- what goes wrong


@pytest.mark.browser_may_say(*OUT_OF_REACH)
def test_a_lost_answer_makes_no_second_alert(phone: Phone) -> None:
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().text())
        route.abort()

    phone.page.route("**/v1/alerts", lose)
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    assert len(lost) == 1
    phone.alert()


@pytest.mark.browser_may_say(*OUT_OF_REACH)
def test_without_a_network_it_says_at_once_to_call_112_and_goes_on_trying(
    phone: Phone, context: BrowserContext
) -> None:
    context.set_offline(True)
    expect(phone.page.get_by_text("The centre cannot be reached now")).to_be_visible()
    phone.hold()
    expect(phone.title).to_have_text("No connection")
    expect(phone.call_112).to_have_text("Call 112 now")
    expect(phone.call_112).to_have_class(RED)
    expect(phone.steps).to_have_text(["Alert not received yet"])
    assert phone.raised() == []
    context.set_offline(False)
    expect(phone.title).to_have_text("Finding an operator")
    phone.alert()


@pytest.mark.browser_may_say(*OUT_OF_REACH)
def test_a_connection_lost_later_is_said_and_what_is_shown_is_called_old(
    phone: Phone, context: BrowserContext, place: Place
) -> None:
    phone.hold()
    story = found(phone.story(), place.marta)
    expect(phone.title).to_have_text("Operator found")
    context.set_offline(True)
    expect(phone.page.get_by_text("Connection lost: this is the last known state")).to_be_visible()
    story.user_called()
    expect(phone.title).to_have_text("Operator found")
    context.set_offline(False)
    expect(phone.title).to_have_text("We are calling you, answer")
    expect(phone.page.get_by_text("Connection lost")).to_be_hidden()


@pytest.mark.parametrize("service_workers", ["allow"])
@pytest.mark.browser_may_say(*OUT_OF_REACH)
def test_it_opens_without_a_network_and_goes_on_with_the_alert_that_is_open(
    phone: Phone, context: BrowserContext, place: Place
) -> None:
    page = phone.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.hold()
    found(phone.story(), place.marta)
    expect(phone.title).to_have_text("Operator found")
    context.set_offline(True)
    page.reload()
    expect(phone.title).to_have_text("Operator found")
    expect(page.get_by_text("Connection lost")).to_be_visible()
    context.set_offline(False)
    expect(page.get_by_text("Connection lost")).to_be_hidden()
    phone.alert()


@pytest.mark.parametrize("service_workers", ["allow"])
@pytest.mark.browser_may_say(*OUT_OF_REACH)
def test_files_that_a_bad_network_has_broken_off_are_asked_for_again(
    context: BrowserContext, site: WebThread
) -> None:
    asked: list[Route] = []

    def once_broken_off(route: Route) -> None:
        if route.request.service_worker is None:
            route.continue_()
            return
        asked.append(route)
        if len(asked) == 1:
            route.abort()
        else:
            route.continue_()

    context.route("**/app/js/storage.js", once_broken_off)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{site.url}/app")
    page.evaluate("void navigator.serviceWorker.ready.then(() => { window.kept = true; })")

    def kept() -> bool:
        page.clock.run_for(1000)
        return page.evaluate("window.kept") is True

    wait_until(kept, what="all files kept")
    assert len(asked) == 2


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch, place: Place, site: object) -> Callable[[], None]:
    """Full from now on; called, it is back."""
    run = place.state / "run"
    keeper = Keeper(
        place.url,
        run,
        place.state / "keys",
        node=NODE,
        clock=CLOCK.now_us,
        notify=SocketNotifier(run / "notify"),
    )
    keeper.replicate()
    real = SqliteConnection.commit

    def commit(self: SqliteConnection) -> None:
        if self.lasting:
            raise JournalFull("/disk: full")
        real(self)

    monkeypatch.setattr(SqliteConnection, "commit", commit)

    def back() -> None:
        monkeypatch.undo()
        keeper.go_back()

    return back


@pytest.mark.browser_may_say(r"503 \(Service Unavailable\)")
def test_an_alert_that_is_not_durable_is_said_to_be_none_until_it_is(
    phone: Phone, disk: Callable[[], None]
) -> None:
    phone.hold()
    expect(phone.title).to_have_text("Call 112 now")
    expect(phone.page.get_by_text("cannot put it on record")).to_be_visible()
    expect(phone.steps.first).to_have_text("Alert received, not yet on record")
    expect(phone.call_112).to_have_class(RED)
    disk()
    expect(phone.steps.first).to_have_text("Alert received")
    phone.alert()


@pytest.mark.browser_may_say(r"401 \(Unauthorized\)")
def test_a_key_that_was_revoked_is_no_reason_to_be_silent(phone: Phone) -> None:
    phone.page.evaluate(
        "localStorage.setItem('securwoman-app', JSON.stringify({key: 'old', phone: '+393331112223'}))"
    )
    phone.hold()
    expect(phone.title).to_have_text("The centre does not accept this app")
    expect(phone.call_112).to_have_class(RED)


# ------------------------------------------------------------------------------- position and cancel


def test_the_user_s_position_is_followed(phone: Phone, context: BrowserContext) -> None:
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    metres = iter(range(30, 30000, 30))

    def moved() -> bool:
        # She walks: a fix every now and then, each 30 m further.
        context.set_geolocation(
            {"latitude": 44.39058 + next(metres) / 111_200, "longitude": 8.97342, "accuracy": 12}
        )
        return any(position.accuracy_m == 12 for position in phone.positions())

    wait_until(moved, within_s=20, what="one more position")
    at = [position.at for position in phone.positions()]
    assert at == sorted(at)


def test_whatever_pin_the_user_gives_the_screen_is_the_same(phone: Phone, place: Place) -> None:
    page = phone.page
    heard: list[ev.Event] = []
    pins = {"1234": PinRefused(), "9999": AlertCancelled(duress=True), "4711": AlertCancelled()}
    for pin, event in pins.items():
        phone.hold()
        expect(phone.steps.first).to_have_text("Alert received")
        page.get_by_role("button", name="A mistake, cancel with the PIN").click()
        expect(page.get_by_label("PIN")).to_be_focused()
        expect(phone.call_112).to_be_visible()
        page.get_by_label("PIN").fill(pin)
        page.keyboard.press("Enter")
        expect(phone.title).to_have_text("You asked to cancel")
        asked = page.locator("main").inner_text()
        assert re.sub(r"\s+", " ", asked).strip() == (
            "securWoman Giulia Exit You asked to cancel "
            "An operator may still call you to check: answer if you can. "
            "Call 112 yourself Enter the PIN again Back to the start"
        )
        heard.append(event)
        assert [one for one in phone.inbox() if isinstance(one, AlertCancelled | PinRefused)] == heard
        if pin == "4711":
            found(phone.story(), place.marta).user_called()
        page.reload()
        expect(phone.title).to_have_text("You asked to cancel")
        kept = page.evaluate("Object.values(localStorage).flatMap((kept) => Object.values(JSON.parse(kept)))")
        assert pin not in kept
        page.get_by_role("button", name="Back to the start").click()
        expect(phone.sos).to_be_visible()


# ------------------------------------------------------------------------------------------ languages


def test_it_speaks_italian_and_keeps_the_language_the_user_chose(phone: Phone) -> None:
    page = phone.page
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Italiano").click()
    expect(page.locator("html")).to_have_attribute("lang", "it")
    page.get_by_role("button", name="Torna all’inizio").click()
    page.reload()
    expect(phone.sos).to_have_text(re.compile(r"Aiuto\s+tieni premuto 1 secondo"))
    phone.hold()
    expect(phone.title).to_have_text("Cerchiamo un’operatrice")
    expect(phone.call_112).to_have_text("Chiama il 112 direttamente")
    phone.story().hear(ev.AdviceChanged(advice=Advice.CALL_112_NOW))
    expect(phone.title).to_have_text("Non riusciamo a chiamarti in tempo")
    expect(phone.call_112).to_have_text("Chiama il 112 ora")


@pytest.mark.parametrize(("locale", "word"), [("it-IT", "Impostazioni"), ("de-DE", "Settings")])
def test_it_begins_in_the_phone_s_language(
    browser: Browser, site: WebThread, complaints: Complaints, locale: str, word: str
) -> None:
    context = browser.new_context(locale=locale, viewport={"width": 390, "height": 844})
    page = context.new_page()
    complaints.listen(page)
    page.goto(f"{site.url}/app")
    expect(page.get_by_role("heading", name=word)).to_be_visible()
    context.close()
