"""Who of the people on duty is called because of alarms: in the plant, in the bar, by a notice's link."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from messages.events import CalloutAnswered, CalloutEnded, CalloutFailed, CalloutTaken, CalloutTold
from messages.ids import CalloutEnd, CalloutFailure, DutyWay, LineId
from store import streams
from store.journal.journal import Journal
from tests.gateways.called import CALLOUT, NUMBER, carla_then_anna, opened, roster, tried, write
from tests.gateways.console.desk import signed_on
from tests.gateways.http.place import NODE, Place, WebThread
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

WORDS = {
    "calling": "Si sta chiamando Anna Verdi",
    "why": "L1: manca la SIM, e un altro",
    "carla": "SMS partito, telefono non risponde",
    "listening": "telefono: ascolta",
    "nobody": "Nessuno l’ha presa; si sta chiamando Carla Neri",
    "anna": "Ci pensa Anna Verdi",
    "again": "si riprova",
    "on_line": re.compile(r"Chiama\s+Carla Neri"),
    "free": "Libera",
}


def test_who_is_called_is_seen_until_somebody_sees_to_it_and_afterwards_in_the_past(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    carla_then_anna(journal, NODE)
    signed_on(page, site.url, place, "it").keyboard.press("4")
    row, bar = page.locator(".called"), page.locator(".called-bar")
    expect(row).to_contain_text(WORDS["calling"])
    expect(row).to_contain_text(WORDS["why"])
    expect(row.locator("li").first).to_contain_text(WORDS["carla"])
    expect(bar).to_contain_text("Anna")
    write(journal, CalloutAnswered(callout=CALLOUT, attempt=4))
    expect(row).to_contain_text(WORDS["listening"])
    write(journal, CalloutFailed(callout=CALLOUT, attempt=4, why=CalloutFailure.NO_KEY))
    expect(bar).to_contain_text(WORDS["again"])
    write(
        journal,
        tried(5, "carla", round=2, line=LineId("L2")),
    )
    expect(row).to_contain_text(WORDS["nobody"])
    expect(bar).to_have_class("called-bar ink-bad")
    line = page.get_by_role("row", name=re.compile("^L2"))
    expect(line).to_contain_text(WORDS["on_line"])
    write(
        journal,
        CalloutTaken(callout=CALLOUT, person="anna", way=DutyWay.CALL),
        CalloutEnded(callout=CALLOUT, why=CalloutEnd.TAKEN),
    )
    expect(row).to_contain_text(WORDS["anna"])
    expect(row.get_by_role("button")).to_have_count(0)
    expect(line).to_contain_text(WORDS["free"])
    page.set_viewport_size({"width": 320, "height": 640})
    free = line.locator(".word").bounding_box()
    assert free is not None
    assert free["height"] < 40, "one word a line, and no letter"
    page.set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("h")
    expect(page.locator(".called-past tbody tr")).to_contain_text(WORDS["anna"])
    assert NUMBER not in page.content()


def test_a_notice_s_link_leads_to_the_one_key_that_takes_it(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    carla_then_anna(journal, NODE)
    signed_on(page, site.url, place)
    page.goto(f"{site.url}/console/?lang=en#callout={CALLOUT}")
    row = page.locator(".called")
    expect(row.get_by_role("button")).to_be_focused()
    assert "#" not in page.url
    for number, why in enumerate(CalloutFailure, 10):
        write(
            journal,
            tried(number, "carla", round=2),
            CalloutFailed(callout=CALLOUT, attempt=number, why=why),
        )
    row_of = row.locator("li").last
    expect(row_of).to_contain_text("not needed any more")
    assert row_of.inner_text().count("phone") == len(CalloutFailure), "each has words"
    page.keyboard.press("r")
    expect(row).to_contain_text("Marta Bianchi sees to it")

    def taken() -> list[CalloutTaken]:
        return [one.event for one in journal.read(streams.DUTY) if isinstance(one.event, CalloutTaken)]

    wait_until(taken)
    assert [one.operator for one in taken()] == [place.marta]
    page.goto(f"{site.url}/console/?lang=en#callout=gone")
    expect(page.locator("#alarms-past-h")).to_have_text("Past alarms")


def test_who_was_only_written_to_is_not_said_to_give_no_answer(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    roster(journal)
    sms = tried(1, "carla", DutyWay.SMS)
    write(journal, opened(journal, NODE), sms, CalloutTold(callout=CALLOUT, attempt=1))
    signed_on(page, site.url, place).keyboard.press("4")
    expect(page.locator(".called")).to_contain_text("Written to; a line is waited for")


def test_codes_that_only_a_newer_node_knows_are_shown_as_they_are(modules: Page) -> None:
    drawn = modules.evaluate(
        """async () => {
          const { rows } = await import('/console/js/alarms/callouts.js');
          const { render } = await import('/console/vendor/lit.js');
          const attempt = {
            person: 'anna', name: 'Anna Verdi', at_us: 0, round: 1,
            way: 'pager', failure: 'eaten', over_us: 1,
          };
          const callout = {
            callout: '1', kind: 'test', name: 'x', alarms: [], end: 'moved', ended_us: 1, opened_us: 0,
            taken_us: null, round: 1, tries: [attempt],
          };
          const list = document.createElement('ul');
          render(rows({ feed: { callouts: [callout], alarms: [], nowUs: () => 1 } }), list);
          return list.textContent;
        }"""
    )
    assert "pager eaten" in drawn
    assert "It is over" in drawn
