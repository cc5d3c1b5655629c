"""Signing on by name and password, and the beginning and pausing of a shift, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from gateways.http.security.throttle import FIRST_WAIT_S, NAME_MAX
from messages.events import ShiftChanged
from store import streams
from store.journal.journal import Journal
from store.registry.registry import Registry
from tests.gateways.http.place import CLOCK, Place, WebThread
from tests.gateways.story import Story, on_shift

PASSWORD = "una frase lunga"
WORDS = {
    "name": "Nome",
    "token": "Usa il codice personale",
    "wrong": "Nome o password non corretti.",
    "often": "Troppi tentativi sbagliati. Aspetta, oppure usa il tuo codice personale.",
    "again": "Di nuovo tra",
    "now": "Ora puoi riprovare.",
    "heard": "Hai sentito l’allarme?",
    "ready": "Disponibile",
    "why": "Perché vai in pausa?",
    "meal": "In pausa: pasto",
}

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(180)]


@pytest.fixture(autouse=True)
def journal(journal: Journal, place: Place) -> Journal:
    """The journal, as the actors have it; Marta has a password."""
    Registry(journal).set_password(place.marta, PASSWORD, by="test")
    return journal


def typed(page: Page, name: str, password: str) -> None:
    page.locator("input[name=operator]").fill(name)
    page.locator("input[name=password]").fill(password)
    page.keyboard.press("Enter")


def shifts(journal: Journal, place: Place) -> list[tuple[str, str]]:
    return [
        (one.event.state.value, one.event.reason)
        for one in journal.read(streams.operator(place.marta))
        if isinstance(one.event, ShiftChanged)
    ]


@pytest.mark.browser_may_say(r"401 \(Unauthorized\)")
def test_a_name_and_a_password_sign_on_by_keys_alone(page: Page, site: WebThread) -> None:
    page.goto(f"{site.url}/console/?lang=it")
    expect(page.get_by_label(WORDS["name"], exact=True)).to_be_focused()
    page.keyboard.type("Marta Bianchi")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text(WORDS["wrong"], timeout=20_000)
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Password")).to_have_accessible_description(WORDS["wrong"])
    # What was wrong is selected: it is typed over.
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".bar__me")).to_contain_text("Marta Bianchi", timeout=20_000)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert PASSWORD not in kept
    page.reload()
    expect(page.locator(".bar__me")).to_contain_text("Marta Bianchi")


@pytest.mark.browser_may_say(r"401 \(Unauthorized\)", r"429 \(Too Many Requests\)")
def test_who_waits_sees_for_how_long_and_can_use_a_token(page: Page, site: WebThread, place: Place) -> None:
    page.clock.install()
    page.goto(f"{site.url}/console/?lang=it")
    for _ in range(NAME_MAX):
        with page.expect_response("**/v1/console/session") as answered:
            typed(page, "marta-bianchi", "wrong")
        assert answered.value.status == 401
        expect(page.locator(".act--step")).not_to_have_attribute("aria-disabled", "true")
    typed(page, "marta-bianchi", PASSWORD)
    expect(page.get_by_role("alert")).to_have_text(WORDS["often"])
    expect(page.get_by_role("timer")).to_contain_text(WORDS["again"])
    expect(page.locator(".act--step")).to_have_attribute("aria-disabled", "true")
    # Enter before the time is up asks nobody; what was typed stays.
    page.keyboard.press("Enter")
    expect(page.get_by_role("timer")).to_be_visible()
    page.clock.fast_forward(1000 * FIRST_WAIT_S)
    expect(page.get_by_role("status")).to_have_text(WORDS["now"])
    expect(page.get_by_label("Password")).to_have_value(PASSWORD)
    page.get_by_role("button", name=WORDS["token"]).click()
    expect(page.locator("input[name=token]")).to_be_focused()
    page.keyboard.type(place.marta_token)
    page.keyboard.press("Enter")
    expect(page.locator(".bar__me")).to_contain_text("Marta Bianchi")


def test_a_shift_begins_with_a_check_of_the_sound_and_a_pause_says_why(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    page.goto(f"{site.url}/console/?lang=it#token={place.marta_token}")
    expect(page.locator(".ready__shift")).to_contain_text("+39 02 0000 0011")
    page.keyboard.press("p")
    ask = page.locator("#ask-h")
    expect(ask).to_have_text(WORDS["heard"])
    page.keyboard.press("n")
    expect(ask).to_be_hidden()
    expect(page.locator(".ready__shift .ink-bad")).to_be_visible()
    page.keyboard.press("s")
    expect(ask).to_have_text(WORDS["heard"])
    page.keyboard.press("y")
    expect(page.locator(".ready__shift .ink-bad")).to_be_hidden()
    expect(page.locator("#ready-h")).to_have_text(WORDS["ready"])  # until then P begins the shift
    page.keyboard.press("p")
    expect(ask).to_have_text(WORDS["why"])
    page.keyboard.press("Escape")
    expect(ask).to_be_hidden()
    page.keyboard.press("p")
    page.keyboard.press("2")
    # The last one is asked once more.
    page.keyboard.press("Enter")
    expect(page.locator(".ready__side")).to_contain_text(WORDS["meal"])
    assert shifts(journal, place) == [("ready", ""), ("paused", "meal")]
    # To resume is no beginning: nothing is asked.
    page.keyboard.press("p")
    expect(page.locator(".ready__hero .act--step")).to_be_hidden()
    expect(ask).to_be_hidden()
    assert shifts(journal, place)[2:] == [("ready", "")]


def test_an_alert_comes_before_any_question(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    on_shift(journal, place.marta)
    page.goto(f"{site.url}/console/?lang=en#token={place.marta_token}")
    expect(page.get_by_role("heading", name="Ready")).to_be_visible()
    page.keyboard.press("p")
    expect(page.locator("#ask-h")).to_be_visible()
    story = Story(journal, CLOCK.now_us(), ago_s=5).opened().operator_called(place.marta)
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Space")
    expect(page.locator(".dock")).to_contain_text("Answer your phone.")
    assert shifts(journal, place) == [("ready", "")]
    assert journal.version(streams.inbox(story.alert)) == 1


@pytest.mark.browser_may_say(r"401 \(Unauthorized\)", r"409 \(Conflict\)")
def test_nobody_signs_off_from_an_alert_and_every_window_is_signed_off_together(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    on_shift(journal, place.marta)
    story = Story(journal, CLOCK.now_us(), ago_s=5).opened().operator_called(place.marta)
    page.goto(f"{site.url}/console/?lang=it#token={place.marta_token}")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.keyboard.press("Space")

    def sign_off() -> None:
        page.keyboard.press("?")
        page.get_by_role("button", name="Esci").click()

    sign_off()
    expect(page.locator(".dock")).to_contain_text("prima lascialo o passalo")
    story.operator_joined(place.marta).operator_left(place.marta)
    window = page.context.new_page()
    window.goto(f"{site.url}/console/?lang=it#token={place.marta_token}")
    expect(window.locator(".bar__me")).to_contain_text("Marta Bianchi")
    sign_off()
    # It ends the shift, too, and nobody else is ready: the last one is asked once more.
    page.get_by_role("button", name="Esci").click()
    for one in (page, window):
        expect(one.locator("input[name=password]")).to_be_visible()
    page.reload()
    expect(page.locator("input[name=operator]")).to_be_focused()
    assert shifts(journal, place)[-1] == ("off", "")
