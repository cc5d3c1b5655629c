"""A search for states of an alert in which the console shows a sentence that is not so.

Stories are made by the AlertCase's own decider, to which anything happens in any order. Each of their states
goes into the page's modules as the feed would send it. What they show is held against the table of claims,
and what matters most against the case itself, by rules that share nothing with the page.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page

from messages.ids import SECOND, Party
from tests.gateways.console.sentences import COUNTED, HELD, NUMBERS, RULES, SAID
from tests.gateways.console.telling import BEGINNINGS, LATER_US, Telling, may_call_112
from tests.gateways.console.what_is_so import Moment
from tests.support.depth import WHOLE, often

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(600)]

SHOW = (Path(__file__).parent / "claims.js").read_text()
STORIES = int(os.environ.get("STORIES", often(150)))
FIRST = int(os.environ.get("FIRST", datetime.now(UTC).toordinal() * 1000 if WHOLE else 0))
"""Each story is made from its number, and so always the same; at night they are those of the day."""
STEPS = 15


@pytest.fixture
def claims(modules: Page) -> Page:
    """The page with what shows a state, `window.show`."""
    modules.evaluate(SHOW)
    return modules


def _untrue(moment: Moment, shown: dict[str, Any], seen: Counter[str]) -> list[tuple[str, str]]:
    """Return every sentence that is shown and is not so: what it claims, and where it stands."""
    found: list[tuple[str, str]] = []
    for claim in shown["claims"]:
        seen[f"claim {claim['claim']}"] += 1
        if not claim["so"]:
            found.append((claim["claim"], f"{claim['words']!r} in {shown['places']}"))
    for name, (at, words, so) in HELD.items():
        for place, text in shown["places"].items():
            if at.match(place) and words.search(text):
                seen[f"rule {name}"] += 1
                if not so(moment):
                    found.append((name, f"{text!r} at {place}; {list(moment.case.legs.values())}"))
    for name, (at, words, is_) in COUNTED.items():
        for place, text in shown["places"].items():
            for number in words.findall(text) if at.match(place) else ():
                seen[f"rule {name}"] += 1
                if number != is_(moment, shown["nowUs"]):
                    found.append((name, f"{text!r} at {place}: it is {is_(moment, shown['nowUs'])}"))
    for name, (place, needed, so) in SAID.items():
        if so(moment):
            seen[f"rule {name}"] += 1
            if not re.search(needed, shown["places"][place]):
                found.append((name, f"not in {shown['places']}"))
    return found


def test_no_story_shows_a_sentence_that_is_not_so(claims: Page) -> None:
    seen: Counter[str] = Counter()
    untrue: dict[str, str] = {}
    for seed in range(FIRST, FIRST + STORIES):
        telling = Telling(seed)
        for _ in range(STEPS):
            telling.step()
        states = msgspec.json.encode([one.told for one in telling.moments]).decode()
        answers = msgspec.json.decode(claims.evaluate("window.show", states))
        seen.update(stories=1, states=len(telling.moments))
        for moment, times in zip(telling.moments, answers, strict=True):
            for shown in times:
                seen["shown"] += 1
                for name, text in _untrue(moment, shown, seen):
                    untrue.setdefault(name, f"story {seed}, {name}: {text}")
            for italian, english in zip(times[: len(LATER_US)], times[len(LATER_US) :], strict=True):
                keys = italian["keys"]
                assert keys == english["keys"], (italian["places"], english["places"])
                assert "E" in keys or not may_call_112(moment), f"112 may be called: {italian['places']}"
    print("\n".join(f"{n:7} {one}" for one, n in sorted(seen.items())))
    assert not untrue, "\n".join(untrue.values())
    # A sentence that no story shows is not searched for.
    names = [f"rule {one}" for one in (*RULES, *NUMBERS, *SAID)]
    names += [f"claim {one}" for one in claims.evaluate("window.claimed")]
    unseen = [one for one in names if not seen[one]]
    print(f"{len(unseen)} of {len(names)} not shown: {unseen}")
    assert len(unseen) < (len(names) / 10 if WHOLE else len(names) / 3), unseen


def test_t_takes_only_where_the_dock_says_so(claims: Page) -> None:
    told = [one.told for seed in range(len(BEGINNINGS)) for one in Telling(seed).moments]
    answers = msgspec.json.decode(claims.evaluate("window.show", msgspec.json.encode(told).decode()))
    keys = {
        (one["t"], one["dock.step"][:2] == "T ") for each in answers for one in (s["places"] for s in each)
    }
    assert keys == {("take", True), ("", False)}


def _is_mine(moment: Moment) -> bool:
    return moment.case.operator is not None and moment.told["me"]["operator"] == moment.case.operator


def test_of_x_only_that_is_said_which_it_does(claims: Page) -> None:
    """A supervisor may close what nothing proves, and put it away as well."""
    moments = (Telling(seed).moments[-1] for seed in range(99))
    real = (one for one in moments if _is_mine(one) and not one.case.test)
    told = next(one.told for one in real if not one.case.of(Party.PSAP))
    for put_away, close in product((None, "heard_or_proved"), (None, "psap_not_told")):
        told["allowed"] |= {"close": close, "put_away": put_away, "vouch": put_away}
        answers = msgspec.json.decode(claims.evaluate("window.show", msgspec.json.encode([told]).decode()))
        for places in (shown["places"] for shown in answers[0]):
            forged = bool(re.search(r"È falso: X|Forged: X", places["dock.more"]))
            assert forged == (put_away is None)
            assert bool(places["dock.close"]) == (put_away is not None and close is None)
            assert places["x"] == ("put_away" if forged else "close")


def test_who_has_just_come_back_to_112_is_heard_before_it_is_said_that_they_talk(claims: Page) -> None:
    """It may be a machine."""
    moments = (Telling(seed).moments[0] for seed in range(99))
    told = next(one.told for one in moments if _is_mine(one) and one.told["view"]["user_hears_psap"])
    told["view"]["user"]["answered_us"] = told["nowUs"][0]
    told["view"]["psap"]["answered_us"] = told["nowUs"][0] - 60 * SECOND
    answers = msgspec.json.decode(claims.evaluate("window.show", msgspec.json.encode([told]).decode()))
    says = [shown["places"]["dock.say"] for shown in answers[0]]
    heard = [bool(re.search(r"senti chi ha risposto|hear who it is", one)) for one in says]
    assert heard == [True, True, False] * 2, says
