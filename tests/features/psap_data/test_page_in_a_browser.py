"""112's page as a call-taker has it: another browser, which knows nothing and runs no script."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from features.psap_data import as_html
from messages import events as ev
from messages.base import Position
from messages.ids import SECOND, BriefingField, Outcome
from tests.gateways.console import states
from tests.gateways.console.barriers import found_by_axe
from tests.gateways.console.desk import settled
from tests.gateways.console.stage import Stage
from tests.gateways.http.place import CLOCK, WebThread
from tests.support.complaints import Complaints
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

CODE = re.compile(r"^[2-9A-Z]{3} [2-9A-Z]{3}$")


@pytest.fixture
def desk(browser: Browser, complaints: Complaints) -> Iterator[Page]:
    """112's."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 720})
    page = context.new_page()
    complaints.listen(page)
    yield page
    context.close()


def at(lat: float) -> ev.PositionUpdated:
    position = Position(lat=lat, lon=8.9742, at=CLOCK.now_us(), accuracy_m=9.0, source="gps")
    return ev.PositionUpdated(position=position)


def shown_code(stage: Stage) -> str:
    """What the operator says, once P was pressed."""
    settled(stage.page)
    stage.page.keyboard.press("p")
    said = stage.page.locator(".page112 b")
    expect(said).to_have_text(CODE)
    return said.inner_text()


def barriers(stage: Stage, desk: Page) -> list[str]:
    """What axe-core finds in what 112 sees, in a page where scripts run, and which stays as it is.

    That it asks for itself is what a live page is for (WCAG 2.2.1, real-time exception).
    """
    page = stage.page.context.new_page()
    page.set_content(re.sub("<meta http-equiv[^>]*>", "", desk.content()))
    found = found_by_axe(page)
    page.close()
    return found


@pytest.mark.browser_may_say(r"404 \(Not Found\)")
def test_s10_the_code_that_was_said_shows_112_what_is_known_while_it_changes_and_for_an_hour_after(
    stage: Stage, desk: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_html, "AGAIN_S", 1)
    monkeypatch.setattr(as_html, "AGAIN_AFTER_S", 1)
    stage.lang = "it"
    story = states.briefed(stage)
    stage.signed_on()
    code = shown_code(stage)
    # As it was heard: small letters, a space.
    desk.goto(f"{stage.url}/112?lang=it")
    assert barriers(stage, desk) == []
    desk.get_by_role("textbox").fill(code.lower())
    desk.get_by_role("button", name="Apri").click()
    body = desk.locator("body")
    expect(body).to_contain_text("44.39058, 8.97342")
    expect(body).not_to_contain_text("cambiato:")
    expect(stage.page.locator(".page112 .ink-ok")).to_be_visible()
    # The page follows by itself; nobody touches it.
    story.hear(at(44.39171), ev.BriefingFilled(field=BriefingField.WEAPONS, text="<b>knife</b>"))
    expect(body).to_contain_text("cambiato: 44.39171, 8.97420")
    expect(body).to_contain_text("cambiato: <b>knife</b>")
    assert barriers(stage, desk) == []
    desk.emulate_media(media="print")
    for one in (desk.get_by_role("navigation"), desk.get_by_role("link", name="Ho letto")):
        expect(one).to_be_hidden()
    expect(body).to_contain_text("44.39171, 8.97420")
    expect(desk.locator(".changed").first).to_have_css("border-left-style", "double")
    desk.emulate_media(media="screen")

    # A press at the moment at which the page comes anew is lost: here each second, before 112 every ten.
    def read() -> bool:
        desk.get_by_role("link", name="Ho letto").click()
        return "cambiato:" not in body.inner_text()

    wait_until(read, what="nothing is marked as changed")
    settled(stage.page)
    stage.page.keyboard.press("2")
    story.closed(Outcome.BRIEFED)
    expect(body).to_contain_text("Allarme chiuso alle")
    expect(body).to_contain_text("44.39171, 8.97420")
    # What the user writes after the end is there, and on every console until somebody has read it.
    story.hear(ev.DialogueSaid(id="late", text="he is at the door"))
    expect(body).to_contain_text("he is at the door")
    strip = stage.page.locator("[data-strip=written]")
    expect(strip).to_contain_text("Giulia")
    stage.page.keyboard.press("k")
    expect(stage.page.locator(".said[data-by=user]")).to_contain_text("he is at the door")
    expect(strip).to_have_count(0)
    # An hour later the code leads nowhere, whether it stands in the address or is typed.
    stage.page.goto("about:blank")
    # The page asks by itself: while the center is stopped that would be under way when it is asked for again.
    address = desk.url
    desk.goto("about:blank")
    stage.stop()
    stage.place.changes = {"anchor_us": CLOCK.anchor_us + 3601 * SECOND}
    later = WebThread(stage.place, int(stage.url.rpartition(":")[2]))
    try:
        desk.goto(address)
        expect(body).to_contain_text("Nessun allarme con questo codice.")
        desk.get_by_role("textbox").fill(code)
        desk.get_by_role("button", name="Apri").click()
        expect(body).to_contain_text("Nessun allarme con questo codice.")
        assert "8.97420" not in desk.content()
    finally:
        later.stop()
