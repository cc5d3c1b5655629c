"""What a conference says of its voices to whoever listens, and that nobody needs to."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from messages.readings import LevelReading, decode_reading
from runtime.published import line_levels, readings
from tests.scenarios.test_flow import ends, to_talking
from tests.scenarios.world import World

pytestmark = pytest.mark.scenario


def said(web: socket.socket) -> Iterator[LevelReading]:
    """What has come since."""
    while True:
        try:
            reading = decode_reading(web.recv(readings.READING_MAX))
        except BlockingIOError:
            return
        assert reading is not None
        yield reading


def test_a_conference_says_ten_times_a_second_how_loud_its_legs_are(world: World) -> None:
    to_talking(world)
    found: list[LevelReading] = []
    with readings.listen(world.env.run) as web:
        world.advance(1.0)  # nobody has listened before
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
    found = line_levels.read_all(world.env.state)
    assert set(found) == lines
    assert {one.into.dbfs for one in found.values()} == {-38.0}


def test_when_the_conference_is_over_nothing_is_said_of_it(world: World) -> None:
    to_talking(world)
    ends(world)
    with readings.listen(world.env.run) as web:
        world.advance(3.0)
        assert not list(said(web))
