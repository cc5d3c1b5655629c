"""Who cannot talk: user and operator side by side, from the silent alert to 112 briefed, without a sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from center.alerts import newest_cases
from center.state.journals import journal_of
from messages.ids import Outcome
from tests.flows.desk import LISTEN, NOT_SIGNED_ON, WHERE, Desk
from tests.flows.people import DURESS_PIN, GIULIA
from tests.gateways.app.phone import KEY_CHECKED
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


@pytest.fixture
def app(browser: Browser, made: Center, complaints: Complaints) -> Iterator[Page]:
    """Giulia's phone, set up."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        locale="en-GB",
        permissions=["geolocation"],
        geolocation={"latitude": WHERE["lat"], "longitude": WHERE["lon"], "accuracy": 18},
        base_url=made.address,
    )
    page = context.new_page()
    complaints.listen(page)
    page.add_init_script(LISTEN)
    page.goto("/app?lang=en")
    page.get_by_label("App key").fill((made.state.path / "keys" / "app.key").read_text().strip())
    page.get_by_label("Your phone number").fill(GIULIA)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".app__mute")).to_be_visible()
    yield page
    context.close()


def raise_silently(app: Page) -> None:
    """Hold *I cannot talk*."""
    button = app.locator(".app__mute")
    button.hover()
    app.mouse.down()
    expect(button).to_be_hidden()
    app.mouse.up()


def said(desk: Desk) -> Locator:
    """The messages on the operator's screen, newest first."""
    return desk.page.locator(".dialogue .said")


def told(app: Page) -> Locator:
    """The messages on the phone, oldest first."""
    return app.locator(".app__write li")


def write(app: Page, text: str) -> None:
    """Type into the app's field and send it."""
    app.locator(".app__write input").fill(text)
    app.locator(".app__write input").press("Enter")


def test_s04_from_a_silent_alert_to_112_briefed_without_a_sound(desk: Desk, made: Center, app: Page) -> None:
    desk.sign_on()
    desk.begin_shift()
    raise_silently(app)
    write(app, "he is in the kitchen")
    expect(desk.incoming).to_contain_text("he is in the kitchen")
    desk.acknowledges()
    expect(said(desk).first).to_contain_text("he is in the kitchen")
    expect(told(app).last).to_contain_text("read")
    # The operator asks, and it is answered by one key.
    desk.press("w")
    desk.page.keyboard.type("Does he have a weapon?")
    desk.page.keyboard.press("Enter")
    expect(said(desk).first).to_contain_text("Does he have a weapon?")
    expect(app.locator(QUIET)).to_have_count(1)
    app.get_by_role("button", name="Yes").click()
    expect(app.get_by_role("button", name="Yes")).to_have_count(0)
    expect(said(desk).first.locator(".said__short")).to_have_text("Yes")
    expect(said(desk).nth(1)).to_contain_text("read")
    # The network goes in mid-sentence, the page too; everything arrives once it is back, in its order.
    app.context.set_offline(True)
    write(app, "third floor")
    write(app, "green door")
    expect(told(app).last).to_contain_text("waiting")
    app.reload(wait_until="domcontentloaded")
    expect(told(app).last).to_contain_text("green door")
    app.context.set_offline(False)
    expect(said(desk)).to_have_count(5)
    assert said(desk).locator("p").all_inner_texts()[:2] == ["green door", "third floor"]
    expect(told(app).last).to_contain_text("read")
    desk.page.keyboard.press("Escape")
    # A question of the protocol, in the user's language, and what its answer says.
    desk.press("j", "4")
    expect(told(app).last).to_contain_text("Ci sono armi?")
    app.get_by_role("button", name="Yes").click()
    expect(desk.page.locator(".questions__answer", has_text="Yes")).to_be_visible()
    desk.page.keyboard.press("Escape")
    # What is known goes into the text for 112.
    desk.press("q")
    expect(desk.page.locator(".fields label", has_text="Weapons")).to_contain_text("Giulia")
    desk.page.locator("[data-field=children]").focus()
    desk.page.keyboard.type("two")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".fields label", has_text="Children")).to_contain_text("Marta")
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("Escape")
    desk.press("e")
    desk.answers(PSAP)
    expect(desk.page.locator(".brief [data-line=weapons]")).to_contain_text("Yes, not known which.")
    desk.briefs()
    with journal_of(made.state) as journal:
        (newest, *_) = newest_cases(journal)
    assert desk.closed(newest.alert).outcome is Outcome.BRIEFED
    assert desk.calls(GIULIA) == []
    assert app.evaluate("window.tones") == []
    story = desk.timeline(newest.alert)
    for line in ("the user writes: he is in the kitchen", "marta-bianchi says, children: two"):
        assert line in story


def test_case_19_under_duress_in_mid_dialogue_nothing_more_reaches_the_phone_and_112_is_called(
    desk: Desk, made: Center, app: Page
) -> None:
    desk.sign_on()
    desk.begin_shift()
    raise_silently(app)
    write(app, "he is at the door")
    desk.acknowledges()
    desk.press("w")
    desk.page.keyboard.type("Can you lock it?")
    desk.page.keyboard.press("Enter")
    expect(told(app).last).to_contain_text("Can you lock it?")
    # Whoever forces the user has the phone by now, and reads along.
    app.get_by_role("button", name="A mistake, cancel with the PIN").click()
    app.get_by_label("PIN").fill(DURESS_PIN)
    app.keyboard.press("Enter")
    expect(app.locator("main")).to_contain_text("You asked to cancel")
    forced = app.locator("main").inner_text()
    expect(desk.banner).to_contain_text("Duress")
    expect(desk.page.locator(".dialogue__why")).to_contain_text("app")
    desk.press("j", "1")
    desk.answers(PSAP)
    expect(desk.page.locator(".brief")).to_contain_text("She cancelled under duress: do not phone her.")
    with journal_of(made.state) as journal:
        (newest, *_) = newest_cases(journal)
    assert [one.text for one in newest.dialogue] == ["he is at the door", "Can you lock it?"]
    assert app.locator("main").inner_text() == forced
    expect(app.get_by_text("Can you lock it?")).to_have_count(0)
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("Escape")
    desk.briefs()
    assert desk.closed(newest.alert).outcome is Outcome.BRIEFED
    assert desk.calls(GIULIA) == []
    assert app.evaluate("window.tones") == []
    assert app.locator("main").inner_text() == forced
