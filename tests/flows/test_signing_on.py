"""Signing on and off; whose session has ended signs on again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from messages.ids import Outcome
from tests.flows.desk import NOT_SIGNED_ON, Desk
from tests.flows.people import GIULIA
from tests.support.center import Center

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(300),
    pytest.mark.browser_may_say(NOT_SIGNED_ON),
]


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
