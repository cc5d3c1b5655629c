"""The queue, the history, the figures and the plant in a browser, by keyboard alone."""

from __future__ import annotations

import csv
import re

import msgspec
import pytest
from playwright.sync_api import Page, expect

from messages import events as ev
from messages.calls import CallState
from messages.ids import E164, SECOND, Instant, LegId, LineId, OperatorLine, Outcome, ShiftState
from messages.lines import LineLevels, WayLevel
from messages.operators import OperatorVoice, OperatorVoices
from runtime.published import line_files, voice_files
from store import streams
from store.journal.journal import Append, Journal
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.console.desk import in_italian, signed_on
from tests.gateways.http.place import CLOCK, GIULIA, NODE, Place, WebThread
from tests.gateways.story import Story, on_shift
from tests.support.complaints import OUT_OF_REACH
from tests.support.watched import watched

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


@pytest.fixture
def place(place: Place) -> Place:
    """A state directory with keys, one user, a supervisor (Marta) and an operator."""
    journal = place.journal()
    Registry(journal).set_role(place.marta, StaffRole.SUPERVISOR, by="test")
    journal.close()
    return place


class Hand:
    """A clock that stands where it is put, so that an alert takes exactly as long as is wanted."""

    def __init__(self, at_us: Instant) -> None:
        self.at_us = at_us

    def now(self) -> Instant:
        return self.at_us

    def wait(self, seconds: float) -> None:
        self.at_us = Instant(self.at_us + round(seconds * SECOND))


def known_alerts(place: Place) -> list[Story]:
    """Ten real alerts: an operator after 4 s, a ring after 8 s, the last after 30 s; and a test."""
    hand = Hand(Instant(CLOCK.now_us() - 60 * SECOND))
    journal = place.journal(clock=hand.now)
    giulia = Registry(journal).user_by_phone(E164(GIULIA))
    assert giulia is not None
    stories = []
    for n in range(11):
        test = n == 10
        story = Story(journal, hand.now(), phone=GIULIA if n == 0 else f"+39333222{n:04}", test=test).opened()
        if n == 0:
            story.identified(giulia.id)
        hand.wait(4)
        story.operator_called(place.luca).operator_joined(place.luca)
        hand.wait(26 if n == 9 else 4)
        story.user_called().user_answered()
        if n == 0:
            hand.wait(2)
            story.psap_called(place.luca)
            hand.wait(6)
            story.psap_joined().operator_left(place.luca).closed(Outcome.HANDED_OVER)
        else:
            story.closed(Outcome.TEST_DONE if test else Outcome.FALSE_ALARM)
        hand.at_us = Instant(CLOCK.now_us() - 60 * SECOND + n)
        stories.append(story)
    journal.close()
    return stories


def test_s11_the_figures_are_the_journal_s_drawn_and_saved_by_a_key_and_lead_to_a_story(
    page: Page, site: WebThread, place: Place
) -> None:
    stories = known_alerts(place)
    console = signed_on(page, site.url, place)
    console.keyboard.press("3")
    expect(console.get_by_role("heading", name="Figures")).to_be_visible()
    kpis = console.locator(".kpi")
    expect(kpis.nth(0)).to_contain_text("10 real alerts")
    expect(kpis.nth(1)).to_contain_text("8.0s")
    expect(kpis.nth(2)).to_contain_text("90.0%")
    expect(kpis.nth(2)).to_contain_text("ringing within 20 s, target 95 %")
    expect(kpis.nth(3)).to_contain_text("0 past 50 s")
    expect(kpis.nth(4)).to_contain_text("1 handed to 112, 9 false alarms")
    ringing = console.get_by_role("img", name=re.compile("To her phone ringing"))
    expect(ringing).to_have_attribute(
        "aria-label", "To her phone ringing: 10 alerts, median 8.0\u00a0s, 95 % within 30.0\u00a0s, never 0."
    )
    # Nine took 8 s, which is the fifth bar of two seconds, and one 30 s.
    bars = ringing.locator("rect.val")
    assert [bar.get_attribute("height") for bar in bars.all()] == ["104", str(104 / 9)]
    expect(console.get_by_role("img", name=re.compile("once asked: 1 alerts, median 6.0"))).to_be_visible()
    shares = console.locator(".shares tbody tr")
    expect(shares.nth(0)).to_contain_text("100\u00a0%")
    assert re.findall(r"[\d.]+\u00a0%", shares.nth(1).inner_text()) == [
        "90\u00a0%", "50\u00a0%", "90\u00a0%", "95\u00a0%", "100\u00a0%", "100\u00a0%",
    ]  # fmt: skip
    expect(shares.nth(1).locator("td.ink-bad")).to_have_count(1)
    hours = console.get_by_role("list", name="Alerts by hour of the day")
    assert sum(int(cell) for cell in hours.locator("b").all_inner_texts() if cell != "·") == 10
    expect(console.locator(".figures tbody tr[data-alert]")).to_have_count(6)
    with console.expect_download() as saving:
        console.keyboard.press("d")
    assert saving.value.suggested_filename == "securwoman-7-days.csv"
    with saving.value.path().open(newline="") as text:
        rows = list(csv.DictReader(text, strict=True))
    assert {row["alert"] for row in rows} == {story.alert for story in stories}
    console.keyboard.press("t")
    expect(console.get_by_role("button", name="Today")).to_have_attribute("aria-pressed", "true")
    # Whole on a small screen, in the longer language.
    console.set_viewport_size({"width": 1110, "height": 720})
    in_italian(console)
    cut = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"
    assert kpis.locator("p").evaluate_all(cut) == []
    console.keyboard.press("ArrowDown")
    console.keyboard.press("ArrowDown")
    alert = console.locator(".figures tr:focus").get_attribute("data-alert")
    console.keyboard.press("Enter")
    expect(console.locator(".history__facts")).to_contain_text(str(alert))


def test_a_month_is_chosen_and_its_report_saved_by_keyboard_alone(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    known_alerts(place)
    watched(journal, 0, 0, 0, 0, 0, 0, 6, 6)
    console = signed_on(page, site.url, place)
    console.keyboard.press("3")
    console.keyboard.press("a")
    months = console.locator(".availability tr[data-month]")
    expect(months).to_have_count(13)
    expect(console.locator(".availability")).to_contain_text("75.000\u00a0%")
    expect(console.locator(".availability h3").first).to_contain_text("Answering of real alerts")
    this = str(months.first.get_attribute("data-month"))
    with console.expect_download() as saving:
        console.keyboard.press("p")
    assert saving.value.suggested_filename == f"securwoman-{this}.pdf"
    assert saving.value.path().read_bytes().startswith(b"%PDF-")
    console.keyboard.press("ArrowDown")
    chosen = console.locator(".availability tr:focus")
    expect(chosen).to_have_attribute("aria-current", "true")
    with console.expect_download() as saving:
        console.keyboard.press("d")
    assert saving.value.suggested_filename == f"securwoman-{chosen.get_attribute('data-month')}.csv"
    console.keyboard.press("Escape")
    expect(console.get_by_role("heading", name="Figures")).to_be_visible()


def test_a_past_alert_is_found_and_its_story_read_by_keyboard_alone(
    page: Page, site: WebThread, place: Place
) -> None:
    stories = known_alerts(place)
    console = signed_on(page, site.url, place)
    console.keyboard.press("2")
    expect(console.get_by_role("heading", name="Open alerts")).to_be_visible()
    console.keyboard.press("/")
    field = console.get_by_role("searchbox", name="Search")
    expect(field).to_be_focused()
    found = console.locator(".past")
    expect(found).to_have_count(11)
    console.keyboard.type("2220003")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("Unknown")  # the number is its operator’s, who is another
    console.keyboard.press("Escape")
    expect(found).to_have_count(11)
    # These are keys of places and of commands: in the field they are letters.
    console.keyboard.type("giulia 1234")
    expect(found).to_have_count(0)
    expect(console.get_by_role("heading", name="History")).to_be_visible()
    console.keyboard.press("Escape")
    console.keyboard.type("giulia")
    expect(found).to_have_count(1)
    console.keyboard.press("Enter")
    expect(found).to_be_focused()
    console.keyboard.press("Enter")
    story = console.get_by_role("list", name="What happened")
    expect(story.get_by_role("listitem").first).to_contain_text("Alert received, Data, app")
    expect(story.get_by_role("listitem").last).to_contain_text("Closed: handed over to 112")
    expect(story).to_contain_text("Luca Ferri has the case")
    expect(console.locator(".history__facts")).to_contain_text(stories[0].alert)
    expect(console.locator(".history__facts")).to_contain_text("6.0\u00a0s")
    console.keyboard.press("Escape")
    expect(story).to_be_hidden()
    console.keyboard.press("Escape")
    expect(console.get_by_role("heading", name="Off shift")).to_be_visible()


def test_s11_the_queue_lists_by_deadline_and_opens_by_keys(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    now_us = CLOCK.now_us()
    reached = Story(journal, now_us, phone="+393332220001", ago_s=30).opened().operator_called(place.luca)
    reached.operator_joined(place.luca).user_called()
    test = Story(journal, now_us, phone="+393332220002", ago_s=25, test=True)
    waits = Story(journal, now_us, phone="+393332220003", ago_s=5)
    late = Story(journal, now_us, phone="+393332220004", ago_s=70).opened()
    console = signed_on(page, site.url, place)
    console.keyboard.press("2")
    rows = console.locator(".q--row")
    expect(rows).to_have_count(4)
    order = [row.get_attribute("data-alert") for row in rows.all()]
    assert order == [story.alert for story in (late, waits, test, reached)]
    expect(rows.first).to_contain_text("late")
    expect(rows.nth(3)).to_contain_text("Phone rang")
    expect(rows.nth(3)).to_contain_text("Nobody has spoken to her")
    console.keyboard.press("ArrowDown")
    console.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    console.keyboard.press("Enter")
    expect(console.locator(".who")).to_contain_text("+39 333 222 0003")
    expect(console.locator(".bar__nav [aria-current]")).to_contain_text("Case")


def test_every_alarm_is_said_in_words_the_gravest_first_and_the_others_are_counted(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    dropped, stuck = Story(journal, CLOCK.now_us()), Story(journal, CLOCK.now_us(), phone="+393331112277")
    kinds = (
        ("ended_soon_after_leave", dropped.alert),
        ("case.stuck", stuck.alert),
        ("actor.failing", "CallLeg:c00"),
        ("line.out_of_service", "L2"),
        ("line.quarantined", "E1"),
        ("journal.not_durable", "journal"),
    )
    raised = [ev.AlarmRaised(alarm=kind, subject=subject, text="Said in English.") for kind, subject in kinds]
    journal.append(
        Append(streams.node(NODE), None, tuple(raised)),
        Append(streams.line(LineId("E1")), None, (ev.LineQuarantined(line=LineId("E1"), reason="dead"),)),
    )
    console = signed_on(page, site.url, place)
    health = console.locator(".bar__health")
    expect(health.locator("[data-alarm]")).to_have_count(1)
    expect(health.locator("[data-alarm]").first).to_contain_text("Disk")
    expect(health.locator("[data-alarm] b")).to_have_text(["‼3", "!4"])
    expect(health).to_contain_text("Lines 1 of 3")
    console.keyboard.press("4")
    alarms = console.locator(".alarms__row")
    expect(alarms).to_have_count(7)
    soon = console.locator(".alarms__soon").all_inner_texts()
    assert [words.split()[-1] for words in soon] == ["Now"] * 3 + ["Soon"] * 4
    for text in (
        "nothing is durable",
        "No operator is ready",
        "Line L2",
        "Line E1",
        "CallLeg:c00",
        "makes no progress",
        "Free space on its disk",
    ):
        expect(console.locator(".plant__alarms")).to_contain_text(text)
    expect(console.get_by_role("row", name=re.compile("^E1"))).to_contain_text("Out of use")
    expect(console.get_by_role("row", name=re.compile("^Luca Ferri"))).to_contain_text("Off shift")
    on_shift(journal, place.luca, ShiftState.READY)
    expect(alarms).to_have_count(6)
    journal.append(
        Append(streams.node(NODE), None, (ev.AlarmCleared(alarm="journal.not_durable", subject="journal"),))
    )
    expect(health.locator("[data-alarm]").first).to_contain_text("alert stuck")


def test_how_operators_are_reached_and_how_loud_a_lines_last_call_was_is_in_the_plant(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    def heard(line: str, dbfs: float) -> None:
        way = WayLevel(ms=9000, sound_ms=9000, voice_ms=4000, dbfs=dbfs)
        levels = LineLevels(line=LineId(line), at=CLOCK.now_us(), into=way, out=WayLevel(dbfs=-20.4))
        line_files.write_levels(place.state, levels)

    heard("L1", -38.2)
    heard("L2", -24.0)
    on_shift(journal, place.marta)
    on_shift(journal, place.luca)
    nailed = ev.LineSeized(line=LineId("L2"), leg=LegId("nailed:m"), attempt=1, operator=place.marta)
    journal.append(Append(streams.line(LineId("L2")), None, (nailed,)))

    def told(how: CallState) -> None:
        mode = OperatorLine.NAILED_UP
        marta = OperatorVoice(operator=place.marta, mode=mode, state=CallState.ANSWERED, line=LineId("L2"))
        luca = OperatorVoice(operator=place.luca, mode=mode, state=how)
        voice_files.write(place.state / "run", OperatorVoices(voices=(marta, luca)))

    told(CallState.RELEASED)
    console = signed_on(page, site.url, place)
    console.keyboard.press("4")
    expect(console.get_by_role("row", name=re.compile("^Marta Bianchi"))).to_contain_text("Standing call")
    quiet, loud = (console.get_by_role("row", name=re.compile(f"^{line}")) for line in ("L1", "L2"))
    expect(loud).to_contain_text("Marta Bianchi")
    expect(quiet).to_contain_text("Quiet: −38 dBFS, try gain_in_db = 12")
    luca = console.get_by_role("row", name=re.compile("^Luca Ferri"))
    expect(luca).to_contain_text("Phone")
    told(CallState.RINGING)
    expect(luca).to_contain_text("Calling")
    journal.append(
        Append(streams.line(LineId("L2")), None, (msgspec.structs.replace(nailed, leg=LegId("")),))
    )
    expect(loud).to_contain_text("Free")
    expect(loud).to_contain_text("In −24, out −20 dBFS")


@pytest.mark.browser_may_say(*OUT_OF_REACH)
def test_case_17_without_the_center_no_other_place_can_be_reached(
    page: Page, site: WebThread, place: Place
) -> None:
    console = signed_on(page, site.url, place)
    console.keyboard.press("4")
    expect(console.get_by_role("heading", name="Equipment")).to_be_visible()
    site.cut_off()
    # What the plant had asked for and was not told is said beside it.
    expect(console.locator(".banner[role=alert]")).to_contain_text("Centre unreachable")
    expect(console.locator(".bar__nav button").nth(2)).to_have_attribute("aria-disabled", "true")
    console.keyboard.press("3")
    expect(console.get_by_role("heading", name="Equipment")).to_be_visible()
