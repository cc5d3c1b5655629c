"""A phone proves its number with the app, signs from then on, and is served all the same where it cannot."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode

import pytest
from playwright.sync_api import Page, expect

from gateways.http.security.signatures import Request, Signed, jwk_point, key_id, verify
from messages.events import AlertCancelled, AlertReceived
from messages.ids import Assurance, Doubt
from store.registry import devices
from store.sms_outbox import read_outbox
from tests.features.app.phone import KEY_CHECKED, Phone
from tests.gateways.http.place import GIULIA
from tests.support.signing import Phone as Signing
from tests.waiting import wait_until

FORBIDDEN = r"403 \(Forbidden\)"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(120),
    pytest.mark.browser_may_say(KEY_CHECKED, FORBIDDEN),
]

PATIENT = """{
  const later = window.setTimeout;
  window.setTimeout = (work, ms, ...more) => later(work, ms === 100 ? 20_000 : ms, ...more);
}"""
"""The machine of the tests may be slower at signing than a phone."""
SIGNED = """async (body) => {
  const { newPair } = await import('/app/js/key.js');
  const { signatureHeaders } = await import('/app/js/sign.js');
  const { pair, public_key } = await newPair();
  const kept = await crypto.subtle.exportKey('jwk', pair.privateKey).then(() => 'told', (e) => e.name);
  return [public_key, kept,
    await signatureHeaders(pair.privateKey, 'd1', 'POST', '/v1/alerts', body, 1795737600999)];
}"""


def received(phone: Phone) -> AlertReceived:
    first = phone.inbox()[0]
    assert isinstance(first, AlertReceived)
    return first


@pytest.mark.parametrize("body", ['{"phone":"+393331112223","name":"Zoë"}', ""])
def test_what_the_app_signs_the_center_verifies_and_the_key_is_told_to_nobody(
    modules: Page, body: str
) -> None:
    jwk, kept, headers = modules.evaluate(SIGNED, body)
    assert kept == "InvalidAccessError"
    sent = Request(method="POST", path="/v1/alerts", headers=headers, body=body.encode())
    assert key_id(sent) == "d1"
    found = verify(sent, jwk_point(jwk))
    assert isinstance(found, Signed)
    assert found.created == 1795737600
    assert len(urlsafe_b64decode(found.nonce.replace("+", "-").replace("/", "_"))) == 15
    other = Request(method="POST", path="/v1/alerts", headers=headers, body=f"{body} ".encode())
    assert verify(other, jwk_point(jwk)) is Doubt.DIGEST


def test_a_code_proves_the_number_and_what_is_raised_read_and_cancelled_then_is_the_phone_s(
    phone: Phone,
) -> None:
    page = phone.page
    page.add_init_script(PATIENT)
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="This phone").click()
    page.get_by_role("button", name="Send a code to +39 333 111 2223").click()
    expect(page.get_by_text("The code comes by text message.")).to_be_visible()
    (text,) = read_outbox(phone.journal)
    (code,) = re.findall(r"\b[0-9]{6}\b", text.words)
    assert text.to == GIULIA
    page.get_by_label("Code from the text message").fill(f"{(int(code) + 1) % 1_000_000:06}")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("#hint-code")).to_contain_text("This is not the code.")
    expect(page.get_by_label("Code from the text message")).to_be_focused()
    # The phone stops the page while the person reads the text: it goes on where it was.
    page.reload()
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="This phone").click()
    page.get_by_label("Your PIN").fill("4711")
    page.get_by_label("Code from the text message").fill(f"{code[:3]} {code[3:]}")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This phone is verified.")).to_be_visible()
    expect(page.locator(".app__phones li")).to_contain_text("(this one)")
    expect(page.locator("main")).to_contain_text("Last verified: ")
    page.get_by_label("New PIN").fill("2468")
    page.get_by_label("Present PIN").fill("4711")
    page.get_by_role("button", name="Save the PINs").click()
    expect(page.get_by_text("Sent. The new PINs count, if the present one was right.")).to_be_visible()
    # Another number is not proved by this key: it is said when it is given, and not by the next alert.
    for number, is_other in (("+393331112224", True), (GIULIA, False)):
        page.get_by_role("button", name="Back to the start").click()
        page.get_by_role("button", name="Settings").click()
        page.get_by_label("Your phone number").fill(number)
        page.get_by_role("button", name="Save", exact=True).click()
        if is_other:
            expect(page.get_by_text("is not the one that was verified")).to_be_visible()
            expect(page.get_by_role("button", name="Send a code to +393331112224")).to_be_visible()
    with page.expect_response(re.compile(r"/v1/alerts/\w+$")) as read:
        phone.hold()
    assert read.value.status == 200
    (key,) = devices.all_devices(phone.journal)
    assert (received(phone).proof, received(phone).key, received(phone).doubt) == (
        Assurance.DEVICE,
        key.device,
        None,
    )
    page.get_by_role("button", name="A mistake, cancel with the PIN").click()
    page.get_by_label("PIN").fill("2468")
    page.keyboard.press("Enter")
    expect(phone.title).to_have_text("You asked to cancel")
    wait_until(lambda: AlertCancelled() in phone.inbox(), what="the cancellation")


def test_an_invitation_proves_too_and_where_signing_never_ends_the_alert_goes_unsigned(phone: Phone) -> None:
    page = phone.page
    phone.prove()
    assert page.evaluate("location.href") == f"{phone.url}/app"
    page.get_by_role("button", name="Back to the start").click()
    page.evaluate("() => { crypto.subtle.sign = () => new Promise(() => {}); }")
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    assert received(phone).proof is Assurance.APP
    page.reload()
    page.get_by_role("button", name="A mistake, cancel with the PIN").click()
    page.get_by_label("PIN").fill("4711")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Back to the start").click()
    page.get_by_role("button", name="Settings").click()
    page.evaluate("() => { crypto.subtle.sign = () => Promise.reject(new Error('broken')); }")
    page.get_by_role("button", name="This phone").click()
    expect(page.get_by_text("The phone did not sign in time.")).to_be_visible()


def test_a_phone_is_ended_by_pressing_twice(phone: Phone) -> None:
    phone.prove()
    phone.end()
    expect(phone.page.get_by_role("button", name="Send a code to")).to_be_visible()
    assert devices.all_devices(phone.journal) == []


def test_a_phone_that_was_added_elsewhere_is_shown_and_ended_with_the_pin(phone: Phone) -> None:
    page = phone.page
    phone.prove()
    page.get_by_role("button", name="Back to the start").click()
    other = Signing(number=GIULIA).enrolled(phone.journal)
    page.reload()
    expect(page.get_by_text("A phone was added to your number.")).to_be_visible()
    page.get_by_role("button", name="Your verified phones").click()
    row = page.locator(".app__phones li").last
    row.get_by_role("button", name="End it").click()
    row.get_by_label("Your PIN").fill("4711")
    row.get_by_role("button", name="Press again to end it").click()
    expect(page.locator(".app__phones li")).to_have_count(1)
    assert devices.key_of(phone.journal, other.device) is None
    page.get_by_role("button", name="Back to the start").click()
    expect(page.get_by_text("A phone was added to your number.")).to_be_hidden()


def test_where_no_key_can_be_kept_it_says_so_and_raises_alerts_as_ever(phone: Phone) -> None:
    page = phone.page
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    phone.open("?test=0")
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="This phone").click()
    expect(page.get_by_text("This phone cannot be verified here")).to_be_visible()
    page.get_by_role("button", name="Back to the start").click()
    phone.hold()
    expect(phone.title).to_have_text("Finding an operator")
    assert received(phone).proof is Assurance.APP
