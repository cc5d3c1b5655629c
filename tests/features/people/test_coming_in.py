"""How people and their phones come in, in a browser: an invitation that a phone takes, and a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from messages.events import AlertReceived
from messages.ids import E164, Assurance
from store.journal.journal import Journal
from store.registry import devices
from store.registry.devices import ProofMethod
from store.registry.people import Person, StaffRole
from store.registry.registry import Registry
from store.sms_outbox import read_outbox
from tests.features.app.phone import KEY_CHECKED, Phone
from tests.gateways.console.barriers import barriers, lost_when_magnified
from tests.gateways.console.desk import signed_on
from tests.gateways.console.test_own_access import tab_to
from tests.gateways.http.place import GIULIA, Place, WebThread
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(120),
    pytest.mark.browser_may_say(KEY_CHECKED, r"409 \(Conflict\)"),
]

WORDS = {
    "accept": "Verifica con l’invito",
    "proved": "Il telefono è verificato.",
    "back": "Torna all’inizio",
    "waits": "SMS in attesa di una linea",
    "ask": "Ritiro l’invito di Giulia Rossi?",
    "gone": "Invito di Giulia Rossi ritirato.",
    "not_yet": "Ancora niente è scritto.",
    "rounded": "Il foglio di calcolo ha arrotondato il numero",
    "accents": "Letto come windows-1252",
    "done": "Fatto.",
    "save": "Salva le scartate",
    "again": "niente è stato scritto. Guarda di nuovo.",
}
FILE = "phone;first_name\n+393331112223;Julia\n+393330000001;Zoë\n3,93331E+11;Eva\n"


def people(page: Page, site: WebThread, place: Place, journal: Journal) -> Page:
    """The chapter, with the cursor on Giulia."""
    Registry(journal).set_role(place.marta, StaffRole.ADMIN, by="test")
    signed_on(page, site.url, place, "it")
    page.keyboard.press("5")
    page.keyboard.press("u")
    expect(page.locator("#people-h")).to_be_focused()
    expect(page.locator(".people tbody tr")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    return page


def test_an_invitation_brings_the_app_onto_a_phone_whose_alert_is_proved_then(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    people(page, site, place, journal)
    page.keyboard.press("q")
    expect(page.locator("#invite-phone")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".once__copy")).to_be_focused()
    expect(page.locator(".access__qr")).to_be_visible()
    assert barriers(page) + lost_when_magnified(page) == []
    link = page.locator(".once__secret").input_value()
    # On paper, which others may find, there is the link and nobody's name.
    page.evaluate("() => { window.print = () => {}; }")
    page.keyboard.press("p")
    paper = page.locator(".paper").text_content() or ""
    assert link in paper
    assert not {"Giulia", "securWoman", "+39"} & set(re.findall(r"[\w+]+", paper))
    # The phone has nothing but the link.
    browser = page.context.browser
    assert browser is not None
    other = browser.new_context(locale="it", permissions=["geolocation"])
    phone = Phone(other.new_page(), site.url, place, journal)
    phone.page.goto(link)
    phone.page.get_by_role("button", name=WORDS["accept"]).click()
    expect(phone.page.get_by_text(WORDS["proved"])).to_be_visible()
    assert phone.page.evaluate("location.hash") == ""
    phone.page.get_by_role("button", name=WORDS["back"]).click()
    phone.hold()
    (key,) = devices.all_devices(journal)
    received = phone.inbox()[0]
    assert isinstance(received, AlertReceived)
    assert (received.phone, received.proof, received.key) == (GIULIA, Assurance.DEVICE, key.device)
    assert key.proved_by is ProofMethod.STAFF
    other.close()


def test_one_that_goes_by_a_text_message_is_listed_and_revoked_by_keys(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    people(page, site, place, journal)
    page.keyboard.press("q")
    tab_to(page, page.locator("#invite-text"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    row = page.locator(".invite .phones li")
    expect(row).to_contain_text(WORDS["waits"])
    (text,) = read_outbox(journal)
    assert text.to == GIULIA
    tab_to(page, row.locator("button"))
    page.keyboard.press("x")
    expect(page.locator(".people .page-head")).to_contain_text(WORDS["ask"])
    page.keyboard.press("Enter")
    expect(page.locator(".people .page-head")).to_contain_text(WORDS["gone"])
    expect(row).to_have_count(0)
    expect(page.locator(".once__secret")).to_have_count(0)


def test_a_file_is_looked_at_then_its_good_lines_are_taken_in_and_the_bad_ones_saved(
    page: Page, site: WebThread, place: Place, journal: Journal, tmp_path: Path
) -> None:
    registry = Registry(journal)
    file = tmp_path / "people.csv"
    file.write_bytes(FILE.encode("cp1252"))
    people(page, site, place, journal)
    page.keyboard.press("f")
    expect(page.locator(".import input")).to_be_focused()
    page.locator(".import input").set_input_files(file)
    pane = page.locator(".import")
    for one in ("not_yet", "rounded", "accents"):
        expect(pane).to_contain_text(WORDS[one])
    expect(pane.locator("tbody tr")).to_have_count(3)
    assert barriers(page) + lost_when_magnified(page) == []
    with page.expect_download() as saved:
        pane.get_by_role("button", name=WORDS["save"]).press("Enter")
    assert "3,93331E+11;Eva;phone: " in saved.value.path().read_text("utf-8-sig")
    # Somebody else corrects one of them meanwhile: what was seen is not what would be done.
    giulia = registry.user_by_phone(E164(GIULIA))
    assert giulia is not None
    registry.change_user(giulia.id, Person(first_name="Julia"), by="another admin")
    page.locator(".import__take").press("Enter")
    expect(pane.get_by_role("alert")).to_contain_text(WORDS["again"])
    assert registry.user_by_phone(E164("+393330000001")) is None
    expect(page.locator(".import__take")).to_be_focused()
    page.keyboard.press("Enter")
    expect(pane).to_contain_text(WORDS["done"])
    expect(page.locator(".people .chapter__list")).to_contain_text("Zoë")
    wait_until(lambda: registry.user_by_phone(E164("+393330000001")), what="the new person")
    page.keyboard.press("Escape")
    expect(pane).to_have_count(0)
