"""No screen of the app has a barrier that axe-core can find, nor is cut off on a small phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from messages import events as ev
from messages.ids import Advice
from tests.features.app.phone import KEY_CHECKED, Phone
from tests.gateways.console.barriers import found_by_axe
from tests.gateways.http.place import Place

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(120),
    pytest.mark.browser_may_say(KEY_CHECKED),
]

LOOKS = (("dark", 390, 844), ("light", 320, 568), ("dark", 844, 390))
"""Each theme, each size: what is too pale is so in any size, what is too small is so in any colour."""


def looked_at(phone: Phone, screen: str) -> list[str]:
    """What is wrong on this screen, in each theme and size."""
    page, wrong = phone.page, []
    for theme, width, height in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        wrong += [f"{screen} {theme} {width}: {one}" for one in found_by_axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{screen} {width}: wider than the phone")
    return wrong


def test_no_screen_has_a_barrier(phone: Phone, place: Place) -> None:
    page = phone.page
    wrong = looked_at(phone, "idle")
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Your phone number").fill("1")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[aria-invalid]")).to_be_visible()
    wrong += looked_at(phone, "settings")
    phone.prove()
    wrong += looked_at(phone, "phone")
    # The story below is told by the number alone, and so of an alert that is not signed.
    phone.end()
    wrong += looked_at(phone, "unverified")
    page.get_by_role("button", name="Back to the start").click()
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    wrong += looked_at(phone, "sent")
    story = phone.story()
    story.hear(ev.AdviceChanged(advice=Advice.CALL_112_NOW))
    expect(phone.title).to_have_text("We cannot reach you in time")
    wrong += looked_at(phone, "late")
    story.operator_called(place.marta).operator_joined(place.marta).user_called().user_answered()
    expect(phone.title).to_have_text("You are on the line with the operator")
    wrong += looked_at(phone, "talking")
    page.get_by_role("button", name="A mistake, cancel with the PIN").click()
    wrong += looked_at(phone, "pin")
    page.get_by_label("PIN").fill("4711")
    page.keyboard.press("Enter")
    expect(phone.title).to_have_text("You asked to cancel")
    wrong += looked_at(phone, "asked")
    page.get_by_role("button", name="Back to the start").click()
    phone.hold(phone.mute)
    # After an attempt to cancel no call is told that could follow from the PIN.
    expect(phone.title).to_have_text("Operator found")
    wrong += looked_at(phone, "quiet")
    assert not wrong, "\n".join(wrong)
