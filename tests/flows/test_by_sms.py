"""The dialogue by short messages, at the operator's keyboard: what the user's phone writes and gets."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from application.state.journals import journal_of
from center.alerts import newest_cases
from messages.ids import AlertId, Outcome
from tests.flows.desk import NOT_SIGNED_ON, Desk
from tests.flows.people import ELENA, SARA
from tests.support.center import PSAP, Center, line_number

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(300),
    pytest.mark.browser_may_say(NOT_SIGNED_ON),
]


def said(desk: Desk) -> Locator:
    """The messages on the operator's screen, newest first."""
    return desk.page.locator(".dialogue .said")


def texts(made: Center, phone: str, text: str) -> None:
    """Whoever has this phone sends a short message to the center."""
    sent = made.carrier.post(f"/phones/{phone}/sms", json={"to": line_number(1), "text": text})
    assert sent.status_code == 200, sent.text


def shown(made: Center, phone: str) -> list[str]:
    """The short messages on this phone."""
    told: list[dict[str, Any]] = made.carrier.get(f"/phones/{phone}/texts").json()
    return [str(one["text"]) for one in told]


def habits(made: Center, phone: str, **of: object) -> None:
    """What this phone does from now on."""
    changed = made.carrier.patch(f"/phones/{phone}", json=of)
    assert changed.status_code == 200, changed.text


def newest(made: Center) -> AlertId:
    """The alert that came last."""
    with journal_of(made.state) as journal:
        return next(iter(newest_cases(journal))).alert


def writes(desk: Desk, text: str) -> None:
    """The operator, into the field that has the focus."""
    expect(desk.page.locator(".dialogue + label textarea, .panel textarea").first).to_be_visible()
    desk.page.keyboard.type(text)
    desk.page.keyboard.press("Enter")


def test_who_writes_a_text_is_answered_by_texts_and_the_screen_says_how_far_they_have_come(
    desk: Desk, made: Center
) -> None:
    desk.sign_on()
    desk.begin_shift()
    habits(made, SARA, texts_after_s=3.0)
    texts(made, SARA, "help, he is in the house")
    # All that is known stands before what is not, and is no smaller.
    rows = desk.page.locator(".incoming .data__wide > dd")
    expect(rows.first).to_have_text("help, he is in the house")
    sizes = rows.evaluate_all("(all) => all.map((one) => parseFloat(getComputedStyle(one).fontSize))")
    assert sizes[0] == max(sizes) >= 20
    desk.acknowledges()
    expect(said(desk).first).to_contain_text("help, he is in the house")
    expect(said(desk).first.locator(".said__state")).to_have_text("SMS")
    desk.press("w")
    writes(desk, "Which room are you in?")
    expect(said(desk).first.locator(".said__state")).to_contain_text("SMS sent")
    expect(said(desk).first.locator(".said__state")).to_contain_text("SMS delivered", timeout=15_000)
    assert shown(made, SARA) == ["Which room are you in?"]
    texts(made, SARA, "bathroom, first floor")
    expect(said(desk)).to_have_count(3)
    expect(said(desk).first).to_contain_text("bathroom, first floor")
    # The phone is switched off: nothing is said to have arrived.
    habits(made, SARA, texts="unreachable", texts_after_s=0.0)
    writes(desk, "Lock the door.")
    expect(said(desk).first.locator(".said__state")).to_contain_text("phone out of reach")
    habits(made, SARA, texts="taken")
    expect(said(desk).first.locator(".said__state")).to_contain_text("SMS delivered", timeout=15_000)
    expect(desk.page.locator(".dialogue__lost")).to_have_count(0)
    desk.page.keyboard.press("Escape")
    desk.answers(SARA)
    desk.are("live", "live", "idle")
    desk.false_alarm()
    alert = newest(made)
    assert desk.closed(alert).outcome is Outcome.FALSE_ALARM
    story = desk.timeline(alert)
    for line in (
        "the user writes by SMS: help",
        "message 2 by SMS: the phone has it",
        "cannot be reached now",
    ):
        assert line in story


def test_in_a_silent_alert_the_phone_does_not_sound_before_two_keys(desk: Desk, made: Center) -> None:
    desk.sign_on()
    desk.begin_shift()
    desk.raised(ELENA, silent=True)
    desk.press("i")
    expect(desk.page.locator("[data-armed]")).to_have_count(0)
    desk.press("w")
    writes(desk, "Can you write?")
    expect(desk.page.locator(".dialogue__lost")).to_contain_text("makes the phone sound", timeout=15_000)
    assert shown(made, ELENA) == []
    desk.page.keyboard.press("Escape")
    desk.press("i")
    expect(desk.page.locator(".dialogue__lost")).to_contain_text("Enter confirms")
    assert shown(made, ELENA) == []
    desk.press("Enter")
    expect(said(desk).first.locator(".said__state")).to_contain_text("SMS delivered", timeout=15_000)
    expect(desk.page.get_by_placeholder("by SMS as well")).to_be_visible()
    assert shown(made, ELENA) == ["Can you write?"]
    desk.press("e")
    desk.answers(PSAP)
    desk.are("hush", "live", "live")
    desk.briefs()
    desk.closed(newest(made))
    assert desk.calls(ELENA) == []
