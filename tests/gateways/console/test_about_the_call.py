"""What the page says around a call: why it ended, who else looks on, an alert on the window's title."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from messages.base import HangupCause
from messages.ids import Channel
from model.rules.signal import Signal
from store.alerts.accepting import accept
from tests.gateways.console import states
from tests.gateways.console.stage import Stage
from tests.gateways.http.place import CLOCK
from tests.support.complaints import Complaints

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


def test_why_a_call_ended_is_seen_while_its_tile_is_held_or_focused(stage: Stage) -> None:
    states.briefing(stage)
    tile, why = stage.page.locator("[data-party=user]"), stage.page.locator("#why-user")
    expect(why).to_be_hidden()
    expect(tile).to_have_accessible_description("It rang, and nobody answered. (Q.850 19)")
    expect(stage.page.locator("[data-party=psap]")).not_to_have_attribute("tabindex", "0")
    tile.hover()
    stage.page.mouse.down()
    expect(why).to_be_visible()
    stage.page.mouse.up()
    expect(why).to_be_hidden()
    stage.page.locator(".rail__item").focus()
    stage.page.keyboard.press("Tab")
    expect(tile).to_be_focused()
    expect(why).to_be_visible()


def test_every_cause_of_ours_has_its_words(modules: Page) -> None:
    said = modules.evaluate(
        """async (causes) => {
          const { causeInWords } = await import('/console/js/words/causes.js');
          return causes.map(causeInWords);
        }""",
        [int(cause) for cause in HangupCause],
    )
    assert not [text for text in said if "unusual" in text]


def test_a_progress_that_only_a_newer_node_knows_is_shown_as_it_is(modules: Page) -> None:
    shown = modules.evaluate(
        """async () => {
          const { progressText } = await import('/console/js/case/dialogue/question-channel.js');
          return progressText({ spoken: 'sung', heard_us: null }, 0);
        }"""
    )
    assert shown == "sung"


def test_a_message_named_like_a_property_of_every_object_is_no_answer(modules: Page) -> None:
    shown = modules.evaluate(
        """async (texts) => {
          const { messageText } = await import('/console/js/case/dialogue/read-state.js');
          return texts.map((text) => messageText({ erased: [] }, { by: null, text }));
        }""",
        ["__proto__", "constructor"],
    )
    assert shown == ["__proto__", "constructor"]


def test_the_clock_of_a_reopened_alert_says_when_the_user_was_reached_first(modules: Page) -> None:
    said = modules.evaluate(
        """async () => {
          const { deadline } = await import('/console/js/case/deadline.js');
          const at = (seconds) => seconds * 1e6;
          const view = {
            received_us: 0, deadline_us: at(50), met_us: at(42), rang_us: at(42), missed_us: null,
            reached_us: at(44), reached_by: 'answer', closed_us: at(139), reopened_us: null,
            steps: { answered_us: at(44) }, user: {}, operator_leg: {}, psap: {},
          };
          const again = { ...view, reopened_us: at(126), reached_us: at(132) };
          const nobody = { ...again, steps: { answered_us: at(132) } };
          return [view, again, nobody].map((one) => deadline(one, at(140)).value);
        }"""
    )
    assert said == ["44.0", "44.0", "42.0"]


CLOSED = """async (view) => {
  const { banner } = await import('/console/js/case/banner.js');
  const { enterEffect } = await import('/console/js/steps/key-to-command.js');
  return [banner(view, 0, {}, () => '')?.text ?? '', enterEffect('reopen', view)];
}"""
QUIET = {"duress": False, "silent": False, "aloud": False, "closed_us": 9, "psap_told_us": None}


@pytest.mark.parametrize(
    ("more", "kept", "reopening"),
    [
        ({}, "", "The alert goes on"),
        ({"duress": True}, "Do not phone her", "The alert goes on, and 112 is called"),
        ({"duress": True, "psap_told_us": 5}, "Do not phone her", "The alert goes on"),
        ({"silent": True}, "it may still have to stay quiet", "The alert goes on"),
        ({"silent": True, "aloud": True}, "", "The alert goes on"),
    ],
)
def test_a_closed_alert_says_of_whom_no_phone_may_ring_and_what_a_reopening_does(
    modules: Page, more: dict[str, Any], kept: str, reopening: str
) -> None:
    text, said = modules.evaluate(CLOSED, {**QUIET, **more})
    assert kept in text
    assert bool(text) == bool(kept)
    assert said == reopening


def test_an_incoming_alert_is_seen_on_the_window_s_title_until_it_is_acknowledged(stage: Stage) -> None:
    states.incoming(stage)
    # Without a record it is as large as ever.
    expect(stage.page.locator(".incoming__record, .incoming--record")).to_have_count(0)
    expect(stage.page).to_have_title("New alert: Giulia Rossi")
    expect(stage.page).to_have_title("securWoman")
    expect(stage.page).to_have_title("New alert: Giulia Rossi")
    stage.page.keyboard.press("Space")
    expect(stage.page).to_have_title("securWoman")
    title = "() => new Promise((done) => { setTimeout(() => done(document.title), 1200); })"
    assert stage.page.evaluate(title) == "securWoman"


def test_two_operators_who_look_at_one_alert_see_each_other(stage: Stage, complaints: Complaints) -> None:
    states.talking(stage)
    others = stage.page.locator(".who__others")
    expect(others).to_have_count(0)
    context = stage.page.context.browser
    assert context is not None
    luca = context.new_page()
    complaints.listen(luca)
    luca.goto(f"{stage.url}/console/?lang=en#token={stage.place.luca_token}")
    luca.locator(".rail__item").click()
    expect(luca.locator(".who__others")).to_have_text("Also looking: Marta Bianchi")
    expect(others).to_have_text("Also looking: Luca Ferri")
    luca.keyboard.press("Escape")
    expect(others).to_have_count(0)
    luca.close()


def test_the_header_says_why_there_is_no_position(stage: Stage) -> None:
    signal = Signal(channel=Channel.VOICE, received_at=CLOCK.now_us(), phone=None)
    accept(stage.journal, signal, 50.0)
    page = stage.signed_on()
    page.locator(".rail__item").click()
    expect(page.locator(".facts")).to_contain_text(re.compile("Position\\s*none, voice alert"))
