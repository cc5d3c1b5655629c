"""The first run in a browser: the printed link, what is missing, confirmed and taken back, a test alert."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from messages.ids import OperatorId
from model.first_run import Need
from store.confirmations import confirm, confirmations
from store.journal.journal import Journal
from store.registry.access.first_admin import issue_code
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.console.desk import signed_on
from tests.gateways.console.test_own_access import PASSWORD, typed
from tests.gateways.http.place import Place, WebThread

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(120),
    pytest.mark.browser_may_say(r"40[01] \(", r"409 \(Conflict\)"),
]

WORDS = {
    "bad": "Non può essere il numero di un operatore.",
    "gone": "Questo link non vale più.",
    "title": "Avvio: mancano 12 di 13",
    "confirmed": "Gruppo di continuità: confermato.",
    "ask": "Gruppo di continuità: Non è più così?",
    "back": "Non è più confermato.",
    "shift": "Prima inizia il turno: 1, poi P.",
    "written": "scritta. Vale dopo un riavvio: N, poi Q.",
    "ready": "Disponibile",
    "own": "È il tuo, e squilla già come operatore",
    "begun": "Iniziato: rispondi, poi chiudi con F.",
}


def test_the_printed_link_leads_by_name_and_password_to_what_is_missing_and_is_good_once(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    link = f"{site.url}/console/?lang=it#first={issue_code(journal)}"
    page.goto(link)
    expect(page.locator("input[name=name]")).to_be_focused()
    assert "first=" not in page.url
    typed(page, "Anna Verdi", "112")
    expect(page.get_by_role("alert")).to_have_text(WORDS["bad"])
    expect(page.locator("input[name=phone]")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("+39 02 0000 0030")
    page.keyboard.press("Enter")
    expect(page.locator(".bar__me")).to_contain_text("Anna Verdi")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#start-h")).to_be_visible()
    found = Registry(journal).operator(OperatorId("anna-verdi"))
    assert found is not None
    assert (found.role, found.phone, found.has_password) == (StaffRole.ADMIN, "+390200000030", True)
    expect(page.locator(".bar__count")).to_have_text(re.compile("^10"))
    page.context.clear_cookies()
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator("input[name=name]")).to_be_focused()
    typed(page, "Eva", "+390200000031")
    expect(page.get_by_role("alert")).to_contain_text(WORDS["gone"])


def test_what_is_missing_is_confirmed_taken_back_and_followed_and_a_test_alert_begun_by_keys_alone(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    Registry(journal).set_role(place.marta, StaffRole.ADMIN, by="test")
    signed_on(page, site.url, place, "it").set_viewport_size({"width": 1280, "height": 720})
    expect(page.locator(".bar__count")).to_be_visible()
    page.keyboard.press("5")
    page.keyboard.press("s")
    rows, status = page.locator(".start tbody tr"), page.locator(".start .page-head")
    expect(rows).to_have_count(len(Need))
    # Of what is measured nobody's word is asked for.
    expect(page.locator('tr[aria-current="true"]')).to_have_attribute("data-key", Need.CERTIFICATE)
    page.keyboard.press("Enter")
    expect(page.locator("form")).to_have_count(0)
    for _ in range(len(Need)):
        if page.locator(f'tr[data-key="{Need.UPS}"][aria-current="true"]').count():
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    typed(page, "two hours")
    expect(status).to_contain_text(WORDS["confirmed"])
    ups = page.locator(f'tr[data-key="{Need.UPS}"]')
    expect(ups).to_contain_text("Marta Bianchi")
    expect(ups).to_contain_text("two hours")
    assert confirmations(journal)[Need.UPS].by == place.marta
    page.keyboard.press("x")
    expect(status).to_contain_text(WORDS["ask"])
    page.keyboard.press("Enter")
    expect(status).to_contain_text(WORDS["back"])
    assert confirmations(journal) == {}
    page.keyboard.press("t")
    # The operator's own telephone rings as the operator's: it cannot be the user's as well.
    expect(page.locator("#test-phone")).to_have_value("")
    typed(page, "02 0000 0011")
    expect(page.locator("#test-phone-fault")).to_contain_text(WORDS["own"])
    page.keyboard.press("Control+A")
    typed(page, "333 000 0009")
    expect(page.get_by_role("alert")).to_contain_text(WORDS["shift"])
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")  # what was typed is asked about first
    # A line more: into the settings, which say what they have against it.
    page.keyboard.press("m")
    expect(page.locator("#modem-emergency")).to_be_focused()
    typed(page, "", "/dev/ttyUSB2", "", "", "")
    expect(status).to_contain_text(WORDS["written"])
    # What another admin confirms is seen here.
    journal.transact(lambda tx: confirm(tx, Need.PSAP_AGREEMENT, place.luca, ""))
    expect(page.locator(f'tr[data-key="{Need.PSAP_AGREEMENT}"]')).to_contain_text("Luca Ferri", timeout=8000)
    page.keyboard.press("1")
    page.keyboard.press("p")
    expect(page.locator(".bar__me")).to_contain_text(WORDS["ready"])
    page.keyboard.press("5")
    expect(rows).to_have_count(len(Need))
    page.keyboard.press("t")
    typed(page, "333 000 0009")
    # Nobody is called here, so that the test takes the screen only once its operator is.
    expect(page.locator("#guide-h")).to_be_visible()
    expect(page.locator(".start__steps li")).not_to_have_count(0)
    expect(status).to_contain_text(WORDS["begun"])
