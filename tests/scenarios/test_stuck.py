"""Actors that live, beat and do nothing: the watchdog has them started again, and the alert goes on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from actors.deadline_watchdog.decider import deadline_events
from messages import events as ev
from messages.calls import CallReport
from messages.envelope import Envelope
from messages.ids import E164, SECOND, Role
from messages.supervision import AdoptActor, StartActor, StopActor
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import ends, joined, to_talking
from tests.scenarios.world import USER, World

pytestmark = pytest.mark.scenario

LIFE = (StartActor, AdoptActor, StopActor)


class Deaf:
    """From `begin` on, those who live then hear nothing but whose they are. They beat all the same."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.world: World | None = None
        self.deaf: dict[str, int] = {}

    def begin(self, world: World, *, worker_only: bool = True) -> None:
        self.world = world
        owner = world.case.owner if worker_only else None
        self.deaf = {
            entry.key: entry.incarnation
            for entry in world.env.directory.all_of(self.role)
            if owner is None or entry.key.partition("/")[0] == owner.worker
        }

    def __call__(self, envelope: Envelope, role: Role | None, key: str) -> Sequence[float]:
        if self.world is None or role is not self.role or isinstance(envelope.body, LIFE):
            return (0,)
        now = self.world.env.directory.find(self.role, key)
        return () if now is not None and now.incarnation <= self.deaf.get(key, 0) else (0,)


def restarted(world: World) -> list[tuple[str, str]]:
    """Who was started again, and why."""
    return [(one.role, one.cause) for one in world.noted(ev.ActorStarted)]


def test_a_case_that_hears_nothing_is_started_again_and_the_alert_goes_on(make_world: MakeWorld) -> None:
    deaf = Deaf(Role.ALERT_CASE)
    world = make_world(faults=deaf)
    world.send()
    world.until("the case is opened", lambda: world.case.owner is not None)
    deaf.begin(world)
    world.until("operator and user are joined", lambda: len(joined(world)) == 2, 120)
    world.expected_to_be_stuck = world.stuck()
    assert len(world.stuck()) == 1
    assert [(role, cause.partition(":")[0]) for role, cause in restarted(world)][:1] == [
        (Role.ALERT_CASE, "stuck")
    ]
    assert world.sheet.restarts == 1
    assert world.case.met_at is not None
    assert world.case.met_at - world.case.deadline_at < 0, "found long before her deadline"
    assert len(world.calls(USER)) == 1
    assert len(world.live_calls()) == 2


def test_an_alert_that_no_worker_hears_of_is_taken_up_by_one_that_does(make_world: MakeWorld) -> None:
    deaf = Deaf(Role.ALERT_CASE)
    world = make_world(faults=deaf)
    deaf.begin(world, worker_only=False)
    world.send()
    world.until("operator and user are joined", lambda: len(joined(world)) == 2, 120)
    world.expected_to_be_stuck = world.stuck()
    assert restarted(world)[0][0] == Role.ALERT_INTAKE
    assert world.case.met_at is not None
    assert world.case.met_at < world.case.deadline_at


def test_a_leg_that_hears_nothing_is_started_again_and_the_call_is_neither_lost_nor_repeated(
    make_world: MakeWorld,
) -> None:
    deaf = Deaf(Role.CALL_LEG)
    world = make_world(faults=deaf)
    to_talking(world)
    deaf.begin(world)
    ends(world)
    world.expected_to_be_stuck = world.stuck()
    assert {role for role, _ in restarted(world)} >= {Role.ALERT_CASE, Role.CALL_LEG}
    assert len(world.calls()) == 2


def test_a_modem_that_hears_nothing_is_given_up_for_another_line_by_the_leg_itself(
    make_world: MakeWorld,
) -> None:
    def lost(envelope: Envelope, role: Role | None, key: str) -> Sequence[float]:
        return () if isinstance(envelope.body, CallReport) and envelope.key == "sim2" else (0,)

    world = make_world(public=4, emergency=2, faults=lost)
    to_talking(world)
    assert world.stuck() == []


def test_what_is_stuck_through_all_restarts_is_left_to_a_person_and_said_until_it_ends(
    make_world: MakeWorld,
) -> None:
    def lost(envelope: Envelope, role: Role | None, key: str) -> Sequence[float]:
        lost = role is Role.ALERT_CASE and type(envelope.body).__name__ == "LineGranted"
        return () if lost else (0,)

    world = make_world(faults=lost)
    world.send()
    world.advance(150)
    world.expected_to_be_stuck = world.stuck()
    assert len(world.stuck()) == 4
    assert "Restarts have not helped" in world.stuck()[-1]
    cases = [cause for role, cause in restarted(world) if role == Role.ALERT_CASE]
    assert len(cases) == 3
    assert world.case.missed_at == world.case.deadline_at, "the deadline does not need the case"


def test_s11_what_was_missed_while_the_machine_slept_is_said_at_once_and_nobody_is_killed_for_it(
    make_world: MakeWorld,
) -> None:
    world = make_world(operators=0, public=0, emergency=1)
    world.send()
    world.advance(5.3)
    world.clock.leap(600 * SECOND)
    world.advance(1.1)
    missed_at = world.case.missed_at
    assert missed_at is not None
    assert 600 < (missed_at - world.case.received_at) / SECOND < 607
    world.advance(30)
    assert restarted(world) == []
    assert world.stuck() == []


def test_case_10_a_watchdog_that_is_slow_leaves_nine_tenths_of_the_processor_to_others(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(operators=0, public=0, emergency=1)
    for n in range(100):
        world.send(E164(f"+393330000{n:03d}"))
        world.advance(0.01)
    first = world.case.received_at + 48.5 * SECOND
    looks: list[int] = []

    def slow(*given: object) -> object:
        looks.append(world.clock.now_us())
        world.clock.leap(SECOND // 25)
        return deadline_events(*given)  # type: ignore[arg-type]

    world.advance((first - world.clock.now_us()) / SECOND)
    monkeypatch.setattr("actors.deadline_watchdog.actor.deadline_events", slow)
    world.advance(3)
    assert 3 <= len(looks) < 16
    missed = [one for one in world.journal.read_all(limit=5000) if isinstance(one.event, ev.DeadlineMissed)]
    assert len(missed) == 100
