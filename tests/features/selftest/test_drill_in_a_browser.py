"""A drill begun by D on the ready view, and the user's earlier alerts in a case; in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from messages.events import NumberRaised
from messages.ids import E164, AlertId, Outcome
from model.settings.monitoring import DrillSettings
from store.journal.erasable import stream_of
from store.streams import StreamKind
from tests.gateways.console.stage import Stage, hold
from tests.gateways.http.place import Place
from tests.gateways.story import Story
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

PHONE = E164("+393330000099")


@pytest.fixture
def place(place: Place) -> Place:
    place.changes["drill"] = DrillSettings(phone=PHONE)
    return place


def drills(stage: Stage) -> list[AlertId]:
    """The alerts of the drill's phone."""
    stream = stream_of(stage.journal.row, StreamKind.NUMBER, PHONE)
    told = [] if stream is None else [one.event for one in stage.journal.read(stream)]
    return [event.alert for event in told if isinstance(event, NumberRaised)]


@pytest.mark.browser_may_say("409")
def test_d_begins_a_drill_a_second_one_is_refused_and_the_result_is_shown(stage: Stage) -> None:
    page = stage.signed_on()
    line = page.locator(".ready__drill")
    keys = page.locator(".ready__keys").bounding_box()
    page.keyboard.press("d")
    expect(line).to_contain_text("A drill is running")
    (alert,) = drills(stage)
    page.keyboard.press("d")
    expect(line).to_contain_text("A drill is running.")
    assert drills(stage) == [alert]
    assert page.locator(".ready__keys").bounding_box() == keys
    story = Story.__new__(Story)
    story.journal, story.alert, story.phone = stage.journal, alert, PHONE
    # Her colleague has it: Marta's screen stays where it is.
    story.opened().operator_called(stage.place.luca).operator_joined(stage.place.luca)
    story.user_called().user_answered().closed(Outcome.TEST_DONE)
    expect(line).to_contain_text("The drill has succeeded", timeout=15_000)
    expect(line).to_contain_text("in conversation")
    assert page.locator(".ready__keys").bounding_box() == keys


@pytest.mark.browser_may_say("409")
def test_without_a_phone_for_it_the_key_names_the_setting(page: Page, place: Place) -> None:
    place.changes["drill"] = DrillSettings()
    with Stage.of(page, place, "it") as other:
        other.signed_on().keyboard.press("d")
        expect(page.locator(".ready__drill")).to_contain_text("drill.phone nelle impostazioni")
        assert drills(other) == []


def test_who_is_off_shift_is_offered_none(stage: Stage) -> None:
    page = stage.signed_on(shift=False)
    expect(page.get_by_role("button", name="Try the sound")).to_be_visible()
    expect(page.get_by_role("button", name="Drill")).to_have_count(0)


def test_s04_the_user_s_earlier_alerts_are_told_in_the_case_without_moving_anything(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 1920, "height": 1080})
    for ago_s, outcome, test in ((90_000, Outcome.FALSE_ALARM, False), (50_000, Outcome.TEST_DONE, True)):
        stage.ago(ago_s)
        stage.alert(ago_s, test=test).closed(outcome)
    held: list[Route] = []
    stage.page.route("**/earlier", lambda route: hold(held, route))
    stage.mine()
    page = stage.signed_on()
    about = page.locator(".about")
    expect(about).to_contain_text("Earlier alerts")
    wait_until(lambda: page.wait_for_timeout(20) or held, within_s=10, what="the question")
    before = page.locator(".log").bounding_box()
    for route in held:
        route.continue_()
    expect(about).to_contain_text("2 ·")
    expect(about).to_contain_text("false alarm")
    expect(about).to_contain_text("test done")
    assert page.locator(".log").bounding_box() == before
    # On a small screen there is room for how many, and for her own note.
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(about.locator(".about__earlier")).to_be_hidden()
    expect(about).to_contain_text("Asthma")
    expect(page.locator(".log__earlier")).to_have_text("Earlier alerts: 2")


def test_who_has_raised_none_before_is_said_to_have_none(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 1920, "height": 1080})
    stage.mine()
    stage.lang = "it"
    expect(stage.signed_on().locator(".about")).to_contain_text("Allarmi precedenti")
    expect(stage.page.locator(".about")).to_contain_text("nessuno")
