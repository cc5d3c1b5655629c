"""One alert, one operator: each way from the alarm to the end, as the requirements tell it."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from playwright.sync_api import expect

from messages.ids import Outcome
from tests.flows.desk import NOT_SIGNED_ON, WHERE, Desk
from tests.flows.people import ELENA, GIULIA, MARTA
from tests.support.center import PSAP, Center

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(300),
    pytest.mark.browser_may_say(NOT_SIGNED_ON),
]

ALARM = {880, 1175}


def clock(us: int) -> str:
    """As the screen writes a time of the day."""
    return datetime.fromtimestamp(us / 1e6).astimezone().strftime("%H:%M:%S")


def test_s04_s05_s06_s08_s09_from_the_alarm_to_user_and_112_alone(desk: Desk, made: Center) -> None:
    desk.sign_on()
    desk.begin_shift()
    before = len(desk.tones())
    alert = made.send(GIULIA, position=WHERE, battery_pct=23)
    # The operator sees the time, the number, the person, the position and the channel; the operator's phone
    # rings.
    raised_at = clock(desk.case(alert).raised_at)
    for text in ("Giulia Rossi", "+39 333 111 2223", raised_at, "Data, app", "44.39058 N", "REAL"):
        expect(desk.incoming).to_contain_text(text)
    desk.rings(MARTA.phone)
    expect(desk.incoming).to_contain_text("Your phone is ringing")
    made.until("the alarm is heard", lambda: set(desk.tones()[before:]) >= ALARM)
    desk.press("e", "f", "Escape", "1")
    expect(desk.incoming).to_be_visible()
    desk.press("Space")
    expect(desk.incoming).to_be_hidden()
    expect(desk.dock).to_contain_text("Answer your phone.")
    assert desk.calls(GIULIA) == []
    desk.answers(MARTA.phone)
    # The user's phone is called next; its ringing meets the deadline.
    desk.are("ring", "live", "idle")
    expect(desk.tile("user")).to_contain_text("Ringing")
    expect(desk.page.locator(".deadline")).to_contain_text("Phone rang")
    desk.answers(GIULIA)
    # Operator and user are in conversation.
    desk.are("live", "live", "idle")
    expect(desk.tile("user")).to_contain_text("On the line")
    expect(desk.page.locator(".link").first).to_have_attribute("data-is", "on")
    expect(desk.dock).to_contain_text("Ask: “Are you safe? Can you talk?”")
    assert desk.up() == {MARTA.phone, GIULIA}
    assert desk.calls(PSAP) == []
    # 112 joins the conference.
    desk.press("e")
    expect(desk.dock).to_contain_text("112 is being called. Stay on the line.")
    desk.answers(PSAP)
    desk.are("live", "live", "live")
    expect(desk.dock).to_contain_text("Tell 112: “securWoman centre")
    assert desk.up() == {MARTA.phone, GIULIA, PSAP}
    assert made.carrier.get(f"/modems/{desk.call(PSAP)['line']}").json()["trunk"] == "emergency"
    # The operator leaves.
    desk.press("l")
    expect(desk.dock).to_contain_text("Handed over to 112. Giulia and 112 are talking.")
    made.until("she is off the line", lambda: desk.up() == {GIULIA, PSAP})
    expect(desk.page.locator(".link").last).to_have_attribute("data-is", "")
    desk.hangs_up(PSAP)
    expect(desk.dock).to_contain_text("Closed: handed over to 112.")
    desk.press("Enter")
    # Her notes are written.
    expect(desk.page.locator("#ready-h")).to_contain_text("Wrap-up")
    desk.press("Enter")
    expect(desk.page.locator("#ready-h")).to_have_text("Ready")
    assert desk.closed(alert).outcome is Outcome.HANDED_OVER
    assert {len(desk.calls(number)) for number in (MARTA.phone, GIULIA, PSAP)} == {1}
    story = desk.timeline(alert)
    told = [story.index(text) for text in (
        "alert received by data from +393331112223", "marta-bianchi has the case", "THE USER IS REACHED",
        "marta-bianchi orders call_psap", "112 is in the conference", "marta-bianchi leaves",
        "closed: handed over to 112",
    )]  # fmt: skip
    assert told == sorted(told)


def test_s10_without_an_answer_112_is_read_the_text(desk: Desk, made: Center) -> None:
    desk.sign_on()
    desk.begin_shift()
    alert = desk.raised(ELENA, battery_pct=7)
    expect(desk.tile("user")).to_contain_text("Second call")
    desk.press("e")
    desk.answers(PSAP)
    expect(desk.dock).to_contain_text("Read the text to 112.")
    brief = desk.page.locator(".brief")
    for text in ("Genova", "44.39058", "8.97342", "Accurate to 18 m", "Elena Neri, speaks Italian"):
        expect(brief).to_contain_text(text)
    for text in ("Asthma", "battery 7", "+39 333 111 2226"):
        expect(brief).to_contain_text(text)
    desk.press("c")
    expect(desk.page.locator(".copy__said")).to_have_text("Copied")
    copied = desk.page.evaluate("navigator.clipboard.readText()")
    assert re.match(r"WHERE: Genova, Liguria\.", copied)
    assert copied.endswith("PHONE: +39 333 111 2226")
    desk.press("l")
    expect(desk.dock).to_contain_text("She is not on the line, and the briefing has not been given.")
    expect(brief).to_contain_text("We called her: no answer.")
    assert desk.up() == {MARTA.phone, PSAP}
    desk.press("b")
    expect(desk.dock).to_contain_text("112 knows everything. You can leave.")
    desk.press("l")
    expect(desk.dock).to_contain_text("Closed: 112 briefed.")
    assert desk.closed(alert).outcome is Outcome.BRIEFED
    assert len(desk.calls(ELENA)) == 2
    assert "marta-bianchi has briefed 112" in desk.timeline(alert)
