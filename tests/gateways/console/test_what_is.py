"""The screen says what is: of 112's lines, of a phone that rings, of who is on the line and who may hear."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from messages import events as ev
from messages.base import Position
from messages.ids import E164, OperatorCommand, Outcome, Party, ShiftState
from store import streams
from store.journal.journal import Append
from tests.gateways.console import states
from tests.gateways.console.barriers import lost_when_magnified
from tests.gateways.console.desk import LISTEN, in_italian, ordered, settled, tones
from tests.gateways.console.stage import Stage
from tests.gateways.http.place import CLOCK, NODE
from tests.gateways.story import Story, on_shift
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

PSAP = E164("+390200000112")
ALARM = {880, 1175}


def raised(stage: Stage, alarm: str, subject: str, text: str = "Said in English.") -> None:
    event = ev.AlarmRaised(alarm=alarm, subject=subject, text=text)
    stage.journal.append(Append(streams.node(NODE), None, (event,)))


def cleared(stage: Stage, alarm: str, subject: str) -> None:
    event = ev.AlarmCleared(alarm=alarm, subject=subject)
    stage.journal.append(Append(streams.node(NODE), None, (event,)))


def test_112_is_said_to_be_called_only_while_a_call_is_made_and_no_line_has_another_phone_call_it(
    stage: Stage,
) -> None:
    story = stage.talked(30, 12)
    page = stage.signed_on()
    dock, psap = page.locator(".dock"), page.locator("[data-party=psap]")
    raised(stage, "psap.no_line", "emergency", "No line of trunk emergency carries calls: …")
    expect(page.locator(".act--step")).to_contain_text("No line can call it")
    expect(page.locator(".act--step")).not_to_contain_text("joins")
    cleared(stage, "psap.no_line", "emergency")
    expect(page.locator(".act--step")).to_contain_text("112 joins the two of you at once")
    # What is over takes no place from what is.
    expect(page.locator(".alarm[data-over]")).to_be_visible()
    for state in ("[data-psap] span", "[data-link=live] span"):
        box = page.locator(f".bar__health {state}").bounding_box()
        assert box is not None
        assert box["width"] > 20, state
    story.say(ev.PsapRequested(by=stage.place.luca, number=PSAP))
    expect(dock).to_contain_text("Looking for a line for 112.")
    expect(psap).to_contain_text("Looking for a line")
    story.say(ev.PsapLineLacking(reason="out_of_use"))
    expect(page.locator(".banner")).to_contain_text("No line can call 112")
    expect(page.locator(".banner")).to_contain_text("No line kept for 112 works.")
    expect(dock).to_contain_text("Call 112 from another phone and read this.")
    expect(psap).to_have_attribute("data-is", "fail")
    expect(page.locator(".brief")).to_contain_text("+39 333 111 2223")
    expect(dock).not_to_contain_text("112 is being called")
    # A line comes back, and is lost again.
    story.originate("psap", Party.PSAP, PSAP)
    expect(dock).to_contain_text("112 is being called. Stay on the line.")
    story.say(ev.LegReleased(leg=story.leg("psap"), attempt=1, cause=200))
    expect(dock).to_contain_text("Looking for a line for 112.")
    page.keyboard.press("2")
    expect(page.locator("main")).to_contain_text("112: line failed")
    page.keyboard.press("1")
    story.say(ev.PsapLineLacking(reason="out_of_use"))
    expect(page.locator(".act--step")).to_contain_text("I have briefed 112")
    settled(page)
    page.keyboard.press("y")
    ordered(stage.journal, story, OperatorCommand.CALLED_ELSEWHERE)
    story.say(ev.PsapCalledElsewhere(by=stage.place.marta))
    expect(dock).to_contain_text("112 knows everything. You can leave.")
    expect(psap).to_contain_text("on another phone")


def test_that_no_line_can_call_112_is_red_on_every_screen_and_sounds_until_k(stage: Stage) -> None:
    stage.lang = "it"
    stage.page.add_init_script(LISTEN)
    page = stage.signed_on()
    page.keyboard.press("s")
    raised(stage, "psap.no_line", "emergency", "No line of trunk emergency carries calls: …")
    strip = page.locator("[data-strip='psap.no_line']")
    expect(strip).to_contain_text("Nessuna linea può chiamare il 112")
    expect(strip).to_have_attribute("role", "alert")
    before = len(tones(page))
    wait_until(lambda: page.wait_for_timeout(20) or set(tones(page)[before:]) >= ALARM, what="the alarm")
    expect(page.locator(".bar__health")).not_to_contain_text("112 sim")
    expect(page.locator(".bar__health")).to_contain_text("Altre linee 2 di 2")
    page.keyboard.press("2")
    expect(strip).to_be_visible()
    page.keyboard.press("k")
    expect(strip.get_by_role("button")).to_have_count(0)
    expect(strip).to_be_visible()
    cleared(stage, "psap.no_line", "emergency")
    expect(strip).to_have_count(0)
    expect(page.locator(".bar__health")).to_contain_text(re.compile("112 simul"))
    # On a public line it is no more than a warning.
    raised(stage, "psap.no_line", "emergency", "No line of it carries calls: 112 is called on a public line.")
    expect(strip).to_have_attribute("data-tone", "wait")


def test_a_phone_that_rang_is_not_called_reached_and_its_alert_comes_before_conversations(
    stage: Stage,
) -> None:
    rung = Story(stage.journal, CLOCK.now_us(), phone="+393331112261", ago_s=3).opened()
    rung.operator_called(stage.place.luca).operator_joined(stage.place.luca).user_called()
    story = stage.talked(30, 12)
    page = stage.signed_on()
    clock = page.locator(".deadline__clock")
    expect(clock).to_contain_text("Reached")
    page.keyboard.press("2")
    rows = page.locator(".q--row")
    expect(rows).to_have_count(2)
    assert [row.get_attribute("data-alert") for row in rows.all()] == [rung.alert, story.alert]
    expect(rows.first).to_contain_text("Phone rang")
    expect(rows.first).to_contain_text("Nobody has spoken to her")
    expect(rows.first).to_contain_text(re.compile(r"Phone rang at \d+\.\d\ss"))
    rows.first.click()
    expect(clock).to_contain_text("Phone rang")
    expect(page.locator(".deadline")).to_have_attribute("data-tone", "wait")


def test_after_25_s_without_an_answer_112_is_the_step_whatever_the_second_call_does(stage: Stage) -> None:
    states.unanswered(stage)
    page = stage.page
    step = page.locator(".act--step")
    expect(page.locator(".dock")).to_contain_text("Giulia does not answer. Call 112.")
    expect(page.locator(".dock")).to_contain_text("Her phone rings meanwhile.")
    expect(step).to_have_attribute("data-tone", "primary")
    expect(step).to_contain_text("Call 112")


def test_under_duress_with_the_user_on_the_line_the_user_is_said_to_be_there_and_nobody_is_told_to_leave(
    stage: Stage,
) -> None:
    states.duress_talking(stage)
    page = stage.page
    user = page.locator("[data-party=user]")
    expect(user).to_contain_text("Hears nobody")
    expect(page.locator(".banner")).not_to_contain_text("Do not call her")
    expect(page.locator(".dock")).to_contain_text("Giulia is on the line and hears nobody.")
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(page.locator(".who__phone")).to_have_text("+39 333 111 2223")
    in_italian(page)
    assert page.locator(".banner b").evaluate("(one) => one.scrollWidth <= one.clientWidth")
    assert lost_when_magnified(page, [(1280, 720)]) == []


def test_pins_are_said_as_they_are(stage: Stage) -> None:
    stage.lang = "it"
    story = stage.talked(30, 12)
    page = stage.signed_on()
    banner = page.locator(".banner")
    words = (
        "PIN sbagliato",
        "2 volte",
        "un segno di costrizione",
        "Annullato con il PIN giusto: verifica",
    )
    story.hear(ev.PinRefused())
    expect(banner).to_contain_text(words[0])
    expect(banner).to_contain_text(words[2])
    story.hear(ev.PinRefused())
    expect(banner).to_contain_text(words[1])
    story.hear(ev.AlertCancelled())
    expect(banner).to_contain_text(words[3])
    expect(banner).to_contain_text(words[0])
    expect(page.get_by_role("log")).to_contain_text("PIN sbagliato")


def test_a_silent_alert_is_loud_here_and_quiet_there(stage: Stage) -> None:
    stage.lang = "it"
    stage.page.add_init_script(LISTEN)
    page = stage.signed_on()
    page.keyboard.press("s")
    before = len(tones(page))
    story = stage.alert(2, silent=True)
    incoming = page.get_by_role("alertdialog")
    expect(incoming).to_contain_text("Silenzioso")
    not_called = "Il suo telefono non viene chiamato"
    expect(incoming).to_contain_text(not_called)
    expect(incoming).to_contain_text("Asthma")
    wait_until(lambda: page.wait_for_timeout(20) or set(tones(page)[before:]) >= ALARM, what="the alarm")
    page.keyboard.press("Space")
    story.operator_joined(stage.place.marta)
    expect(page.locator(".banner b")).to_have_text("Silenzioso")
    expect(page.locator(".dock")).to_contain_text(not_called)
    expect(page.locator(".act--step")).to_have_attribute("data-tone", "primary")
    expect(page.locator(".act--step")).to_contain_text("112")
    settled(page)
    page.keyboard.press("o")
    expect(page.locator("[data-party=user] [data-key=O]")).to_contain_text("poi Invio")
    page.keyboard.press("Enter")
    ordered(stage.journal, story, OperatorCommand.CALL_ALOUD)


def test_an_alert_that_nobody_has_is_seen_and_heard_by_who_pauses_and_t_takes_it(stage: Stage) -> None:
    stage.page.add_init_script(LISTEN)
    on_shift(stage.journal, stage.place.marta, ShiftState.PAUSED)
    page = stage.signed_on(shift=False)
    page.keyboard.press("s")
    page.keyboard.press("y")
    story = Story(stage.journal, CLOCK.now_us(), phone="+393331112261", ago_s=14).opened()
    strip = page.locator("[data-strip=nobody]")
    expect(strip).to_contain_text("Nobody has this alert")
    before = len(tones(page))
    wait_until(lambda: page.wait_for_timeout(20) or set(tones(page)[before:]) >= ALARM, what="the alarm")
    page.keyboard.press("4")
    expect(strip).to_be_visible()
    page.keyboard.press("t")
    ordered(stage.journal, story, OperatorCommand.TAKE)
    expect(page.locator("#case-h")).to_be_visible()


def test_the_last_one_who_is_ready_is_asked_before_the_shift_ends(stage: Stage) -> None:
    def now() -> ShiftState:
        told = [one.event for one in stage.journal.read(streams.operator(stage.place.marta))]
        return [one.state for one in told if isinstance(one, ev.ShiftChanged)][-1]

    page = stage.signed_on()
    for keys, shift in (("p1", ShiftState.PAUSED), ("o", ShiftState.OFF)):
        for key in keys:
            page.keyboard.press(key)
        expect(page.locator("#ask-h")).to_contain_text("You are the last one")
        page.keyboard.press("Escape")
        expect(page.locator("#ask-h")).to_be_hidden()
        assert now() is ShiftState.READY
        for key in (*keys, "Enter"):
            page.keyboard.press(key)
        wait_until(lambda shift=shift: now() is shift, what="the shift in the journal")  # type: ignore[misc]
        if shift is ShiftState.PAUSED:
            expect(page.locator("#ready-h")).to_contain_text("Paused")
            page.keyboard.press("p")
            expect(page.locator("#ready-h")).to_have_text("Ready")


def test_alarms_are_named_counted_and_seen_and_none_is_of_a_closed_alert(stage: Stage) -> None:
    story = stage.talked(30, 12)
    page = stage.signed_on()
    page.set_viewport_size({"width": 1280, "height": 720})
    raised(stage, "pin.wrong", story.alert)
    raised(stage, "line.out_of_service", "L2")
    alarm = page.locator(".bar__health .alarm")
    expect(alarm).to_contain_text("wrong PINs")
    expect(alarm.locator("b")).to_have_text(["‼1", "!1"])
    expect(alarm).to_have_attribute("data-fresh", "")
    page.keyboard.press("k")
    expect(alarm).not_to_have_attribute("data-fresh", "")
    page.keyboard.press("4")
    told = page.locator(".plant__alarms")
    expect(told).to_contain_text("Giulia Rossi")
    story.closed(Outcome.FALSE_ALARM)
    expect(told).not_to_contain_text("Giulia Rossi")


def test_a_number_that_is_not_called_says_why_and_r_with_enter_calls_it(stage: Stage) -> None:
    story = stage.mine(20)
    story.say(ev.DialWithheld(number=story.phone, reason="country"))
    page = stage.signed_on()
    expect(page.locator("[data-party=user]")).to_contain_text("R, then Enter")
    expect(page.get_by_role("log")).to_contain_text("Not called:")
    settled(page)
    page.keyboard.press("r")
    expect(page.locator(".act[data-key=R]")).to_have_attribute("data-tone", "armed")
    page.keyboard.press("Enter")
    ordered(stage.journal, story, OperatorCommand.REDIAL_USER)


ENDS_FIRST = """window.slow = false;
const Socket = WebSocket, ask = fetch;
const closed = new Promise((done) => {
  window.WebSocket = class extends Socket {
    constructor(to) { super(to); this.addEventListener('close', () => window.slow && done()); }
  };
});
window.fetch = async (to, how) => {
  const said = await ask(to, how);
  if (window.slow && how.method === 'POST') await closed;
  return said;
}"""
"""The end of the session that was is heard before the answer that another has begun."""


def test_who_signs_on_by_a_link_in_place_of_another_stays_known_to_the_tab(stage: Stage) -> None:
    stage.page.add_init_script(ENDS_FIRST)
    states.ready(stage)
    token = stage.place.luca_token
    stage.page.evaluate("(token) => { window.slow = true; location.hash = `token=${token}`; }", token)
    expect(stage.page.locator(".bar__me")).to_contain_text("Luca Ferri")
    assert token in stage.page.evaluate("Object.values(sessionStorage)")
    assert "token" not in stage.page.url


def test_a_position_says_what_found_it_and_by_what_way_it_came(stage: Stage) -> None:
    story = stage.mine(20)
    page = stage.signed_on()
    expect(page.locator(".facts")).to_contain_text("GPS (app)")
    where = Position(lat=44.4, lon=8.97, at=CLOCK.now_us(), accuracy_m=9.0, source="wifi")
    story.hear(ev.PositionUpdated(position=where))
    expect(page.locator(".facts")).to_contain_text("Wi-Fi (app)")
    expect(page.get_by_role("log")).to_contain_text("Wi-Fi")


BROKEN = """async ([lang, party, hears]) => {
  const { setLanguage } = await import('/console/js/words/words.js');
  const { brokenText } = await import('/console/js/case/broken-conference.js');
  setLanguage(lang);
  const at = (state, more = {}) => ({ state, confirmed: true, hears: [], ...more });
  const view = {
    person: { first_name: 'Giulia' }, broken_us: 22e6, broken_party: party, closed_us: null,
    timeline: [{ what: 'leave.requested', operator: 'm', at_us: 10e6 }],
    user: party === 'user' ? at('originating') : at('answered', { hears }),
    psap: party === 'user' ? at('answered', { hears }) : at('originating'),
    psap_requested_us: 1, psap_no_line: '', psap_elsewhere_us: null,
  };
  const said = (me) => Object.values(brokenText(view, { operator: me }, () => 'Marta Bianchi')).join(' ');
  return [said('m'), said('l')];
}"""


@pytest.mark.parametrize(
    ("lang", "party", "mine", "theirs"),
    [
        (
            "en",
            "user",
            "Giulia’s line dropped 12 s after you left. 112 is still on the line and hears the announcement."
            " Giulia is being called again.",
            "Giulia’s line dropped 12 s after Marta Bianchi left. 112 is still on the line and hears the"
            " announcement. Giulia is being called again.",
        ),
        (
            "it",
            "psap",
            "La linea del 112 è caduta 12 s dopo la tua uscita. Giulia è ancora in linea e sente l’annuncio."
            " Stiamo richiamando il 112.",
            "La linea del 112 è caduta 12 s dopo l’uscita di Marta Bianchi. Giulia è ancora in linea e sente"
            " l’annuncio. Stiamo richiamando il 112.",
        ),
    ],
)
def test_what_broke_after_leaving_is_said_as_it_is(
    modules: Page, lang: str, party: str, mine: str, theirs: str
) -> None:
    assert modules.evaluate(BROKEN, [lang, party, ["psap_hold"]]) == [mine, theirs]


def test_who_has_left_hears_a_broken_conference_as_a_new_alert_and_so_does_everybody_where_nobody_has_it(
    stage: Stage,
) -> None:
    stage.page.add_init_script(LISTEN)
    story = stage.talked(48, 15).psap_called(stage.place.marta).psap_joined()
    page = stage.signed_on()
    page.keyboard.press("?")
    page.keyboard.press("Escape")
    expect(page.locator(".act--step")).to_contain_text("Leave")
    stage.ago(12)
    story.operator_left(stage.place.marta)
    expect(page.locator(".dock")).to_contain_text("Handed over to 112. Giulia and 112 are talking.")
    before = len(tones(page))
    stage.ago(0)
    story.user_released(16)
    story.say(ev.ConferenceBroken(party=Party.USER))
    # Nobody has been called for it yet.
    strip = page.locator("[data-strip=nobody]")
    # Twelve seconds, and the time that the page took meanwhile.
    dropped = re.compile(r"Giulia’s line dropped 1\d s after you left\.")
    expect(strip).to_contain_text(dropped)
    wait_until(lambda: page.wait_for_timeout(20) or set(tones(page)[before:]) >= ALARM, what="the alarm")
    expect(page.locator(".dock")).to_contain_text("112 is still on the line")
    expect(page.locator(".dock")).not_to_contain_text("Nothing more to do")
    story.operator_called(stage.place.marta)
    incoming = page.get_by_role("alertdialog")
    expect(incoming).to_contain_text(dropped)
    expect(incoming).to_contain_text("Answer your phone.")
    page.keyboard.press("Space")
    expect(incoming).to_be_hidden()
    expect(page.locator(".banner")).to_contain_text("Giulia’s line dropped")
    story.originate("user", Party.USER, story.phone, attempt=2)
    expect(page.locator(".banner")).to_contain_text("Giulia is being called again.")
