"""The app's pure modules: what may be shown, the center's clock, when a position is due."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.gateways.http.place import WebThread

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

# Every answer that the interface can give, by every way in which the app can know the alert.
ALL = """async () => {
  const { pressed, raised, heard, shown } = await import('/app/js/state.js');
  const { WORDS } = await import('/app/js/words.js');
  const legs = ['', 'originating', 'ringing', 'answered', 'releasing', 'released'];
  const at = (ms) => new Date(1_000_000_000_000 + ms).toISOString();
  const found = [];
  const look = (known, said) => {
    const seen = shown(known, 1_000_000_000_000);
    const words = [seen.title, seen.text, ...seen.steps.map(([, word]) => word)].filter(Boolean);
    found.push({ ...said, seen, words });
  };
  for (const test of [false, true])
    for (const status of [202, 200, 503])
      for (const operator of [false, true])
        for (const user of legs)
          for (const psap of ['', 'ringing', 'answered', 'released'])
            for (const advice of ['wait', 'call_112_now'])
              for (const leftMs of [49_000, -1000])
                for (const [lost, asked] of
                  [[false, ''], [true, ''], [false, 'sending'], [true, 'unsent'], [false, 'sent']]) {
                  const said = { alert: 'a', deadline_at: at(leftMs), advice: 'wait' };
                  let known = raised(pressed('a', 0, null, test), { status, said }, true);
                  const parties = [['user', user], ['psap', psap]].filter(([, state]) => state)
                    .map(([party, state]) => ({ party, state }));
                  known = heard(known, { status: 200, said: { ...said, version: 1, phase: 'calling_user',
                    operator_assigned: operator, legs: parties, advice } });
                  if (lost) known = heard(known, { status: 0, said: null });
                  look({ ...known, asked },
                    { test, status, operator, user, psap, advice, leftMs, lost, asked });
                }
  return { found, unknown: [...new Set(found.flatMap((one) => one.words).filter((word) => !WORDS[word]))] };
}"""


@pytest.fixture
def module(page: Page, site: WebThread) -> Page:
    page.goto(f"{site.url}/app")
    return page


def test_nothing_is_said_that_has_not_happened_whatever_the_center_answers(module: Page) -> None:
    answers = module.evaluate(ALL)
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
        # Red when it has to be, and never while she is being talked to.
        reached = one["user"] in ("ringing", "answered") or one["psap"] == "answered"
        told = one["advice"] == "call_112_now" or one["status"] == 503 or one["leftMs"] < 0
        if reached:
            assert seen["tone"] != "bad", one
        elif told:
            assert (seen["tone"], seen["now"]) == ("bad", not one["test"]), one
        assert (seen["note"] == "lost") == one["lost"], one


def test_whatever_pin_was_given_the_screen_depends_on_nothing_that_the_center_says(module: Page) -> None:
    screens: dict[tuple[str, bool], list[Any]] = {}
    for one in module.evaluate(ALL)["found"]:
        if one["asked"]:
            screens.setdefault((one["asked"], one["test"]), []).append(one["seen"])
    assert len(screens) == 6
    for seen in screens.values():
        assert all(one == seen[0] for one in seen)


@pytest.mark.parametrize("off_ms", [0, 300_000, -7_200_000])
def test_the_clock_of_the_center_is_known_to_half_a_second_whatever_the_phone_s_says(
    module: Page, off_ms: int
) -> None:
    # Three answers, 80 ms each; the center's clock is `off_ms` ahead.
    error_ms = module.evaluate(
        """async (offMs) => {
          const { Clock } = await import('/app/js/clock.js');
          const clock = new Clock();
          const before = clock.center(5000);
          for (const ms of [1_000_000_000_130, 1_000_000_007_620, 1_000_000_031_990])
            clock.heard(new Date(ms + 40 + offMs).toUTCString(), ms, ms + 80);
          return [before, clock.center(1_000_000_040_000) - (1_000_000_040_000 + offMs)];
        }""",
        off_ms,
    )
    assert error_ms[0] == 5000, "the phone's own, while nothing is known"
    assert abs(error_ms[1]) <= 500


def test_a_clock_that_is_set_is_believed_anew_and_nonsense_is_not(module: Page) -> None:
    after_ms = module.evaluate(
        """async () => {
          const { Clock } = await import('/app/js/clock.js');
          const clock = new Clock();
          clock.heard(new Date(1_000_000_000_000).toUTCString(), 1_000_000_000_000, 1_000_000_000_100);
          clock.heard('soon', 0, 1);
          clock.heard(null, 0, 1);
          clock.heard(new Date(1_000_000_001_000).toUTCString(), 1_000_000_601_000, 1_000_000_601_100);
          return clock.center(1_000_000_700_000) - 1_000_000_100_000;
        }"""
    )
    assert abs(after_ms) <= 1000


@pytest.mark.parametrize(
    ("metres", "after_ms", "due"),
    [(0, 9_000, False), (0, 10_000, True), (24, 5_000, False), (26, 5_000, True), (500, 900, False)],
)
def test_a_position_is_due_after_ten_seconds_or_25_metres(
    module: Page, metres: int, after_ms: int, due: bool
) -> None:
    said = module.evaluate(
        """async ([metres, afterMs]) => {
          const { due } = await import('/app/js/position.js');
          const last = { lat: 44.39, lon: 8.97 };
          const east = { lat: 44.39, lon: 8.97 + metres / (111_195 * Math.cos(44.39 * Math.PI / 180)) };
          return [due(last, 1000, east, 1000 + afterMs), due(null, 0, last, 0)];
        }""",
        [metres, after_ms],
    )
    assert said == [due, True]
