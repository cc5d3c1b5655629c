"""People in the administration, by keyboard alone; and two admins at once."""

from __future__ import annotations

import re
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import bindparam, update

from features.people.person_changes import Fields, change
from messages.ids import E164, SECOND, UserId
from model.record import PersonRecord
from store.database.query import Query
from store.database.schema import device_key
from store.errors import NumberRefused
from store.journal.journal import Journal, Transaction
from store.registry import devices
from store.registry.numbers import of_a_person
from store.registry.people import Person, StaffRole, User
from store.registry.registry import Registry
from store.registry.users import records
from tests.gateways.console.desk import signed_on
from tests.gateways.console.test_own_access import tab_to
from tests.gateways.http.place import GIULIA, Place, WebThread

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(120),
    pytest.mark.browser_may_say(r"400 \(", r"409 \(Conflict\)", r"412 \("),
]

LONG_AGO = Query(
    update(device_key)
    .where(device_key.c.device == bindparam("which"))
    .values(checked_us=bindparam("at"), check_days=bindparam("days")),
    "at",
    "days",
    "which",
)
WORDS = {
    "added": "Julia Pérez c’è.",
    "bad": "Non è un numero che si possa chiamare.",
    "taken": "È il numero di un’altra persona",
    "saved": "Giulia Rossi: salvato.",
    "back": "Annullato.",
    "ask": "Julia Pérez diventa Giulia Rossi? Non si annulla.",
    "one": "Giulia Rossi: una persona sola.",
    "revoked": "Pixel: revocato.",
    "record": "Giulia Rossi: scheda salvata.",
    "given": "Giulia Rossi: dati scaricati.",
    "not_typed": "Non è né la fine di un numero né il nome.",
    "erased": "Giulia Rossi: cancellata, con 0 allarmi.",
}


@pytest.fixture(autouse=True)
def registry(journal: Journal, place: Place) -> Registry:
    """Marta is an admin."""
    registry = Registry(journal)
    registry.set_role(place.marta, StaffRole.ADMIN, by="test")
    return registry


@pytest.fixture
def giulia(registry: Registry) -> User:
    found = registry.user_by_phone(E164(GIULIA))
    assert found is not None
    return found


def opened(page: Page, site: WebThread, place: Place, lang: str = "en") -> Page:
    signed_on(page, site.url, place, lang)
    page.keyboard.press("5")
    expect(page.locator("#operators-h")).to_be_focused()
    page.keyboard.press("u")
    expect(page.locator("#people-h")).to_be_focused()
    expect(page.locator(".chapter__list tbody tr")).not_to_have_count(0)
    return page


def find(page: Page, text: str, who: UserId) -> None:
    """By the search, and the arrow to the one who is found."""
    page.keyboard.press("/")
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("ArrowDown")
    expect(page.locator(f'.people tr[data-key="{who}"]')).to_be_focused()
    expect(page.locator(".chapter__list tbody tr")).to_have_count(1)


def written(page: Page, field: str, text: str) -> None:
    tab_to(page, page.locator(f"#{field}"))
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def test_a_person_is_added_corrected_merged_and_erased_by_keys_alone(
    page: Page, site: WebThread, place: Place, registry: Registry, journal: Journal, giulia: User
) -> None:
    secret = journal.transact(lambda tx: devices.invite(tx, E164(GIULIA), "test"))
    journal.transact(lambda tx: devices.accept_invitation(tx, secret, b"\x04" * 65, "Pixel"))
    opened(page, site, place, "it").set_viewport_size({"width": 1280, "height": 720})
    said = page.locator(".people .page-head")
    page.keyboard.press("a")
    expect(page.locator("#person-first_name")).to_be_focused()
    page.keyboard.type("Julia")
    written(page, "person-last_name", "Pérez")
    written(page, "person-phones", f"{GIULIA}")
    page.keyboard.press("Enter")
    expect(page.locator("#person-phones-fault")).to_contain_text(WORDS["taken"])
    written(page, "person-phones", "340 999 8877, 02 5551 2345")
    page.keyboard.press("Enter")
    expect(said).to_contain_text(WORDS["added"])
    also = registry.user_by_phone(E164("+393409998877"))
    assert also is not None
    assert also.phones == ("+393409998877", "+390255512345")
    expect(page.locator(f'.people tr[data-key="{also.id}"]')).to_be_focused()

    find(page, "rossi giu", giulia.id)
    page.keyboard.press("Enter")
    expect(page.locator("#person-first_name")).to_have_value("Giulia")
    written(page, "person-phones", f"{GIULIA}, 112")
    page.keyboard.press("Enter")
    expect(page.locator("#person-phones-fault")).to_contain_text(WORDS["bad"])
    written(page, "person-phones", f"320 000 0001, {GIULIA}")
    page.keyboard.press("Enter")
    expect(said).to_contain_text(WORDS["saved"])
    changed = registry.user(giulia.id)
    assert changed is not None
    assert changed.phones == ("+393200000001", GIULIA)
    page.keyboard.press("z")
    expect(said).to_contain_text(WORDS["back"])
    assert registry.user(giulia.id) == giulia

    page.keyboard.press("m")
    expect(page.locator("#merge-h")).to_be_visible()
    find(page, "perez", also.id)
    page.keyboard.press("m")
    expect(said).to_contain_text(WORDS["ask"])
    expect(page.locator(".merge__both")).to_contain_text("+39 340 999 8877")
    page.keyboard.press("Enter")
    expect(said).to_contain_text(WORDS["one"])
    expect(page.locator(f'.people tr[data-key="{giulia.id}"]')).to_be_focused()
    assert registry.user(also.id) == registry.user(giulia.id)

    page.keyboard.press("p")
    tab_to(page, page.locator(".phones button"))
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(said).to_contain_text(WORDS["revoked"])
    expect(page.locator(".phones li")).to_have_count(0)
    page.keyboard.press("Escape")

    page.keyboard.press("g")
    written(page, "record-medical", "Asthma")
    written(page, "record-contacts-0-name", "Ada")
    written(page, "record-contacts-0-number", "12")
    page.keyboard.press("Enter")
    expect(page.locator("#record-contacts-0-number-fault")).to_contain_text(WORDS["bad"])
    written(page, "record-contacts-0-number", "320 000 0009")
    page.keyboard.press("Enter")
    expect(said).to_contain_text(WORDS["record"])
    record = journal.at_one_moment(lambda one: records.read_record(one, giulia.id)).record
    assert (record.medical, record.contacts[0].number) == ("Asthma", "+393200000009")

    with page.expect_download() as given:
        page.keyboard.press("d")
    expect(said).to_contain_text(WORDS["given"])
    assert any(name.endswith("index.html") for name in ZipFile(given.value.path()).namelist())

    page.keyboard.press("x")
    expect(page.locator("#erase-typed")).to_be_focused()
    page.keyboard.type("1234")
    page.keyboard.press("Enter")
    expect(page.locator(".form")).to_contain_text(WORDS["not_typed"])
    written(page, "erase-typed", GIULIA[-4:])
    page.keyboard.press("Enter")
    expect(said).to_contain_text(WORDS["erased"])
    expect(page.locator(f'.people tr[data-key="{giulia.id}"]')).to_have_count(0)
    expect(page.locator("#people-search")).to_have_value("")  # the name is left nowhere
    assert registry.count_users() == 0


def test_another_admins_change_is_seen_and_nothing_is_overwritten_unseen(
    page: Page, site: WebThread, place: Place, registry: Registry, journal: Journal, giulia: User
) -> None:
    def by_another(was: Fields, now: Fields) -> None:
        journal.transact(lambda tx: change(tx, giulia.id, was, now, by="luca-ferri", region="IT"))

    opened(page, site, place)
    find(page, "giulia", giulia.id)
    page.keyboard.press("Enter")
    written(page, "person-phones", f"{GIULIA}, +393200000001")
    by_another(Fields(notes=giulia.notes), Fields(notes="Asthma, cats"))
    # The form follows what was left alone, and keeps what is typed.
    expect(page.locator("#person-notes")).to_have_value("Asthma, cats")
    by_another(Fields(phones=giulia.phones), Fields(phones=("+393200000002",)))
    page.keyboard.press("Enter")
    expect(page.locator("#person-phones-fault")).to_contain_text("+393200000002")
    known = registry.user(giulia.id)
    assert known is not None
    assert known.phones == ("+393200000002",)
    page.keyboard.press("Enter")
    expect(page.locator(".people .page-head")).to_contain_text("Giulia Rossi: saved.")
    known = registry.user(giulia.id)
    assert known is not None
    assert (known.phones, known.notes) == ((GIULIA, "+393200000001"), "Asthma, cats")

    page.keyboard.press("g")
    written(page, "record-medical", "Asthma")
    other = PersonRecord(medical="Diabetes", children="two")
    journal.transact(lambda tx: records.write_record(tx, giulia.id, other, expected=0, by="x", region="IT"))
    page.keyboard.press("Enter")
    expect(page.locator("#record-medical-fault")).to_contain_text("Diabetes")
    expect(page.locator("#record-children")).to_have_value("two")
    page.keyboard.press("Enter")
    expect(page.locator(".people .page-head")).to_contain_text("record saved")
    kept = journal.at_one_moment(lambda one: records.read_record(one, giulia.id)).record
    assert (kept.medical, kept.children) == ("Asthma", "two")


def test_of_many_the_first_fifty_are_shown_and_more_by_a_button(
    page: Page, site: WebThread, place: Place, registry: Registry
) -> None:
    for n in range(60):
        entered = Person(phones=(f"+3933300000{n:02}",), first_name="Ada", last_name=f"L{n:02}")
        registry.add_user(entered, by="x")
    opened(page, site, place)
    expect(page.locator(".chapter__list tbody tr")).to_have_count(50)
    expect(page.locator(".chapter__more")).to_contain_text("50 of 61")
    tab_to(page, page.locator(".chapter__more button"))
    page.keyboard.press("Enter")
    expect(page.locator(".chapter__list tbody tr")).to_have_count(61)
    expect(page.locator(".chapter__more button")).to_have_count(0)


def test_whose_phones_have_been_silent_is_a_key_away(
    page: Page, site: WebThread, place: Place, journal: Journal, giulia: User
) -> None:
    def checked(tx: Transaction) -> None:
        invitation = devices.invite(tx, E164(GIULIA), "test")
        key = devices.accept_invitation(tx, invitation, b"\x04" + bytes(64), "Pixel")
        assert key is not None
        tx.write(LONG_AGO, tx.at_us - 30 * devices.DAY_S * SECOND, 7, key.device)

    Registry(journal).add_user(Person(phones=(E164("+393470000001"),), first_name="Anna"), by="test")
    journal.transact(checked)
    opened(page, site, place, "it")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    page.keyboard.press("t")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Giulia Rossi")
    expect(page.locator(".chapter__more")).to_contain_text("1 silenziosi")
    page.keyboard.press("t")
    expect(rows).to_have_count(2)


def test_why_a_record_s_number_is_refused_has_italian_words(modules: Page) -> None:
    reasons = [f"Zio Bruno: {_refused(number)}" for number in ("12", "abc", "112")]
    said = modules.evaluate(
        """async (reasons) => {
          const { setLanguage } = await import('/console/js/words/words.js');
          const { faultText } = await import('/console/features/people/import.js');
          setLanguage('it');
          const found = reasons.map((reason) => faultText({ column: 'contact', flaw: 'record', reason }));
          setLanguage('en');
          return found;
        }""",
        reasons,
    )
    assert all("«" in one for one in said), said
    assert not [one for one in said if re.search(r"is not|is an", one)]


def _refused(number: str) -> str:
    with pytest.raises(NumberRefused) as refused:
        of_a_person(number, "IT")
    return str(refused.value)
