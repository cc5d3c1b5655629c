"""The administration's settings and nodes in a browser, by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from messages.ids import NodeOrder, Outcome
from model.settings_edits import Set
from runtime.environment import AGAIN
from store.journal.journal import Journal
from store.nodes import orders
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.console.desk import signed_on
from tests.gateways.http.place import CLOCK, ROOT, Place, WebThread
from tests.gateways.story import Story
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(120),
    pytest.mark.browser_may_say(r"40[09] \("),
]

SHIPPED = (ROOT / "config" / "center.toml").read_text()
WORDS = {
    "number": "Serve un numero, da 0 a 3600.",
    "less": "operator.all_after_s: must not be less than operator.answer_within_s (6)",
    "saved": "operator.all_after_s: salvato.",
    "after": "Vale dopo un riavvio: operator.all_after_s",
    "now": "ora 12 s",
    "back": "Annullato.",
    "lines": "È l’interruttore 2, del 112 vero: si cambia in Linee (L).",
    "hand": "Si cambia a mano",
    "meanwhile": "Un altro admin ha scritto «30». Invio scrive il tuo.",
    "waits": "Riavvio chiesto da Marta Bianchi alle",
    "alone": "Nessun altro nodo prenderebbe gli allarmi.",
    "service": "In servizio",
}


@pytest.fixture(autouse=True)
def file(journal: Journal, place: Place) -> Path:
    """Marta is an admin, of a simulated center."""
    Registry(journal).set_role(place.marta, StaffRole.ADMIN, by="test")
    place.simulated()
    return place.state / "center.toml"


def found(page: Page, what: str) -> None:
    """The first row that the search leaves, by keys."""
    page.keyboard.press("/")
    page.keyboard.press("Control+A")
    page.keyboard.type(what)
    expect(page.locator(".settings tbody tr")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator(".settings tbody tr")).to_be_focused()


def typed(page: Page, text: str) -> None:
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_setting_is_changed_taken_back_and_a_restart_waits_by_keys_alone(
    page: Page, site: WebThread, place: Place, journal: Journal, file: Path
) -> None:
    signed_on(page, site.url, place, "it")
    page.keyboard.press("5")
    expect(page.locator("#operators-h")).to_be_focused()
    page.keyboard.press("i")
    head, notes = page.locator(".settings .page-head"), page.locator(".settings .chapter__notes")
    expect(page.locator(".settings tbody tr")).not_to_have_count(0)
    found(page, "psap.live")
    page.keyboard.press("Enter")
    expect(head).to_contain_text(WORDS["lines"])
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(head.get_by_role("button").last).to_be_in_viewport(ratio=1)
    found(page, "journal.url")
    page.keyboard.press("Enter")
    expect(head).to_contain_text(WORDS["hand"])
    found(page, "all_after")
    page.keyboard.press("Enter")
    fault = page.locator("#setting-typed-fault")
    for text, why in (("soon", "number"), ("4000", "number"), ("2", "less")):
        typed(page, text)
        expect(fault).to_have_text(WORDS[why])
        expect(page.locator("#setting-typed")).to_be_focused()
    assert file.read_text() == SHIPPED
    # Somebody with an editor is another admin.
    place.settings_file().change([Set("operator.all_after_s", 30)])
    typed(page, "17,5")
    expect(fault).to_have_text(WORDS["meanwhile"])
    place.settings_file().change([Set("operator.all_after_s", None)])
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    found(page, "all_after")
    page.keyboard.press("Enter")
    typed(page, "17,5")
    expect(head).to_contain_text(WORDS["saved"])
    expect(notes).to_contain_text(WORDS["after"])
    expect(page.locator(".settings tbody tr")).to_contain_text(WORDS["now"])
    assert "\nall_after_s = 17.5  " in file.read_text()
    page.keyboard.press("z")
    expect(head).to_contain_text(WORDS["back"])
    expect(notes).not_to_contain_text(WORDS["after"])
    assert file.read_text() == SHIPPED
    story = Story(journal, CLOCK.now_us()).opened()
    page.keyboard.press("Enter")
    typed(page, "17,5")
    expect(head).to_contain_text(WORDS["saved"])
    page.keyboard.press("q")
    assert orders.order_of(journal, place.node) is None, "asked first"
    page.keyboard.press("Enter")
    expect(notes).to_contain_text(WORDS["waits"])
    # Z takes back what was done last, and there is one Z.
    assert page.locator(".settings kbd").get_by_text("Z", exact=True).count() == 1
    page.keyboard.press("z")
    expect(notes).not_to_contain_text(WORDS["waits"])
    assert orders.order_of(journal, place.node) is None
    assert "\nall_after_s = 17.5  " in file.read_text()
    page.keyboard.press("x")
    expect(notes).not_to_contain_text(WORDS["after"])
    assert file.read_text() == SHIPPED
    page.keyboard.press("q")
    page.keyboard.press("Enter")
    expect(notes).to_contain_text(WORDS["waits"])
    assert not (place.state / "run" / AGAIN).exists()
    page.keyboard.press("n")
    row = page.locator(".nodes tbody tr")
    expect(row).to_contain_text(WORDS["waits"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("z")
    expect(row).to_contain_text(WORDS["service"])
    page.keyboard.press("d")
    expect(page.locator(".nodes .page-head")).to_contain_text(WORDS["alone"])
    page.keyboard.press("q")
    page.keyboard.press("Enter")
    expect(row).to_contain_text(WORDS["waits"])
    assert orders.kind_of(orders.order_of(journal, place.node)) is NodeOrder.RESTART
    story.closed(Outcome.FALSE_ALARM)
    wait_until((place.state / "run" / AGAIN).exists, what="the node told to start again")
