"""Modems as people can buy them in 2026, with what is reported of them: a whole center is none the worse."""

from __future__ import annotations

import struct
from itertools import pairwise

import pytest

from messages import events as ev
from messages.base import Joins
from messages.ids import Instant, LineId, OperatorCommand, Party
from messages.lines import LineReport, LineState
from runtime.published import line_files
from simulator.modem.modem import Modem
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_failing_lines import dials
from tests.scenarios.test_flow import ends, everything_is_over, joined, to_conference, to_talking
from tests.scenarios.test_modems import alarms, ready, state
from tests.scenarios.world import LEFT_S, PSAP, World

pytestmark = pytest.mark.scenario

FRAME = 320
LOUD = struct.pack("<h", 8000) * (FRAME // 2)
EC25 = {"dialects": ("quectel_ec2x",)}


def said_of(world: World, line: str) -> LineReport:
    return line_files.read_all(world.env.run)[LineId(line)]


def modem_of(world: World, party: Party) -> Modem:
    leg = world.leg(party)
    return world.network.carrier.modem(leg.line)


def seized(world: World) -> list[LineId]:
    """The lines of all attempts, in order."""
    return [one.line for one in world.events(ev.LegOriginating)]


def test_ec25s_whose_port_was_left_dirty_and_dies_when_armed_late_carry_voice_from_the_first_frame(
    make_world: MakeWorld,
) -> None:
    world = make_world(**EC25, everywhere="pcm_left = true\nlate_voice_dead = true")
    world.send()
    for party in (Party.OPERATOR, Party.USER):
        world.until(f"{party} answers", lambda party=party: world.case.answered(party) is not None)
        modem, now_s = modem_of(world, party), world.network.now_s
        assert modem.voice.is_flowing(), f"the first frame of {party}'s call"
        assert len(modem.voice_read(FRAME, now_s)) == FRAME
        (call,) = [leg.call for leg in modem.line.legs]
        peer = call.other(modem.line)
        assert peer is not None
        modem.voice_write(LOUD, now_s)
        world.advance(0.1)
        recorded = world.network.carrier.phones[call.to].heard_pcm(world.network.now_s)
        assert recorded is not None
        assert max(struct.unpack(f"<{len(recorded) // 2}h", recorded)) == 8000, "and what is said to it"
    world.until("both are joined", lambda: len(joined(world)) == 2)


def test_an_ec25_with_firmware_for_data_is_never_offered_where_a_voice_is_needed(
    make_world: MakeWorld,
) -> None:
    world = make_world(
        **EC25, public=4, emergency=2, modems={"sim2": "data_only = true", "sim6": "data_only = true"}
    )
    world.until("all are up", lambda: all(ready(world, f"sim{n}") for n in range(1, 7)))
    assert [said_of(world, f"sim{n}").joins for n in (2, 3, 6)] == [Joins.NETWORK, Joins.HOST, Joins.NETWORK]
    assert "provides no audio" in said_of(world, "sim2").text
    to_talking(world)
    assert len(joined(world)) == 2
    assert "sim2" not in seized(world)


def test_a_line_registered_for_data_alone_is_told_of_and_never_dialled_on_until_it_has_a_voice(
    make_world: MakeWorld,
) -> None:
    world = make_world(
        public=4, emergency=2, dialects=("quectel_ec2x", "simcom7600"), modems={"sim2": "no_ims = true"}
    )
    world.until("it is told", lambda: alarms(world) == [("raised", "line.no_voice_service", "sim2")])
    assert state(world, "sim2") is LineState.NO_VOICE_SERVICE
    assert "data only" in said_of(world, "sim2").text
    to_talking(world)
    assert "sim2" not in seized(world)
    world.network.vices("sim2", no_ims=False)
    world.until("it is ready", lambda: ready(world, "sim2"), within_s=10)
    world.until("it is over", lambda: ("cleared", "line.no_voice_service", "sim2") in alarms(world))


def test_no_ims_that_no_modem_tells_of_costs_the_alert_less_than_3_s(make_world: MakeWorld) -> None:
    world = make_world(modems={f"sim{n}": "fails_after_s = 0.5" for n in (1, 2)})
    world.send()
    world.until("the operator is called", lambda: any(call.ringing_at_s for call in world.live_calls()))
    begun: dict[Party, list[Instant]] = {}
    for one in world.recorded:
        if isinstance(one.event, ev.LegOriginating):
            begun.setdefault(one.event.party, []).append(one.at_us)
    for party, times in begun.items():
        assert all(later - sooner < 3_000_000 for sooner, later in pairwise(times)), party
    assert any(dials(world, f"sim{n}") for n in (1, 2))


def test_a_line_whose_sim_takes_20_s_to_list_its_messages_stays_ready_and_is_dialled_on(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2, everywhere='slow_s = { "+CMGL" = 20.0 }')
    names = [f"sim{n}" for n in range(1, 7)]
    for _ in range(70):
        world.advance(1)
        assert all(ready(world, name) for name in names)
    assert [said_of(world, name).busy for name in names] == [False] * 6
    to_talking(world)
    assert len(joined(world)) == 2
    assert alarms(world) == []


def test_a_line_that_waits_for_its_slow_sim_is_not_dialled_on_while_there_are_others(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2, modems={"sim2": 'slow_s = { "+CMGL" = 20.0 }'})
    assert said_of(world, "sim2").busy
    to_talking(world)
    assert len(joined(world)) == 2
    assert "sim2" not in seized(world)
    world.until("it is free", lambda: not said_of(world, "sim2").busy)
    assert alarms(world) == []


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
    assert all(modem.voice.is_flowing() and modem.voice.by_card for modem in modems)
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
    assert modem.voice.is_flowing()
    assert modem.voice.by_card
    ends(world)
