"""The system of processes as the node sees it."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from messages import cases
from messages.ids import Role
from runtime import pidfd
from runtime.errors import SystemFault, SystemNotStarted
from runtime.processes import HEIR_ASKS_BY, outlives
from runtime.system.many_processes import ManyProcesses, kill_group
from runtime.system.spec import Plan
from runtime.system.system import start
from tests.support.actors import (
    SUPERVISOR,
    Modem,
    Pool,
    Unwilling,
    environment,
    noted,
    notes,
    processes,
    ready,
    spec,
)
from tests.support.there import is_a
from tests.waiting import wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(90)]


def test_a_supervisor_that_cannot_start_is_an_error_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with processes(environment(tmp_path / "good")):
        assert _working_in(tmp_path), "so they would be found"
    for broken in ("no.such.Class", f"{Unwilling.__module__}.{Unwilling.__qualname__}"):
        with pytest.raises(SystemNotStarted):
            start("processes", environment(tmp_path / broken), broken)
    assert _working_in(tmp_path) == []


def test_two_systems_run_side_by_side(tmp_path: Path) -> None:
    with (
        processes(environment(tmp_path / "one", Plan(actors=(spec(Pool),)))) as one,
        processes(environment(tmp_path / "two", Plan(actors=(spec(Pool),)))) as two,
    ):
        pids = {ready(system, Role.TRUNK_POOL).pid for system in (one, two)}
        assert len(pids) == 2
        one.stop()
        assert ready(two, Role.TRUNK_POOL).pid in pids
        assert len(notes(two.env)) == 1


def test_an_actor_is_shown_by_its_name_and_listens_nowhere_but_on_the_loopback(tmp_path: Path) -> None:
    with processes(environment(tmp_path, Plan(actors=(spec(Pool),)))) as system:
        pid = ready(system, Role.TRUNK_POOL).pid
        assert Path(f"/proc/{pid}/comm").read_text() == "TrunkPool\n"
        members = pidfd.group_members(system.group)
        assert len(members) == 4
        places = {place for pid in members for place in _listens(pid)}
        assert places == {"0100007F"}


def test_after_the_admins_death_the_group_is_killed_and_a_new_one_started_at_once(tmp_path: Path) -> None:
    env = environment(tmp_path, Plan(actors=(spec(Pool),)))
    with processes(env) as system:
        os.kill(system.admin.pid, signal.SIGKILL)
        wait_until(lambda: not system.admin.alive())
        system.kill()
        env.directory.publish(())
        again = is_a(ManyProcesses, start("processes", env, SUPERVISOR))
        try:
            assert ready(again, Role.TRUNK_POOL).incarnation == 2
        finally:
            again.kill()


def test_who_is_to_outlive_the_group_does_until_it_no_longer_wants_to(tmp_path: Path) -> None:
    env = environment(tmp_path, Plan(actors=(spec(Pool), spec(Modem, "m"))))
    with processes(env) as system:
        pool, modem = ready(system, Role.TRUNK_POOL), ready(system, Role.GSM_MODEM, "m")
        for role, key in ((Role.TRUNK_POOL, ""), (Role.GSM_MODEM, "m")):
            system.tell(role, key, cases.WorkerWanted(busy=1, waiting=0))
        wait_until(lambda: sum("outlives" in note for note in notes(env)) == 2, what="both outlive")
        assert outlives(pool.pid)
        system.tell(Role.GSM_MODEM, "m", cases.WorkerWanted(busy=0, waiting=0))
        noted(env, lambda note: "ends with them" in note)
        assert not outlives(modem.pid)
        system.kill()
        try:
            assert pidfd.alive(pool.pid, pool.born)
            assert not pidfd.alive(modem.pid, modem.born)
            os.kill(pool.pid, HEIR_ASKS_BY)
            noted(env, lambda note: "takes the place" in note)
        finally:
            pidfd.kill(pool.pid, pool.born)


def test_another_supervisor_takes_over_from_one_that_was_stopped_and_ended(tmp_path: Path) -> None:
    env = environment(tmp_path, Plan(actors=(spec(Pool),)))
    with processes(env) as system:
        pool = ready(system, Role.TRUNK_POOL)
        stopped = system.supervisor
        os.kill(stopped.pid, signal.SIGSTOP)
        assert pidfd.kill(*stopped)
        wait_until(lambda: not stopped.alive())
        system.start_supervisor(SUPERVISOR)
        assert ready(system, Role.TRUNK_POOL).pid == pool.pid


@pytest.mark.parametrize("group", [0, 1, os.getpgrp()])
def test_no_other_process_group_is_ever_killed(group: int) -> None:
    with pytest.raises(SystemFault):
        kill_group(group)


def test_a_pid_is_known_by_its_birth() -> None:
    own = os.getpid()
    assert pidfd.alive(own, pidfd.start_time_of(own))
    assert not pidfd.alive(own, pidfd.start_time_of(own) + 1)
    assert not pidfd.kill(own, pidfd.start_time_of(own) + 1)
    assert pidfd.start_time_of(2**22 - 1) == 0


def test_a_death_is_told_of_once() -> None:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.read(reader, 1)
        os._exit(0)
    watch = pidfd.DeathWatch()
    try:
        assert watch.add(pid, pidfd.start_time_of(pid))
        assert watch.dead() == []
        os.write(writer, b"x")
        assert wait_until(watch.dead) == [pid]
        assert watch.dead() == []
        assert not watch.add(pid, pidfd.start_time_of(os.getpid()))
    finally:
        os.waitpid(pid, 0)
        watch.close()
        os.close(reader)
        os.close(writer)


def _working_in(folder: Path) -> list[str]:
    """Other processes that have this working directory, as those have whom this one has forked there."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            with suppress(OSError):
                if Path(f"/proc/{name}/cwd").readlink() == folder:
                    found.append(name)
    return found


def _listens(pid: int) -> set[str]:
    sockets = set()
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            sockets.add(os.readlink(f"/proc/{pid}/fd/{fd}").removeprefix("socket:[").removesuffix("]"))
        except OSError:
            continue
    lines = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
    return {fields[1].partition(":")[0] for fields in lines if fields[9] in sockets}
