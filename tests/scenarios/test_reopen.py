"""A closed alert is opened again from its story: through every actor and the carrier."""

from __future__ import annotations

from gateways.http.routes.staff.commands import order
from gateways.http.wire.bodies import CommandBody
from messages import events as ev
from messages.ids import OperatorCommand, OperatorId, Outcome, Party, Role
from model.alert.phase import Phase, phase
from model.figures import row_of
from model.orders.refusals import Refusal
from store.alerts.erasing import erase_person
from store.journal.verify import verify_journal
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import ends, everything_is_over, joined, to_attended, to_talking
from tests.scenarios.world import LEFT_S, OPERATORS, PSAP, USER, World


def reopen(world: World, by: OperatorId | None = None, *, psap: bool = False) -> None:
    """As the web takes the order."""
    body = CommandBody(command=OperatorCommand.REOPEN, party=Party.PSAP if psap else None)
    who = by or world.operators[0]
    refused = world.journal.transact(lambda on: order(on, world.sheet, body, who, world.settings))
    assert refused is None, refused
    world.system.run()


def refused(world: World, by: OperatorId | None = None) -> str | None:
    body, who = CommandBody(command=OperatorCommand.REOPEN), by or world.operators[0]
    why = world.journal.transact(lambda on: order(on, world.sheet, body, who, world.settings))
    return None if why is None else why.code


def closed_by_mistake(world: World) -> None:
    to_talking(world)
    ends(world)


def together(world: World, *parties: Party) -> None:
    world.until(f"{parties} are joined", lambda: joined(world) == set(parties))


def test_who_reopens_is_called_and_the_user_is_and_it_ends_anew(make_world: MakeWorld) -> None:
    world = make_world(operators=2)
    closed_by_mistake(world)
    other = next(one for one in world.operators if one != world.events(ev.OperatorJoined)[0].operator)
    world.advance(30)
    reopen(world, other)
    assert phase(world.case) is not Phase.CLOSED
    together(world, Party.OPERATOR, Party.USER)
    assert world.case.operator == other
    assert len(world.calls(USER)) == 2
    assert world.calls(PSAP) == []
    world.order(OperatorCommand.CALL_PSAP)
    together(world, Party.OPERATOR, Party.USER, Party.PSAP)
    world.order(OperatorCommand.LEAVE).advance(LEFT_S)
    world.network.hang_up(PSAP)
    everything_is_over(world)
    assert world.case.outcome is Outcome.HANDED_OVER
    row = row_of(world.recorded)
    assert row is not None
    assert row.outcome is Outcome.HANDED_OVER, "it counts by its last end"


def test_it_is_refused_while_a_newer_alert_of_the_number_is_open(world: World) -> None:
    closed_by_mistake(world)
    first = world.alert
    world.advance(5)
    assert world.send() != first
    world.alert = first
    assert refused(world) == Refusal.NEWER_OPEN


def test_it_is_refused_of_a_person_who_was_erased_and_of_what_is_open(world: World) -> None:
    to_talking(world)
    assert refused(world) == Refusal.NOT_CLOSED
    ends(world)
    erase_person(world.journal, world.user.id, by="test")
    assert refused(world) == Refusal.PERSON_ERASED


def test_a_center_that_starts_anew_has_it_open(world: World) -> None:
    closed_by_mistake(world)
    for role in (Role.ALERT_INTAKE, Role.ALERT_CASE):
        world.kill(role)
    world.advance(1)
    reopen(world)
    for role in (Role.ALERT_INTAKE, Role.TRUNK_POOL, Role.OPERATOR_POOL, Role.DEADLINE_WATCHDOG):
        world.kill(role)
    together(world, Party.OPERATOR, Party.USER)
    assert verify_journal(world.journal).problems == ()


def test_another_worker_takes_it_where_its_own_is_busy(make_world: MakeWorld) -> None:
    world = make_world(operators=2, public=6)
    closed_by_mistake(world)
    first, worker = world.alert, world.case.owner
    world.advance(1)
    to_attended(world, phone=OPERATORS[2])
    assert worker is not None
    assert world.case.owner == worker
    free = next(one for one in world.operators if one != world.case.operator)
    world.alert = first
    reopen(world, free)
    together(world, Party.OPERATOR, Party.USER)
    assert world.case.operator == free
