"""Who is on duty, in a browser by keyboard alone: people, hours, a swap in few keys; two admins at once."""

from __future__ import annotations

import re
from datetime import date

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from messages.events import CalloutOpened
from messages.ids import SECOND, DutyWay, Instant
from model.callouts.roster import Override, Roster, on_duty
from model.callouts.times import instant_of
from store import streams
from store.journal.journal import Journal
from store.registry.people import StaffRole
from store.registry.registry import Registry
from store.roster import roster_of, store_roster
from tests.gateways.console.desk import signed_on
from tests.gateways.console.test_own_access import typed
from tests.gateways.http.place import Place, WebThread
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(120),
    pytest.mark.browser_may_say(r"400 \(", r"409 \(Conflict\)"),
]

WORDS = {
    "emergency": "È un numero di emergenza: non si chiama mai.",
    "nobody": "nessuno in turno: si chiamano tutti",
    "swapped": "Carla Rossi al posto di Anna Bianchi, fino a ",
    "back": "Annullato.",
    "begun": "Anna Bianchi: prova avviata.",
    "gone": "Carla Rossi non c’è più.",
    "saved": "Always: salvato.",
    "time": "Un’ora, come 20:00.",
    "who": "Chi? Senza nessuno resta scoperto.",
    "first": "Nessuno: prima P e A, chi si chiama",
    "all": "Ore che nessuno copre (si chiamano tutti): tutte",
    "until": "fino a",
    "no_operator": "Nessun operatore reperibile",
}


NIGHTS = [
    (zone, f"{day}T{time}")
    for zone in ("Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
    for day in ("2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01")
    for time in ("00:00", "01:30", "02:30", "03:00", "12:00")
]
MOMENTS = """async (all) => {
  const { moment } = await import('/console/features/duty/times.js');
  return all.map(([zone, text]) => moment(text, zone));
}"""


def kept(journal: Journal) -> Roster:
    return roster_of(journal).roster


def called(page: Page) -> list[str]:
    """Who would be called now, as the page says."""
    return [text.strip() for text in page.locator(".duty__now li").all_inner_texts()]


def test_people_and_hours_are_entered_swapped_taken_back_and_tried_by_keys_alone(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    Registry(journal).set_role(place.marta, StaffRole.ADMIN, by="test")
    signed_on(page, site.url, place, "it").set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("5")
    page.keyboard.press("j")
    expect(page.locator(".duty .empty")).to_have_text(WORDS["first"])
    assert page.locator(".chapter__list").evaluate("(one) => one.scrollHeight <= one.clientHeight")
    page.keyboard.press("p")
    rows, status = page.locator(".duty tbody tr"), page.locator(".duty .page-head")
    page.keyboard.press("a")
    expect(page.locator("#person-operator")).to_be_focused()
    typed(page, "", "Anna Bianchi", "", "112")
    expect(page.locator("#person-to-0-fault")).to_have_text(WORDS["emergency"])
    expect(page.locator("#person-to-0")).to_be_focused()
    page.keyboard.press("Control+A")
    typed(page, "333 000 0010")
    expect(rows).to_have_count(1)
    page.keyboard.press("a")
    # What is written without a way is known by its form.
    typed(page, "", "Carla Rossi", "", "+393330000011", "", "carla@example.org")
    expect(rows).to_have_count(2)
    # An operator has a name and a number already.
    page.keyboard.press("a")
    typed(page, "Luca")
    expect(rows).to_have_count(3)
    assert [[(way.way, way.to) for way in one.contacts] for one in kept(journal).people] == [
        [(DutyWay.CALL, "+393330000010")],
        [(DutyWay.CALL, "+393330000011"), (DutyWay.EMAIL, "carla@example.org")],
        [(DutyWay.CALL, "+390200000012")],
    ]
    assert kept(journal).people[2].operator == place.luca
    # Of what may last longer than anybody has looked no end is said.
    expect(page.locator(".duty__now")).to_contain_text(WORDS["nobody"])
    expect(page.locator(".duty__now")).not_to_contain_text(WORDS["until"])
    expect(page.locator(".duty__above")).to_contain_text(WORDS["all"])
    page.keyboard.press("w")
    expect(page.locator(".week [data-tint=gap]")).to_have_count(7)
    page.keyboard.press("a")
    typed(page, "Always", "late")
    expect(page.locator("#shift-begins-fault")).to_have_text(WORDS["time"])
    page.keyboard.press("Control+A")
    typed(page, "8", "8")
    expect(page.locator("#shift-person-0-fault")).to_have_text(WORDS["who"])
    typed(page, "Anna")
    expect(status).to_contain_text(WORDS["saved"])
    expect(page.locator(".week [data-tint=gap]")).to_have_count(0)
    assert (kept(journal).shifts[0].begins, kept(journal).shifts[0].ends) == ("08:00", "08:00")
    assert called(page) == ["Anna Bianchi"]
    # Who swaps at 18:00: three keys, one more for another person.
    page.keyboard.press("g")
    expect(page.locator("#swap-person-0")).to_be_focused()
    page.keyboard.press("Enter")
    expect(status).to_contain_text(WORDS["swapped"])
    assert called(page) == ["Carla Rossi"]
    assert [one.name for one in on_duty(kept(journal), journal.now_us())] == ["Carla Rossi"]
    page.keyboard.press("z")
    expect(status).to_contain_text(WORDS["back"])
    assert called(page) == ["Anna Bianchi"]
    assert kept(journal).overrides == ()
    page.keyboard.press("p")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("t")
    page.keyboard.press("Enter")
    expect(status).to_contain_text(WORDS["begun"])
    [opened] = [one.event for one in journal.read(streams.DUTY)]
    assert isinstance(opened, CalloutOpened)
    assert (opened.person, opened.by) == (kept(journal).people[0].id, place.marta)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    expect(status).to_contain_text(WORDS["gone"])
    expect(rows).to_have_count(2)
    # Beside it stands who of the operators is called for alerts: another matter, and said so.
    now = kept(journal)
    ill = Override(
        from_at=journal.now_us(),
        to_at=Instant(journal.now_us() + 30 * 3600 * SECOND),
        people=(now.people[1].id,),
    )
    version = roster_of(journal).version
    journal.transact(
        lambda tx: store_roster(tx, replace(now, overrides=(ill,)), was_version=version, by="luca")
    )
    page.keyboard.press("1")
    expect(page.locator(".ready__people")).to_contain_text(WORDS["no_operator"])
    expect(page.locator(".ready__duty")).to_contain_text(
        re.compile(rf"Luca Ferri, {WORDS['until']} [a-zì]+ \d", re.I)
    )


def test_what_another_admin_has_changed_is_seen_before_it_is_overwritten(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    Registry(journal).set_role(place.marta, StaffRole.ADMIN, by="test")
    signed_on(page, site.url, place)
    page.keyboard.press("5")
    page.keyboard.press("j")
    expect(page.locator(".duty .empty")).to_be_visible()
    page.keyboard.press("p")
    page.keyboard.press("a")
    typed(page, "", "Anna Bianchi", "", "+393330000010")
    expect(page.locator(".duty tbody tr")).to_have_count(1)
    # In the roster's zone, also in the nights in which clocks change, as the center has it.
    shown = page.evaluate(MOMENTS, [list(one) for one in NIGHTS])
    assert shown == [
        instant_of(zone, date.fromisoformat(text[:10]), text[11:]) // 1000 for zone, text in NIGHTS
    ]
    page.keyboard.press("Enter")
    expect(page.locator("#person-name")).to_be_focused()
    now = kept(journal)
    theirs = replace(now, people=(replace(now.people[0], name="Anna Neri"),))
    journal.transact(lambda tx: store_roster(tx, theirs, was_version=1, by="luca"))
    page.keyboard.press("End")
    typed(page, " junior")
    expect(page.get_by_role("alert")).to_contain_text("Another admin has changed the roster meanwhile")
    assert kept(journal) == theirs
    page.keyboard.press("Enter")
    wait_until(lambda: kept(journal).people[0].name == "Anna Bianchi junior")
    expect(page.locator(".duty tbody tr b")).to_have_text("Anna Bianchi junior")
