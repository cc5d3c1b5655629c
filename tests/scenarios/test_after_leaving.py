"""After the operator leaves, neither user nor 112 is left alone: through every actor and the carrier."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.ids import E164, Assurance, Channel, OperatorCommand, Party, Role
from model.rules.calls.silent_and_duress import are_voices_withheld
from model.rules.messages.announcements import clip_names_for
from store.alarms import read_active_alarms
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import joined, to_conference
from tests.scenarios.world import PSAP, USER, World

pytestmark = pytest.mark.scenario

ALARM = "ended_soon_after_leave"


def left(world: World) -> None:
    to_conference(world)
    world.order(OperatorCommand.LEAVE)
    world.until("the operator has gone", lambda: joined(world) == {Party.USER, Party.PSAP})


def alarm_stands(world: World) -> bool:
    """Whether the conference is said to have ended too soon, and not to be whole again."""
    return any(alarm == ALARM for alarm, _ in read_active_alarms(world.journal, world.env.node))


def in_conference(world: World, *parties: Party) -> None:
    world.until(f"{parties} are joined", lambda: joined(world) == set(parties))


@pytest.mark.parametrize(
    ("gone", "party", "stays", "told"),
    [(USER, Party.USER, Party.PSAP, "psap_stay"), (PSAP, Party.PSAP, Party.USER, "user_stay")],
)
def test_who_remains_is_kept_and_told_and_all_come_back(
    make_world: MakeWorld, gone: E164, party: Party, stays: Party, told: str
) -> None:
    world = make_world(operators=2)
    left(world)
    world.advance(2)
    remains = world.leg(stays)
    world.network.hang_up(gone)
    world.until("it is known", lambda: world.case.leave.broken_at is not None)
    assert alarm_stands(world)
    world.advance(1)
    assert clip_names_for(world.case, remains.leg) == (told,)
    assert len([call for call in world.live_calls() if call.to == gone]) == 1, "called again at once"
    in_conference(world, Party.OPERATOR, Party.USER, Party.PSAP)
    now = world.leg(stays)
    assert now.attempt == remains.attempt, "who remained was never let go"
    assert not alarm_stands(world)


@pytest.mark.parametrize("said", ["silent", "duress"])
def test_a_user_who_can_talk_no_more_has_an_operator_again_to_tell_112(
    make_world: MakeWorld, said: str
) -> None:
    world = make_world(operators=2)
    left(world)
    world.until("she is free", lambda: world.case.operator is None).advance(20)
    now = world.clock.now_us()
    silent = ev.AlertSignalAdded(
        channel=Channel.DATA, proof=Assurance.APP, received_at=now, raised_at=now, silent=True
    )
    world.fact(silent if said == "silent" else ev.AlertCancelled(duress=True))
    in_conference(world, Party.OPERATOR, Party.USER, Party.PSAP)
    assert world.case.operator is not None
    assert are_voices_withheld(world.case)
    world.order(OperatorCommand.LEAVE)
    in_conference(world, Party.USER, Party.PSAP)


def test_on_a_line_that_joins_in_the_network_the_user_is_called_back_beside_112(
    make_world: MakeWorld,
) -> None:
    world = make_world(dialects=("sim800",), voiceless=True)
    left(world)
    world.network.hang_up(USER)
    world.until("it is known", lambda: world.case.leave.broken_at is not None)
    world.until("user and 112 are together again", lambda: joined(world) >= {Party.USER, Party.PSAP})
    psap = world.leg(Party.PSAP)
    assert psap.attempt == 1, "112 was kept"
    world.until("the operator is there", lambda: Party.OPERATOR in joined(world))


def test_a_worker_that_dies_while_they_are_called_again_goes_on(make_world: MakeWorld) -> None:
    world = make_world(operators=2)
    left(world)
    world.network.hang_up(PSAP)
    world.until("it is known", lambda: world.case.leave.broken_at is not None).kill(Role.ALERT_CASE)
    world.kill(Role.CONFERENCE_BRIDGE).kill(Role.MIXER)
    in_conference(world, Party.OPERATOR, Party.USER, Party.PSAP)
    assert not alarm_stands(world)
    assert len(world.calls(PSAP)) == 2
