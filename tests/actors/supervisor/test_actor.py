"""The Supervisor in one process, under the virtual clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from actors.supervisor.actor import SupervisorActor
from messages import cases, lines
from messages.events import ActorStarted, AlarmCleared, AlarmRaised, Event
from messages.ids import AlertId, Role
from messages.journal import Recorded
from messages.supervision import LegsWanted, StopActor
from runtime import logs
from runtime.system import system
from runtime.system.imaginary_processes import ImaginaryProcesses
from runtime.system.one_process import OneProcess
from runtime.system.spec import Plan
from store.errors import JournalLocked
from store.journal.journal import Append, Journal
from tests.support.actors import WORKERS, Case, Modem, Player, Pool, Unwilling, environment, spec

PLAN = Plan(
    actors=(spec(Pool), spec(Player), spec(Modem, "sim1", group="modems", critical=False)), workers=WORKERS
)


def world_of(state: Path, plan: Plan) -> OneProcess:
    started = system.start("in_process", environment(state, plan, virtual=True), SupervisorActor)
    assert isinstance(started, OneProcess)
    return started


@pytest.fixture
def world(tmp_path: Path) -> Iterator[OneProcess]:
    started = world_of(tmp_path, PLAN)
    yield started
    started.stop()


def events(world: OneProcess) -> list[Event]:
    journal = world.env.open_journal_as(Journal)
    try:
        return [recorded.event for recorded in journal.read("node-test")]
    finally:
        journal.close()


def incarnation(world: OneProcess, role: Role, key: str = "") -> int:
    entry = world.entry(role, key)
    assert entry is not None
    return entry.incarnation


def test_everybody_is_there_at_once(world: OneProcess) -> None:
    assert len(world.pids) == 1 + 3 + 1 + 2 * 5
    assert all(entry.ready for entry in world.env.directory.read())


def test_a_killed_actor_is_back_at_the_same_moment(world: OneProcess) -> None:
    now = world.clock.now_us()
    assert world.kill(Role.TRUNK_POOL)
    world.run()
    assert world.clock.now_us() == now
    assert incarnation(world, Role.TRUNK_POOL) == 2
    assert world.actor(Role.TRUNK_POOL, "", Pool) is not None
    world.advance(1)
    entry = world.entry(Role.TRUNK_POOL)
    assert entry is not None
    expected = ActorStarted(role="TrunkPool", key="", incarnation=2, pid=entry.pid, cause="signal 9")
    assert events(world) == [expected]


def test_a_note_beside_a_locked_database_is_one_line_and_written_a_moment_later(
    world: OneProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    append, refused = Journal.append, [JournalLocked("somebody else writes")]

    def refuse_once(journal: Journal, *appends: Append) -> tuple[Recorded, ...]:
        if refused:
            raise refused.pop()
        return append(journal, *appends)

    logs.configure(tmp_path / "logs", "node")
    monkeypatch.setattr(Journal, "append", refuse_once)
    world.kill(Role.TRUNK_POOL)
    world.advance(3)
    assert [type(event) for event in events(world)] == [ActorStarted]
    assert not refused
    said = (tmp_path / "logs" / logs.FILE_NAME).read_text()
    assert "somebody else writes" in said
    assert "Traceback" not in said


def test_an_actor_that_raises_is_started_again(world: OneProcess) -> None:
    world.tell(Role.ALERT_CASE, "c00", lines.AskLine())
    world.run()
    assert incarnation(world, Role.ALERT_CASE, "c00") == 2
    world.advance(1)
    (event,) = events(world)
    assert isinstance(event, ActorStarted)
    assert event.cause == "crashed"


def test_a_busy_worker_is_seen_and_another_is_made_ready(world: OneProcess) -> None:
    assert world.entry(Role.ALERT_CASE, "c02") is None
    case = world.actor(Role.ALERT_CASE, "c00", Case)
    assert case is not None
    case.set_alert(AlertId("a1"))
    world.advance(0.3)
    entry = world.entry(Role.ALERT_CASE, "c00")
    assert entry is not None
    assert entry.alert == "a1"
    assert world.entry(Role.ALERT_CASE, "c02") is not None


def test_the_intake_and_the_workers_are_heard(world: OneProcess) -> None:
    world.tell(Role.SUPERVISOR, "", cases.WorkerWanted(busy=0, waiting=2))
    world.tell(Role.SUPERVISOR, "", LegsWanted(worker="c01", operators=2))  # type: ignore[arg-type]
    world.run()
    assert world.entry(Role.ALERT_CASE, "c03") is not None
    assert world.entry(Role.CALL_LEG, "c01/op2") is not None


def test_the_next_supervisor_adopts_everybody(world: OneProcess) -> None:
    before = dict(world.pids)
    assert world.kill(Role.SUPERVISOR)
    world.kill(Role.IDENTIFIER)
    world.advance(3)
    assert world.actor(Role.IDENTIFIER, "", Player) is None
    world.create(SupervisorActor)
    world.advance(5)
    changed = {name for name, pid in world.pids.items() if before[name] != pid}
    assert changed == {(Role.SUPERVISOR, ""), (Role.IDENTIFIER, "")}
    world.kill(Role.TRUNK_POOL)
    world.run()
    assert incarnation(world, Role.TRUNK_POOL) == 2


def test_it_gives_its_own_sign_of_life(world: OneProcess) -> None:
    world.advance(10)
    assert world.clock.now_us() - world.env.directory.beaten_us() < 1_000_000


def test_an_alarm_is_raised_and_cleared(world: OneProcess) -> None:
    for _ in range(5):
        world.kill(Role.GSM_MODEM, "sim1")
        world.run()
    assert world.entry(Role.GSM_MODEM, "sim1") is None
    world.advance(75)
    assert incarnation(world, Role.GSM_MODEM, "sim1") == 6
    alarms = [event for event in events(world) if isinstance(event, AlarmRaised | AlarmCleared)]
    assert [type(alarm) for alarm in alarms] == [AlarmRaised, AlarmCleared]
    assert {alarm.subject for alarm in alarms} == {"GsmModem/sim1"}


def test_what_is_critical_and_cannot_start_has_the_node_start_everything_again(tmp_path: Path) -> None:
    world = world_of(tmp_path, Plan(actors=(spec(Pool), spec(Unwilling))))
    processes = world.env.processes
    assert isinstance(processes, ImaginaryProcesses)
    assert processes.escalations == 1
    assert world.actor(Role.SUPERVISOR, "", SupervisorActor) is None


def test_a_class_that_does_not_exist_is_an_alarm_and_no_more(tmp_path: Path) -> None:
    missing = spec(Modem, "sim1", group="modems", critical=False)
    plan = Plan(
        actors=(
            spec(Pool),
            type(missing)(role=missing.role, key="sim1", cls="no.Such", group="m", critical=False),
        )
    )
    world = world_of(tmp_path, plan)
    world.advance(2)
    assert incarnation(world, Role.TRUNK_POOL) == 1
    assert [type(event) for event in events(world)] == [AlarmRaised]
    world.stop()


def test_an_orderly_stop_ends_everybody_and_then_itself(tmp_path: Path) -> None:
    world = world_of(tmp_path, PLAN)
    entries = world.env.directory.read()
    world.tell(Role.SUPERVISOR, "", StopActor())
    world.run()
    assert [entry for entry in entries if world.env.processes.alive(entry.pid, entry.born)] == []
