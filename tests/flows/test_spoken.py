"""Who cannot talk and has no app: asked by the center's voice, answered by the keys of the phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Locator, expect

from messages.ids import AlertId, BriefingField
from tests.flows.desk import NOT_SIGNED_ON, Desk
from tests.flows.people import ASKED_HZ, GIULIA
from tests.support.center import Center, line_number
from tests.support.recordings import write_tone
from tests.support.signals import level_db

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(300),
    pytest.mark.browser_may_say(NOT_SIGNED_ON),
]

KEYS: Final = {"1": (697, 1209), "2": (697, 1336)}
"""What a phone sends of each key, Hz (ITU-T Q.23)."""
HEARD_DB: Final = -25.0
SOFT_DB: Final = -33.0
"""Of a sine of -36 dBFS RMS."""


def loudest_db(made: Center, phone: str, hz: float, since: int = 0) -> float:
    """How loud this tone ever was on the phone, for a fifth of a second, since so many bytes were heard."""
    heard = made.heard(phone)[since:]
    return max(
        (level_db(heard[at : at + 3200], hz) for at in range(0, len(heard) - 3200, 3200)), default=-200.0
    )


@pytest.fixture
def presses(made: Center, tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Giulia presses a key of the phone, every second."""

    def says(what: str) -> None:
        changed = made.carrier.patch(f"/phones/{GIULIA}", json={"says": what})
        assert changed.status_code == 200, changed.text

    # The phone's sound goes by the time of its call: a key once pressed would be one pressed long ago.
    def press(key: str) -> None:
        again = write_tone(tmp_path / f"key-{key}.wav", *KEYS[key], seconds=0.2, pause_s=0.8)
        says(f"loop:{again}")

    yield press
    says("")


def calls_in(desk: Desk, made: Center) -> AlertId:
    """Giulia calls the center, and it is Marta who has the case."""
    called = made.carrier.post(f"/phones/{GIULIA}/call", json={"to": line_number(1)})
    assert called.status_code == 200, called.text
    desk.acknowledges()
    desk.are("live", "live", "idle")
    alert = desk.page.locator(".rail__item[aria-current]").get_attribute("data-alert")
    assert alert is not None
    return AlertId(alert)


def answer(desk: Desk, place: int) -> Locator:
    return desk.page.locator(".questions li").nth(place - 1).locator(".questions__answer")


def way(desk: Desk) -> Locator:
    return desk.page.locator(".questions__way")


def test_a_question_is_spoken_to_the_phone_and_key_1_is_in_the_briefing(
    desk: Desk, made: Center, presses: Callable[[str], None]
) -> None:
    desk.sign_on()
    desk.begin_shift()
    alert = calls_in(desk, made)
    desk.press("j")
    expect(way(desk)).to_contain_text("The centre speaks it")
    # What the operator is told first, of who calls, has this pitch in it, too.
    made.until("the operator has heard the name", lambda: "heard the user's name" in desk.timeline(alert))
    told = len(made.heard(desk.me.phone)) // 2 * 2
    desk.press("4")
    expect(answer(desk, 4)).to_contain_text("hear")
    made.until("the phone hears it", lambda: loudest_db(made, GIULIA, ASKED_HZ) > HEARD_DB)
    expect(answer(desk, 4)).to_have_text("heard")
    assert loudest_db(made, desk.me.phone, ASKED_HZ, told) < HEARD_DB - 20, "the user alone hears it"
    presses("1")
    expect(answer(desk, 4)).to_have_text("Yes")
    desk.page.keyboard.press("Escape")
    desk.press("q")
    expect(desk.page.locator("[data-field=weapons]")).to_have_value("Yes, not known which")
    assert desk.made.sheet(alert).briefing[BriefingField.WEAPONS].text == "Yes, not known which"
    assert "has asked, by the center's voice: Ci sono armi?" in desk.timeline(alert)


def test_who_is_to_hear_nobody_is_asked_softly_by_a_key_of_its_own(
    desk: Desk, made: Center, presses: Callable[[str], None]
) -> None:
    desk.sign_on()
    desk.begin_shift()
    alert = calls_in(desk, made)
    desk.press("s")
    expect(desk.tile("user")).to_contain_text("Hears only a tone")
    desk.press("j")
    expect(way(desk)).to_contain_text("No voice to her")
    desk.press("4")
    desk.press("i")
    expect(way(desk)).to_contain_text("Whispered in her ear")
    desk.press("4")
    expect(answer(desk, 4)).to_have_text("heard")
    expect(desk.tile("user")).to_contain_text("Hears only a tone")
    # What the center has said is on its way to the phone for a moment, and longer on a loaded machine.
    made.until("the phone hears it", lambda: loudest_db(made, GIULIA, ASKED_HZ) > SOFT_DB - 3)
    assert loudest_db(made, GIULIA, ASKED_HZ) == pytest.approx(SOFT_DB, abs=3)
    (asked,) = desk.case(alert).dialogue
    assert asked.spoken is not None
    assert asked.spoken.softly, "the key before was refused"
    presses("2")
    expect(answer(desk, 4)).to_have_text("No")
    # Given the voices and hidden again, nothing is whispered that was not chosen again.
    desk.press("s")
    expect(way(desk)).to_contain_text("The centre speaks it")
    # What may be asked goes by what is ordered already; the key is the other one when it is so.
    expect(desk.tile("user")).not_to_contain_text("Hears only a tone")
    desk.press("s")
    expect(way(desk)).to_contain_text("No voice to her")
