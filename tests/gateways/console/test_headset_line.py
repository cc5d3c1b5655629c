"""What is said of the headset while the operator speaks on it, on a telephone, or in another window."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

ME = {"operator": "marta"}
LIVE = {"is": "live", "gone": False, "mute": False, "elsewhere": False}
MUTE = LIVE | {"mute": True}
GONE = LIVE | {"is": "none", "gone": True}
DEAF = LIVE | {"is": "deaf", "gone": True}
ELSEWHERE = LIVE | {"is": "replaced", "gone": True, "elsewhere": True}
HEADSETS = (LIVE, MUTE, GONE, DEAF, ELSEWHERE)
STATES = ("idle", "originating", "ringing", "answered", "releasing", "released")


def leg(state: str = "answered", line: str = "headset:marta", **more: Any) -> dict[str, Any]:
    """The operator's tile, as the feed has it."""
    usual = {"operator": "marta", "confirmed": True, "muted": False, "network": False}
    return {"state": state, "line": line, **usual, **more}


BY_HEADSET = leg()
BY_PHONE = leg(line="sim2")


@pytest.fixture
def js(modules: Page) -> Page:
    """A page with the module, and nothing of a console."""
    modules.evaluate("async () => { window.line = await import('/console/js/voice/line.js'); }")
    return modules


def asked(js: Page, what: str, headset: dict[str, Any], of: dict[str, Any] | None) -> Any:
    view = None if of is None else {"operator_leg": of}
    return js.evaluate(f"([headset, view, me]) => line.{what}(headset, view, me)", [headset, view, ME])


def test_of_an_operator_who_speaks_by_phone_nothing_says_that_nobody_hears(js: Page) -> None:
    for headset in HEADSETS:
        assert asked(js, "messageFor", headset, BY_PHONE) == "phone"
        assert asked(js, "mustSound", headset, BY_PHONE) is False
    assert asked(js, "mustSound", GONE, leg("ringing", "sim2")) is False
    assert asked(js, "messageFor", GONE, leg(line="sim2", operator="anna")) == "unheard"


def test_on_the_headset_it_is_said_whenever_nobody_hears(js: Page) -> None:
    assert [asked(js, "messageFor", headset, BY_HEADSET) for headset in HEADSETS] == [
        "",
        "unheard",
        "unheard",
        "unheard",
        "elsewhere",
    ]
    assert asked(js, "messageFor", MUTE, leg(muted=True)) == ""  # U says so itself
    assert asked(js, "mustSound", GONE, BY_HEADSET) is True


def test_only_a_voice_that_is_nowhere_makes_the_page_sound(js: Page) -> None:
    assert [asked(js, "mustSound", headset, None) for headset in HEADSETS] == [
        False,
        False,
        True,
        False,
        False,
    ]
    assert asked(js, "mustSound", DEAF, leg("idle", "")) is True  # there is an alert
    assert asked(js, "mustSound", ELSEWHERE, BY_HEADSET) is False


def test_the_way_back_from_the_phone_is_offered_only_to_a_headset_that_is_heard(js: Page) -> None:
    for headset, state, line in product(HEADSETS, STATES, ("headset:marta", "sim2")):
        offered = asked(js, "canReturn", headset, leg(state, line))
        assert offered == (headset is LIVE and state == "answered" and line == "sim2")
    assert asked(js, "canReturn", LIVE, leg(line="sim2", network=True)) is False


@pytest.mark.parametrize(
    ("legs", "joined", "held"),
    [
        ([BY_HEADSET], True, True),
        ([BY_HEADSET], False, True),  # the bridge is another one for a moment
        ([leg(confirmed=False)], True, False),  # the phone has to ring
        ([], False, False),
        ([], True, True),  # one who listens in
        ([leg(confirmed=False), BY_HEADSET], True, True),
    ],
)
def test_a_silent_microphone_takes_nobody_s_ear_away(
    js: Page, legs: list[dict[str, Any]], joined: bool, held: bool
) -> None:
    assert js.evaluate("([legs, joined]) => line.staysConnected(legs, joined)", [legs, joined]) is held
