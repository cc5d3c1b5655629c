"""The main states of the app on a phone, each brought about from the journal and waited for on the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.sync_api import expect

from tests.features.app.phone import Phone
from tests.gateways.console.stage import Stage
from tests.gateways.story import Story

BOCCADASSE: Final = {"latitude": 44.39058, "longitude": 8.97342, "accuracy": 18}


def phone_of(stage: Stage) -> Phone:
    """Giulia's, set up, in the stage's language."""
    stage.page.context.grant_permissions(["geolocation"])
    stage.page.context.set_geolocation(BOCCADASSE)
    phone = Phone(stage.page, stage.url, stage.place, stage.journal)
    phone.set_up()
    phone.open(f"?lang={stage.lang}")
    expect(phone.sos).to_be_visible()
    return phone


def screen(phone: Phone, name: str) -> None:
    """Wait until the page shows this one."""
    expect(phone.page.locator("main")).to_have_attribute("data-screen", name)


def operator_found(phone: Phone) -> Story:
    """Marta has the alert that was raised."""
    screen(phone, "sent")
    story = phone.story().operator_called(phone.place.marta).operator_joined(phone.place.marta)
    screen(phone, "found")
    return story


def idle(stage: Stage) -> None:
    """Nothing is the matter."""
    phone_of(stage)


def calling(stage: Stage) -> None:
    """The user is being called."""
    phone = phone_of(stage)
    phone.hold()
    operator_found(phone).user_called()
    screen(phone, "calling")


def quiet(stage: Stage) -> None:
    """A silent alert, of which 112 is told."""
    phone = phone_of(stage)
    phone.hold(phone.mute)
    operator_found(phone).psap_called(phone.place.marta).psap_joined()
    screen(phone, "psap")


def hidden(stage: Stage) -> None:
    """The app in disguise, and a silent alert behind it."""
    phone = phone_of(stage)
    phone.page.evaluate(
        "localStorage.setItem('securwoman-app-calculator', JSON.stringify({ on: true, alarm: '0' }))"
    )
    phone.open(f"?lang={stage.lang}")
    phone.page.locator(".calc [data-key='0']").hover()
    phone.page.mouse.down()
    expect(phone.page.locator(".calc__out small")).to_have_text("M")
    phone.page.mouse.up()
    for key in "1250*4=":
        phone.page.locator(f".calc [data-key='{key}']").click()


def asked(stage: Stage) -> None:
    """A PIN was given, whichever."""
    phone = phone_of(stage)
    phone.hold()
    screen(phone, "sent")
    phone.page.locator(".app__foot .app__btn--ghost").first.click()
    phone.page.locator("input[name=pin]").fill("1234")
    phone.page.keyboard.press("Enter")
    expect(phone.page.locator(".app__btn--ghost")).to_have_count(2)
    screen(phone, "asked")


APP_STATES: Final[dict[str, Callable[[Stage], None]]] = {
    "app-idle": idle,
    "app-calling": calling,
    "app-quiet": quiet,
    "app-asked": asked,
    "app-hidden": hidden,
}
