"""EC25s whose voice is a sound card (USB audio), through the whole center."""

from __future__ import annotations

import pytest

from messages.ids import OperatorCommand, Party
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import ends, everything_is_over, to_conference, to_talking
from tests.scenarios.world import LEFT_S, PSAP, World

pytestmark = pytest.mark.scenario


def voices(world: World) -> set[tuple[str, str]]:
    """Kind of every live leg's voice, and whether its path is its line's card."""
    legs = [leg for leg in world.case.legs.values() if leg.voice is not None]
    return {(leg.voice.kind, leg.voice.path.removeprefix(leg.line)) for leg in legs if leg.voice is not None}


def test_an_ec25_over_usb_audio_from_the_alert_to_the_conference_and_its_end(make_world: MakeWorld) -> None:
    world = make_world(dialects=("quectel_ec2x",), everywhere="sound_card = true")
    to_conference(world)
    assert voices(world) == {("alsa", ".card")}
    modems = [world.network.carrier.modem(call.line) for call in world.live_calls() if call.line]
    assert len(modems) == 3
    assert all(modem.voice.running() and modem.voice.by_card for modem in modems)
    world.order(OperatorCommand.LEAVE).advance(LEFT_S)
    world.network.hang_up(PSAP)
    everything_is_over(world)


def test_after_a_replug_in_mid_call_the_card_is_switched_on_again_on_the_next_call(
    make_world: MakeWorld,
) -> None:
    world = make_world(dialects=("quectel_ec2x",), everywhere="sound_card = true", public=3)
    to_talking(world)
    leg = world.case.active(Party.USER)
    assert leg is not None
    world.network.unplug(leg.line)
    world.advance(2.0)
    world.network.plug(leg.line)

    def again() -> bool:
        now = world.case.active(Party.USER)
        return now is not None and now.attempt > leg.attempt and now.voice is not None

    world.until("the user is called again and heard", again, 90)
    now = world.case.active(Party.USER)
    assert now is not None
    modem = world.network.carrier.modem(now.line)
    assert modem.voice.running()
    assert modem.voice.by_card
    ends(world)
