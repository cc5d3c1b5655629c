"""SIM7600 as those who have one report it: 16 kHz over VoLTE, and a PCM that clocks both ways."""

from __future__ import annotations

import pytest

from messages.ids import Party
from simulator.network.sound import tone
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.sounding import hears, says, sounding
from tests.scenarios.test_flow import to_talking
from tests.scenarios.world import OPERATORS, USER
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
