"""Calls without sound, and what is said of the sound that they have, through the whole center."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from actors.voice_gate.actor import Offers
from messages import events as ev
from messages.ids import LineId, OperatorCommand, Party, Role
from messages.readings import LevelReading, decode_reading
from model.alert.leg import Leg
from model.setup import Setup
from runtime.published import line_files, readings
from store.alarms import read_active_alarms
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.mixer import MixedVoice
from tests.scenarios.test_flow import ends, joined, to_talking
from tests.scenarios.world import World

pytestmark = pytest.mark.scenario


def leg_of(world: World, party: Party) -> Leg:
    leg = world.case.active(party)
    assert leg is not None, world.story()
    return leg


def alarms(world: World, kind: str) -> list[str]:
    """The alarms of this kind that stand, by what they are about."""
    return [subject for alarm, subject in read_active_alarms(world.journal, world.env.node) if alarm == kind]


def without_sound(world: World, party: Party) -> Leg:
    leg = leg_of(world, party)
    world.silence(leg.line)
    world.until("it is noticed", lambda: leg_of(world, party).no_sound_at is not None, within_s=5)
    assert alarms(world, "leg.no_sound") == [leg.leg]
    return leg


def test_where_a_lines_voice_flows_is_written_down_for_other_nodes(world: World) -> None:
    to_talking(world)
    for party in (Party.USER, Party.OPERATOR):
        leg = leg_of(world, party)
        assert leg.voice is not None
        assert line_files.voice_of(world.env.run, leg.line) == leg.voice
    offers = Offers(world.env.run, [spec.line for spec in world.env.settings_as(Setup).settings.lines])
    offered = offers(leg_of(world, Party.USER).line)
    assert offered is not None
    assert offered.path == f"{leg_of(world, Party.USER).line}.voice"
    assert line_files.read_all(world.env.run).keys() >= {leg_of(world, Party.USER).line}


def test_a_mixer_whose_voice_stands_still_makes_room_for_another(world: World) -> None:
    to_talking(world)
    owner = world.case.owner
    assert owner is not None

    voice = MixedVoice(world.system, owner.worker)

    def restarts() -> list[ev.ActorStarted]:
        started = world.noted(ev.ActorStarted)
        return [one for one in started if one.role == Role.MIXER and one.cause]

    world.advance(5.0)
    first, legs = voice.now, set(voice.members)
    voice.stand_still()
    world.until("another has its place", lambda: len(restarts()) == 1, within_s=5)
    world.until("it has the same legs", lambda: set(voice.members) == legs, within_s=3)
    assert voice.now is not first
    assert [one.cause for one in restarts()] == ["crashed"]
    assert joined(world) == {Party.OPERATOR, Party.USER}
    ends(world)


@pytest.mark.parametrize("killed", [Role.ALERT_CASE, Role.CONFERENCE_BRIDGE, Role.MIXER])
def test_it_is_noticed_once_and_taken_back_whoever_dies_meanwhile(world: World, killed: Role) -> None:
    to_talking(world)
    leg = without_sound(world, Party.USER)
    world.kill(killed).advance(5)
    assert len(world.events(ev.LegSoundLost)) == 1
    world.silence(leg.line, on=False)
    world.until("it is over", lambda: leg_of(world, Party.USER).no_sound_at is None, within_s=10)
    assert alarms(world, "leg.no_sound") == []
    ends(world)


def test_a_line_that_loses_its_voice_port_raises_it_too_and_gives_way_to_another(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2)
    to_talking(world)
    leg = leg_of(world, Party.USER)
    world.take_voice_port(leg.line)
    world.until("it is noticed", lambda: leg_of(world, Party.USER).no_sound_at is not None, within_s=6)
    assert alarms(world, "leg.no_sound") == [leg.leg]
    world.advance(30)
    assert world.stuck() == [], "no restart brings a port back, and one of the bridge takes everybody's voice"
    world.order(OperatorCommand.ANOTHER_LINE)
    world.until("she is back", lambda: leg_of(world, Party.USER).attempt == 2 and len(joined(world)) == 2)
    assert leg_of(world, Party.USER).line != leg.line
    assert alarms(world, "leg.no_sound") == []
    ends(world)


def test_a_line_without_sound_in_two_alerts_is_reported_to_whoever_is_on_duty(make_world: MakeWorld) -> None:
    world = make_world(public=3)
    seen: list[LineId] = []
    for _ in range(4):
        to_talking(world)
        for line in ("sim1", "sim2", "sim3"):
            world.silence(LineId(line), on=line == "sim2")
        world.advance(6)
        seen += [event.line for event in world.events(ev.LegSoundLost)]
        ends(world)
        world.advance(130)
        if seen.count(LineId("sim2")) >= 2:
            break
    world.advance(2)
    assert alarms(world, "line.no_sound") == ["sim2"]


def said(web: socket.socket) -> Iterator[LevelReading]:
    """What has come since."""
    while True:
        try:
            reading = decode_reading(web.recv(readings.READING_MAX))
        except BlockingIOError:
            return
        assert reading is not None
        yield reading


def test_a_conference_that_is_shown_says_ten_times_a_second_how_loud_its_legs_are(world: World) -> None:
    to_talking(world)
    found: list[LevelReading] = []
    with readings.open_readings(world.env.run) as web:
        world.advance(11.0)  # nobody has listened before
        assert len(list(said(web))) in (2, 3), "of what no screen shows only now and then"
        readings.write_shown(world.env.run, [world.alert])
        world.advance(1.0)
        list(said(web))
        for _ in range(40):
            world.advance(0.05)
            found += said(web)
    assert 18 <= len(found) <= 22
    legs = {leg.leg for leg in world.case.legs.values() if leg.joined}
    assert all((one.alert, set(one.legs)) == (world.alert, legs) for one in found)


def test_how_loud_a_line_was_is_still_known_after_the_call(world: World) -> None:
    to_talking(world)
    lines = {leg.line for leg in world.case.legs.values() if leg.joined}
    ends(world)
    found = line_files.levels_of_lines(world.env.state)
    assert set(found) == lines
    assert {one.into.dbfs for one in found.values()} == {-38.0}


def test_when_the_conference_is_over_nothing_is_said_of_it(world: World) -> None:
    to_talking(world)
    ends(world)
    with readings.open_readings(world.env.run) as web:
        world.advance(3.0)
        assert not list(said(web))
