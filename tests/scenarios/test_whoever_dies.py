"""Whoever of the worker dies: who hears whom stays as it is, and what was told or asked is so once."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.ids import OperatorCommand, Outcome, Party, Role
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_announcements import hears
from tests.scenarios.test_flow import ends, joined
from tests.scenarios.test_listening import EVERYBODY, heard_by, listens, supervised, unheard
from tests.scenarios.test_spoken import ask, is_asked, presses
from tests.scenarios.test_spoken import ends as is_heard
from tests.scenarios.world import World

pytestmark = pytest.mark.scenario


def holds(world: World) -> bool:
    """The operator is muted, and the listener's whisper is the operator's alone."""
    return unheard(world) == {Party.OPERATOR} and heard_by(world, Party.LISTENER) == {Party.OPERATOR}


@pytest.mark.parametrize("killed", [Role.ALERT_CASE, Role.CONFERENCE_BRIDGE, Role.MIXER, Role.CALL_LEG])
def test_what_holds_in_a_conference_holds_and_nothing_is_told_or_asked_twice(
    make_world: MakeWorld, killed: Role
) -> None:
    world, supervisor = supervised(make_world)
    listens(world, supervisor)
    world.order(OperatorCommand.WHISPER, by=supervisor)
    world.order(OperatorCommand.MUTE).until("so it is", lambda: holds(world))
    ask(world)
    is_asked(world)
    is_heard(world)
    for digit in ("1", "1"):
        presses(world, digit)
        world.advance(3.0)  # the wish is told again, and answered
    told = world.events(ev.AnnouncementPlayed)
    world.kill(killed).until("so it is again", lambda: holds(world) and joined(world) == EVERYBODY)
    world.advance(5.0)
    assert holds(world)
    assert hears(world, Party.USER) == hears(world, Party.OPERATOR) == set()
    presses(world, "2")
    world.until("it is told", lambda: len(world.events(ev.LegPressed)) == 3)
    assert [one.digit for one in world.events(ev.LegPressed)] == ["1", "1", "2"]
    assert world.events(ev.AnnouncementPlayed) == told
    assert (len(world.events(ev.AnnouncementBegun)), world.events(ev.AnnouncementFailed)) == (1, [])
    world.order(OperatorCommand.UNMUTE).until("she is heard again", lambda: unheard(world) == set())
    world.order(OperatorCommand.STOP_WHISPERING, by=supervisor)
    world.until("nobody hears the listener", lambda: unheard(world) == {Party.LISTENER})
    ends(world)
    assert world.case.outcome is Outcome.FALSE_ALARM
