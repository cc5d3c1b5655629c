"""Actor system of a center: every actor in its own process, all in one process group.

Seen from the node, which must not `ask` through the system in an event loop, and must not fork the system
after a thread has started.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Final, NamedTuple

from thespian.actors import ActorAddress, ActorSystem, ActorSystemException
from thespian.system.multiprocCommon import multiprocessCommon

from messages.envelope import DecodeError, decode, encode
from messages.ids import Role
from messages.supervision import ActorReady, StartActor, StopActor
from runtime import environment, logs, pidfd
from runtime.actor import CenterActor
from runtime.environment import Environment
from runtime.errors import SystemFault, SystemNotStarted
from runtime.pidfd import DeathWatch
from runtime.published.directory import name_of
from runtime.system import birth, thespian_fixes
from runtime.system.system import STOP_WITHIN_S, System
from runtime.system.transport import CenterTransport

START_WITHIN_S: Final = 10.0
LOOK_S: Final = 0.2
GONE_WITHIN_S: Final = 3.0
PORTS_TO_TRY: Final = 5


class _Base(multiprocessCommon):
    transportType = CenterTransport  # noqa: N815 - Thespian's name


class CenterSystem(ActorSystem):
    """Thespian actor system with the center's transport. Several systems can coexist in one process."""

    def __init__(self, port: int) -> None:
        # The library's __init__ keeps one system for the whole process.
        self.systemAddress = ActorAddress("/ActorSys")
        self.capabilities = {"Admin Port": port, "Thespian Watch Supported": True}
        self._isTransientUnique = True
        self.base = _Base(self, logDefs=_LOG_DEFS)
        self._systemBase = self.base


_LOG_DEFS: Final = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"center": {"()": "runtime.logs.StandardHandler", "level": "WARNING"}},
    "root": {"handlers": ["center"], "level": "WARNING"},
}


class ManyProcesses(System):
    """Running actor system with its Supervisor."""

    def __init__(
        self,
        env: Environment,
        supervisor: type[CenterActor] | str | None,
        *,
        preload: Sequence[str] = (),
        host: str = "127.0.0.1",
    ) -> None:
        """Start the system. Raises SystemNotStarted."""
        super().__init__(env)
        self._log = logs.get("system")
        for directory in (env.run, env.logs):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ["THESPLOG_FILE"] = str(env.logs / "thespian.log")
        os.environ["THESPIAN_BASE_IPADDR"] = host
        birth.allow_many_files()
        for name in preload:
            _preload(name)
        environment.install(env)
        thespian_fixes.apply()
        self._system = self._start_admin(host)
        self.group = self._read_group()
        """Process group of everything in the system."""
        self.supervisor = Process(0, 0)
        self.admin = Process(0, 0)
        if supervisor is not None:
            try:
                self.start_supervisor(supervisor)
            except SystemNotStarted:
                self.kill()
                raise

    # ------------------------------------------------------------ starting

    def _start_admin(self, host: str) -> CenterSystem:
        for _ in range(PORTS_TO_TRY):
            port = _free_port(host)
            try:
                return CenterSystem(port)
            except (ActorSystemException, OSError) as error:
                # Another process may have taken the port meanwhile.
                self._log.warning("the actor system does not start", port=port, error=str(error))
        raise SystemNotStarted("the actor system does not start")

    def _read_group(self) -> int:
        group = int((self.env.run / thespian_fixes.GROUP_NAME).read_text())
        # The group's first process has only forked the admin, and has no other parent to reap it.
        with suppress(ChildProcessError):
            os.waitpid(group, 0)
        return group

    def start_supervisor(self, cls: type[CenterActor] | str) -> None:
        """Start a Supervisor, which adopts what its predecessor has left. Raises SystemNotStarted."""
        pid = self.create(cls, "", Role.SUPERVISOR).pid
        self.supervisor = Process(pid, pidfd.start_time_of(pid))
        admin = pidfd.parent(pid)
        self.admin = Process(admin, pidfd.start_time_of(admin))

    def create(self, cls: type[CenterActor] | str, key: str, role: Role) -> ActorReady:
        """Create an actor, send its role and key, and wait for its start. Raises SystemNotStarted."""
        incarnation = self.env.directory.last_incarnation(role, key) + 1
        order = self.envelope(StartActor(role=role, key=key, incarnation=incarnation, node=self.env.node))
        before = set(pidfd.group_members(self.group))
        try:
            address = self._system.createActor(cls)
        except (ActorSystemException, ImportError) as error:
            raise SystemNotStarted(f"{name_of(role, key)} could not be created: {error}") from error
        born = [
            Process(pid, pidfd.start_time_of(pid)) for pid in set(pidfd.group_members(self.group)) - before
        ]
        ready = self._tell_and_wait(address, encode(order), born)
        if ready is None:
            raise SystemNotStarted(f"{name_of(role, key)} did not start; see {self.env.logs}")
        return ready

    def _tell_and_wait(self, address: ActorAddress, order: bytes, born: list[Process]) -> ActorReady | None:
        deadline = time.monotonic() + START_WITHIN_S
        with self._system.private() as context:
            try:
                context.tell(address, order)
            except ActorSystemException:
                return None
            while time.monotonic() < deadline:
                answer = context.listen(LOOK_S)
                if isinstance(answer, bytes):
                    with suppress(DecodeError):
                        body = decode(answer).body
                        if isinstance(body, ActorReady):
                            return body
                if answer is None and born and not any(process.alive() for process in born):
                    return None
        return None

    # ------------------------------------------------------------ messages

    def _deliver(self, address: ActorAddress, data: bytes) -> None:
        try:
            with self._system.private() as context:
                context.tell(address, data)
        except ActorSystemException as error:
            # Lost, as any message to a dead actor.
            self._log.warning("a message cannot be delivered", error=str(error))

    # ------------------------------------------------------------ ending

    def stop(self) -> None:
        """End everything in order, then kill the rest."""
        if self.supervisor.alive():
            watch = DeathWatch()
            try:
                watch.add(*self.supervisor)
                self.tell(Role.SUPERVISOR, "", StopActor())
                pidfd.readable(watch.fileno(), STOP_WITHIN_S)
            finally:
                watch.close()
        self.kill()

    def kill(self) -> None:
        """Kill everything at once, as a power cut would: lasting state is in the journal."""
        kill_group(self.group)
        self._system.base.transport.close()


def _free_port(host: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port


def _preload(name: str) -> None:
    """Import `package.module`, or call `package.module:function` to fill its caches."""
    module, _, function = name.partition(":")
    loaded = import_module(module)
    if function:
        try:
            getattr(loaded, function)()
        except Exception as error:
            # The actor that needs the module meets the same error, and reports it.
            logs.get("system").error("a module cannot be preloaded", what=name, error=str(error))


class Process(NamedTuple):
    """Process, distinguished from a later one with its pid."""

    pid: int
    born: int

    def alive(self) -> bool:
        """Return True if the process is running."""
        return pidfd.alive(self.pid, self.born)


def kill_group(group: int) -> None:
    """Kill a process group of the actor system and wait for its end. Raises SystemFault for a group that
    belongs to no actor system.
    """
    if group <= 1 or group == os.getpgrp():
        raise SystemFault(f"process group {group} is no actor system's")
    deadline = time.monotonic() + GONE_WITHIN_S
    while members := pidfd.group_members(group):
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        watch = DeathWatch()
        try:
            for pid in members:
                watch.add(pid, pidfd.start_time_of(pid))
            while pidfd.group_members(group) and time.monotonic() < deadline:
                pidfd.readable(watch.fileno(), 0.05)
                watch.dead()
        finally:
            watch.close()
        if time.monotonic() >= deadline:
            return
