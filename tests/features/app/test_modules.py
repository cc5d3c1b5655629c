"""The app's pure modules: what may be shown, the center's clock, when a position is due."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

# Every answer that the interface can give, by every way in which the app can know the alert.
ALL = """async () => {
  const { newAlert, afterRaise, afterState, screenOf } = await import('/app/js/state.js');
  const { WORDS } = await import('/app/js/words.js');
  const legs = ['', 'originating', 'ringing', 'answered', 'releasing', 'released'];
  const at = (ms) => new Date(1_000_000_000_000 + ms).toISOString();
  const found = [];
  const look = (known, said) => {
    const seen = screenOf(known, 1_000_000_000_000);
    const words = [seen.title, seen.text, ...seen.steps.map(([, word]) => word)].filter(Boolean);
    found.push({ ...said, seen, words });
  };
  for (const [test, silent] of [[false, false], [true, false], [false, true]])
    for (const status of [202, 200, 503])
      for (const operator of [false, true])
        for (const user of legs)
          for (const psap of ['', 'ringing', 'answered', 'released'])
            for (const advice of ['wait', 'call_112_now'])
              for (const leftMs of [49_000, -1000])
                for (const [lost, asked] of
                  [[false, ''], [true, ''], [false, 'sending'], [true, 'unsent'], [false, 'sent']]) {
                  const said = { alert: 'a', deadline_at: at(leftMs), advice: 'wait' };
                  let known = newAlert('a', 0, null, { test, silent });
                  known = afterRaise(known, { status, data: said }, true);
                  const parties = [['user', user], ['psap', psap]].filter(([, state]) => state)
                    .map(([party, state]) => ({ party, state }));
                  known = afterState(known, { status: 200, data: { ...said, version: 1, phase: 'calling_user',
                    operator_assigned: operator, legs: parties, advice } });
                  if (lost) known = afterState(known, { status: 0, data: null });
                  look({ ...known, asked },
                    { test, silent, status, operator, user, psap, advice, leftMs, lost, asked });
                }
  const unknown = [...new Set(found.flatMap((one) => one.words).filter((word) => !WORDS[word]))];
  return JSON.stringify({ found, unknown });
}"""


@pytest.fixture(scope="module")
def answers(modules: Page) -> Any:
    """What is shown for each; as text they come over in a fifth of the time."""
    return msgspec.json.decode(modules.evaluate(ALL))


def test_nothing_is_said_that_has_not_happened_whatever_the_center_answers(answers: Any) -> None:
    assert answers["unknown"] == []
    going = ("originating", "ringing")
    for one in answers["found"]:
        seen, words = one["seen"], one["words"]
        if one["asked"]:
            assert words == [seen["title"], seen["text"]], one
            assert not seen["now"], one
            continue
        assert ("operatorFound" in words) <= one["operator"], one
        assert ("talking" in words) <= (one["operator"] and one["user"] == "answered"), one
        assert ("calling" in words) <= (one["user"] in going), one
        assert (["now", "callingStep"] in seen["steps"]) <= (one["user"] in going), one
        assert ("called" in words) <= (one["user"] not in ("", *going)), one
        assert ("psap" in words) <= (one["psap"] == one["user"] == "answered"), one
        assert ("psapCalled" in words) <= (one["psap"] in going), one
        assert (["done", "got"] in seen["steps"]) or one["status"] == 503, one
        assert seen["call112"] or "psap" in words, one
        assert seen["rings"] == (one["user"] in going) or seen["tone"] == "bad", one
        # Who is not to be called is not said to be.
        assert not (one["silent"] and {"notCalled", "cannot", "freeText"} & set(words)), one
        assert seen["silence"] is not one["silent"] or seen["tone"] == "bad", one
        # Red when it has to be, and never while the user is being talked to.
        reached = one["user"] in ("ringing", "answered") or one["psap"] == "answered"
        # A silent alert is in time where somebody is at work for it; the center's word counts for more.
        if one["silent"] and one["advice"] == "wait" and one["status"] != 503:
            reached = reached or one["operator"] or one["psap"] in going
        told = one["advice"] == "call_112_now" or one["status"] == 503 or one["leftMs"] < 0
        if reached:
            assert seen["tone"] != "bad", one
        elif told:
            assert (seen["tone"], seen["now"]) == ("bad", not one["test"]), one
        assert (seen["note"] == "lost") == one["lost"], one
        # Who was told to call 112 may be talking to it: no countdown calls the user away from that.
        assert seen["left"] is None or one["advice"] == "wait", one


HANDED_OVER = """async () => {
  const { newAlert, afterRaise, afterState, screenOf } = await import('/app/js/state.js');
  const deadline_at = new Date(1e12 + 9000).toISOString();
  const said = { alert: 'a', deadline_at, advice: 'wait', version: 1, operator_assigned: false };
  const at = (phase, legs) => {
    const known = afterRaise(newAlert('a', 0, null), { status: 202, data: said }, true);
    const seen = screenOf(afterState(known, { status: 200, data: { ...said, phase, legs } }), 1e12);
    return [seen.title, seen.text, ...seen.steps.map(([, word]) => word)];
  };
  const leg = (party, state, known = true) => ({ party, state, heard: known });
  return {
    unheard: at('talking', [leg('operator', 'answered', false), leg('user', 'answered')]),
    together: at('handed_over', [leg('user', 'answered'), leg('psap', 'answered')]),
    psapGone: at('handed_over', [leg('user', 'answered'), leg('psap', 'released')]),
    userGone: at('handed_over', [leg('user', 'released'), leg('psap', 'answered')]),
    bothGone: at('handed_over', [leg('user', 'released'), leg('psap', 'released')]),
    brokenUser: at('conference', [leg('user', 'ringing'), leg('psap', 'answered')]),
    brokenPsap: at('calling_112', [leg('user', 'answered'), leg('psap', 'originating')]),
    brokenNoLine: at('calling_112', [leg('user', 'answered'), leg('psap', 'released')]),
  };
}"""


def test_who_is_left_is_told_who_is_on_the_line_and_that_an_operator_is_sought_only_where_one_is(
    modules: Page,
) -> None:
    seen = modules.evaluate(HANDED_OVER)
    for name in ("together", "psapGone", "userGone", "bothGone"):
        assert not {"finding", "findingText", "psapCalled"} & set(seen[name]), name
    assert seen["together"][0] == "psap"
    assert seen["psapGone"][:2] == ["psapGone", "closedText"]
    assert seen["userGone"][0] == "psapStep"
    assert seen["bothGone"][:2] == ["notOnLine", "closedText"]
    # Where it broke too soon the leave is undone: an operator is looked for, and what dropped is called.
    assert seen["brokenUser"][:2] == ["calling", "psapStep"]
    assert seen["brokenPsap"][:2] == ["stay", "psapCalled"]
    assert seen["brokenNoLine"][:2] == ["stay", "findingText"]
    assert "psapCalled" not in seen["brokenNoLine"]
    assert "finding" in seen["brokenNoLine"]
    # A modem that joins both is silent.
    assert seen["unheard"][:2] == ["stay", "unheardText"]


# Each end of an alert, by each set of what 112 may know, with and without 112's page.
ENDED = """async () => {
  const { newAlert, afterRaise, afterState, screenOf } = await import('/app/js/state.js');
  const { indicator } = await import('/app/js/disguise/indicator.js');
  const { WORDS } = await import('/app/js/words.js');
  const outcomes = ['false_alarm', 'handed_over', 'briefed', 'user_called_112', 'cancelled', 'test_done',
    'no_contact', 'put_away', null, 'new one'];
  const knows = [undefined, [], ['alert'], ['alert', 'place'], ['alert', 'silence'],
    ['alert', 'place', 'silence']];
  const found = [];
  for (const silent of [false, true])
    for (const outcome of outcomes)
      for (const psap_knows of knows)
        for (const [leftMs, oldMin] of [[null, 0], [-1, 0], [60_000, 0], [null, 12], [60_000, 12]]) {
          const until = leftMs === null ? null : new Date(1e12 + leftMs).toISOString();
          const said = { alert: 'a', deadline_at: until, advice: 'wait', phase: 'closed', legs: [],
            version: 1, outcome, psap_knows, writes_until: until,
            psap_place_at: new Date(1e12 - oldMin * 60_000).toISOString() };
          const alert = newAlert('a', 0, null, { silent });
          const known = afterState(afterRaise(alert, { status: 202, data: said }, true),
            { status: 200, data: said });
          const seen = screenOf(known, 1e12);
          const words = [...WORDS[seen.title], ...WORDS[seen.text]].join(' ');
          const signs = [indicator(known, seen, false), indicator({ ...known, sawEnd: true }, seen, false)];
          const given = { outcome, knows: psap_knows ?? [], open: leftMs === 60_000, oldMin };
          found.push({ ...given, seen, words, signs });
        }
  return found;
}"""


def test_the_last_word_says_of_112_what_it_knows_and_to_write_only_where_that_reaches_it(
    modules: Page,
) -> None:
    ended = modules.evaluate(ENDED)
    for one in ended:
        seen, words, knows = one["seen"], one["words"], one["knows"]
        there = "place" in knows and not one["oldMin"]
        assert ("knows where you are" in words) <= there, one
        assert ("sa dove sei" in words) <= there, one
        assert ("where you were #" in words and "dov’eri #" in words) == (seen["title"][-3:] == "Old"), one
        assert (seen["title"][-3:] == "Old") <= (seen["minutes"] == 12), one
        assert ("that you cannot talk" in words) <= ("silence" in knows), one
        assert ("112 was not called" in words) <= (not knows or one["outcome"] == "test_done"), one
        assert ("write it here" in words or "Write here" in words) <= one["open"], one
        assert (seen["writes"], seen["reads"], seen["back"]) == (one["open"], True, True), one
        # Behind the calculator it waits to be read, once.
        assert one["signs"] == ["MR", "M" if one["open"] else ""], one
    said = {
        (one["outcome"], tuple(one["knows"]), one["open"]): (one["seen"]["title"], one["seen"]["text"])
        for one in ended
        if not one["oldMin"]
    }
    everything = ("alert", "place", "silence")
    assert said["briefed", everything, True] == ("endQuiet", "endQuietWrite")
    assert said["handed_over", everything, False] == ("endQuiet", "endQuietText")
    assert said["handed_over", ("alert",), False] == ("endPsap", "endPsapText")
    assert said["no_contact", (), False] == ("endNoContact", "endNoPsap")
    assert said["no_contact", ("alert", "place"), False] == ("endPlace", "endPlaceText")
    assert said["false_alarm", ("alert", "place"), False] == ("closed", "endMistake")
    # What is masked after an attempt to cancel says nothing of 112.
    assert said["cancelled", (), False] == ("closed", "closedText")


# The operator has told 112 on another phone, and the advice to call it stands: the user was not reached.
TOLD = """async () => {
  const { newAlert, afterRaise, afterState, screenOf } = await import('/app/js/state.js');
  const { indicator } = await import('/app/js/disguise/indicator.js');
  const { WORDS } = await import('/app/js/words.js');
  const at = (psap_knows, silent = false, parties = [['psap', 'released']], oldMin = 0) => {
    const said = { alert: 'a', deadline_at: new Date(1e12 - 1000).toISOString(), advice: 'call_112_now',
      version: 1, phase: 'calling_user', operator_assigned: true, psap_knows,
      psap_place_at: new Date(1e12 - oldMin * 60_000).toISOString(),
      legs: parties.map(([party, state]) => ({ party, state })) };
    const alert = newAlert('a', 0, null, { silent });
    const known = afterState(afterRaise(alert, { status: 202, data: said }, true),
      { status: 200, data: said });
    const seen = screenOf(known, 1e12);
    const steps = seen.steps.map(([, word]) => word);
    return { words: [seen.title, seen.text], steps, now: seen.now, link: seen.call112,
      sign: indicator(known, seen, false), unknown: [seen.title, seen.text].filter((word) => !WORDS[word]) };
  };
  return {
    nothing: at([]),
    place: at(['alert', 'place']),
    old: at(['alert', 'place'], false, undefined, 12),
    nowhere: at(['alert']),
    quiet: at(['alert', 'place', 'silence'], true),
    quietNowhere: at(['alert', 'silence'], true),
    talking: at(['alert', 'place'], false, [['user', 'answered']]),
  };
}"""


def test_who_was_not_reached_reads_that_112_knows_once_it_was_told_on_another_phone(modules: Page) -> None:
    seen = modules.evaluate(TOLD)
    assert seen["nothing"]["words"] == ["cannot", "cannotText"]
    assert seen["place"]["words"] == ["endPlace", "toldText"]
    assert seen["old"]["words"] == ["endPlaceOld", "endPlaceOldText"]
    assert seen["quiet"]["words"] == ["endQuiet", "quietText"]
    # Help that does not know where to go is no help yet.
    assert seen["nowhere"]["words"] == ["endPsap", "cannotText"]
    assert seen["quietNowhere"]["words"] == ["endQuietNowhere", "quietLateText"]
    assert seen["talking"]["steps"][-1] == "endPsap"
    urgent = [name for name, one in seen.items() if one["now"]]
    assert urgent == [name for name, one in seen.items() if one["sign"] == "E"]
    assert urgent == ["nothing", "nowhere", "quietNowhere"]
    assert all(one["link"] and not one["unknown"] for one in seen.values())


def test_each_question_keeps_its_yes_and_no_until_it_is_answered(modules: Page) -> None:
    asked = modules.evaluate(
        """async () => {
          const { Dialogue } = await import('/app/js/dialogue.js');
          const dialogue = new Dialogue({}, () => {}, () => false);
          for (const number of [1, 2, 3])
            dialogue.received.set(number,
              { number, id: `m${number}`, text: '?', asks: number < 3, mine: false });
          const open = () => dialogue.shown.filter((one) => one.asks).map((one) => one.number);
          const before = open();
          dialogue.write('yes', 1);
          return [before, open()];
        }"""
    )
    assert asked == [[1, 2], [2]]


def test_another_alert_than_before_begins_with_nothing_that_was_known_of_that(modules: Page) -> None:
    known = modules.evaluate(
        """async () => {
          const { newAlert, afterRaise, afterState } = await import('/app/js/state.js');
          const said = (alert) => ({ alert, deadline_at: '2026-11-24T21:46:48Z', advice: 'wait' });
          const before = afterRaise(newAlert('a', 0, null), { status: 202, data: said('one') }, true);
          const rang = afterState(before, { status: 200, data: { ...said('one'), version: 7,
            phase: 'calling_user', operator_assigned: true, legs: [{ party: 'user', state: 'ringing' }] } });
          const silent = { ...rang, id: 'b', silent: true, due: true };
          return [afterRaise(silent, { status: 200, data: said('one') }, true),
            afterRaise(silent, { status: 202, data: said('two') }, true)];
        }"""
    )
    same, other = known
    assert (same["alert"], same["state"]["version"], same["reached"]) == ("one", 7, True)
    assert (other["alert"], other["state"], other["reached"], other["helped"]) == ("two", None, False, False)
    assert not same["due"]


def test_the_contact_is_a_card_with_every_number(modules: Page) -> None:
    card, learnt, to_save = modules.evaluate(
        r"""async () => {
          const { vcard, learnNumbers, hasUnsavedNumbers } = await import('/app/js/contact.js');
          const { numbers } = await import('/app/js/storage.js');
          learnNumbers(['+390200000001', '+390200000002', 'x', 5, '+39 02', '+3902\r\nTEL:+1900']);
          learnNumbers([]);
          learnNumbers(undefined);
          const { known } = numbers();
          return [vcard(known, 'Laura'), known,
            [hasUnsavedNumbers({ known, saved: [] }), hasUnsavedNumbers({ known, saved: known })]];
        }"""
    )
    assert learnt == ["+390200000001", "+390200000002"]
    assert to_save == [True, False]
    assert card.split("\r\n") == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "N:;Laura;;;",
        "FN:Laura",
        "TEL;TYPE=VOICE:+390200000001",
        "TEL;TYPE=VOICE:+390200000002",
        "END:VCARD",
        "",
    ]


def test_whatever_pin_was_given_the_screen_depends_on_nothing_that_the_center_says(answers: Any) -> None:
    screens: dict[tuple[str, bool, bool], list[Any]] = {}
    for one in answers["found"]:
        if one["asked"]:
            screens.setdefault((one["asked"], one["test"], one["silent"]), []).append(one["seen"])
    assert len(screens) == 9
    for seen in screens.values():
        assert all(one == seen[0] for one in seen)


def test_the_clock_of_the_center_is_known_to_half_a_second_whatever_the_phone_s_says(modules: Page) -> None:
    # Three answers, 80 ms each; the center's clock is `offMs` ahead.
    found = modules.evaluate(
        """async (all) => {
          const { Clock } = await import('/app/js/clock.js');
          return all.map((offMs) => {
            const clock = new Clock();
            const before = clock.center(5000);
            for (const ms of [1_000_000_000_130, 1_000_000_007_620, 1_000_000_031_990])
              clock.learn(new Date(ms + 40 + offMs).toUTCString(), ms, ms + 80);
            return [before, clock.center(1_000_000_040_000) - (1_000_000_040_000 + offMs)];
          });
        }""",
        [0, 300_000, -7_200_000],
    )
    assert len(found) == 3
    for before, error_ms in found:
        assert before == 5000, "the phone's own, while nothing is known"
        assert abs(error_ms) <= 500


def test_a_clock_that_is_set_is_believed_anew_and_nonsense_is_not(modules: Page) -> None:
    after_ms = modules.evaluate(
        """async () => {
          const { Clock } = await import('/app/js/clock.js');
          const clock = new Clock();
          clock.learn(new Date(1_000_000_000_000).toUTCString(), 1_000_000_000_000, 1_000_000_000_100);
          clock.learn('soon', 0, 1);
          clock.learn(null, 0, 1);
          clock.learn(new Date(1_000_000_001_000).toUTCString(), 1_000_000_601_000, 1_000_000_601_100);
          return clock.center(1_000_000_700_000) - 1_000_000_100_000;
        }"""
    )
    assert abs(after_ms) <= 1000


def test_a_position_is_due_after_ten_seconds_or_25_metres(modules: Page) -> None:
    known = [(0, 9_000, False), (0, 10_000, True), (24, 5_000, False), (26, 5_000, True), (500, 900, False)]
    first, said = modules.evaluate(
        """async (all) => {
          const { isDue } = await import('/app/js/position.js');
          const last = { lat: 44.39, lon: 8.97 };
          const east = (metres) =>
            ({ lat: 44.39, lon: 8.97 + metres / (111_195 * Math.cos(44.39 * Math.PI / 180)) });
          return [isDue(null, 0, last, 0),
            all.map(([metres, afterMs]) =>
              [metres, afterMs, isDue(last, 1000, east(metres), 1000 + afterMs)])];
        }""",
        known,
    )
    assert first is True
    assert said == [list(one) for one in known]
