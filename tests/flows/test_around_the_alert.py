"""What happens around an alert: a center lost and found, a page anew, colleagues, more alerts, a language."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from application.state.processes import send_signal
from application.state.state_dir import living_web, running
from gateways.console.following import SHOWN
from messages.ids import Outcome
from tests.flows.desk import NOT_SIGNED_ON, WHERE, Desk
from tests.flows.people import CHIARA, ELENA, GIULIA, LUCA, MARTA, SARA
from tests.support.center import PSAP, Center
from tests.support.complaints import OUT_OF_REACH

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(300),
    pytest.mark.browser_may_say(NOT_SIGNED_ON),
]

SEEN_WITHIN_MS = 8000
"""At once, or after the two seconds of silence that the page allows; the rest is for a busy browser."""


@contextmanager
def web_lost(made: Center, by: signal.Signals) -> Iterator[None]:
    """The web is killed or frozen; so is the node, which would have another one serve at once."""
    node = running(made.state)
    assert node is not None
    web = made.until("a web", lambda: living_web(made.state))
    send_signal(node.process, signal.SIGSTOP)
    try:
        send_signal(web.process, by)
        yield
    finally:
        send_signal(web.process, signal.SIGCONT)
        send_signal(node.process, signal.SIGCONT)


@pytest.mark.browser_may_say(*OUT_OF_REACH)
def test_case_17_a_lost_center_is_seen_at_once_and_found_again_with_nothing_missed_or_repeated(
    desk: Desk, made: Center
) -> None:
    desk.sign_on()
    desk.begin_shift()
    alert = desk.talking(GIULIA)
    with web_lost(made, signal.SIGKILL):
        expect(desk.banner).to_contain_text("Centre unreachable", timeout=SEEN_WITHIN_MS)
        expect(desk.page.locator(".bar__health")).to_contain_text("Disconnected")
        expect(desk.dock).to_contain_text("Stay on the phone and keep talking.")
        expect(desk.step).to_contain_text("Retry now")
        for key in "FRMNU":
            expect(desk.key(key)).to_have_attribute("aria-disabled", "true")
        desk.press("e", "f", "Enter")
        # The calls go on, and so does what happens in them: she drops, and is called back.
        desk.hangs_up(GIULIA)
        made.until("she is called back", lambda: len(desk.calls(GIULIA)) == 2)
        desk.answers(GIULIA)
        made.until("they are joined", lambda: made.joined(alert) == {"operator", "user"})
    expect(desk.page.locator(".bar__health")).to_contain_text("Centre connected")
    expect(desk.log).to_contain_text("attempt 2")
    expect(desk.log.get_by_text("Giulia hung up")).to_have_count(1)
    desk.are("live", "live", "idle")
    with web_lost(made, signal.SIGSTOP):
        expect(desk.banner).to_contain_text("Centre unreachable", timeout=SEEN_WITHIN_MS)
    expect(desk.page.locator(".bar__health")).to_contain_text("Centre connected")
    expect(desk.banner).to_be_hidden()
    assert desk.case(alert).false_alarm_at is None
    assert desk.calls(PSAP) == []
    assert desk.resumed[0] == "changes=alarms"
    assert desk.resumed[-1].startswith("changes=alarms&since=")
    missed_nor_repeated(desk, made)
    desk.press("e")
    desk.answers(PSAP)
    desk.are("live", "live", "live")
    desk.press("l")
    expect(desk.dock).to_contain_text("Handed over to 112.")
    desk.hangs_up(PSAP)
    assert desk.closed(alert).outcome is Outcome.HANDED_OVER


def missed_nor_repeated(desk: Desk, made: Center) -> None:
    """The page was told each event of the journal since its snapshot, once and in order."""
    told = [event["seq"] for said in desk.told for event in said.get("events", ())]
    with made.journal() as journal:
        after = desk.told[0]["seq"]
        there = [one.seq for one in journal.read_all(after, 10_000) if one.stream.startswith(SHOWN)]
    assert [said["type"] for said in desk.told].count("snapshot") == 1
    assert told == [seq for seq in there if seq <= told[-1]]


def test_case_17_a_page_that_is_opened_anew_shows_the_call_as_it_stands_and_takes_its_keys(
    desk: Desk, made: Center
) -> None:
    desk.sign_on()
    desk.begin_shift()
    alert = desk.talking(SARA)
    desk.page.reload()
    desk.are("live", "live", "idle")
    expect(desk.page.get_by_role("heading", name="Sara Verdi")).to_be_visible()
    expect(desk.incoming).to_be_hidden()
    desk.false_alarm()
    expect(desk.dock).to_contain_text("Closed: false alarm.")
    assert desk.closed(alert).outcome is Outcome.FALSE_ALARM
    assert len(desk.calls(MARTA.phone)) == 1


def test_the_language_is_changed_in_mid_call_and_nothing_else(desk: Desk, made: Center) -> None:
    desk.sign_on()
    desk.begin_shift()
    alert = desk.talking(ELENA)
    desk.press("n")
    desk.page.keyboard.type("At the bar, exit E")
    desk.press("Escape", "?")
    keys = desk.page.get_by_role("dialog")
    expect(keys.get_by_role("button", name="Back")).to_be_focused()
    # Nothing but the dialog can be reached, neither by Tab nor by a command's key.
    desk.press("e")
    desk.tab_to(keys.get_by_role("button", name="Italiano / English"))
    desk.press("Enter")
    expect(keys).to_contain_text("Falso allarme")
    desk.press("Escape")
    expect(keys).to_be_hidden()
    expect(desk.page.locator("html")).to_have_attribute("lang", "it")
    expect(desk.dock).to_contain_text("Chiedi: «Sei al sicuro? Puoi parlare?»")
    expect(desk.page.get_by_role("textbox", name="Scrivi una nota")).to_have_value("At the bar, exit E")
    desk.are("live", "live", "idle")
    assert desk.calls(PSAP) == []
    desk.press("n", "Control+Enter")
    expect(desk.log).to_contain_text("Marta Bianchi: At the bar, exit E")
    # The note is sent, and what is typed next would be one, too: Esc first, and the keys are commands again.
    desk.press("Escape")
    desk.false_alarm()
    expect(desk.dock).to_contain_text("Chiuso: falso allarme.")
    assert [note.text for note in desk.made.sheet(desk.closed(alert).alert).notes] == ["At the bar, exit E"]


def test_a_colleague_looks_on_and_takes_the_case_once_it_was_left(
    desk: Desk, second: Desk, made: Center
) -> None:
    desk.sign_on()
    desk.begin_shift()
    alert = desk.talking(GIULIA)
    second.sign_on()
    second.press("ArrowDown", "Enter")
    expect(second.dock).to_contain_text("Marta Bianchi has the case.")
    expect(second.page.locator(".who__others")).to_contain_text("Marta Bianchi")
    expect(desk.page.locator(".who__others")).to_contain_text("Luca Ferri")
    second.press("t")
    expect(second.step).to_contain_text("Another operator is on the line of this alert.")
    second.press("e")
    assert desk.calls(LUCA.phone) == []
    desk.press("e")
    desk.answers(PSAP)
    desk.are("live", "live", "live")
    desk.press("l")
    expect(second.dock).to_contain_text("To come back on the line: T.")
    second.press("t")
    second.answers(LUCA.phone)
    second.are("live", "live", "live")
    expect(second.dock).to_contain_text("Giulia and 112 are talking. You can leave.")
    expect(desk.dock).to_contain_text("Luca Ferri has the case.")
    second.press("l")
    made.until("she is off the line", lambda: desk.up() == {GIULIA, PSAP})
    desk.hangs_up(PSAP)
    expect(second.dock).to_contain_text("Closed: handed over to 112.")
    assert desk.closed(alert).outcome is Outcome.HANDED_OVER
    story = desk.timeline(alert)
    assert story.index("marta-bianchi leaves") < story.index("luca-ferri has the case")


def test_s11_two_alerts_at_once_are_listed_by_deadline_reached_by_keys_and_taken_by_t(
    desk: Desk, second: Desk, made: Center
) -> None:
    desk.sign_on()
    desk.begin_shift()
    mine = desk.talking(SARA)
    other = made.send(CHIARA, position=WHERE)
    second.sign_on()
    # Marta looks at every place and at the other alert; her own is one key away.
    for key, name in (("2", "Open alerts"), ("3", "Figures"), ("4", "Plant"), ("1", "Sara Verdi")):
        desk.press(key)
        expect(desk.page.locator("main h1")).to_have_text(name)
    desk.press("2")
    rows = desk.page.locator(".q--row")
    expect(rows).to_have_count(2)
    assert [row.get_attribute("data-alert") for row in rows.all()] == [other, mine]
    expect(rows.first).to_contain_text("Waiting for an operator")
    desk.press("ArrowUp", "Enter")
    expect(desk.page.locator("#case-h")).to_have_text("Chiara Gallo")
    expect(desk.dock).to_contain_text("Nobody has this case.")
    desk.press("Escape")
    expect(desk.page.locator("#case-h")).to_have_text("Sara Verdi")
    # Luca is not on shift, and takes it all the same.
    second.press("2", "ArrowDown", "Enter")
    expect(second.page.locator("#case-h")).to_have_text("Chiara Gallo")
    second.press("t")
    second.rings(LUCA.phone)
    # She has asked for it herself: no alarm, no whole screen.
    expect(second.dock).to_contain_text("Answer your phone.")
    second.answers(LUCA.phone)
    second.answers(CHIARA)
    second.are("live", "live", "idle")
    desk.are("live", "live", "idle")
    assert desk.up() == {MARTA.phone, SARA, LUCA.phone, CHIARA}
    for one in (desk, second):
        one.false_alarm()
        expect(one.dock).to_contain_text("Closed: false alarm.")
    assert {desk.closed(alert).outcome for alert in (mine, other)} == {Outcome.FALSE_ALARM}
    assert "luca-ferri orders take" in second.timeline(other)


def test_a_new_alert_comes_before_the_list_of_keys(desk: Desk, made: Center) -> None:
    desk.sign_on()
    desk.begin_shift()
    desk.press("?")
    expect(desk.page.get_by_role("dialog")).to_be_visible()
    alert = desk.talking(ELENA)
    expect(desk.page.get_by_role("dialog")).to_be_hidden()
    desk.false_alarm()
    assert desk.closed(alert).outcome is Outcome.FALSE_ALARM
