"""How a line is, in words, and the alarms about it: one for each cause, raised in time, over in time."""

from __future__ import annotations

from typing import Any

import pytest

from gateways.gsm.line.alarm import (
    GOOD_SIGNAL_DBM,
    OUT_OF_SERVICE,
    OUT_OF_SERVICE_US,
    WEAK,
    WEAK_SIGNAL_US,
    LineAlarms,
    LineHealth,
)
from gateways.gsm.line.report import condition
from messages.events import AlarmRaised
from messages.ids import SECOND, Instant, LineId
from messages.lines import WEAK_DBM, LineState
from model.alarms.active import Key, active_alarms, alarm_changes
from tests.gateways.gsm.bench import Bench, FakeModem
from tests.support.each import each

GOOD = -73


class Watch:
    def __init__(self) -> None:
        self.now = Instant(1_000 * SECOND)
        self.stands: dict[Key, str] = {}
        self.said: list[tuple[str, str]] = []
        self.restart()

    def wait(
        self, seconds: int, state: LineState, dbm: int | None = GOOD, **more: Any
    ) -> list[tuple[str, str]]:
        before = len(self.said)
        for _ in range(seconds):
            self.now = Instant(self.now + SECOND)
            health = LineHealth(state, "words", dbm, **more)
            for one in alarm_changes(self.stands, self.alarm.alarm_texts(health, self.stands, self.now)):
                self.stands = active_alarms([one], self.stands)
                self.said.append(("raised" if isinstance(one, AlarmRaised) else "cleared", one.alarm))
        return self.said[before:]

    def restart(self) -> None:
        self.alarm = LineAlarms(LineId("one"), self.now)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.mark.parametrize(
    ("state", "alarm"),
    [
        (LineState.LOST, OUT_OF_SERVICE),
        (LineState.STARTING, OUT_OF_SERVICE),
        (LineState.NO_SIM, "line.no_sim"),
        (LineState.PIN_NEEDED, "line.pin_needed"),
        (LineState.PUK_NEEDED, "line.puk_needed"),
        (LineState.NO_NETWORK, "line.no_network"),
        (LineState.NO_VOICE_SERVICE, "line.no_voice_service"),
        (LineState.WRONG_MODEM, "line.wrong_modem"),
    ],
)
def test_each_cause_has_its_alarm_until_the_line_is_back(watch: Watch, state: LineState, alarm: str) -> None:
    assert watch.wait(OUT_OF_SERVICE_US // SECOND - 1, state) == []
    assert watch.wait(2, state) == [("raised", alarm)]
    assert watch.wait(100, state) == []
    watch.restart()
    assert watch.wait(100, state) == [], "a restart does not raise it again"
    assert watch.wait(2, LineState.READY) == [("cleared", alarm)]


def test_another_cause_takes_the_place_of_the_first_once_it_has_lasted(watch: Watch) -> None:
    watch.wait(20, LineState.LOST)
    assert watch.wait(5, LineState.STARTING) == []
    assert watch.wait(5, LineState.PIN_NEEDED) == []
    assert watch.wait(10, LineState.PIN_NEEDED) == [
        ("cleared", OUT_OF_SERVICE),
        ("raised", "line.pin_needed"),
    ]


def test_a_quarantine_has_an_alarm_of_its_own(watch: Watch) -> None:
    assert watch.wait(100, LineState.QUARANTINED) == []


def test_a_weak_signal_is_told_after_a_minute_and_is_over_when_it_is_good(watch: Watch) -> None:
    assert watch.wait(WEAK_SIGNAL_US // SECOND, LineState.READY, WEAK_DBM - 1) == []
    assert watch.wait(5, LineState.READY, WEAK_DBM - 1) == [("raised", WEAK)]
    assert watch.wait(100, LineState.READY, GOOD_SIGNAL_DBM - 1) == []
    assert watch.wait(5, LineState.READY, None) == []
    assert watch.wait(5, LineState.READY, GOOD_SIGNAL_DBM) == [("cleared", WEAK)]


def test_a_line_that_fails_what_is_dialled_is_told_of_at_once_until_a_dial_gets_through(watch: Watch) -> None:
    assert watch.wait(1, LineState.FAILING, failing=True) == [("raised", "line.failing")]
    assert watch.wait(60, LineState.FAILING, failing=True) == []
    assert watch.wait(5, LineState.READY, failing=True) == [], "it merely rests no longer"
    watch.restart()
    assert watch.wait(5, LineState.READY) == []
    assert watch.wait(1, LineState.READY, last_dial_succeeded=True) == [("cleared", "line.failing")]


def test_a_call_that_is_nobodys_is_an_alarm_until_it_is_gone(watch: Watch) -> None:
    assert watch.wait(3, LineState.FAILING, orphans=1) == [("raised", "line.stray_call")]
    assert watch.wait(3, LineState.READY) == [("cleared", "line.stray_call")]


@each(
    ("answers", "state", "word"),
    [
        ({"AT+CPIN?": "+CME ERROR: 10"}, LineState.NO_SIM, "no SIM"),
        ({"AT+CPIN?": "+CPIN: SIM PUK\nOK"}, LineState.PUK_NEEDED, "PUK"),
        ({"AT+CPIN?": "+CPIN: PH-NET PIN\nOK"}, LineState.NO_SIM, "PH-NET PIN"),
        ({"AT+CPIN?": "+CPIN: SIM PIN\nOK"}, LineState.PIN_NEEDED, "no pin_file"),
        ({"AT+CREG?": "+CREG: 1,2\nOK", "AT+CEREG?": "+CEREG: 1,2\nOK"}, LineState.NO_NETWORK, "antenna"),
        ({"AT+CREG?": "+CREG: 1,3\nOK"}, LineState.NO_NETWORK, "refuses the SIM"),
        ({"AT+CREG?": "+CREG: 1,0\nOK", "AT+CEREG?": "+CEREG: 1,1\nOK"}, LineState.READY, ""),
        ({}, LineState.READY, ""),
    ],
)
def test_what_is_wrong_is_said_in_words(answers: dict[str, str | None], state: LineState, word: str) -> None:
    bench = Bench(modem=FakeModem(answers=answers))
    bench.wait(60.0)
    found, text = condition(bench.driver, open_port=True, pin_fault="it has a PIN, and no pin_file is set")
    assert found is state
    assert word in text
    assert bool(text) is (state is not LineState.READY)


def test_a_port_that_is_another_modems_is_told_apart_from_one_that_is_gone() -> None:
    driver = Bench().driver
    said = condition(driver, open_port=False, another_modem=True, fault="no port has the modem")
    assert said == (LineState.WRONG_MODEM, "No port has the modem.")
    assert condition(driver, open_port=False, fault="/dev/x: gone") == (LineState.LOST, "/dev/x: gone.")
