"""Signing on and off: who is wrong too often waits, and whose session has ended signs on again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from gateways.http.door.throttle import FIRST_WAIT_S, NAME_MAX
from messages.ids import Outcome
from tests.flows.desk import NOT_SIGNED_ON, Desk
from tests.flows.people import ANNA, GIULIA, LUCA
from tests.support.center import Center

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(300),
    pytest.mark.browser_may_say(NOT_SIGNED_ON),
]


@pytest.mark.browser_may_say(r"429 \(Too Many Requests\)")
def test_who_is_wrong_too_often_reads_how_long_she_waits_and_then_gets_in(page: Page, made: Center) -> None:
    desk = Desk(page, made, ANNA)
    desk.open()
    name, password = page.locator("input[name=operator]"), page.locator("input[name=password]")
    expect(name).to_be_focused()
    page.keyboard.type(ANNA.name)
    page.keyboard.press("Tab")
    for _ in range(NAME_MAX):
        with page.expect_response("**/v1/console/session") as answered:
            page.keyboard.type("wrong password")
            page.keyboard.press("Enter")
        assert answered.value.status == 401
        expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
        expect(password).to_be_focused()
        expect(page.locator(".act--step")).not_to_have_attribute("aria-disabled", "true")
    page.keyboard.type(ANNA.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Too many wrong tries. Wait, or use your token.")
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"Again in [12]?\d s|Again in 30 s"))
    # Enter before the time is up asks nobody; what was typed stays.
    page.keyboard.press("Enter")
    expect(page.get_by_role("timer")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text(
        "You can try again now.", timeout=1000 * (FIRST_WAIT_S + 20)
    )
    expect(password).to_have_value(ANNA.password)
    desk.tab_to(password)
    page.keyboard.press("Enter")
    expect(page.locator(".bar__me")).to_contain_text(ANNA.name)


def test_a_session_that_has_ended_in_mid_call_is_said_and_signing_on_finds_the_call_again(
    desk: Desk, made: Center
) -> None:
    desk.sign_on()
    desk.begin_shift()
    alert = desk.talking(GIULIA)
    desk.page.context.clear_cookies()
    desk.press("e")
    expect(desk.page.locator("input[name=operator]")).to_be_focused()
    expect(desk.page.get_by_role("alert")).to_have_text(
        "Your session has ended. Sign on again: the calls go on."
    )
    assert desk.up() == {desk.me.phone, GIULIA}
    desk.type_in(desk.me.name, desk.me.password)
    desk.are("live", "live", "idle")
    desk.false_alarm()
    assert desk.closed(alert).outcome is Outcome.FALSE_ALARM


def test_signing_off_is_reached_by_keys_and_lasts(desk: Desk) -> None:
    desk.sign_on()
    desk.press("?")
    desk.tab_to(desk.page.get_by_role("button", name="Sign off"))
    desk.press("Enter")
    expect(desk.page.locator("input[name=operator]")).to_be_focused()
    desk.page.reload()
    expect(desk.page.locator("input[name=operator]")).to_be_focused()


def test_who_signs_on_after_another_is_herself(desk: Desk) -> None:
    desk.sign_on()
    desk.press("?")
    desk.tab_to(desk.page.get_by_role("button", name="Sign off"))
    desk.press("Enter")
    expect(desk.page.locator("input[name=operator]")).to_be_focused()
    desk.type_in(LUCA.name, LUCA.password)
    expect(desk.page.locator(".bar__me")).to_contain_text(LUCA.name)
    expect(desk.page.locator(".ready__shift")).to_contain_text("+39 02 0000 0103")
