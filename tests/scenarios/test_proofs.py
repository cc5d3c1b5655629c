"""A proved alert and a claimed one of the same number: two cases, and one of them calls the phone."""

from __future__ import annotations

from messages import events as ev
from messages.ids import AlertId, Assurance, OperatorCommand, Party
from model.alert.case import Case
from model.alert.evolve import fold
from model.alert.reasons import ReleaseReason
from model.rules.calls.withheld_numbers import NoDialReason
from store import streams
from store.alerts.sheets import read_sheet
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import to_attended
from tests.scenarios.world import USER, World


def case_of(world: World, alert: AlertId) -> Case:
    case = fold(world.journal.read_streams(streams.inbox(alert), streams.case(alert)))
    assert case is not None
    return case


def proved(world: World) -> AlertId:
    return world.send(USER, proof=Assurance.DEVICE, key="d1")


def test_a_phone_that_rings_for_a_claimed_alert_is_free_for_the_proved_one(make_world: MakeWorld) -> None:
    world = make_world(operators=2, behaviours={USER: "no_answer"})
    claimed = world.send(USER)
    world.until("it rings for the claimed one", lambda: world.events(ev.LegRinging) and world.calls(USER))
    own = proved(world)
    world.until("it rings for the proved one", lambda: len(world.calls(USER)) == 2)
    world.until("and is seen to", lambda: world.case.rang_at is not None)
    released = [leg for leg in case_of(world, claimed).of(Party.USER) if leg.reason]
    assert [leg.reason for leg in released] == [ReleaseReason.OUTRANKED]
    assert case_of(world, claimed).dial_withheld == NoDialReason.OUTRANKED
    assert [one.alert for one in case_of(world, own).beside] == [claimed]
    world.advance(90)
    assert len(case_of(world, claimed).of(Party.USER)) == 1, "the claimed one calls it no more"
    assert case_of(world, claimed).operator is not None, "and has an operator all the same"


def test_a_claimed_alert_beside_a_proved_one_calls_the_phone_on_an_order_alone(make_world: MakeWorld) -> None:
    world = make_world(operators=2, public=5)
    own = proved(world)
    world.until("the proved one talks", lambda: world.case.confirmed_answered(Party.USER) is not None)
    before = case_of(world, own)
    to_attended(world, USER, id=AlertId("forged"))
    world.advance(60)
    assert len(world.calls(USER)) == 1
    after = case_of(world, own)
    assert (after.silent, after.positions) == (before.silent, before.positions)
    assert (shown := read_sheet(world.journal, own)) is not None
    assert shown.signals == 1
    assert after.confirmed_answered(Party.USER) is not None
    world.send(USER, id=AlertId("forged2"))
    assert world.alert == "forged", "what is claimed again is the claimed one"
    world.order(OperatorCommand.REDIAL_USER).until("it is called", lambda: len(world.calls(USER)) == 2)
