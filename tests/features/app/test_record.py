"""The person's own record in the app: written behind a PIN, shown to no phone, and kept on none."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Page, expect

from messages.ids import E164
from model.picture import PictureKind
from model.record import Contact, DangerousPerson, PersonRecord
from store.registry.people import Person
from store.registry.registry import Registry
from store.registry.users import records
from store.registry.users.records import StoredRecord
from tests.features.app.phone import KEY_CHECKED, Phone
from tests.gateways.http.place import GIULIA
from tests.support.pictures import png

FORBIDDEN = r"403 \(Forbidden\)"
ABSENT = r"404 \(Not Found\)"
MEANWHILE = r"412 \(Precondition Failed\)"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(120),
    pytest.mark.browser_may_say(KEY_CHECKED, FORBIDDEN, ABSENT, MEANWHILE),
]


def kept(phone: Phone) -> StoredRecord:
    user = Registry(phone.journal).user_by_phone(E164(GIULIA))
    assert user is not None
    return phone.journal.at_one_moment(lambda connection: records.read_record(connection, user.id))


def enter(phone: Phone, record: PersonRecord) -> None:
    user = Registry(phone.journal).user_by_phone(E164(GIULIA))
    assert user is not None
    phone.journal.transact(
        lambda tx: records.write_record(tx, user.id, record, expected=None, by="test", region="IT")
    )


def opened(phone: Phone, pin: str) -> Page:
    """The record's screen, by this PIN."""
    phone.prove()
    phone.page.get_by_role("button", name="My record").click()
    phone.page.get_by_label("PIN").fill(pin)
    phone.page.get_by_role("button", name="Open").click()
    expect(phone.page.get_by_label("Health")).to_be_visible()
    return phone.page


def said(page: Page, text: str) -> None:
    expect(page.locator(".app__said")).to_have_text(text)


def test_what_is_entered_is_the_centers_and_stays_nowhere_on_the_phone(phone: Phone, tmp_path: Path) -> None:
    page = opened(phone, "4711")
    page.get_by_label("Health").fill("asthma")
    page.get_by_label("Addresses").fill("via Roma 12\nvia Po 3")
    page.locator("[name='dangerous0.name']").fill("Marco Neri")
    page.locator("[name='contacts0.name']").fill("Anna")
    page.locator("[name='contacts0.number']").fill("347 123 4567")
    page.locator("[name='contacts0.tell']").check()
    file = tmp_path / "face.png"
    file.write_bytes(png(1500, 900))
    page.locator("fieldset input[type=file]").first.set_input_files(file)
    said(page, "Photo sent. Now save.")
    expect(page.get_by_label("Health")).to_have_value("asthma")
    page.get_by_role("button", name="Save").click()
    said(page, "Sent. It counts, if the PIN was right.")
    found = kept(phone).record
    picture = found.dangerous[0].picture
    assert found == PersonRecord(
        medical="asthma",
        addresses=("via Roma 12", "via Po 3"),
        dangerous=(DangerousPerson(name="Marco Neri", picture=picture),),
        contacts=(Contact(name="Anna", number="+393471234567", tell=True),),
    )
    user = Registry(phone.journal).user_by_phone(E164(GIULIA))
    assert user is not None
    sent = phone.journal.at_one_moment(lambda connection: records.read_picture(connection, user.id, picture))
    assert sent is not None
    assert sent.kind is PictureKind.JPEG, "drawn anew, so that nothing of the camera's is in it"
    stored = page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")
    assert "asthma" not in stored
    page.get_by_role("button", name="Back").click()
    assert "Marco" not in page.content()


@pytest.mark.parametrize("pin", ["0000", "9999", "4711"])
def test_every_pin_opens_the_same_form_and_the_right_one_fills_the_record(phone: Phone, pin: str) -> None:
    before = PersonRecord(medical="asthma", dangerous=(DangerousPerson(name="Marco Neri"),), safe_word="blue")
    enter(phone, before)
    page = opened(phone, pin)
    for name in ("Health", "Safe word"):
        expect(page.get_by_label(name)).to_have_value("")
    expect(page.locator("[name='dangerous0.name']")).to_have_value("")
    expect(page.get_by_text("What the centre has is shown on no phone.")).to_be_visible()
    page.get_by_label("How to reach you").fill("by mail")
    page.get_by_role("button", name="Save").click()
    said(page, "Sent. It counts, if the PIN was right.")
    after = msgspec.structs.replace(before, reach="by mail") if pin == "4711" else before
    assert kept(phone).record == after


def test_what_the_center_has_changed_meanwhile_stays_beside_what_is_written(phone: Phone) -> None:
    page = opened(phone, "4711")
    enter(phone, PersonRecord(court_order="Trib. Milano"))
    page.get_by_label("Health").fill("asthma")
    page.get_by_role("button", name="Save").click()
    said(page, "Sent. It counts, if the PIN was right.")
    assert kept(phone).record == PersonRecord(court_order="Trib. Milano", medical="asthma")


def test_without_a_pin_what_the_center_has_changed_meanwhile_is_not_overwritten(phone: Phone) -> None:
    user = Registry(phone.journal).user_by_phone(E164(GIULIA))
    assert user is not None
    Registry(phone.journal).change_user(user.id, Person(cancel_pin="", duress_pin=""), by="test")
    phone.prove()
    page = phone.page
    page.get_by_role("button", name="My record").click()
    expect(page.get_by_label("Health")).to_be_visible()
    enter(phone, PersonRecord(court_order="Trib. Milano"))
    page.get_by_label("Health").fill("asthma")
    page.get_by_role("button", name="Save").click()
    said(page, "The centre has changed it: read it again.")
    assert kept(phone).record == PersonRecord(court_order="Trib. Milano")
    page.get_by_role("button", name="Read again").click()
    expect(page.get_by_label("Court order")).to_have_value("Trib. Milano")


def test_a_center_without_records_says_so(phone: Phone) -> None:
    """The feature `privacy` is left out: its paths are absent."""
    phone.page.route("**/v1/me/record", lambda route: route.fulfill(status=404, json={"code": "not_found"}))
    phone.prove()
    phone.page.get_by_role("button", name="My record").click()
    said(phone.page, "This centre keeps no records.")
