"""An alert by headset: the operator's voice is in the browser, and no telephone of the operator's rings."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, expect

from application.state.processes import send_signal
from application.state.state_dir import living_web
from messages.ids import Outcome, Party
from tests.flows.desk import NOT_SIGNED_ON, WHERE, Desk
from tests.flows.people import GIULIA, MARTA, SETTINGS, moved_in, world
from tests.gateways.console.headset import (
    EAR,
    LISTENING,
    begin_to_listen,
    likeness,
    listen,
    listened,
    longest_silence_s,
    sound_of,
    speaking_browser,
)
from tests.support.center import PSAP, Center, center
from tests.support.complaints import OUT_OF_REACH, Complaints
from tests.support.signals import usual_level_db
from tests.support.tones_heard import hears

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(300),
    pytest.mark.browser_may_say(NOT_SIGNED_ON, LISTENING),
]

BY_HEADSET = SETTINGS.replace("[operator]", '[operator]\nline = "headset"\n', 1)
USER_HZ, PSAP_HZ = 440.0, 880.0
HEARD_DB = -35.0
BACK_S = 1.0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    """A center whose operators have their voices in their browsers."""
    folder = tmp_path_factory.mktemp("headset")
    settings = folder / "center.toml"
    settings.write_text(BY_HEADSET)
    with center(folder, world(), "--config", str(settings)) as started:
        moved_in(started, folder)
        yield started


@pytest.fixture(scope="module")
def speaking(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Browser]:
    """A browser whose microphone speaks."""
    with speaking_browser(browser_type, browser_type_launch_args, tmp_path_factory.mktemp("voice")) as made:
        yield made


@pytest.fixture
def desk(speaking: Browser, made: Center, complaints: Complaints) -> Iterator[Desk]:
    """Marta's, the headset on."""
    context = speaking.new_context(permissions=["microphone"], viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    complaints.listen(page)
    page.add_init_script(EAR)
    yield Desk(page, made, MARTA)
    context.close()


def is_heard(desk: Desk, hz: float) -> None:
    """Wait until this tone is in the operator's ear."""

    def in_the_ear() -> bool:
        rate_hz, _, heard = listen(desk.page, 1)
        return usual_level_db(heard.astype("<i2").tobytes(), hz, rate_hz=rate_hz) > HEARD_DB

    desk.made.until(f"she hears {hz} Hz", in_the_ear)


def is_heard_by(desk: Desk, number: str) -> None:
    """Wait until what the operator says now is what this phone hears."""

    def at_the_other_end() -> bool:
        rate_hz, said, _ = listen(desk.page, 1)
        heard = sound_of(desk.made.heard(number))[-8 * 8000 :]
        return likeness(said, rate_hz, heard, 8000) > 0.4

    desk.made.until(f"{number} hears her", at_the_other_end)


def connected(desk: Desk) -> None:
    expect(desk.page.locator(".bar [data-headset]")).to_have_attribute("data-headset", "live")


def hear_each_other(made: Center) -> bool:
    """Whether just now user and 112 hear each other, and neither an echo, nor anybody else."""
    tones = {GIULIA: PSAP_HZ, PSAP: USER_HZ}
    return all(hears(made, number, {hz}, forbidden={USER_HZ, PSAP_HZ} - {hz}) for number, hz in tones.items())


def test_s04_to_s09_the_operator_takes_an_alert_by_headset_speaks_with_both_and_leaves_them_talking(
    desk: Desk, made: Center
) -> None:
    desk.sign_on()
    desk.begin_shift()
    connected(desk)
    alert = made.send(GIULIA, position=WHERE)
    # She speaks, and so it is hers: no telephone of hers rings, nothing is to be pressed.
    expect(desk.tile("operator")).to_have_attribute("data-is", "live")
    desk.answers(GIULIA)
    desk.are("live", "live", "idle")
    expect(desk.tile("operator")).to_contain_text("Headset")
    expect(desk.log).to_contain_text("Calling Marta Bianchi, headset")
    is_heard(desk, USER_HZ)
    is_heard_by(desk, GIULIA)
    own = desk.page.locator("[data-meter=operator] .on")
    made.until("what the bridge gets of her moves on her own tile", lambda: own.count() > 3)
    desk.press("e")
    desk.answers(PSAP)
    desk.are("live", "live", "live")
    is_heard(desk, PSAP_HZ)
    is_heard_by(desk, PSAP)
    desk.press("l")
    made.until("the two are alone", lambda: made.joined(alert) == {"user", "psap"})
    assert desk.up() == {GIULIA, PSAP}
    made.until("they hear each other", lambda: hear_each_other(made))
    connected(desk)
    rate_hz, said, heard = listen(desk.page, 1)
    for number in (GIULIA, PSAP):
        last = sound_of(made.heard(number))[-2 * 8000 :]
        assert likeness(said, rate_hz, last, 8000) < 0.2, f"{number} hears nothing of her"
    assert usual_level_db(heard.astype("<i2").tobytes(), USER_HZ, rate_hz=rate_hz) < HEARD_DB - 20
    desk.hangs_up(PSAP)
    case = desk.closed(alert)
    assert case.outcome is Outcome.HANDED_OVER
    assert [leg.line for leg in case.of(Party.OPERATOR)] == [f"headset:{MARTA.id}"]
    assert desk.calls(MARTA.phone) == []


@pytest.mark.timed
@pytest.mark.browser_may_say(*OUT_OF_REACH)
def test_s13_a_web_that_is_killed_takes_the_operator_s_voice_for_a_moment_and_no_call(
    desk: Desk, made: Center, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.sign_on()
    desk.begin_shift()
    connected(desk)
    alert = made.send(GIULIA, position=WHERE)
    expect(desk.tile("operator")).to_have_attribute("data-is", "live")
    desk.answers(GIULIA)
    desk.are("live", "live", "idle")
    is_heard(desk, USER_HZ)
    begin_to_listen(desk.page, 3)
    web = made.until("a web", lambda: living_web(made.state))
    send_signal(web.process, signal.SIGKILL)
    rate_hz, _, heard = listened(desk.page)
    gap_s = longest_silence_s(heard, rate_hz)
    with capsys.disabled():
        print(f"\nheadset: nothing heard for {gap_s:.2f} s as the web was killed")
    assert gap_s <= BACK_S
    is_heard(desk, USER_HZ)
    is_heard_by(desk, GIULIA)
    connected(desk)
    desk.are("live", "live", "idle")
    assert len(made.case(alert).of(Party.OPERATOR)) == 1
    assert desk.up() == {GIULIA}
    desk.false_alarm()
    desk.closed(alert)
