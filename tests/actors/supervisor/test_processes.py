"""The Supervisor over real processes: what is killed comes back, what lives is not touched."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from messages import lines
from messages.events import AlarmRaised
from messages.ids import Role
from runtime.environment import Environment
from runtime.published.directory import FileDirectory
from runtime.system.many_processes import ManyProcesses
from runtime.system.spec import Plan
from store.journal.journal import Journal
from tests.support.actors import (
    SUPERVISOR,
    WORKERS,
    Case,
    Leg,
    Listener,
    Modem,
    Player,
    Pool,
    Unwilling,
    ask,
    busy,
    environment,
    noted,
    notes,
    processes,
    ready,
    spec,
)
from tests.waiting import wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]

MODEMS = 20
PLAN = Plan(
    actors=(
        spec(Pool),
        spec(Player),
        *(spec(Modem, f"sim{n}", group="modems", critical=False) for n in range(MODEMS)),
    ),
    workers=WORKERS,
)
PLACES = {
    (Role.CALL_LEG, f"{worker}/{place}") for worker in ("c00", "c01") for place in ("user", "psap", "op1")
}
WORKED = {(role, worker) for worker in ("c00", "c01") for role in (Role.CONFERENCE_BRIDGE, Role.ALERT_CASE)}
POOLS = {(Role.SUPERVISOR, ""), (Role.ADMIN, ""), (Role.TRUNK_POOL, ""), (Role.IDENTIFIER, "")}
LINES = {(Role.GSM_MODEM, f"sim{n}") for n in range(MODEMS)}
EVERYBODY = PLACES | WORKED | POOLS | LINES | {(Role.MIXER, "m0")}


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return environment(tmp_path_factory.mktemp("center"), PLAN)


@pytest.fixture(scope="module")
def shared(env: Environment) -> Iterator[ManyProcesses]:
    with processes(env) as system:
        yield system


@pytest.fixture
def system(shared: ManyProcesses) -> ManyProcesses:
    """The module's system with everybody ready, whatever an earlier test has done to it."""
    wait_until(lambda: _ready(shared) >= EVERYBODY, within_s=20)
    return shared


def test_everybody_of_the_plan_is_there_and_ready(system: ManyProcesses) -> None:
    assert _ready(system) == EVERYBODY


def test_a_message_goes_there_and_back(system: ManyProcesses, env: Environment) -> None:
    assert system.tell(Role.TRUNK_POOL, "", ask(Role.IDENTIFIER))
    noted(env, lambda note: note.startswith("Identifier//") and "asked by TrunkPool" in note)
    noted(env, lambda note: note.startswith("TrunkPool//") and "answered" in note)


def test_a_message_finds_the_successor(system: ManyProcesses, env: Environment) -> None:
    before = ready(system, Role.ALERT_CASE, "c01")
    os.kill(before.pid, signal.SIGKILL)
    after = ready(system, Role.ALERT_CASE, "c01", after=before.incarnation)
    system.tell(Role.TRUNK_POOL, "", ask(Role.ALERT_CASE, "c01"))
    noted(env, lambda note: note == f"AlertCase/c01/{after.incarnation} asked by TrunkPool")


def test_twenty_that_are_killed_together_are_all_back(system: ManyProcesses) -> None:
    before = [ready(system, Role.GSM_MODEM, f"sim{n}") for n in range(MODEMS)]
    for entry in before:
        os.kill(entry.pid, signal.SIGKILL)
    for entry in before:
        ready(system, entry.role, entry.key, after=entry.incarnation, within_s=20)


def test_a_handler_that_raises_is_run_once_and_the_actor_is_started_again(
    system: ManyProcesses, env: Environment
) -> None:
    before = ready(system, Role.CALL_LEG, "c01/psap")
    system.tell(Role.CALL_LEG, "c01/psap", lines.AskLine())
    after = ready(system, Role.CALL_LEG, "c01/psap", after=before.incarnation)
    raised = [note for note in notes(env) if note.startswith("CallLeg/c01/psap/") and "raises" in note]
    assert raised == [f"CallLeg/c01/psap/{before.incarnation} raises"]
    assert not system.env.processes.alive(before.pid, before.born)
    assert after.incarnation == before.incarnation + 1


def test_a_stopped_actor_is_replaced(system: ManyProcesses) -> None:
    before = ready(system, Role.GSM_MODEM, "sim5")
    os.kill(before.pid, signal.SIGSTOP)
    ready(system, Role.GSM_MODEM, "sim5", after=before.incarnation)
    assert not system.env.processes.alive(before.pid, before.born)


def test_what_an_actor_is_busy_with_is_in_the_directory_and_gone_with_its_death(
    system: ManyProcesses,
) -> None:
    system.tell(Role.GSM_MODEM, "sim7", busy("alert-7"))

    def alert() -> str | None:
        entry = system.entry(Role.GSM_MODEM, "sim7")
        return None if entry is None else entry.alert

    wait_until(lambda: alert() == "alert-7")
    before = ready(system, Role.GSM_MODEM, "sim7")
    os.kill(before.pid, signal.SIGKILL)
    assert ready(system, Role.GSM_MODEM, "sim7", after=before.incarnation).alert is None


def test_a_new_supervisor_takes_over_the_living_and_starts_the_dead(system: ManyProcesses) -> None:
    before = {(e.role, e.key): e for e in system.env.directory.read()}
    os.kill(system.supervisor.pid, signal.SIGKILL)
    wait_until(lambda: not system.supervisor.alive())
    dead = before[Role.GSM_MODEM, "sim1"]
    os.kill(dead.pid, signal.SIGKILL)
    wait_until(lambda: not system.env.processes.alive(dead.pid, dead.born))
    system.start_supervisor(SUPERVISOR)
    ready(system, Role.GSM_MODEM, "sim1", after=dead.incarnation)
    now = {(e.role, e.key): e for e in system.env.directory.read()}
    changed = {name for name, entry in before.items() if now[name].pid != entry.pid}
    assert changed == {(Role.SUPERVISOR, ""), (Role.GSM_MODEM, "sim1")}
    assert now[Role.SUPERVISOR, ""].incarnation == before[Role.SUPERVISOR, ""].incarnation + 1


def test_an_adopted_actor_is_watched_like_a_child(system: ManyProcesses) -> None:
    os.kill(system.supervisor.pid, signal.SIGKILL)
    wait_until(lambda: not system.supervisor.alive())
    system.start_supervisor(SUPERVISOR)
    killed, stopped = ready(system, Role.GSM_MODEM, "sim11"), ready(system, Role.GSM_MODEM, "sim12")
    os.kill(killed.pid, signal.SIGKILL)
    os.kill(stopped.pid, signal.SIGSTOP)
    ready(system, Role.GSM_MODEM, "sim11", after=killed.incarnation)
    ready(system, Role.GSM_MODEM, "sim12", after=stopped.incarnation)


def test_the_living_stay_when_the_supervisor_was_gone_for_longer_than_a_heartbeat(
    system: ManyProcesses, env: Environment
) -> None:
    before = ready(system, Role.TRUNK_POOL)
    beaten = env.directory.beaten_us()
    os.kill(system.supervisor.pid, signal.SIGKILL)
    wait_until(lambda: env.clock.now_us() - beaten > 3_000_000)
    system.tell(Role.TRUNK_POOL, "", ask(Role.IDENTIFIER))
    system.start_supervisor(SUPERVISOR)
    restarted = env.directory.beaten_us()
    wait_until(lambda: env.directory.beaten_us() - restarted > 3_000_000)
    assert ready(system, Role.TRUNK_POOL).pid == before.pid


# ---------------------------------------------------------------- systems of their own


def test_a_modem_that_cannot_start_takes_nobody_else_down(tmp_path: Path) -> None:
    plan = Plan(actors=(spec(Pool), spec(Unwilling, "bad", group="modems", critical=False), spec(Player)))
    env = environment(tmp_path, plan)
    with processes(env) as system:
        pool = ready(system, Role.TRUNK_POOL)
        journal = env.open_journal_as(Journal)
        try:

            def alarm() -> AlarmRaised | None:
                events = [recorded.event for recorded in journal.read("node-test")]
                return next((event for event in events if isinstance(event, AlarmRaised)), None)

            raised = wait_until(alarm, what="an alarm")
        finally:
            journal.close()
        assert raised is not None
        assert (raised.alarm, raised.subject) == ("actor.failing", "GsmModem/bad")
        assert ready(system, Role.TRUNK_POOL).pid == pool.pid
        assert len([note for note in notes(env) if note.startswith("GsmModem/bad")]) == 5


def test_a_critical_actor_that_cannot_live_has_the_node_start_everything_again(tmp_path: Path) -> None:
    env = environment(tmp_path, Plan(actors=(spec(Pool), spec(Unwilling, group="pools"))))
    with processes(env) as system:
        wait_until(lambda: not system.admin.alive(), what="the admin's end")
        wait_until(lambda: not system.supervisor.alive(), what="the Supervisor's end")
        pools = [note for note in notes(env) if note.startswith("TrunkPool")]
        assert len(pools) == 2, "its group was started again once before"


def test_an_orderly_stop_lets_everybody_end_and_leaves_nothing(tmp_path: Path) -> None:
    env = environment(tmp_path, Plan(actors=(spec(Pool), spec(Modem, "sim1")), workers=WORKERS))
    with processes(env) as system:
        ready(system, Role.ALERT_CASE, "c01", within_s=20)
        entries = system.env.directory.read()
        system.stop()
        assert [e for e in entries if system.env.processes.alive(e.pid, e.born)] == []
        ended = {note.rpartition(" ")[0].rpartition("/")[0] for note in notes(env) if "stopping" in note}
        players = {f"{e.role}/{e.key}" for e in entries if e.role not in (Role.SUPERVISOR, Role.ADMIN)}
        assert ended == players


def test_incarnations_grow_from_one_system_to_the_next(tmp_path: Path) -> None:
    for incarnation in (1, 2):
        env = environment(tmp_path, Plan(actors=(spec(Pool),)))
        FileDirectory(env.run).publish(())
        with processes(env) as system:
            assert ready(system, Role.TRUNK_POOL).incarnation == incarnation
            system.stop()


def test_what_is_watched_is_told_of_within_milliseconds(tmp_path: Path) -> None:
    master, slave = os.openpty()
    try:
        (tmp_path / "tty").write_text(os.ttyname(slave))
        env = environment(tmp_path, Plan(actors=(spec(Listener),)))
        with processes(env) as system:
            ready(system, Role.OPERATOR_POOL)
            late_ms = []
            for n in range(20):
                said_us = env.clock.now_us()
                os.write(master, f"ring{n}".encode())
                note = noted(env, lambda note, n=n: f"heard ring{n} " in note)  # type: ignore[misc]
                late_ms.append((int(note.rsplit(" ", 1)[1]) - said_us) / 1000)
            # One that looked now and then would be late more often than a busy machine makes it.
            assert sorted(late_ms)[len(late_ms) // 4] < 20
    finally:
        os.close(master)
        os.close(slave)


def test_an_actor_that_has_not_been_told_who_it_is_dies_with_its_parent(tmp_path: Path) -> None:
    env = environment(tmp_path)
    with processes(env) as system:
        members = set(_members(system))
        system._system.createActor(f"{Leg.__module__}.{Leg.__qualname__}")
        (newborn,) = set(_members(system)) - members
        os.kill(system.admin.pid, signal.SIGKILL)
        wait_until(lambda: newborn not in _members(system), what="the end of the one not yet born")


def test_nobody_keeps_a_file_that_the_starter_had_open(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    env = environment(tmp_path, Plan(actors=(spec(Case, "c00"),)))
    try:
        with processes(env) as system:
            ready(system, Role.ALERT_CASE, "c00")
            os.close(writer)
            os.set_blocking(reader, False)
            # Somebody who still had the other end would have this say that there is nothing to read yet.
            assert os.read(reader, 1) == b""
    finally:
        os.close(reader)


def _ready(system: ManyProcesses) -> set[tuple[Role, str]]:
    return {
        (entry.role, entry.key)
        for entry in system.env.directory.read()
        if entry.ready or entry.role is Role.ADMIN
    }


def _members(system: ManyProcesses) -> list[int]:
    from runtime import pidfd

    return pidfd.group_members(system.group)
