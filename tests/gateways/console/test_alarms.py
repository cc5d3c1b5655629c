"""The alarms of the plant by keyboard: alike ones are one row, who has seen one is told everywhere, what is
expected is quiet, and what was is found again.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from messages.events import AlarmCleared, AlarmRaised, AlarmSeen, AlarmShelved, AlarmUnshelved, Event
from messages.ids import ShiftState
from store import streams
from store.journal.journal import Append, Journal
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.console.barriers import barriers
from tests.gateways.console.desk import signed_on
from tests.gateways.http.place import NODE, Place, WebThread
from tests.gateways.story import on_shift
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

WORDS = {
    "no_sim": "L0, L1, L2 +197 non porta chiamate: la SIM manca",
    "todo": "Toglierla e rimetterla",
    "machine": "chi gestisce la macchina",
    "unseen": "200 da vedere",
    "woken": "ne restano poche: sveglia i reperibili",
    "more": "e altri 180",
    "seen": "Marta Bianchi",
    "over": "finito alle",
    "quiet": "tace fino alle",
    "work": "Tutto della linea L2",
    "fine": "Tutto funziona",
    "stands": "dura",
}


def raised(alarm: str, subject: str) -> AlarmRaised:
    return AlarmRaised(alarm=alarm, subject=subject, text=f"{subject} in English.")


def cleared(alarm: str, subject: str) -> AlarmCleared:
    return AlarmCleared(alarm=alarm, subject=subject)


def write(journal: Journal, *events: Event) -> None:
    journal.append(Append(streams.node(NODE), None, events))


def written(journal: Journal, kind: type[Event]) -> list[Event]:
    return [one.event for one in journal.read_all(0, 5000) if isinstance(one.event, kind)]  # type: ignore[arg-type]


@pytest.fixture
def supervisor(place: Place, journal: Journal) -> Place:
    Registry(journal).set_role(place.marta, StaffRole.SUPERVISOR, by="test")
    on_shift(journal, place.luca, ShiftState.READY)
    return place


def test_a_storm_is_one_row_that_says_what_to_do_and_is_seen_once_for_all(
    page: Page, site: WebThread, supervisor: Place, journal: Journal
) -> None:
    write(journal, *(raised("line.no_sim", f"L{n}") for n in range(200)), raised("backup.old", "backup"))
    signed_on(page, site.url, supervisor, "it")
    in_bar = page.locator(".bar__health .alarm")
    expect(in_bar.locator("b")).to_have_text(["!200", "·1"])
    page.keyboard.press("4")
    rows = page.locator(".alarms__row")
    expect(rows).to_have_count(2)
    for told in ("no_sim", "todo", "machine", "unseen"):
        expect(rows.first).to_contain_text(WORDS[told])
    page.keyboard.press("ArrowDown")
    expect(rows.first).to_be_focused()
    page.keyboard.press("Enter")
    each = page.locator(".alarms__each li")
    expect(each).to_have_count(21)
    expect(each.last).to_have_text(WORDS["more"])
    expect(each.first).to_contain_text(WORDS["woken"])
    assert barriers(page) == []
    page.keyboard.press("k")
    expect(each.first).to_contain_text(WORDS["seen"])
    expect(in_bar).not_to_have_attribute("data-fresh", "")
    assert len(written(journal, AlarmSeen)) == 201
    write(journal, *(cleared("line.no_sim", f"L{n}") for n in range(200)), cleared("backup.old", "backup"))
    expect(page.locator(".plant__alarms")).to_contain_text(WORDS["fine"])


def test_what_is_over_waits_to_be_seen_and_is_found_in_the_past(
    page: Page, site: WebThread, supervisor: Place, journal: Journal
) -> None:
    write(journal, raised("line.no_sim", "L1"), cleared("line.no_sim", "L1"), raised("line.no_sim", "L1"))
    write(journal, cleared("line.no_sim", "L1"))
    signed_on(page, site.url, supervisor, "it")
    # In the bar nothing that is over looks as what stands.
    in_bar = page.locator(".bar__health .alarm")
    expect(in_bar).to_contain_text("Risolto: ")
    expect(in_bar).not_to_have_class(re.compile("ink-bad"))
    write(journal, raised("backup.old", "backup"))
    expect(in_bar).to_have_class(re.compile("ink-bad"))
    page.keyboard.press("4")
    rows = page.locator(".alarms__row")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text(WORDS["over"])
    page.keyboard.press("k")
    expect(rows).to_have_count(1)
    page.keyboard.press("h")
    expect(page.locator("#alarms-past-h")).to_be_focused()
    past = page.locator(".alarms__list tbody tr")
    expect(past).to_have_count(3)
    expect(past.first).to_contain_text(WORDS["stands"])
    expect(page.locator(".alarms-past .panel").first).to_contain_text("2 ×")
    assert barriers(page) == []
    page.keyboard.press("/")
    page.keyboard.type("backup")
    expect(past).to_have_count(1)
    for key in ("Escape", "Escape", "t"):
        page.keyboard.press(key)
    expect(past).to_have_count(3)
    expect(page.get_by_role("button", name="30 ")).to_be_visible()
    page.keyboard.press("h")
    expect(rows).to_have_count(1)


def test_planned_work_is_quiet_with_its_end_and_its_reason_until_somebody_ends_it(
    page: Page, site: WebThread, supervisor: Place, journal: Journal
) -> None:
    write(journal, raised("line.no_sim", "L2"), raised("backup.old", "backup"))
    signed_on(page, site.url, supervisor, "it")
    page.keyboard.press("4")
    in_bar = page.locator(".bar__health .alarm")
    expect(in_bar).to_have_attribute("data-alarm", "line.no_sim")
    for key in ("ArrowDown", "q"):
        page.keyboard.press(key)
    what = page.locator("#quiet-what")
    expect(what).to_be_focused()
    what.select_option(label=WORDS["work"])
    page.locator("#quiet-reason").focus()
    page.keyboard.type("antenna")
    assert barriers(page) == []
    page.keyboard.press("Enter")
    rows = page.locator(".alarms__row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text(WORDS["quiet"])
    expect(rows.nth(2)).to_contain_text("antenna")
    # The feed may tell it before the form's own answer is there; until then the keys are the form's.
    expect(what).to_have_count(0)
    expect(in_bar).to_have_attribute("data-alarm", "backup.old")
    (shelved,) = written(journal, AlarmShelved)
    assert isinstance(shelved, AlarmShelved)
    assert (shelved.subject, shelved.alarm, shelved.by) == ("L2", "", supervisor.marta)
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(rows).to_have_count(2)
    expect(in_bar).to_have_attribute("data-alarm", "line.no_sim")
    wait_until(lambda: len(written(journal, AlarmUnshelved)) == 1)
