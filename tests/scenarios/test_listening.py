"""A supervisor listens in, through the whole center."""

from __future__ import annotations

import pytest

from messages.ids import E164, Assurance, LegId, OperatorCommand, OperatorId, Party, ShiftState
from model.alert.leg import place_of
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.mixer import MixedVoice
from tests.scenarios.test_flow import ends, joined, to_talking
from tests.scenarios.world import SETTINGS, World
from tests.support.settings import changed

pytestmark = pytest.mark.scenario

EVERYBODY = {Party.OPERATOR, Party.USER, Party.LISTENER}


def supervised(make_world: MakeWorld, **options: object) -> tuple[World, OperatorId]:
    """Operator and user talk; the supervisor is off shift."""
    world = make_world(operators=2, **{"public": 4, **options})
    supervisor = world.operators[1]
    world.shift(supervisor, ShiftState.OFF)
    to_talking(world)
    return world, supervisor


def listens(world: World, supervisor: OperatorId) -> None:
    world.order(OperatorCommand.LISTEN, by=supervisor)
    world.until("she hears them", lambda: joined(world) >= EVERYBODY)


def unheard(world: World) -> set[Party]:
    """Whom the bridge spares the others."""
    owner = world.case.owner
    assert owner is not None
    bridge = MixedVoice(world.system, owner.worker)
    legs = world.case.legs.values()
    return {leg.party for leg in legs if leg.leg in bridge.unheard}


def heard_by(world: World, party: Party) -> set[Party] | None:
    """Who alone hears this party; None: everybody, or it is not there."""
    owner = world.case.owner
    assert owner is not None
    bridge = MixedVoice(world.system, owner.worker)
    legs = world.case.legs
    for leg, hearers in bridge.heard_by.items():
        if legs[LegId(leg)].party is party:
            return {legs[LegId(one)].party for one in hearers}
    return None


def test_the_listener_s_whisper_is_heard_by_the_operator_alone(make_world: MakeWorld) -> None:
    world, supervisor = supervised(make_world)
    listens(world, supervisor)
    world.order(OperatorCommand.WHISPER, by=supervisor)
    world.until("the operator hears her", lambda: heard_by(world, Party.LISTENER) == {Party.OPERATOR})
    world.order(OperatorCommand.CALL_PSAP).until("112 is joined", lambda: Party.PSAP in joined(world))
    assert heard_by(world, Party.LISTENER) == {Party.OPERATOR}
    world.order(OperatorCommand.LEAVE)
    world.until("the operator is gone", lambda: Party.OPERATOR not in joined(world))
    assert unheard(world) == {Party.LISTENER}
    assert joined(world) == {Party.USER, Party.PSAP, Party.LISTENER}


def only_operator_listens(world: World) -> OperatorId:
    """User and 112 are left to each other, and the one operator there is listens in."""
    to_talking(world)
    only = world.case.operator
    assert only is not None
    world.order(OperatorCommand.CALL_PSAP).until("112 is joined", lambda: Party.PSAP in joined(world))
    world.order(OperatorCommand.LEAVE)
    world.until("the operator is gone", lambda: Party.OPERATOR not in joined(world))
    world.order(OperatorCommand.LISTEN, by=only)
    world.until("she hears them", lambda: joined(world) == {Party.USER, Party.PSAP, Party.LISTENER})
    return only


def test_the_only_operator_who_listens_in_is_called_for_the_alert_that_loses_112(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=3, settings=changed(SETTINGS, {"alert.leave_alarm_within_s": 60.0}))
    only_operator_listens(world)
    psap = world.case.active(Party.PSAP)
    assert psap is not None
    world.network.hang_up(psap.number)
    world.until("she is on the phone with her", lambda: joined(world) >= {Party.OPERATOR, Party.USER}, 10.0)


@pytest.mark.parametrize("proof", [Assurance.APP, Assurance.DEVICE])
def test_the_only_operator_who_listens_in_is_called_for_another_alert(
    make_world: MakeWorld, proof: Assurance
) -> None:
    """Though lines are free: nobody else is."""
    world = make_world(public=6)
    only = only_operator_listens(world)
    first = world.alert
    world.send(phone=E164("+393330000099"), proof=proof, key="k1" if proof is Assurance.DEVICE else "")
    world.until("she is called for the other", lambda: world.case.reserved == (only,), 5.0)
    world.alert = first
    assert world.case.listener is None
    assert joined(world) == {Party.USER, Party.PSAP}


def test_the_listener_gives_the_line_to_an_alert_that_needs_one(make_world: MakeWorld) -> None:
    world, supervisor = supervised(make_world, public=4)
    listens(world, supervisor)
    first = world.alert
    leg = world.case.listener_leg
    assert leg is not None
    assert place_of(leg.leg) == "op2"
    world.shift(supervisor, ShiftState.OFF)
    world.send(phone=None, device="another-phone")
    second = world.alert
    world.alert = first
    world.until("she has given way", lambda: world.case.listener is None)
    assert world.case.legs[leg.leg].reason == "preempted"
    assert joined(world) == {Party.OPERATOR, Party.USER}
    ends(world)
    world.alert = second
