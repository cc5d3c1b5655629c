"""One alert, one operator: each way from the alarm to the end, as the requirements tell it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from messages.events import DeadlineMissed
from messages.ids import AlertId, Outcome
from tests.flows.desk import NOT_SIGNED_ON, WHERE, Desk
from tests.flows.people import ANNA, DURESS_PIN, ELENA, GIULIA, MARTA, PIN, SARA, VERA
from tests.support.center import PSAP, Center, line_number

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(300),
    pytest.mark.browser_may_say(NOT_SIGNED_ON),
]

ALARM = {880, 1175}
TEST_ALARM = {440, 588}


def clock(us: int) -> str:
    """As the screen writes a time of the day."""
    return datetime.fromtimestamp(us / 1e6).astimezone().strftime("%H:%M:%S")


def test_s04_s05_s06_s08_s09_from_the_alarm_to_user_and_112_alone(desk: Desk, made: Center) -> None:
    desk.sign_on()
    desk.begin_shift()
    before = len(desk.tones())
    alert = made.send(GIULIA, position=WHERE, battery_pct=23)
    # S4: who, which number, when, by what, where; and her own phone.
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
    # S5: her phone comes next, and its ringing meets the deadline.
    desk.are("ring", "live", "idle")
    expect(desk.tile("user")).to_contain_text("Ringing")
    expect(desk.page.locator(".deadline")).to_contain_text("Phone rang")
    desk.answers(GIULIA)
    # S6
    desk.are("live", "live", "idle")
    expect(desk.tile("user")).to_contain_text("On the line")
    expect(desk.page.locator(".link").first).to_have_attribute("data-is", "on")
    expect(desk.dock).to_contain_text("Ask: “Are you safe? Can you talk?”")
    assert desk.up() == {MARTA.phone, GIULIA}
    assert desk.calls(PSAP) == []
    # S8
    desk.press("e")
    expect(desk.dock).to_contain_text("112 is being called. Stay on the line.")
    desk.answers(PSAP)
    desk.are("live", "live", "live")
    expect(desk.dock).to_contain_text("Tell 112: “securWoman centre")
    assert desk.up() == {MARTA.phone, GIULIA, PSAP}
    assert made.carrier.get(f"/modems/{desk.call(PSAP)['line']}").json()["trunk"] == "emergency"
    # S9
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


def test_s07_a_false_alarm_takes_f_and_enter_once_the_user_has_answered(desk: Desk, made: Center) -> None:
    desk.sign_on()
    desk.begin_shift()
    alert = desk.raised(SARA)
    desk.rings(SARA)
    desk.are("ring", "live", "idle")
    desk.press("f")
    expect(desk.key("F")).to_contain_text("She has not answered.")
    cancelled(made, alert, PIN)
    expect(desk.log).to_contain_text("Cancelled from the app with the right PIN")
    desk.answers(SARA)
    desk.are("live", "live", "idle")
    desk.press("f")
    expect(desk.key("F")).to_contain_text("Enter confirms")
    desk.press("Escape")
    expect(desk.key("F")).to_contain_text("F, then Enter")
    desk.press("Enter")
    assert desk.case(alert).false_alarm_at is None
    assert desk.up() == {MARTA.phone, SARA}
    desk.false_alarm()
    expect(desk.dock).to_contain_text("Closed: false alarm.")
    assert desk.closed(alert).outcome is Outcome.FALSE_ALARM
    assert desk.calls(PSAP) == []
    assert "marta-bianchi declares a false alarm" in desk.timeline(alert)


def cancelled(made: Center, alert: AlertId, pin: str) -> None:
    """The app gives the PIN."""
    key = (made.state.path / "keys" / "app.key").read_text().strip()
    answer = made.http.post(
        f"/v1/alerts/{alert}/cancel", json={"pin": pin}, headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.is_success, answer.text


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


def test_s11_the_seconds_run_out_and_late_is_said_in_red_until_112_is_asked(desk: Desk, made: Center) -> None:
    desk.sign_on()
    desk.begin_shift()
    raised_at = datetime.now().astimezone() - timedelta(seconds=35)
    alert = desk.raised(VERA, raised_at=raised_at.isoformat())
    first = seconds(desk)
    assert 0 < first <= 15
    made.until("it counts down", lambda: seconds(desk) < first)
    expect(desk.banner).to_contain_text("Deadline passed, not reached.")
    expect(desk.banner).to_have_attribute("role", "alert")
    expect(desk.page.locator(".deadline")).to_have_attribute("data-tone", "bad")
    late = seconds(desk)
    made.until("it counts up", lambda: seconds(desk) > late)
    expect(desk.dock).to_contain_text("Call 112: ask whether Vera is with them.")
    expect(desk.dock).to_contain_text("C copies the text.")
    desk.press("e")
    desk.answers(PSAP)
    expect(desk.dock).to_contain_text("Read the text to 112.")
    desk.briefs()
    expect(desk.dock).to_contain_text("Closed:")
    assert desk.closed(alert).missed_at is not None
    assert any(isinstance(one.event, DeadlineMissed) for one in made.recorded(alert))
    assert "DEADLINE MISSED" in desk.timeline(alert)


def seconds(desk: Desk) -> int:
    """What the clock of the deadline shows: seconds left, or since."""
    shown = re.search(r"\d+", desk.page.locator(".deadline__clock b").inner_text())
    assert shown is not None
    return int(shown[0])


def test_s02_a_call_to_the_center_is_an_alert_with_the_user_on_the_line(desk: Desk, made: Center) -> None:
    desk.sign_on()
    desk.begin_shift()
    called = made.carrier.post(f"/phones/{GIULIA}/call", json={"to": line_number(1)})
    assert called.status_code == 200, called.text
    for text in ("Giulia Rossi", "+39 333 111 2223", "Voice", "On the line, no operator"):
        expect(desk.incoming).to_contain_text(text)
    expect(desk.incoming).to_contain_text("No position")
    desk.acknowledges()
    desk.are("live", "live", "idle")
    expect(desk.page.locator(".facts")).to_contain_text(re.compile(r"Position\s*none, voice alert"))
    expect(desk.page.locator(".facts")).to_contain_text(re.compile(r"Channel\s*Voice"))
    assert desk.calls(GIULIA) == []
    desk.false_alarm()
    expect(desk.dock).to_contain_text("Closed: false alarm.")
    assert "alert received by voice from +393331112223" in desk.timeline(newest(desk))


def newest(desk: Desk) -> AlertId:
    """The alert that is on the screen."""
    alert = desk.page.locator(".rail__item[aria-current]").get_attribute("data-alert")
    assert alert is not None
    return AlertId(alert)


def test_case_19_under_duress_nothing_sounds_the_user_is_not_called_and_112_is_told(
    page: Page, made: Center
) -> None:
    # Anna has left no conference that could come apart meanwhile, which would sound.
    desk = Desk(page, made, ANNA)
    desk.sign_on()
    desk.begin_shift()
    alert = made.send(SARA, position=WHERE)
    expect(desk.incoming).to_contain_text("Alarm sounding")
    cancelled(made, alert, DURESS_PIN)
    expect(desk.incoming).to_contain_text("No sound: duress")
    before = len(desk.tones())
    desk.acknowledges()
    expect(desk.banner).to_contain_text("Duress")
    expect(desk.banner).to_contain_text("Do not call her.")
    expect(desk.tile("user")).to_contain_text("Do not call")
    expect(desk.key("R")).to_have_attribute("aria-disabled", "true")
    expect(desk.key("F")).to_have_attribute("aria-disabled", "true")
    desk.press("r")
    expect(desk.key("R")).to_contain_text("She has signalled duress: do not call.")
    desk.answers(PSAP)
    expect(desk.dock).to_contain_text("Read the text to 112.")
    expect(desk.page.locator(".brief")).to_contain_text("She cancelled under duress: do not phone her.")
    desk.briefs()
    expect(desk.dock).to_contain_text("Closed: 112 briefed.")
    assert desk.closed(alert).outcome is Outcome.BRIEFED
    assert desk.calls(SARA) == []
    assert desk.tones()[before:] == []
    assert "cancelled with the DURESS PIN" in desk.timeline(alert)


def test_case_20_a_test_says_so_from_end_to_end_and_calls_a_simulated_112(desk: Desk, made: Center) -> None:
    desk.sign_on()
    desk.begin_shift()
    before = len(desk.tones())
    alert = made.send(ELENA, test=True, position=WHERE)
    expect(desk.incoming).to_contain_text("TEST")
    expect(desk.incoming).to_contain_text("a test: never to 112")
    made.until("it is heard an octave lower", lambda: set(desk.tones()[before:]) >= TEST_ALARM)
    desk.acknowledges()
    expect(desk.page.locator("html")).to_have_attribute("data-test", "")
    desk.answers(ELENA)
    expect(desk.step).to_contain_text("Test 112")
    expect(desk.tile("psap")).to_contain_text("simulated")
    desk.press("e")
    desk.answers(PSAP)
    desk.are("live", "live", "live")
    assert not any(call["emergency"] for call in made.calls())
    desk.press("l")
    expect(desk.dock).to_contain_text("Handed over to 112.")
    desk.hangs_up(PSAP)
    expect(desk.dock).to_contain_text("Closed: test done.")
    assert desk.closed(alert).outcome is Outcome.TEST_DONE
    assert "TEST alert received" in desk.timeline(alert)
