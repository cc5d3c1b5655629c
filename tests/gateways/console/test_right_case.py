"""The case whose call was answered is on the screen, and nothing else is shown without a way back to it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from messages import events as ev
from messages.ids import E164, OperatorCommand, Party
from tests.gateways.console.desk import inbox, ordered, settled
from tests.gateways.console.stage import Stage
from tests.gateways.http.place import CLOCK
from tests.gateways.story import Story

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

SECOND = "+393331112261"
SHOWN = "+39 333 111 2261"


def second(stage: Stage) -> Story:
    """Another user's alert, for which Marta's phone rings."""
    stage.ago(0)
    return Story(stage.journal, CLOCK.now_us(), phone=SECOND).opened().operator_called(stage.place.marta)


def left_alone(stage: Stage) -> Page:
    """Marta at the first alert, which she has left to the user and 112, and which is still open."""
    story = stage.talked(48, 15).psap_called(stage.place.marta).psap_joined()
    page = stage.signed_on()
    step = page.locator(".act--step")
    expect(step).to_have_attribute("data-key", "L")
    story.operator_left(stage.place.marta)
    expect(step).to_have_attribute("data-key", "T")
    return page


def test_case_30_who_picks_the_telephone_up_without_a_key_is_on_the_case_of_that_call(stage: Stage) -> None:
    stage.lang = "it"
    page = left_alone(stage)
    story = second(stage)
    expect(page.get_by_role("alertdialog")).to_be_visible()
    story.operator_joined(stage.place.marta)
    expect(page.locator(".who__phone")).to_have_text(SHOWN)
    own = page.locator("[data-strip=own]")
    expect(own).to_have_count(0)
    # Another case, and another place, are shown with the way back.
    page.locator(".rail__item", has_text="Giulia").click()
    expect(page.locator(".who__phone")).to_have_text("+39 333 111 2223")
    on_the_line = f"Sei in linea per {SHOWN}"
    expect(own).to_contain_text(on_the_line)
    story.user_called().user_answered()
    with_the_user = f"Sei in linea con {SHOWN}"
    expect(own).to_contain_text(with_the_user)
    page.keyboard.press("4")
    expect(page.locator(".plant")).to_be_visible()
    expect(own).to_contain_text(with_the_user)
    page.keyboard.press("Escape")
    expect(page.locator(".who__phone")).to_have_text(SHOWN)
    expect(own).to_have_count(0)


def test_a_call_that_is_answered_takes_the_screen_from_panels_notes_and_other_places(stage: Stage) -> None:
    page = left_alone(stage)
    story = second(stage)
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator(".who__phone")).to_have_text(SHOWN)
    # Back at the first case while the telephone still rings: a panel is open, and a note is being written.
    page.locator(".rail__item", has_text="Giulia").click()
    expect(page.locator(".who__phone")).to_have_text("+39 333 111 2223")
    settled(page)
    page.keyboard.press("d")
    page.keyboard.press("n")
    page.keyboard.type("He has a knife")
    story.operator_joined(stage.place.marta)
    expect(page.locator(".who__phone")).to_have_text(SHOWN)
    note = page.get_by_role("textbox", name="Write a note")
    expect(note).not_to_be_focused()
    expect(note).to_have_value("")
    page.locator(".rail__item", has_text="Giulia").click()
    expect(note).to_have_value("He has a knife")
    # The line drops, and the next call is answered in another place, under the list of keys.
    page.keyboard.press("4")
    page.keyboard.press("?")
    leg = story.leg("op1")
    story.say(ev.LegReleased(leg=leg, attempt=1, cause=41))
    story.originate("op1", Party.OPERATOR, E164("+390200000011"), operator=stage.place.marta, attempt=2)
    story.say(ev.LegRinging(leg=leg, attempt=2), ev.LegAnswered(leg=leg, attempt=2))
    expect(page.locator(".who__phone")).to_have_text(SHOWN)
    expect(page.locator(".help")).to_have_count(0)


def test_who_is_in_a_test_is_told_of_a_real_alert_that_nobody_has_and_t_takes_it(stage: Stage) -> None:
    stage.lang = "it"
    mine = stage.alert(9, test=True).operator_joined(stage.place.marta).user_called().user_answered()
    page = stage.signed_on()
    real = Story(stage.journal, CLOCK.now_us(), phone=SECOND, ago_s=6).opened()
    strip = page.locator("[data-strip=nobody]")
    expect(strip.locator("[data-key=T]")).to_contain_text("Lascia la prova, prendi l’altro allarme")
    settled(page)
    page.keyboard.press("t")
    ordered(stage.journal, real, OperatorCommand.TAKE)
    assert inbox(stage.journal, mine) == []


def test_who_has_a_real_case_reads_how_the_next_alert_comes(stage: Stage) -> None:
    story = stage.talked(30, 12)
    page = stage.signed_on()
    Story(stage.journal, CLOCK.now_us(), phone=SECOND, ago_s=6).opened()
    strip = page.locator("[data-strip=nobody]")
    expect(strip).to_contain_text("It comes to you as soon as you are free.")
    expect(strip.locator("[data-key=T]")).to_have_count(0)
    # T there would call nobody: it says so, and takes the warning from no screen.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".act--step")).to_contain_text("You have a case: L or H first.")
    settled(page)
    page.keyboard.press("t")
    expect(strip).to_be_visible()
    page.keyboard.press("Escape")
    story.psap_called(stage.place.marta).psap_joined()
    expect(strip).to_contain_text("L: you leave yours, and it comes to you.")
    page.keyboard.press("2")
    expect(strip).to_contain_text("Esc, then L: you leave yours, and it comes to you.")


def test_one_t_is_on_the_screen_and_takes_the_alert_that_nobody_has(stage: Stage) -> None:
    left = stage.talked(60, 12).psap_called(stage.place.marta).psap_joined().operator_left(stage.place.marta)
    page = stage.signed_on()
    waits = Story(stage.journal, CLOCK.now_us(), phone=SECOND, ago_s=6).opened()
    strip = page.locator("[data-strip=nobody]")
    expect(strip.locator("[data-key=T]")).to_be_visible()  # it moves the list down, from under a click
    page.locator(f"[data-alert='{left.alert}']").first.click()
    expect(page.locator(".act--step")).to_contain_text("T takes who has nobody.")
    settled(page)
    page.keyboard.press("t")
    ordered(stage.journal, waits, OperatorCommand.TAKE)
