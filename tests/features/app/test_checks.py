"""A phone sees by itself that an alert would arrive; a real one wins, and a disguise shows nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from messages.events import AlertClosed, AlertReceived, CaseOpened
from messages.ids import CHECK, AlertId, Check, NodeId, Outcome, WorkerId
from store import streams
from store.journal.journal import Append
from store.registry import devices
from tests.features.app.phone import KEY_CHECKED, Phone
from tests.waiting import wait_until

FORBIDDEN = r"403 \(Forbidden\)"
"""To a signature of a clock that a test has moved; the app signs again by the center's."""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(120),
    pytest.mark.browser_may_say(KEY_CHECKED, FORBIDDEN),
]
CHOSEN = "[data-checked]"
LOOKS = """() => [document.title, Notification.permission, !document.querySelector('#cover .calc')]"""
SPREAD = """async () => {
  const due = await import('/app/js/checks/schedule.js');
  const DAY = 86_400_000, now = 20_000 * DAY;
  const device = (n) => `d${(n * 2654435761 % 2 ** 32).toString(16).padStart(16, '0')}`;
  const hours = { 1: Array(24).fill(0), 7: Array(168).fill(0) };
  let odd = 0, early = 0;
  for (let n = 0; n < 20_000; n += 1)
    for (const everyDays of [1, 7]) {
      const one = { ...due.NONE, device: device(n), everyDays, told: everyDays, doneMs: 1 };
      const slot = due.slotMs(one, now);
      if (!(slot <= now && now < slot + everyDays * DAY)) odd += 1;
      hours[everyDays][Math.floor((now - slot) / 3_600_000)] += 1;
      // Once in each period: due before it was made in this one, and not after.
      const made = due.done(one, slot, 200, everyDays);
      const next = slot + everyDays * DAY;
      if (due.isDue(made, next - 1) || !due.isDue(made, next)) early += 1;
    }
  const vain = { ...due.NONE, device: 'd1', told: 7 };
  const pauses = [];
  for (let tries = 1; tries < 30; tries += 1) pauses.push(due.pauseMs({ ...vain, tries }));
  const off = { ...due.NONE, device: 'd1', everyDays: 0, told: 0 };
  return { odd, early, pauses, most: [1, 7].map((n) => Math.max(...hours[n])), off: due.isDue(off, now),
           unsaid: due.isDue({ ...off, told: 7 }, now), other: due.checksOf(off, 'd2') };
}"""


def checks(phone: Phone) -> list[AlertReceived]:
    """The checks in the journal, oldest first."""
    events = (one.event for one in phone.journal.read_all())
    return [one for one in events if isinstance(one, AlertReceived) and one.check is not None]


def finish(phone: Phone) -> None:
    """As an AlertCase does with a check."""
    alert = next(one for one in reversed(phone.raised()) if one.startswith(CHECK))
    opened = CaseOpened(node=NodeId("n1"), worker=WorkerId("c"), incarnation=1)
    closed = AlertClosed(outcome=Outcome.TEST_DONE)
    phone.journal.append(Append(streams.case(AlertId(alert)), None, (opened, closed)))


def opened(phone: Phone, path: str = "") -> Page:
    """The app of a phone that is proved, anew, with a clock that can be moved."""
    phone.prove()
    page = phone.page
    page.clock.install()
    phone.open(path)
    return page


def moved(page: Page, seconds: int) -> None:
    page.clock.run_for(1000 * seconds)


def test_a_phone_checks_by_itself_says_so_and_tells_the_center_how_often(phone: Phone) -> None:
    page = opened(phone)
    expect(page.locator(CHOSEN)).to_have_text("Not checked yet")
    moved(page, 29)
    assert checks(phone) == [], "who has just opened the app may be asking for help"
    moved(page, 2)
    (check,) = wait_until(lambda: checks(phone), what="a check")
    assert (check.check, check.test, check.phone, check.position) == (Check.ARRIVAL, True, None, None)
    finish(phone)
    expect(page.locator(CHOSEN)).to_contain_text("Checked on")
    (known,) = devices.all_devices(phone.journal)
    assert known.check_days == 7
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="This phone").click()
    page.get_by_label("By itself").select_option("Never")
    wait_until(lambda: len(checks(phone)) == 2, what="the center is told")
    finish(phone)
    expect(page.get_by_role("button", name="Check now")).to_be_enabled()
    assert devices.all_devices(phone.journal)[0].check_days == 0
    expect(page.get_by_text("Only when you ask for it")).to_be_visible()
    expect(page.get_by_text("Location allowed")).to_be_visible()
    moved(page, 3600)
    assert len(checks(phone)) == 2


# What the page asks in ten minutes it asks in an instant here.
@pytest.mark.browser_may_say(r"429 \(Too Many Requests\)")
def test_a_press_in_the_middle_of_a_check_is_an_alert_at_once_and_no_check_is_made_beside_it(
    phone: Phone,
) -> None:
    page = opened(phone)
    moved(page, 31)
    wait_until(lambda: checks(phone), what="a check that nobody finishes")
    phone.sos.hover()
    page.mouse.down()
    moved(page, 2)
    page.mouse.up()
    wait_until(lambda: len(phone.raised()) == 2, what="the alert")
    assert phone.tests() == [True, False]
    expect(phone.call_112).to_be_visible()
    moved(page, 600)
    assert len(checks(phone)) == 1


@pytest.mark.browser_may_say(r"503 \(Service Unavailable\)")
def test_a_check_in_vain_says_what_to_do_and_is_tried_again(phone: Phone) -> None:
    page = opened(phone)
    page.route("**/v1/alerts", lambda route: route.fulfill(status=503, body="{}"))
    moved(page, 31)
    moved(page, 300)
    expect(page.locator(CHOSEN)).to_contain_text("The last check failed.")
    page.unroute("**/v1/alerts")
    page.clock.fast_forward(900_000)
    wait_until(lambda: checks(phone), what="a check")
    finish(phone)
    expect(page.locator(CHOSEN)).to_contain_text("Checked on")


def test_in_disguise_a_check_shows_nothing(phone: Phone) -> None:
    page = opened(phone)
    page.evaluate("localStorage.setItem('securwoman-app-calculator', JSON.stringify({ on: true }))")
    phone.open()
    expect(page.locator(".calc")).to_be_visible()
    before = page.evaluate(LOOKS)
    moved(page, 31)
    wait_until(lambda: checks(phone), what="a check")
    finish(phone)
    moved(page, 5)
    assert page.evaluate(LOOKS) == before
    expect(page.locator(CHOSEN)).to_be_hidden()


def test_the_phones_of_a_center_check_at_moments_of_their_own(modules: Page) -> None:
    found = modules.evaluate(SPREAD)
    assert (found["odd"], found["early"]) == (0, 0)
    daily, weekly = found["most"]
    assert daily < 1.25 * 20_000 / 24
    assert weekly < 1.5 * 20_000 / 168
    pauses = found["pauses"]
    assert pauses[0] >= 60_000
    assert max(pauses) < 12 * 3_600_000
    assert (found["off"], found["unsaid"]) == (False, True), "the center hears once that none is made"
    assert (found["other"]["everyDays"], found["other"]["doneMs"]) == (0, 0)
