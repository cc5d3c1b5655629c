"""The calculator of the disguise is one: it computes, never breaks, and says one letter of an alert."""

from __future__ import annotations

import random
import re
from decimal import Decimal, localcontext
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from features.app.page import STATIC

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

KEYS: Final = "0123456789.+-*/=%NBC"
FIGURE: Final = re.compile(r"E|-?[0-9]+\.?[0-9]*(e[+-][0-9]+)?")
PRESSED: Final = """async (all) => {
  const { CLEARED, press } = await import('/app/js/disguise/sums.js');
  const one = (keys) => [...keys].reduce(press, CLEARED);
  return all.map((keys) => one(keys).shown);
}"""


def pressed(modules: Page, keys: list[str]) -> list[str]:
    """The figure after each of these sequences."""
    shown: list[str] = modules.evaluate(PRESSED, keys)
    return shown


def some(seed: int, count: int, alphabet: str = KEYS) -> list[str]:
    """Sequences of keys, as somebody would press them who does not look."""
    chance = random.Random(seed)
    return ["".join(chance.choices(alphabet, k=chance.randint(0, 24))) for _ in range(count)]


def test_whatever_is_pressed_a_figure_stands_there(modules: Page) -> None:
    for keys, shown in zip(some(1, 3000), pressed(modules, some(1, 3000)), strict=True):
        assert FIGURE.fullmatch(shown), keys


def test_it_computes_as_paper_does_to_ten_digits(modules: Page) -> None:
    chance = random.Random(2)
    sums = []
    for _ in range(1000):
        one, other = (
            Decimal(chance.randint(0, 10**6)).scaleb(-chance.randint(0, 4)).normalize() for _ in range(2)
        )
        sums.append((f"{one:f}", chance.choice("+-*/"), f"{other:f}"))
    found = pressed(modules, [f"{one}{operator}{other}=" for one, operator, other in sums])
    with localcontext() as context:
        context.prec = 30
        for (one, operator, other), shown in zip(sums, found, strict=True):
            if operator == "/" and Decimal(other) == 0:
                assert shown == "E", (one, other)
                continue
            a, b = Decimal(one), Decimal(other)
            right = {"+": a + b, "-": a - b, "*": a * b}[operator] if operator != "/" else a / b
            # What is left of a difference is as true as what it was of.
            least = max(abs(a), abs(b), Decimal(1)) if operator in "+-" else abs(right)
            assert abs(Decimal(shown) - right) <= least * Decimal("1e-10"), (one, operator, other, shown)


ON_ANY: Final = (
    ("", "0"),
    ("007", "7"),
    ("1234567890123", "123456789012"),
    (".5", "0.5"),
    ("1.2.3", "1.23"),
    ("0.1+0.2=", "0.3"),
    ("2+3*4=", "20"),
    ("2+3=+4=", "9"),
    ("5+=", "10"),
    ("2+3===", "11"),
    ("2+3=7", "7"),
    ("6-*2=", "12"),
    ("200+10%=", "220"),
    ("50%", "0.5"),
    ("8N", "-8"),
    ("8N+2=", "-6"),
    ("8=N", "-8"),
    ("123B", "12"),
    ("1B", "0"),
    ("4NB", "0"),
    ("1/0=", "E"),
    ("1/0=+=%NB", "E"),
    ("1/0=7", "7"),
    ("1/0=C", "0"),
    ("5+3C=", "0"),
    ("5?x\t constructor", "5"),
)


def test_the_keys_do_what_they_do_on_any_calculator(modules: Page) -> None:
    keys = [keys for keys, _ in ON_ANY]
    assert list(zip(keys, pressed(modules, keys), strict=True)) == list(ON_ANY)


def test_clear_clears_a_key_that_is_none_changes_nothing_and_a_digit_can_be_taken_back(modules: Page) -> None:
    keys = some(3, 500)
    cleared = pressed(modules, [one + "C" + other for one, other in zip(keys, reversed(keys), strict=True)])
    assert cleared == pressed(modules, keys[::-1])
    assert pressed(modules, [one + "?" for one in keys]) == pressed(modules, keys)
    figures = [f"{one}" for one in range(10, 10**6, 7919)]
    assert pressed(modules, [f"{one}5B" for one in figures]) == figures


def test_a_figure_is_written_as_the_language_does(modules: Page) -> None:
    found = modules.evaluate(
        """async (all) => {
          const { displayed } = await import('/app/js/disguise/sums.js');
          return all.map((shown) => [displayed({ shown }, false), displayed({ shown }, true)]);
        }""",
        ["0", "1234", "-1234567.25", "999", "0.12345", "12.", "1e+21", "E"],
    )
    assert found == [
        ["0", "0"],
        ["1.234", "1,234"],
        ["-1.234.567,25", "-1,234,567.25"],
        ["999", "999"],
        ["0,12345", "0.12345"],
        ["12,", "12."],
        ["1e+21", "1e+21"],
        ["E", "E"],
    ]


TOLD: Final = """async () => {
  const { newAlert, afterRaise, afterState, screenOf } = await import('/app/js/state.js');
  const { indicator } = await import('/app/js/disguise/indicator.js');
  const found = [];
  const soon = new Date(1e12 + 40_000).toISOString();
  for (const status of [0, 202, 503, 401])
    for (const advice of ['wait', 'call_112_now'])
      for (const phase of ['', 'calling_operator', 'conference', 'closed'])
        for (const operator of [false, true])
          for (const asked of ['', 'sending', 'sent'])
            for (const unread of [false, true]) {
              let known = newAlert('a', 0, null, { silent: true });
              const said = { alert: 'a', deadline_at: soon, advice };
              known = afterRaise(known, { status, data: status === 0 || status === 401 ? null : said }, true);
              if (known.alert && phase)
                known = afterState(known, { status: 200,
                  data: { ...said, phase, operator_assigned: operator, legs: [], version: 1 } });
              known = { ...known, asked };
              const seen = screenOf(known, 1e12);
              found.push({ status, asked, phase, unread, has: known.alert !== null, now: seen.now,
                sign: indicator(known, seen, unread) });
            }
  found.push({ none: true, sign: indicator(null, null, false) });
  found.push({ begun: true, sign: indicator(newAlert('a', 0, null),
    screenOf(newAlert('a', 0, null), 1e12), false) });
  return found;
}"""


def test_the_letter_beside_the_figure_says_what_the_screen_behind_it_does(modules: Page) -> None:
    found: list[dict[str, Any]] = modules.evaluate(TOLD)
    *alerts, none, begun = found
    assert (none["sign"], begun["sign"]) == ("", "·")
    assert {one["sign"] for one in alerts} == {"", "M", "MR", "E"}
    for one in alerts:
        if one["asked"]:
            assert one["sign"] == "", one
        elif one["has"] and one["phase"] == "closed":
            assert one["sign"] == "MR", one  # the last word waits to be read
        else:
            assert (one["sign"] == "E") == one["now"], one
            if one["sign"] in ("M", "MR"):
                assert one["status"] == 202, one
                assert (one["sign"] == "MR") == one["unread"], one


def test_nothing_of_the_app_runs_what_is_typed_or_makes_itself_heard() -> None:
    for path in STATIC.rglob("*.js"):
        text = re.sub(r"^\s*(//|\*|/\*).*$", "", path.read_text(), flags=re.MULTILINE)
        noise = r"\beval\b|new Function|Notification|pushManager|vibrate|AudioContext|new Audio|wakeLock"
        assert not re.search(noise, text), path
