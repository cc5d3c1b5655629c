"""The actor system as seen by the node: started, its admin and Supervisor watched, restarted as a whole.

While this process is about to fork the admin, no journal is open: each use opens and closes the journal.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from application.errors import NodeError
from application.state.keys import (
    DEMO_PHONE,
    OWN_KEY,
    drop_demo_operator,
    ensure_app_key,
    ensure_demo_operator,
    ensure_demo_user,
)
from application.state.processes import ProcessId, wait_ended
from application.state.state_dir import StateDir
from center.node.composition import SUPERVISOR, environment, journal_opened, plan, preloaded
from center.node.launching import Restarts, StoppedWatch
from messages.events import ActorStarted, Event, LineSeized, NodeStarted, NodeStopped
from messages.ids import SECOND, LegId, NodeId, Role
from model.feature import installed, load_object
from model.setup import Setup
from runtime import logs, pidfd
from runtime.clock import SystemClock
from runtime.errors import SystemFault
from runtime.system import birth
from store.database.dialect import is_server

if TYPE_CHECKING:
    from model.settings import Settings
    from runtime.system.many_processes import ManyProcesses
    from store.journal.journal import Journal, Transaction

START_ATTEMPTS: Final = 3
JOINS_WITHIN_S: Final = 10.0
"""Time to find a node to join, in seconds: other nodes may be starting at the same time."""
SILENT_US: Final = 2_500_000
"""Silence after which a Supervisor is ended, in microseconds. A Supervisor beats about twice a second, even
when busy; time spent waiting for a processor does not count.
"""


class ActorsGroup:
    """The actor system of a node, and its successors after restarts."""

    def __init__(
        self, *, state: Path, clock: SystemClock, node: NodeId, journal_url: str, setup: Setup
    ) -> None:
        self._clock = clock
        self._node = node
        self._journal_url = journal_url
        self._setup = setup
        self._run = state / "run"
        self._plan = plan(setup, shared=is_server(journal_url))
        self._env = environment(
            node=node,
            state=state,
            journal_url=journal_url,
            anchor_us=clock.anchor_us,
            setup=setup,
            plan=self._plan,
        )
        self._log = logs.get("node")
        self._restarts = Restarts()
        self._supervisor_restarts = Restarts()
        self._start_at_s: float | None = None
        self._supervisor_at_s: float | None = None
        self._system: ManyProcesses | None = None
        self._stopped = StoppedWatch()
        self._ended: dict[tuple[int, int], str] = {}
        """Processes ended by the node, with the reasons."""
        self._before: tuple[int, int] = (0, 0)
        self._logger: tuple[int, int] = (0, 0)
        self._loggers = 0
        self._beaten_us = self._waited_us = 0

    @property
    def suspicious(self) -> bool:
        """True if the next poll must be soon."""
        return self._stopped.suspicious

    @property
    def admin(self) -> ProcessId | None:
        """Thespian's own process, the parent of the Supervisor; None while no actors run."""
        return _process(self._system.admin) if self._system is not None else None

    @property
    def processes(self) -> tuple[ProcessId, ...]:
        """Processes that the node watches for their death."""
        if self._system is None:
            return ()
        return tuple(
            process
            for process in (_process(self._system.admin), _process(self._system.supervisor))
            if process is not None
        )

    @property
    def restarts(self) -> int:
        """Number of restarts of the whole group."""
        return self._restarts.count

    @property
    def logger_restarts(self) -> int:
        """Number of restarts of the system's logger by its admin."""
        return self._loggers

    @property
    def incarnation(self) -> int:
        """Incarnation of the node, which grows with every start of the group."""
        return self._env.directory.last_incarnation(Role.NODE)

    # ------------------------------------------------------------ before the first start

    def first_start(
        self,
        state: StateDir,
        settings: Settings,
        *,
        simulated_phones: tuple[str, ...] | None,
        version: str,
    ) -> list[str]:
        """Create the journal, the keys and, in a simulated run, the demo operator, which any other run
        removes.

        Return the messages for the terminal. Raises NodeError.
        """
        import os

        from store.errors import JournalNotDurable, StoreError
        from store.registry.registry import Registry

        told: list[str] = []
        try:
            with self._journal() as journal:
                registry = Registry(journal)
                try:
                    # A file of earlier versions, which signed their sessions.
                    (state.keys / "session.key").unlink(missing_ok=True)
                    # Each node of a center has a file of its own, with a key.
                    told += ensure_app_key(
                        state, registry, f"{OWN_KEY}-{self._node}" if journal.shared else OWN_KEY
                    )
                    if simulated_phones is not None:
                        has_phone = DEMO_PHONE in simulated_phones
                        ensure_demo_operator(state, registry, journal, has_phone=has_phone)
                        ensure_demo_user(registry)
                    else:
                        told += drop_demo_operator(state, registry)
                    journal.transact(self._let_go)
                    for feature in installed():
                        for row in feature.at_start:
                            if row.wanted(settings):
                                told += load_object(row.by)(settings, journal)
                except JournalNotDurable as error:
                    # Alerts are handled from memory: a start that failed here would handle none.
                    told.append(f"the app key and the operators could not be set up: {error}")
                self._note_settings(journal, state, settings)
                if journal.shared:
                    self._register_node(journal)
                self._append(journal, NodeStarted(version=version, pid=os.getpid()))
        except StoreError as error:
            raise NodeError(f"the journal cannot be used: {error}") from error
        return told

    def _let_go(self, tx: Transaction) -> None:
        """Release lines held by calls of features that are disabled now: no other part would ever release
        them.
        """
        from store import streams
        from store.journal.journal import Append

        there = {spec.role for spec in self._plan.actors}
        if there >= {Role.LINE_TEST, Role.DUTY_CALLER}:
            return
        for line in (streams.line(spec.line) for spec in self._setup.settings.lines):
            last = tx.last_of_type(line, "line.seized")
            seized = None if last is None else last.event
            if not isinstance(seized, LineSeized) or not seized.leg:
                continue
            of_test = seized.tester is not None and Role.LINE_TEST not in there
            if of_test or (seized.callout is not None and Role.DUTY_CALLER not in there):
                tx.append(Append(line, None, (replace(seized, leg=LegId("")),)))

    def _note_settings(self, journal: Journal, state: StateDir, settings: Settings) -> None:
        """Record changed settings. After a failure the next start retries: no alert waits for the record."""
        from application.auditing import note_settings
        from store.errors import StoreError

        try:
            note_settings(journal, state, settings)
        except (StoreError, OSError) as error:
            self._log.error("the change of settings cannot be entered in the audit", error=str(error))

    def _register_node(self, journal: Journal) -> None:
        """Register among the other nodes of the journal. Raises NodeError if another node has this node's
        name.
        """
        from runtime.environment import NodeVoice
        from store.nodes.members import members
        from store.registry.keyring import ACTORS, VOICE, shared_secret

        setup = self._setup
        for other in members(journal):
            if other.alive and other.node == self._node and other.address != setup.settings.cluster.address:
                where = f"a node called {self._node!r} is running at {other.address}"
                raise NodeError(f"{where}: give this node another name (node, in the settings)")
        self._find_one_of(setup.settings.cluster.join, journal)
        self._env.node_voice = NodeVoice(
            secret=shared_secret(journal, VOICE),
            host=setup.settings.cluster.address,
            public=setup.settings.cluster.allow_public,
        )
        self._env.actor_secret = shared_secret(journal, ACTORS)

    def _find_one_of(self, join: tuple[str, ...], journal: Journal) -> None:
        """Wait until a node of `join` is a member of this journal: a wrong journal would isolate this node.

        Raises NodeError after `JOINS_WITHIN_S`.
        """
        from store.nodes.members import members

        until_s = time.monotonic() + JOINS_WITHIN_S
        while join and not any(one.alive and one.address in join for one in members(journal)):
            if time.monotonic() > until_s:
                raise NodeError(f"no node at {' or '.join(join)} shares this journal (--join, cluster.join)")
            time.sleep(0.1)

    def report_stopped(self) -> None:
        """Record the orderly end."""
        self.report(NodeStopped())

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Start the system and wait for its Supervisor. Raises NodeError if all attempts fail."""
        for attempt in range(START_ATTEMPTS):
            try:
                self._start()
                return
            except SystemFault as error:
                self._log.error("the actor system does not start", attempt=attempt + 1, error=str(error))
                fault = error
        raise NodeError(f"the actor system does not start: {fault}; see {self._env.logs}")

    def _start(self) -> None:
        from runtime.published.directory import name_of
        from runtime.system.many_processes import ManyProcesses
        from runtime.system.system import start

        # No process of an earlier system lives. Only the incarnations remain; they only grow.
        directory = self._env.directory
        directory.publish((), {name_of(Role.NODE, ""): self.incarnation + 1})
        system = start(
            "processes",
            self._env,
            SUPERVISOR,
            preload=preloaded(self._plan, self._journal_url),
            host=self._setup.settings.cluster.address,
        )
        assert isinstance(system, ManyProcesses)
        self._system = system
        self._start_at_s = self._supervisor_at_s = None
        self._logger = (0, 0)

    def poll(self, now_s: float) -> bool:
        """Restart dead processes. Return True if a process was replaced."""
        if self._start_at_s is not None:
            return now_s >= self._start_at_s and self._start_again(now_s)
        system = self._system
        if system is None:
            return False
        if not system.admin.alive():
            self._group_died(now_s, "the admin has died")
            return self.poll(now_s)
        self._end_if_stopped(system, now_s)
        self._end_if_silent(system)
        if not system.supervisor.alive():
            if self._supervisor_at_s is None:
                self._supervisor_at_s = now_s + self._supervisor_restarts.died(now_s)
            return now_s >= self._supervisor_at_s and self._new_supervisor(system, now_s)
        return self._look_at_logger()

    def _look_at_logger(self) -> bool:
        """Record that the admin has started another logger; return True if so."""
        before, after = self._logger, birth.logger_of(self._env.run)
        if after in ((0, 0), before):
            return False
        self._logger = after
        if before == (0, 0):
            return False
        self._loggers += 1
        self.report_restarted(Role.LOGGER, self._loggers + 1, after[0], self._cause(before))
        return True

    def _cause(self, before: tuple[int, int]) -> str:
        return self._ended.pop(before, "died")

    def _end_if_stopped(self, system: ManyProcesses, now_s: float) -> None:
        """End stopped processes; the library's own processes have no heartbeat that could be missed."""
        for whom, process in (
            ("admin", system.admin),
            ("logger", birth.logger_of(self._env.run)),
            ("Supervisor", system.supervisor),
        ):
            if self._stopped.look(_process(process), now_s):
                self._log.error("a suspended process is killed", whom=whom, pid=process[0])
                self._ended[process] = "stopped"
                pidfd.kill(*process)
                if (ended := _process(process)) is not None:
                    wait_ended([ended], 1.0)

    def _end_if_silent(self, system: ManyProcesses) -> None:
        """End a Supervisor that lives and does nothing: the next Supervisor takes over its work."""
        if not system.supervisor.alive():
            return
        beaten_us = self._env.directory.beaten_us()
        waited_us = pidfd.condition(system.supervisor.pid).waited_us
        if beaten_us != self._beaten_us:
            self._beaten_us, self._waited_us = beaten_us, waited_us
        silent_us = self._clock.now_us() - beaten_us - (waited_us - self._waited_us)
        if silent_us > SILENT_US:
            self._log.error("the Supervisor sends no heartbeat and is killed", silent_s=silent_us // SECOND)
            self._ended[system.supervisor] = "no heartbeat"
            pidfd.kill(*system.supervisor)
            if (supervisor := _process(system.supervisor)) is not None:
                wait_ended([supervisor], 1.0)

    def _new_supervisor(self, system: ManyProcesses, now_s: float) -> bool:
        self._supervisor_at_s = None
        cause = self._cause(system.supervisor)
        try:
            system.start_supervisor(SUPERVISOR)
        except SystemFault as error:
            self._group_died(now_s, f"no Supervisor: {error}")
            return self.poll(now_s)
        number = self._supervisor_restarts.count + 1
        self.report_restarted(Role.SUPERVISOR, number, system.supervisor.pid, cause)
        return True

    def _group_died(self, now_s: float, why: str) -> None:
        """End the rest of the group, which cannot be led any longer. Its calls stay in the modems."""
        self._log.error("the actor system is restarted", reason=why)
        if self._system is not None:
            self._before = self._system.admin
            self._system.kill()
            self._system = None
        self._start_at_s = now_s + self._restarts.died(now_s)

    def _start_again(self, now_s: float) -> bool:
        try:
            self._start()
        except SystemFault as error:
            self._group_died(now_s, str(error))
            return False
        assert self._system is not None
        cause = self._cause(self._before)
        self.report_restarted(Role.ADMIN, self._restarts.count + 1, self._system.admin.pid, cause)
        return True

    def stop(self) -> None:
        """End all actors in order, with calls left up."""
        if self._system is not None:
            started_s = time.monotonic()
            self._system.stop()
            self._system = None
            self._log.info("the actor system has stopped", took_s=round(time.monotonic() - started_s, 3))

    # ------------------------------------------------------------ the node's own stream

    def report_restarted(self, role: Role, incarnation: int, pid: int, cause: str) -> None:
        """Record the restart of a process that the node watches."""
        self.report(ActorStarted(role=role, key="", incarnation=incarnation, pid=pid, cause=cause))

    @contextmanager
    def _journal(self) -> Iterator[Journal]:
        journal = journal_opened(self._journal_url, self._node, self._clock, self._run)
        try:
            yield journal
        finally:
            journal.close()

    def _append(self, journal: Journal, event: Event) -> None:
        from store import streams
        from store.journal.journal import Append

        journal.append(Append(streams.node(self._node), None, (event,)))

    def report(self, event: Event) -> None:
        """Record the event if possible: a full disk must not prevent the start of the actors."""
        from store.errors import StoreError

        try:
            with self._journal() as journal:
                self._append(journal, event)
        except StoreError as error:
            self._log.error(
                "the event cannot be written to the journal", what=type(event).__name__, error=str(error)
            )


def _process(process: tuple[int, int]) -> ProcessId | None:
    pid, started = process
    return ProcessId(pid=pid, started=started) if pid else None
