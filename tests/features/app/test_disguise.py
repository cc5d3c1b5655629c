"""The app in disguise: a calculator until a key is held, and again at once when it has to be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from messages.events import (
    AlertReceived,
    AlertSignalAdded,
    BriefingGiven,
    DialogueSaid,
    DialogueSeen,
    PageOpened,
)
from messages.ids import Outcome
from tests.features.app.phone import KEY_CHECKED, Phone
from tests.features.app.test_browser import NOISE, found, is_quiet
from tests.features.app.test_reach import looked_at
from tests.gateways.console.barriers import AXE
from tests.gateways.http.place import Place, WebThread
from tests.support.complaints import OUT_OF_REACH
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(120),
    pytest.mark.browser_may_say(KEY_CHECKED),
]

BETRAYS = re.compile(r"securwoman|112|alert|allarm|help|aiuto|sos|operat", re.IGNORECASE)


class Calculator:
    """What is seen of the app in disguise."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def out(self) -> Locator:
        """The figure."""
        return self.page.locator(".calc__out output")

    @property
    def sign(self) -> Locator:
        """What stands above it."""
        return self.page.locator(".calc__out small")

    @property
    def behind(self) -> Locator:
        """The app."""
        return self.page.locator("#page main")

    def key(self, key: str) -> Locator:
        """The key of this name."""
        return self.page.locator(f".calc [data-key='{key}']")

    def type(self, keys: str) -> None:
        """Press one after the other."""
        for key in keys:
            self.key(key).click()

    def hold(self, key: str, until: Locator) -> None:
        """Press the key, and let go when that is there."""
        self.key(key).hover()
        self.page.mouse.down()
        expect(until).to_be_visible()
        self.page.mouse.up()

    def is_all(self) -> None:
        """Nothing else is there: on the page, in its title, or for who does not see the page."""
        expect(self.out).to_be_visible()
        expect(self.page.locator("#page")).to_be_hidden()
        page = self.page
        assert page.title() in ("Calculator", "Calcolatrice")
        assert page.evaluate("location.pathname") == "/app/calculator"
        seen = page.locator("body").inner_text() + page.locator("body").aria_snapshot()
        links = page.evaluate("[...document.querySelectorAll('link')].map((one) => one.href).join(' ')")
        assert not BETRAYS.search(seen + page.title() + links), seen


@pytest.fixture
def calculator(phone: Phone) -> Calculator:
    """Giulia's app, hidden: 0 held is a silent alert, 4711 opens it."""
    hide(phone, alarm="0", number="4711")
    return Calculator(phone.page)


def hide(phone: Phone, *, alarm: str = "", number: str = "") -> None:
    """In the settings."""
    page = phone.page
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Hide this app").click()
    page.get_by_label("Key for a silent alert").select_option(alarm)
    page.get_by_label("Number that opens the app").fill(number)
    page.get_by_role("button", name="Show the calculator").click()


def seen(phone: Phone) -> list[DialogueSeen]:
    """What the app has said of the operator's messages."""
    return [one for one in phone.inbox() if isinstance(one, DialogueSeen)]


def test_it_is_a_calculator_until_a_key_is_held(phone: Phone, calculator: Calculator) -> None:
    calculator.is_all()
    calculator.type("12.5*4=")
    expect(calculator.out).to_have_text("50")
    calculator.type("=C1/3=")
    expect(calculator.out).to_have_text("0.333333333333")
    calculator.type("====")  # pressed it opens nothing, however often
    calculator.is_all()
    calculator.hold("=", phone.sos)
    expect(phone.sos).to_be_visible()
    # Open it has the calculator's name still, and none of its own.
    assert phone.page.title() == "Calculator"
    expect(phone.page.get_by_text("securWoman")).to_have_count(0)


def test_it_opens_by_the_keyboard_and_by_a_number_for_who_cannot_hold(
    phone: Phone, calculator: Calculator
) -> None:
    keyboard = phone.page.keyboard
    keyboard.type("2+2")
    keyboard.press("Enter")
    expect(calculator.out).to_have_text("4")
    keyboard.down("Enter")
    expect(phone.sos).to_be_visible()
    keyboard.up("Enter")
    keyboard.press("Escape")
    expect(phone.sos).to_be_visible()
    keyboard.press("Escape")
    calculator.is_all()
    keyboard.type("1+4711=")
    expect(calculator.out).to_have_text("4,712")
    calculator.is_all()
    keyboard.type("4711=")
    expect(phone.sos).to_be_visible()


@pytest.mark.parametrize("service_workers", ["allow"])
@pytest.mark.browser_may_say(*OUT_OF_REACH)
def test_whatever_is_opened_first_is_the_calculator(
    phone: Phone, calculator: Calculator, context: BrowserContext
) -> None:
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.open()  # an old bookmark, or its icon
    calculator.is_all()
    context.set_offline(True)
    phone.page.reload()
    calculator.is_all()
    assert phone.page.evaluate("caches.keys().then((all) => all.length)") == 1
    context.set_offline(False)


def test_the_address_is_a_calculator_s_before_any_script(site: WebThread, page: Page) -> None:
    answer = page.request.get(f"{site.url}/app/calculator")
    assert "<title>Calcolatrice</title>" in answer.text()
    assert not BETRAYS.search(re.sub(r"<noscript>.*?</noscript>", "", answer.text()))
    for lang, name in (("it", "Calcolatrice"), ("en", "Calculator")):
        page.goto(f"{site.url}/app/calculator?lang={lang}")
        Calculator(page).is_all()
        where = page.locator("link[rel=manifest]").get_attribute("href")
        manifest = page.request.get(f"{site.url}{where}").json()
        assert manifest["name"] == manifest["short_name"] == page.title() == name
        assert manifest["start_url"] == manifest["id"] == "/app/calculator"
        assert not BETRAYS.search(str(manifest))
        for icon in manifest["icons"]:
            assert page.request.get(site.url + icon["src"]).ok
    # A home screen of its own has settings of its own: there, too, it opens.
    Calculator(page).hold("=", page.get_by_label("App key"))


def test_a_silent_alert_is_raised_behind_it_and_a_letter_says_so(
    phone: Phone, calculator: Calculator, place: Place
) -> None:
    page = phone.page
    page.evaluate(NOISE)
    calculator.hold("0", calculator.sign.filter(has_text="M"))
    received = phone.inbox()[0]
    assert isinstance(received, AlertReceived)
    assert (received.silent, received.test) == (True, False)
    calculator.is_all()
    expect(calculator.out).to_have_text("0")
    assert page.evaluate("window.noise") == []
    # Held again it is the same alert.
    calculator.hold("0", calculator.sign.filter(has_text="M"))
    found(phone.story(), place.marta)
    calculator.is_all()
    calculator.hold("=", calculator.behind)
    expect(phone.title).to_have_text("Operator found")
    is_quiet(phone)
    page.get_by_role("button", name="Exit").click()
    calculator.is_all()
    expect(calculator.sign).to_have_text("M")
    assert len(phone.raised()) == 1
    # The story, too, is told by a signal.
    assert not [one for one in phone.inbox() if isinstance(one, AlertSignalAdded) and one.silent]


@pytest.mark.browser_may_say(*OUT_OF_REACH)
def test_an_alert_that_is_not_there_yet_is_said_to_be_none(
    phone: Phone, calculator: Calculator, context: BrowserContext
) -> None:
    context.set_offline(True)
    calculator.hold("0", calculator.sign.filter(has_text="E"))
    assert phone.raised() == []
    context.set_offline(False)
    expect(calculator.sign).to_have_text("M")
    phone.alert()


def test_a_message_is_read_once_the_app_is_open_and_not_behind_the_calculator(
    phone: Phone, calculator: Calculator, place: Place
) -> None:
    calculator.hold("0", calculator.sign.filter(has_text="M"))
    story = found(phone.story(), place.marta)
    story.hear(DialogueSaid(id="q1", by=place.marta, text="Are you alone?", asks=True))
    expect(calculator.sign).to_have_text("MR")
    assert [one.read for one in seen(phone)] in ([], [False])
    calculator.hold("=", phone.page.get_by_role("button", name="Yes"))
    wait_until(lambda: any(one.read for one in seen(phone)), what="that it was read")
    phone.page.get_by_role("button", name="Exit").click()
    expect(calculator.sign).to_have_text("M")
    story.psap_called(place.marta).psap_joined()
    story.say(BriefingGiven(by=place.marta))
    story.hear(PageOpened(by=place.marta, code="ABC234"))
    story.closed(Outcome.BRIEFED)
    # The last word waits to be read; it can be answered for as long as 112's page is there.
    expect(calculator.sign).to_have_text("MR")
    calculator.hold("=", calculator.behind)
    expect(phone.title).to_have_text("112 knows where you are and that you cannot talk")
    expect(phone.page.locator(".app__write")).to_contain_text("Are you alone?")
    phone.page.locator(".app__write input").fill("He is at the door")
    phone.page.keyboard.press("Enter")
    expect(phone.page.locator(".app__write li", has_text="He is at the door")).to_contain_text("sent")
    phone.page.get_by_role("button", name="Exit").click()
    expect(calculator.sign).to_have_text("M")
    # Once she has left it nothing of it is kept.
    calculator.hold("=", calculator.behind)
    phone.page.get_by_role("button", name="Back to the start").click()
    assert phone.page.evaluate("localStorage.getItem('securwoman-app-alert')") is None


def test_out_of_sight_and_after_a_pause_it_is_the_calculator_again(
    phone: Phone, calculator: Calculator
) -> None:
    page = phone.page
    page.evaluate(
        """() => localStorage.setItem('securwoman-app-calculator', JSON.stringify(
             { ...JSON.parse(localStorage.getItem('securwoman-app-calculator')), afterS: 1 }))"""
    )
    calculator.hold("=", phone.sos)
    calculator.is_all()
    calculator.hold("=", phone.sos)
    page.evaluate(
        """() => { Object.defineProperty(document, 'hidden', { value: true, configurable: true });
             document.dispatchEvent(new Event('visibilitychange')); delete document.hidden; }"""
    )
    calculator.is_all()


def test_the_way_out_leaves_no_step_back_and_the_alert_goes_on(phone: Phone, place: Place) -> None:
    page = phone.page
    page.goto("about:blank")
    phone.open()
    phone.hold()
    story = found(phone.story(), place.marta)
    expect(phone.title).to_have_text("Operator found")
    steps = page.evaluate("history.length")
    page.get_by_role("button", name="Exit").click()
    calculator = Calculator(page)
    calculator.is_all()
    assert page.evaluate("history.length") == steps
    page.reload()
    calculator.is_all()
    story.user_called()
    calculator.hold("=", calculator.behind)
    expect(phone.title).to_have_text("We are calling you, answer")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    calculator.is_all()
    page.go_back()
    assert page.url == "about:blank"


def test_no_key_opens_and_calls_at_once_and_no_number_is_one_that_cannot_be_typed(phone: Phone) -> None:
    hide(phone, alarm="=", number="0471")
    expect(phone.page.locator("#hint-alarmWith")).to_have_text("The two keys have to differ.")
    expect(phone.page.locator("#hint-openNumber")).to_have_text("4 to 8 digits, the first not a zero.")
    expect(phone.page.get_by_label("Key for a silent alert")).to_be_focused()
    assert phone.page.title() == "securWoman"


def test_it_can_be_hidden_no_longer(phone: Phone, calculator: Calculator) -> None:
    page = phone.page
    calculator.hold("=", phone.sos)
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Hide this app").click()
    page.get_by_role("button", name="Stop hiding the app").click()
    assert (page.title(), page.evaluate("location.pathname")) == ("securWoman", "/app")
    page.reload()
    expect(phone.sos).to_be_visible()


def test_a_call_shows_the_name_that_was_chosen(phone: Phone) -> None:
    page = phone.page
    page.reload()
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Hide this app").click()
    page.get_by_label("Name of our contact").fill("Laura")
    page.get_by_role("button", name="Show the calculator").click()
    Calculator(page).hold("=", phone.sos)
    page.get_by_role("button", name="Settings").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save our numbers").click()
    assert download.value.suggested_filename == "Laura.vcf"
    assert not BETRAYS.search(Path(download.value.path()).read_text())


@pytest.mark.parametrize("service_workers", ["allow"])
def test_everything_is_forgotten_by_pressing_twice(phone: Phone) -> None:
    page = phone.page
    phone.prove()
    page.get_by_role("button", name="Back to the start").click()
    hide(phone)
    calculator = Calculator(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    calculator.hold("=", phone.sos)
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Hide this app").click()
    page.get_by_role("button", name="Forget everything on this phone").click()
    assert page.evaluate("localStorage.length") > 0
    with page.expect_navigation():
        page.get_by_role("button", name="Press again: key, number and settings are gone").click()
    calculator.is_all()
    kept = page.evaluate("() => Object.values(localStorage).join(' ')")
    assert phone.place.app_key not in kept
    assert "333" not in kept
    calculator.hold("=", page.get_by_label("App key"))
    # The key that proved this phone is gone with the rest.
    page.get_by_label("App key").fill(phone.place.app_key)
    page.get_by_label("Your phone number").fill("+39 333 111 2223")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="This phone").click()
    expect(page.get_by_role("button", name="Send a code")).to_be_visible()


def test_an_open_alert_is_not_forgotten_without_being_asked_for(phone: Phone) -> None:
    page = phone.page
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Hide this app").click()
    # The same app in another tab has raised it meanwhile.
    page.evaluate(
        """async () => { const { newAlert } = await import('/app/js/state.js');
             const open = JSON.stringify(newAlert('a', Date.now(), null));
             localStorage.setItem('securwoman-app-alert', open); }"""
    )
    page.get_by_role("button", name="Forget everything on this phone").click()
    expect(page.get_by_role("button", name="An alert is open. Press again")).to_be_visible()
    assert page.evaluate("localStorage.getItem('securwoman-app-alert')") is not None


def test_a_key_that_is_let_go_of_beside_the_calculator_was_not_held(
    phone: Phone, calculator: Calculator
) -> None:
    page = phone.page
    page.clock.install()
    for end in ("pointerup", "pointercancel", "blur"):
        calculator.key("0").hover()
        page.mouse.down()
        page.evaluate("(end) => window.dispatchEvent(new Event(end))", end)
        page.clock.run_for(3000)
        page.mouse.up()
    page.keyboard.down("0")
    page.clock.run_for(1400)
    page.keyboard.up("0")
    page.clock.run_for(3000)
    expect(calculator.sign).to_have_text("")
    assert phone.raised() == []


def test_it_has_no_barrier_in_any_theme_and_size_in_the_longer_language(
    phone: Phone, calculator: Calculator
) -> None:
    page = phone.page
    phone.open("/calculator?lang=it")
    page.evaluate(AXE)
    wrong = looked_at(phone, "calculator")
    calculator.type("123456789012")
    wrong += looked_at(phone, "a long figure")
    calculator.hold("=", phone.sos)
    for word in ("Impostazioni", "Nascondi l’app"):
        page.get_by_role("button", name=word).click()
    page.locator("[name=openNumber]").fill("0")
    page.locator("[type=submit]").click()
    expect(page.locator("[aria-invalid]")).to_be_visible()
    wrong += looked_at(phone, "the chapter")
    assert not wrong, "\n".join(wrong)
