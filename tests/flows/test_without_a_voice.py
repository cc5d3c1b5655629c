"""Who cannot talk: user and operator side by side, from the silent alert to 112 briefed, without a sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from application.state.journals import journal_of
from center.alerts import newest_cases
from messages.ids import Outcome
from tests.features.app.phone import KEY_CHECKED
from tests.flows.desk import NOT_SIGNED_ON, WHERE, Desk, tab_to
from tests.flows.people import DURESS_PIN, GIULIA
from tests.support.center import PSAP, Center
from tests.support.complaints import Complaints

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(300),
    pytest.mark.browser_may_say(NOT_SIGNED_ON),
    pytest.mark.browser_may_say(KEY_CHECKED),
    pytest.mark.browser_may_say(r"net::ERR_INTERNET_DISCONNECTED"),
]

QUIET: Final = "[data-quiet]"
NOISE: Final = """
for (const [of, name] of [[AudioScheduledSourceNode.prototype, 'start'], [HTMLMediaElement.prototype, 'play'],
  [navigator, 'vibrate'], [speechSynthesis, 'speak'], [Notification, 'requestPermission'],
  [ServiceWorkerRegistration.prototype, 'showNotification']]) of[name] = () => heard(name);
for (const name of ['AudioContext', 'OfflineAudioContext', 'Notification'])
  window[name] = new Proxy(window[name], { construct: (made, how) => (heard(name), new made(...how)) });
"""
"""Whatever a page can be heard, felt or noticed by."""


class App:
    """Giulia's phone with the app in disguise: 0 held is a silent alert, `=` opens it. Keys alone."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.noise: list[str] = []
        page.expose_function("heard", self._heard)
        page.add_init_script(NOISE)

    def _heard(self, name: str) -> None:
        self.noise.append(name)

    def set_up(self, made: Center) -> None:
        """As the user does it when nothing is the matter."""
        page = self.page
        page.goto("/app?lang=en")
        page.get_by_label("App key").fill((made.state.path / "keys" / "app.key").read_text().strip())
        page.get_by_label("Your phone number").fill(GIULIA)
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Settings").click()
        page.get_by_role("button", name="Hide this app").click()
        page.get_by_label("Key for a silent alert").select_option("0")
        page.get_by_label("Seconds of a pause").select_option("120")
        page.get_by_role("button", name="Show the calculator").click()
        self.is_calculator("")

    def is_calculator(self, sign: str) -> None:
        """Nothing else is seen, with this sign above the figure."""
        expect(self.page.locator(".calc__out small")).to_have_text(sign)
        expect(self.page.locator("#page")).to_be_hidden()
        assert self.page.title() == "Calculator"

    def hold(self, key: str, until: Locator) -> None:
        """Press, and let go when that is there."""
        self.page.keyboard.down(key)
        expect(until).to_be_visible()
        self.page.keyboard.up(key)

    def raise_silently(self) -> None:
        """From the calculator."""
        self.hold("0", self.page.locator(".calc__out small", has_text="M"))

    def open(self) -> None:
        """What is behind it."""
        self.hold("=", self.page.locator("#page main"))

    def exit(self) -> None:
        """At once."""
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Escape")

    @property
    def told(self) -> Locator:
        """The messages, oldest first."""
        return self.page.locator(".app__write li")

    def write(self, text: str) -> None:
        """Into the field, and send it."""
        tab_to(self.page, self.page.locator(".app__write input"))
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def says_yes(self) -> None:
        """To the question that stands there."""
        yes = self.page.get_by_role("button", name="Yes")
        expect(yes).to_be_visible()
        tab_to(self.page, yes)
        self.page.keyboard.press("Enter")
        expect(yes).to_have_count(0)


@pytest.fixture
def app(browser: Browser, made: Center, complaints: Complaints) -> Iterator[App]:
    """Giulia's, set up."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        locale="en-GB",
        permissions=["geolocation"],
        geolocation={"latitude": WHERE["lat"], "longitude": WHERE["lon"], "accuracy": 18},
        base_url=made.address,
    )
    page = context.new_page()
    complaints.listen(page)
    phone = App(page)
    phone.set_up(made)
    yield phone
    context.close()


def said(desk: Desk) -> Locator:
    """The messages on the operator's screen, newest first."""
    return desk.page.locator(".dialogue .said")


def heard(made: Center, number: str) -> bytes:
    """What was heard on this phone in its last call, of whichever test."""
    return bytes(made.carrier.get(f"/phones/{number}/heard.wav").content)


def test_s04_from_a_silent_alert_to_112_briefed_without_a_sound(desk: Desk, made: Center, app: App) -> None:
    before, calls = heard(made, GIULIA), len(made.calls())
    desk.sign_on()
    desk.begin_shift()
    app.raise_silently()
    app.open()
    app.write("he is in the kitchen")
    expect(desk.incoming).to_contain_text("he is in the kitchen")
    desk.acknowledges()
    expect(said(desk).first).to_contain_text("he is in the kitchen")
    expect(app.told.last).to_contain_text("read")
    # The operator asks, and it is answered by one key.
    desk.press("w")
    desk.page.keyboard.type("Does he have a weapon?")
    desk.page.keyboard.press("Enter")
    expect(said(desk).first).to_contain_text("Does he have a weapon?")
    expect(app.page.locator(QUIET)).to_have_count(1)
    app.says_yes()
    expect(said(desk).first.locator(".said__short")).to_have_text("Does he have a weapon? Yes")
    expect(said(desk).nth(1)).to_contain_text("read")
    # The network goes in mid-sentence, the page too; everything arrives once it is back, in its order.
    app.page.context.set_offline(True)
    app.write("third floor")
    app.write("green door")
    expect(app.told.last).to_contain_text("waiting")
    app.page.reload(wait_until="domcontentloaded")
    app.is_calculator("M")
    app.open()
    expect(app.told.last).to_contain_text("green door")
    app.page.context.set_offline(False)
    expect(said(desk)).to_have_count(5)
    assert said(desk).locator("p").all_inner_texts()[:2] == ["green door", "third floor"]
    expect(app.told.last).to_contain_text("read")
    desk.page.keyboard.press("Escape")
    # A question of the protocol, in the user's language, and what its answer says.
    desk.press("j", "4")
    expect(app.told.last).to_contain_text("Ci sono armi?")
    app.says_yes()
    expect(desk.page.locator(".questions__answer", has_text="Yes")).to_be_visible()
    desk.page.keyboard.press("Escape")
    # Somebody comes near: the way out, and the alert goes on.
    app.exit()
    app.is_calculator("M")
    # What is known goes into the text for 112.
    desk.press("q")
    expect(desk.page.locator(".fields label", has_text="Weapons")).to_contain_text("Giulia")
    desk.tab_to(desk.page.locator("[data-field=children]"))
    desk.page.keyboard.type("two")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".fields label", has_text="Children")).to_contain_text("Marta")
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("Escape")
    # What she wrote as well, each message by a key: the newest that is missing there comes first.
    for text in ("green door", "third floor", "he is in the kitchen"):
        expect(desk.page.locator(":is(.latest, .said):has(.said__keys)")).to_contain_text(text)
        desk.press("ArrowLeft")
    desk.press("e")
    desk.answers(PSAP)
    expect(desk.page.locator(".brief [data-line=weapons]")).to_contain_text("Yes, not known which.")
    desk.briefs()
    with journal_of(made.state) as journal:
        (newest, *_) = newest_cases(journal)
    assert desk.closed(newest.alert).outcome is Outcome.BRIEFED
    assert desk.calls(GIULIA) == []
    assert [call for call in made.calls()[calls:] if GIULIA in (call["from"], call["to"])] == []
    assert heard(made, GIULIA) == before
    assert app.noise == []
    app.is_calculator("MR")  # what 112 knows waits to be read
    story = desk.timeline(newest.alert)
    for line in ("the user writes: he is in the kitchen", "marta-bianchi says, children: two"):
        assert line in story


def test_case_19_under_duress_in_mid_dialogue_nothing_more_reaches_the_phone_and_112_is_called(
    desk: Desk, made: Center, app: App
) -> None:
    desk.sign_on()
    desk.begin_shift()
    app.raise_silently()
    app.open()
    app.write("he is at the door")
    desk.acknowledges()
    desk.press("w")
    desk.page.keyboard.type("Can you lock it?")
    desk.page.keyboard.press("Enter")
    expect(app.told.last).to_contain_text("Can you lock it?")
    # Whoever forces the user has the phone by now, and reads along.
    tab_to(app.page, app.page.get_by_role("button", name="A mistake, cancel with the PIN"))
    app.page.keyboard.press("Enter")
    expect(app.page.get_by_label("PIN")).to_be_visible()
    tab_to(app.page, app.page.get_by_label("PIN"))
    app.page.keyboard.type(DURESS_PIN)
    app.page.keyboard.press("Enter")
    expect(app.page.locator("main")).to_contain_text("You asked to cancel")
    forced = app.page.locator("main").inner_text()
    expect(desk.banner).to_contain_text("Duress")
    expect(desk.page.locator(".dialogue__why")).to_contain_text("app")
    desk.press("j", "1")
    desk.answers(PSAP)
    expect(desk.page.locator(".brief")).to_contain_text("She cancelled under duress: do not phone her.")
    with journal_of(made.state) as journal:
        (newest, *_) = newest_cases(journal)
    assert [one.text for one in newest.dialogue] == ["he is at the door", "Can you lock it?"]
    assert app.page.locator("main").inner_text() == forced
    expect(app.page.get_by_text("Can you lock it?")).to_have_count(0)
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("Escape")
    desk.press("ArrowRight")
    expect(desk.page.locator(".brief [data-line=what]")).to_contain_text("he is at the door")
    desk.briefs()
    assert desk.closed(newest.alert).outcome is Outcome.BRIEFED
    assert desk.calls(GIULIA) == []
    assert app.noise == []
    assert app.page.locator("main").inner_text() == forced
