"""Passkeys, an authenticator app, recovery and one's sessions, in a browser with a virtual authenticator."""

from __future__ import annotations

import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect

from gateways.http.security.authenticator_app import STEP_S
from messages.ids import SECOND
from store.journal.journal import Journal
from store.registry.access.sessions import SignOnMethod, start_session
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.place import CLOCK, Place, WebThread

PASSWORD = "quattro parole messe insieme"
WORDS = {
    "asked": "Il tuo ruolo richiede una passkey, o un’app di autenticazione: aggiungila adesso.",
    "access": "I tuoi accessi",
    "add": "Aggiungi una passkey",
    "added": "La passkey c’è.",
    "use": "Usa una passkey",
    "needed": "La password è giusta. Ora serve la tua passkey. L’hai persa? Chiedi un link a chi "
    "amministra il centro (Gestione, Operatori, P).",
    "recovered": "Sei qui con un link che vale una volta: scegli una password, o aggiungi una passkey.",
    "simple": "Prendi quattro parole che non c’entrano tra loro",
    "changed": "Password cambiata",
    "off": "Esci",
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(180),
    pytest.mark.browser_may_say(r"401 \(Unauthorized\)", r"400 \(Bad Request\)"),
]


@pytest.fixture(autouse=True)
def registry(journal: Journal, place: Place) -> Registry:
    """Marta is a supervisor, and has a password."""
    registry = Registry(journal)
    registry.set_role(place.marta, StaffRole.SUPERVISOR, by="test")
    registry.set_password(place.marta, PASSWORD, by="test")
    return registry


def authenticator(page: Page) -> None:
    """As built into a telephone: it verifies the person."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def typed(page: Page, *fields: str) -> None:
    """From field to field, and Enter."""
    for n, field in enumerate(fields):
        if n:
            page.keyboard.press("Tab")
        page.keyboard.type(field)
    page.keyboard.press("Enter")


def tab_to(page: Page, wanted: Locator) -> None:
    expect(wanted).to_be_visible()
    for _ in range(60):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("not reached by Tab")


def pressed(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name)
    tab_to(page, button)
    page.keyboard.press("Enter")


def sign_off(page: Page, word: str = WORDS["off"]) -> None:
    page.keyboard.press("?")
    pressed(page, word)
    expect(page.locator("input[name=operator]")).to_be_focused()


def test_a_passkey_is_added_and_signs_on_by_keys_alone(page: Page, site: WebThread) -> None:
    authenticator(page)
    page.goto(f"http://localhost:{site.port}/console/?lang=it")
    expect(page.locator("input[name=operator]")).to_be_focused()
    typed(page, "Marta Bianchi", PASSWORD)
    expect(page.locator(".access__notice")).to_contain_text(WORDS["asked"])
    pressed(page, WORDS["access"])
    expect(page.locator("#access-h")).to_have_text(WORDS["access"])
    pressed(page, WORDS["add"])
    expect(page.locator(".access .page-head")).to_contain_text(WORDS["added"])
    expect(page.locator(".access__name")).to_have_count(1)
    page.locator("#access-h").focus()
    sign_off(page)
    # The password alone is not enough any more; the passkey is, without a name.
    typed(page, "Marta Bianchi", PASSWORD)
    expect(page.get_by_role("alert")).to_have_text(WORDS["needed"])
    expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name=WORDS["use"])).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".bar__me")).to_contain_text("Marta Bianchi")
    expect(page.locator(".access__notice")).to_be_hidden()
    page.keyboard.press("?")
    pressed(page, WORDS["access"])
    expect(page.locator("#access-h")).to_be_focused()


def test_where_no_passkey_can_be_an_app_is_added_and_its_code_asked_for(page: Page, site: WebThread) -> None:
    page.goto(f"http://127.0.0.1:{site.port}/console/?lang=en")
    pressed(page, "Use a passkey")
    expect(page.get_by_role("alert")).to_contain_text("There are no passkeys at this address")
    page.locator("input[name=operator]").focus()
    typed(page, "Marta Bianchi", PASSWORD)
    pressed(page, "Your sign-on")
    expect(page.locator(".access")).to_contain_text("There are no passkeys at this address")
    pressed(page, "Add an authenticator app")
    expect(page.get_by_role("img", name="QR")).to_be_visible()
    app = pyotp.TOTP(page.locator(".access__app code").inner_text().replace(" ", ""))
    tab_to(page, page.locator("input[name=code]"))
    typed(page, app.at(CLOCK.now_us() // SECOND))
    expect(page.locator(".access .page-head")).to_contain_text("The app is added")
    page.locator("#access-h").focus()
    sign_off(page, "Sign off")
    typed(page, "Marta Bianchi", PASSWORD)
    expect(page.locator("input[name=code]")).to_be_focused()
    typed(page, "000000")
    expect(page.get_by_role("alert")).to_contain_text("The code is wrong")
    typed(page, app.at(CLOCK.now_us() // SECOND + STEP_S))
    expect(page.locator(".bar__me")).to_contain_text("Marta Bianchi")


def test_a_recovery_link_leads_to_a_new_password_and_the_other_sessions_are_seen(
    page: Page, site: WebThread, place: Place, journal: Journal, registry: Registry
) -> None:
    code, _ = registry.recover(place.marta, by="test")
    page.goto(f"{site.url}/console/?lang=it#token={code}")
    expect(page.locator(".access .page-head")).to_contain_text(WORDS["recovered"])
    assert "swr_" not in page.url + page.evaluate("JSON.stringify({...sessionStorage})")
    tab_to(page, page.locator("input[name=password]"))
    typed(page, "password12")
    expect(page.locator(".access [role=alert]")).to_contain_text(WORDS["simple"])
    page.locator("input[name=password]").fill("another phrase of mine")
    page.keyboard.press("Enter")
    expect(page.locator(".access .page-head")).to_contain_text(WORDS["changed"])
    journal.transact(lambda tx: start_session(tx, place.marta, "10.0.0.7", way=SignOnMethod.PASSKEY))
    page.reload()
    expect(page.locator(".bar__me")).to_contain_text("Marta Bianchi")
    pressed(page, WORDS["access"])
    rows = page.locator(".access tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("10.0.0.7")
    tab_to(page, rows.nth(1).get_by_role("button"))
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".ready")).to_be_visible()
