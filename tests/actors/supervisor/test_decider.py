"""What the Supervisor decides, story by story."""

from __future__ import annotations

import pytest

from actors.supervisor import desired_actors
from actors.supervisor import roster as of
from actors.supervisor.decider import INTENSITY, REST_US, START_AGAIN_US, START_US, STARTING, TOGETHER
from actors.supervisor.roster import Name, Phase
from actors.supervisor.silence import SLACK_US, SPARED, TICK_US
from messages.ids import SECOND, AlertId, Instant, Role
from runtime.system.spec import ActorSpec, Plan, WorkerSpec
from tests.actors.supervisor.kernel import Kernel

POOL = (Role.TRUNK_POOL, "")
INTAKE = (Role.ALERT_INTAKE, "")
MODEM = (Role.GSM_MODEM, "sim1")
SUSPECT_US = SECOND + SLACK_US
SILENT_US = 2 * SECOND + SLACK_US
SPARED_US = SPARED * SILENT_US
WORKERS = WorkerSpec(case="a.Case", leg="a.Leg", bridge="a.Bridge", mixer="a.Mixer", live=6, idle=2)


def spec(name: Name, group: str = "pools", critical: bool = True) -> ActorSpec:
    return ActorSpec(role=name[0], key=name[1], cls=f"a.{name[0]}", group=group, critical=critical)


def kernel(*actors: ActorSpec, workers: WorkerSpec | None = None) -> Kernel:
    made = Kernel(Plan(actors=actors, workers=workers)).begin().settle()
    return made


def case(number: int) -> Name:
    return (Role.ALERT_CASE, f"c{number:02d}")


# ---------------------------------------------------------------- starting


def test_everybody_of_the_plan_is_created_in_the_order_of_rank() -> None:
    made = Kernel(Plan(actors=(spec(MODEM), spec(POOL)), workers=WORKERS)).begin()
    assert made.created == [POOL]
    made.settle()
    created = made.created
    assert created[:3] == [POOL, (Role.MIXER, "m0"), MODEM], "a mixer is needed by many"
    assert {role for role, _ in created[3:9]} == {Role.CALL_LEG, Role.CONFERENCE_BRIDGE}


def test_after_a_restart_of_everything_the_workers_of_open_alerts_come_before_modems_and_idle_workers() -> (
    None
):
    modems = tuple(spec((Role.GSM_MODEM, f"sim{n}"), "modems", critical=False) for n in range(20))
    made = Kernel(Plan(actors=(spec(INTAKE), *modems), workers=WORKERS)).begin()
    made.decide(of.Workers(busy=0, waiting=2, voiceless=True, lines=frozenset({"sim18", "sim19"})))
    assert len(made.roster.members) == 1, "the pools and the intake start alone"
    made.decide(made.take(of.Connected)).decide(made.take(of.Ready))
    # As the alerts are taken up they wait no longer, and no heartbeat has told yet which workers have them.
    made.decide(of.Workers(busy=2, waiting=0, voiceless=True, lines=frozenset({"sim18", "sim19"}))).settle()
    assert made.created[1] == (Role.MIXER, "m0")
    order = made.created[2:]
    # Two workers for the alerts, and two that are to stand ready.
    assert [role for role, _ in order[:8]] == [Role.ALERT_CASE] * 4 + [Role.CONFERENCE_BRIDGE] * 4
    assert order[8:10] == [(Role.GSM_MODEM, "sim18"), (Role.GSM_MODEM, "sim19")], "those that have calls"
    assert [role for role, _ in order[10:28]].count(Role.CALL_LEG) == 12
    assert [role for role, _ in order].count(Role.GSM_MODEM) == 20


@pytest.mark.parametrize(("lines", "soon"), [((), 22), (("sim3",), 28)])
def test_lines_are_started_among_the_workers_of_alerts_that_wait(lines: tuple[str, ...], soon: int) -> None:
    modems = tuple(spec((Role.GSM_MODEM, f"sim{n}"), "modems", critical=False) for n in range(4))
    made = Kernel(Plan(actors=(spec(INTAKE), *modems), workers=WORKERS)).begin()
    made.decide(of.Workers(busy=0, waiting=4, lines=frozenset(lines))).settle()
    order = [effect.name[0] for effect in made.effects if isinstance(effect, of.Create)][1:]
    assert order[:soon].count(Role.GSM_MODEM) == 4, "a case without a line can call nobody"


def test_a_pool_that_does_not_start_holds_nobody_up_for_long() -> None:
    made = Kernel(Plan(actors=(spec(POOL), spec(MODEM))))
    made.silent.add(POOL)
    made.begin().settle()
    assert MODEM not in made.roster.members
    made.advance(desired_actors.FIRST_US + 2 * TICK_US)
    assert MODEM in made.ready()


def test_an_actor_is_published_before_it_is_told_to_start() -> None:
    made = kernel(spec(POOL))
    kinds = [type(effect) for effect in made.effects]
    assert kinds.index(of.Publish, kinds.index(of.Create)) < kinds.index(of.Start)


def test_a_workers_case_comes_when_its_legs_and_bridge_are_ready() -> None:
    made = Kernel(Plan(workers=WORKERS)).begin()
    assert not any(role is Role.ALERT_CASE for role, _ in made.roster.members)
    made.settle()
    assert [name for name in sorted(made.ready()) if name[0] is Role.ALERT_CASE] == [case(0), case(1)]
    assert len(made.ready()) == 2 * 5 + 1


def test_incarnations_go_on_from_the_last_one_given() -> None:
    made = Kernel(Plan(actors=(spec(POOL),))).begin({POOL: 41})
    assert made.roster.members[POOL].incarnation == 42


def test_an_actor_that_does_not_start_is_killed_and_created_again() -> None:
    made = Kernel(Plan(actors=(spec(POOL),)))
    made.silent.add(POOL)
    made.begin().settle().advance(START_US + 2 * TICK_US)
    assert made.roster.members[POOL].incarnation == 2
    assert made.roster.members[POOL].cause == "the process did not start"


def test_an_actor_whose_order_to_start_was_lost_is_told_again() -> None:
    made = Kernel(Plan(actors=(spec(POOL),)))
    made.silent.add(POOL)
    made.begin().settle()
    made.silent.clear()
    made.advance(START_AGAIN_US + 2 * TICK_US)
    assert made.ready() == {POOL}
    assert made.roster.members[POOL].incarnation == 1


# ---------------------------------------------------------------- death


def test_who_dies_is_created_again_at_once_under_the_next_incarnation() -> None:
    made = kernel(spec(POOL), spec(INTAKE)).kill(POOL)
    member = made.roster.members[POOL]
    assert (member.incarnation, member.restarts, member.phase) == (2, 1, Phase.READY)
    assert made.roster.members[INTAKE].incarnation == 1
    assert of.Restarted(name=POOL, incarnation=2, pid=member.pid, cause="signal 9") in made.effects


def test_who_is_silent_for_two_heartbeats_is_killed_and_no_successor_comes_before_it_is_dead() -> None:
    made = kernel(spec(POOL), spec(INTAKE))
    made.hung.add(POOL)
    made.stuck.add(made.roster.members[POOL].pid)
    made.advance(SILENT_US + 2 * TICK_US)
    assert made.roster.members[POOL].phase is Phase.KILLED
    assert made.roster.members[POOL].incarnation == 1
    made.advance(10 * SECOND)
    assert made.roster.members[POOL].incarnation == 1
    assert any(isinstance(effect, of.Alarm) and effect.name == POOL for effect in made.effects)
    made.free()
    assert made.roster.members[POOL].incarnation == 2
    assert made.roster.members[INTAKE].incarnation == 1


def test_who_states_a_slower_pace_is_silent_after_two_heartbeats_of_that_pace() -> None:
    made = kernel(spec(POOL), spec(INTAKE))
    made.decide(of.Beat(name=POOL, incarnation=1, alert=None, pace_us=2 * SECOND))
    made.hung.add(POOL)
    made.advance(SILENT_US + SECOND)
    assert made.killed == []
    made.advance(SECOND + 2 * TICK_US)
    assert made.killed == [POOL]
    assert made.roster.members[POOL].pace_us == SECOND, "its successor is given a second again"


def test_when_more_than_half_are_silent_the_machine_is_to_blame_and_they_are_spared_for_a_while() -> None:
    names = [(Role.GSM_MODEM, f"m{number}") for number in range(7)]
    made = kernel(*(spec(name, group=name[1], critical=False) for name in names))
    made.hung.update(names[:4])
    made.advance(SILENT_US + 4 * TICK_US)
    assert made.killed == []
    made.hung.difference_update(names[1:4])
    made.advance(2 * TICK_US)
    assert made.killed == [names[0]]
    made.hung.update(names[:4])
    made.advance(SPARED_US + 2 * TICK_US)
    assert {member.incarnation for member in made.roster.members.values()} > {1}


def test_who_waits_for_a_database_s_server_is_not_taken_for_hung() -> None:
    made = Kernel(Plan(actors=(spec(POOL), spec(INTAKE)), far_journal=True)).begin().settle()
    made.hung.add(POOL)
    made.advance(SPARED_US - 2 * TICK_US)
    assert made.killed == []
    made.advance(4 * TICK_US)
    assert made.killed == [POOL]


def test_nobody_is_blamed_for_the_time_in_which_the_supervisor_itself_did_not_run() -> None:
    made = kernel(spec(POOL), spec(INTAKE))
    made.now_us = Instant(made.now_us + 3600 * SECOND)
    made.decide(of.Tick())
    assert made.killed == []
    made.advance(3 * SECOND)
    assert {member.incarnation for member in made.roster.members.values()} == {1}


def test_who_is_stuck_is_killed_and_created_again_and_the_cause_is_noted() -> None:
    made = kernel(spec(POOL)).decide(of.Stuck(name=POOL, incarnation=1, reason="a7 unread")).settle()
    member = made.roster.members[POOL]
    assert (member.incarnation, member.phase) == (2, Phase.READY)
    assert of.Restarted(name=POOL, incarnation=2, pid=member.pid, cause="stuck: a7 unread") in made.effects


@pytest.mark.parametrize("incarnation", [0, 2, 99])
def test_only_the_incarnation_that_is_stuck_is_killed(incarnation: int) -> None:
    made = kernel(spec(POOL)).decide(of.Stuck(name=POOL, incarnation=incarnation, reason="late"))
    made.decide(of.Stuck(name=INTAKE, incarnation=1, reason="nobody")).settle()
    assert made.roster.members[POOL].incarnation == 1
    assert made.killed == []


def test_five_deaths_within_ten_seconds_start_the_whole_group_again_in_the_order_of_rank() -> None:
    made = kernel(spec(POOL), spec(MODEM), spec(INTAKE, group="other"))
    for _ in range(INTENSITY - 1):
        made.kill(MODEM)
    assert made.roster.members[POOL].incarnation == 1
    made.effects.clear()
    made.kill(MODEM)
    assert made.roster.members[POOL].incarnation == 2
    created = made.created
    assert created == [POOL, MODEM]
    assert made.roster.members[INTAKE].incarnation == 1


def test_deaths_that_are_far_apart_start_nobody_else_again() -> None:
    made = kernel(spec(POOL), spec(MODEM))
    for _ in range(3 * INTENSITY):
        made.kill(MODEM).advance(3 * SECOND)
    assert made.roster.members[POOL].incarnation == 1


def test_a_group_that_fails_again_within_a_minute_has_the_node_start_everything_again() -> None:
    made = kernel(spec(POOL), spec(MODEM))
    for _ in range(2 * INTENSITY):
        assert not made.roster.over
        made.kill(MODEM)
    assert made.roster.over
    assert isinstance(made.effects[-1], of.Escalate)


def test_what_is_not_critical_is_left_alone_for_a_minute_with_an_alarm() -> None:
    made = kernel(spec(POOL), spec(MODEM, group="modems", critical=False))
    for _ in range(INTENSITY):
        made.kill(MODEM)
    assert made.roster.members[MODEM].phase is Phase.RESTING
    assert made.roster.members[POOL].incarnation == 1
    alarms = [effect for effect in made.effects if isinstance(effect, of.Alarm)]
    assert [alarm.name for alarm in alarms] == [MODEM]
    made.advance(REST_US - SECOND)
    assert made.roster.members[MODEM].phase is Phase.RESTING
    made.advance(2 * SECOND)
    assert made.roster.members[MODEM].phase is Phase.READY
    made.advance(12 * SECOND)
    alarms = [effect for effect in made.effects if isinstance(effect, of.Alarm)]
    assert [bool(alarm.text) for alarm in alarms] == [True, False]


def test_what_cannot_even_be_created_is_left_alone_as_well() -> None:
    made = Kernel(Plan(actors=(spec(MODEM, critical=False), spec(POOL, group="other"))))
    made.impossible.add(MODEM)
    made.begin().settle()
    assert made.roster.members[MODEM].phase is Phase.RESTING
    assert made.roster.members[POOL].phase is Phase.READY


# ---------------------------------------------------------------- workers


def test_a_worker_is_started_for_each_that_becomes_busy_up_to_the_limit() -> None:
    made = kernel(workers=WORKERS)
    for number in range(6):
        made.busy(case(number), f"a{number}").settle()
        cases = [name for name in made.ready() if name[0] is Role.ALERT_CASE]
        assert len(cases) == min(number + 1 + WORKERS.idle, WORKERS.live)


def test_alerts_that_wait_get_their_workers_at_once() -> None:
    made = kernel(workers=WORKERS).decide(of.Workers(busy=0, waiting=3)).settle()
    assert len([name for name in made.ready() if name[0] is Role.ALERT_CASE]) == 5


def test_while_alerts_wait_the_cases_come_first_and_then_what_is_dialled_first() -> None:
    made = kernel(workers=WORKERS)
    made.effects.clear()
    made.decide(of.Workers(busy=0, waiting=4)).settle()
    created = made.created
    assert [role for role, _ in created[:4]] == [Role.ALERT_CASE] * 4
    assert [key.partition("/")[2] for _, key in created[4:12]] == ["op1"] * 4 + ["user"] * 4


def test_who_was_in_conversation_before_a_restart_of_everything_has_a_bridge_before_legs_are_started() -> (
    None
):
    made = kernel(workers=WORKERS)
    made.effects.clear()
    made.decide(of.Workers(busy=0, waiting=4, voiceless=True)).decide(of.Workers(busy=4, waiting=0)).settle()
    created = made.created
    assert [role for role, _ in created[:8]] == [Role.ALERT_CASE] * 4 + [Role.CONFERENCE_BRIDGE] * 4
    assert len(created) == 4 * 5


def test_workers_are_not_started_all_at_the_same_time() -> None:
    big = WorkerSpec(case="a.Case", leg="a.Leg", bridge="a.Bridge", mixer="a.Mixer", live=50, idle=2)
    made = kernel(workers=big).decide(of.Workers(busy=0, waiting=50))
    assert desired_actors.processes(made.roster) == STARTING
    for left in range(1, TOGETHER + 1):
        made.decide(made.take(of.Connected)).decide(made.take(of.Ready))
        # A fork by itself costs the Supervisor as much as several: they come together.
        assert desired_actors.processes(made.roster) == STARTING - left % TOGETHER
    made.settle()
    assert len(made.ready()) == 50 * 5 + 5


def test_workers_that_are_too_many_leave_after_a_minute_the_last_first() -> None:
    made = kernel(workers=WORKERS).decide(of.Workers(busy=0, waiting=2)).settle()
    made.decide(of.Workers(busy=0, waiting=0)).advance(55 * SECOND)
    assert len(made.ready()) == 4 * 5 + 1
    made.advance(20 * SECOND)
    assert sorted(name for name in made.ready() if name[0] is Role.ALERT_CASE) == [case(0), case(1)]
    assert len(made.roster.members) == 2 * 5 + 1


def test_a_worker_that_is_found_while_it_leaves_stays() -> None:
    made = kernel(workers=WORKERS).decide(of.Workers(busy=0, waiting=1)).settle()
    made.decide(of.Workers(busy=0, waiting=0)).advance(60 * SECOND + 2 * TICK_US)
    assert made.roster.members[case(2)].phase is Phase.LEAVING
    made.busy(case(2), "a1").advance(30 * SECOND)
    assert made.roster.members[case(2)].phase is Phase.READY
    assert made.roster.members[case(2)].alert == "a1"
    assert made.roster.members[Role.CALL_LEG, "c02/user"].phase is Phase.READY


def test_further_operators_legs_come_on_demand_and_go_with_the_alert() -> None:
    made = kernel(workers=WORKERS).busy(case(0), "a1").decide(of.Legs(worker="c00", operators=3)).settle()
    assert made.roster.members[Role.CALL_LEG, "c00/op3"].phase is Phase.READY
    made.decide(of.Legs(worker="c00", operators=2)).settle()
    assert made.roster.members[Role.CALL_LEG, "c00/op3"].phase is Phase.READY
    made.busy(case(0), None).advance(10 * SECOND)
    assert (Role.CALL_LEG, "c00/op2") not in made.roster.members
    assert (Role.CALL_LEG, "c00/op1") in made.roster.members


@pytest.mark.parametrize("operators", [-1, 0, 10, 1000])
def test_a_senseless_number_of_operators_changes_nothing(operators: int) -> None:
    made = kernel(workers=WORKERS)
    before = made.roster
    made.decide(of.Legs(worker="c00", operators=operators))
    assert made.roster == before


def test_a_worker_whose_case_keeps_dying_is_replaced_by_another() -> None:
    made = kernel(workers=WORKERS)
    for _ in range(INTENSITY):
        made.kill(case(0))
    made.settle()
    assert made.roster.members[case(0)].phase is Phase.RESTING
    assert made.roster.members[case(2)].phase is Phase.READY


# ---------------------------------------------------------------- adoption


def living(made: Kernel) -> tuple[of.Living, ...]:
    """Those who live, as the directory has them."""
    return tuple(
        of.Living(
            role=member.spec.role,
            key=member.spec.key,
            incarnation=member.incarnation,
            pid=member.pid,
            born=member.born,
            address=member.address,
            alert=member.alert,
            since_us=member.since_us,
            restarts=member.restarts,
            ready=member.phase is Phase.READY,
        )
        for member in made.roster.members.values()
    )


def test_the_next_supervisor_adopts_the_living_and_creates_the_missing() -> None:
    first = kernel(spec(POOL), spec(INTAKE), workers=WORKERS).busy(case(0), "a1").settle()
    left = [one for one in living(first) if (one.role, one.key) != INTAKE]
    second = Kernel(first.roster.plan, first.now_us)
    second.decide(of.Begin(living=tuple(left), incarnations=first.roster.incarnations))
    created = second.created
    assert created == [INTAKE]
    assert second.roster.members[INTAKE].incarnation == 2
    assert second.roster.members[case(0)].alert == "a1"
    adopted = {effect.name for effect in second.effects if isinstance(effect, of.Adopt)}
    assert adopted == {(one.role, one.key) for one in left}


def test_an_adopted_actor_whose_start_was_not_heard_is_ready_when_it_gives_a_sign_of_life() -> None:
    first = kernel(spec(POOL))
    (one,) = living(first)
    second = Kernel(first.roster.plan, first.now_us)
    left = of.Living(**{**{f: getattr(one, f) for f in one.__struct_fields__}, "ready": False})
    second.decide(of.Begin(living=(left,), incarnations={}))
    assert second.roster.members[POOL].phase is Phase.STARTING
    second.decide(of.Beat(name=POOL, incarnation=1, alert=AlertId("a1")))
    assert second.roster.members[POOL].phase is Phase.READY
    assert second.roster.members[POOL].alert == "a1"


def test_what_is_no_longer_in_the_plan_is_ended() -> None:
    first = kernel(spec(POOL), spec(MODEM))
    second = Kernel(Plan(actors=(spec(POOL),)), first.now_us)
    second.decide(of.Begin(living=living(first), incarnations={}))
    assert [effect.name for effect in second.effects if isinstance(effect, of.End)] == [MODEM]
    second.settle().advance(5 * SECOND)
    assert set(second.roster.members) == {POOL}


# ---------------------------------------------------------------- stopping


def test_an_orderly_stop_tells_the_cases_first_and_the_pools_last() -> None:
    made = kernel(spec(POOL), spec(MODEM), workers=WORKERS)
    made.effects.clear()
    made.decide(of.Stop())
    told = [desired_actors.rank(spec(effect.name)) for effect in made.effects if isinstance(effect, of.End)]
    assert told == sorted(told, reverse=True)
    made.settle()
    assert made.roster.over
    assert made.effects[-1] == of.Finished()


def test_who_does_not_end_is_killed() -> None:
    made = kernel(spec(POOL), spec(INTAKE))
    made.deaf.add(POOL)
    made.decide(of.Stop()).settle()
    assert not made.roster.over
    made.advance(3 * SECOND)
    assert made.roster.over


def test_nobody_is_created_while_all_are_ending() -> None:
    made = kernel(spec(POOL), spec(INTAKE), workers=WORKERS)
    made.deaf |= {POOL, INTAKE}
    made.decide(of.Stop())
    made.effects.clear()
    made.kill(INTAKE).decide(of.Workers(busy=5, waiting=5)).settle()
    assert made.created == []


# ---------------------------------------------------------------- the stopped and the starved


def test_an_actor_that_the_kernel_calls_stopped_is_replaced_after_one_heartbeat_has_not_come() -> None:
    made = kernel(spec(POOL), spec(INTAKE))
    made.stopped.add(POOL)
    before = made.pid(POOL)
    made.advance(SUSPECT_US - TICK_US)
    assert made.pid(POOL) == before, "it may go on at any moment"
    made.advance(2 * TICK_US)
    assert made.pid(POOL) != before
    assert made.roster.members[POOL].cause == "stopped"


@pytest.mark.parametrize("silent_in", [Phase.CREATING, Phase.STARTING])
def test_an_actor_that_is_stopped_before_it_has_started_is_not_waited_for(silent_in: Phase) -> None:
    made = Kernel(Plan(actors=(spec(POOL),)))
    made.silent.add(POOL)
    made.begin()
    if silent_in is Phase.STARTING:
        made.settle()
    assert made.roster.members[POOL].phase is silent_in
    made.stopped.add(POOL)
    made.now_us = Instant(made.now_us + SUSPECT_US + 1)
    pid = made.pid(POOL)
    assert pid is not None
    made.decide(of.Tick(stopped=frozenset({pid})))
    assert [effect.pid for effect in made.effects if isinstance(effect, of.Kill)] == [pid]


def test_on_a_machine_without_a_processor_to_spare_nobody_is_killed_for_being_silent() -> None:
    made = kernel(spec(POOL), spec(INTAKE), workers=WORKERS)
    made.starved[POOL] = TICK_US * 9 // 10
    before = made.pid(POOL)
    made.advance(2 * SILENT_US)
    assert made.pid(POOL) == before
    del made.starved[POOL]
    made.hung.add(POOL)
    made.advance(SILENT_US)
    assert made.pid(POOL) != before, "who has had a processor and says nothing hangs"


def test_time_in_which_the_supervisor_had_no_processor_counts_against_nobody() -> None:
    made = kernel(spec(POOL), spec(INTAKE))
    made.hung.add(POOL)
    before = made.pid(POOL)
    for _ in range(2 * SILENT_US // TICK_US):
        made.now_us = Instant(made.now_us + TICK_US)
        made.decide(of.Tick(we_waited_us=TICK_US * 9 // 10))
    assert made.pid(POOL) == before
