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
from tests.flows.desk import NOT_SIGNED_ON, Desk
from tests.flows.people import GIULIA, LUCA
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
