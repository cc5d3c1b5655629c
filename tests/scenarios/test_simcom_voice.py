"""SIM7600 as those who have one report it: 16 kHz over VoLTE, and a PCM that clocks both ways."""

from __future__ import annotations

import pytest

from messages.ids import LineId, OperatorCommand, Party, Role
from model.alert.leg import Leg
from simulator.network.sound import tone
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.sounding import hears, says, sounding
from tests.scenarios.test_flow import ends, joined, to_talking
from tests.scenarios.test_sound import alarms
from tests.scenarios.world import OPERATORS, USER, World
from tests.support.signals import level_db, missing_s

pytestmark = pytest.mark.scenario

SAID_DB = level_db(tone(440).at(0, 16000), 440)


@pytest.mark.parametrize("told", [True, False], ids=["told-8-kHz", "refuses-to-be-told"])
def test_over_volte_each_hears_the_other_as_it_was_said(make_world: MakeWorld, told: bool) -> None:
    vices = "wide_over_volte = true\nstops_on_imbalance = 10\n"
    if not told:
        vices += 'refuses = ["+CPCMBANDWIDTH"]\n'
    world = make_world(dialects=("simcom7600",), everywhere=vices)
    says(world, USER, 440)
    says(world, OPERATORS[0], 620)
    to_talking(world)
    lines = [leg.line for leg in world.case.legs.values() if leg.party in (Party.USER, Party.OPERATOR)]
    rates = {world.network.carrier.modem(line).voice.rate_hz for line in lines}
    assert rates == {8000 if told else 16000}
    with sounding(world) as voices:
        voices.advance(4)
        for number, hz in ((USER, 620), (OPERATORS[0], 440)):
            heard = hears(world, number, 2)
            assert level_db(heard, hz) == pytest.approx(SAID_DB, abs=0.5)
            assert missing_s(heard, hz, SAID_DB - 3) == 0


def test_a_pcm_that_stops_on_imbalance_takes_sound_after_the_mixer_has_stood_still(
    make_world: MakeWorld,
) -> None:
    world = make_world(dialects=("simcom7600",), everywhere="stops_on_imbalance = 8")
    says(world, USER, 440)
    to_talking(world)
    with sounding(world) as voices:
        voices.advance(1)
        voices.stand_still(0.2)
        voices.advance(2)
        assert level_db(hears(world, OPERATORS[0], 1), 440) == pytest.approx(SAID_DB, abs=0.5)


def worn(world: World) -> list[LineId]:
    """The lines whose voice is said to be worn."""
    return [LineId(subject) for subject in alarms(world, "line.voice_worn")]


def over(world: World) -> None:
    """The alert ends; whoever has given the alarm has time to give another."""
    ends(world)
    world.advance(130)


def on(world: World, line: str) -> Leg | None:
    """Whose call is on the line."""
    return next((leg for leg in world.case.legs.values() if leg.line == line and leg.live), None)


def alert_on(world: World, line: str) -> Leg:
    """Alert after alert, until one has a call that is up on this line."""
    for _ in range(4):
        world.send()
        world.until("all are up", lambda: len([one for one in world.case.legs.values() if one.answered]) == 2)
        if (leg := on(world, line)) is not None:
            return leg
        over(world)
    raise AssertionError(f"nobody is called on {line}")


@pytest.mark.parametrize("refuses", [True, False], ids=["refuses", "is-mute"])
def test_a_line_worn_at_its_second_call_is_noticed_left_and_reset_once_it_is_free(
    make_world: MakeWorld, refuses: bool
) -> None:
    vices = f"pcm_worn_after = 1\ncpcmreg_refused_s = {1000 if refuses else 0}\nboot_time_s = 15.0\n"
    world = make_world(dialects=("simcom7600",), public=4, modems={"sim2": vices})
    modem, line = world.network.carrier.modem("sim2"), LineId("sim2")
    alert_on(world, line)
    world.until("they talk", lambda: len(joined(world)) == 2)
    over(world)
    assert worn(world) == []
    party = alert_on(world, line).party
    world.silence(line, on=not refuses)  # what a bridge hears of it
    world.until("it is noticed", lambda: worn(world) == [line], within_s=10)
    world.until("the operator is told", lambda: alarms(world, "leg.no_sound") != [], within_s=6)
    assert world.system.kill(Role.GSM_MODEM, line)
    world.advance(3)
    assert worn(world) == [line], "the next process of the line knows it"
    assert b"AT+CRESET" not in world.network.written[line], "somebody is on it"
    world.order(OperatorCommand.ANOTHER_LINE).until("they are together", lambda: len(joined(world)) == 2)
    moved = world.case.active(party)
    assert moved is not None
    assert moved.line != line
    world.silence(line, on=False).until("it is reset, and well", lambda: worn(world) == [], within_s=60)
    assert len(joined(world)) == 2
    assert world.network.written[line].count(b"AT+CRESET") == 1
    assert not modem.voice.degraded
    assert ("raised", "line.out_of_service", line) not in world.alarms()
