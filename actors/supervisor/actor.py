"""Parent process of all other actors: carries out what the decider returns.

Every process, child or adopted, is watched by a pidfd, which reports its death; an exit reported by Thespian
only triggers a check. The process keeps no journal open, because a fork must not inherit one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from contextlib import suppress
from importlib import import_module
from typing import ClassVar, Final

from thespian.actors import ActorAddress

from actors.supervisor import roster as of
from actors.supervisor.decider import decide
from actors.supervisor.roster import LIVING, Effect, Member, Name, Phase, Roster, Stimulus
from actors.supervisor.silence import TICK_US, suspects
from messages import cases, supervision
from messages.envelope import Envelope
from messages.events import ActorStarted, AlarmCleared, AlarmRaised, Event
from messages.ids import Instant, Role
from messages.supervision import AdoptActor, StartActor, StopActor
from runtime import addresses
from runtime.actor import CenterActor
from runtime.environment import Environment
from runtime.processes import BackgroundWork, WorkFailed
from runtime.published.directory import Entry, name_of
from store import streams
from store.errors import JournalError
from store.journal.journal import Append, Journal

LOOK: Final = "look"
TOGETHER: Final = "together"
TOGETHER_US: Final = 8_000
FEW: Final = 3
"""Number of actors up to which each is started by itself: writing a full directory takes longer than a
start.
"""
MAX_NOTES: Final = 1000
LAST_WORDS_S: Final = 1.0
"""Time that an orderly stop waits for the last notes to be written, in seconds."""
ALARM: Final = "actor.failing"


class SupervisorActor(CenterActor):
    """Supervisor: creates, watches, ends and adopts actors; publishes the directory."""

    role: ClassVar[Role] = Role.SUPERVISOR

    def started(self) -> None:
        """Take over living actors, and create missing ones."""
        self._roster = Roster(plan=self.env.plan)
        self._created: dict[Name, ActorAddress] = {}
        self._notes: list[Event] = []
        self._writing: tuple[BackgroundWork, int] | None = None
        self._queue: deque[Stimulus] = deque()
        self._deciding = False
        self._stale = False
        self._together = False
        self._starts: list[of.Start] = []
        self._me = addresses.to_bytes(self.myAddress)
        self._since_us = self.now_us()
        self._process = self.env.processes.identity(self)
        self._admin = self.env.processes.admin_of(self)
        self._waited_us: dict[int, int] = {}
        self._we_waited_us = self.env.processes.condition(self._process[0]).waited_us
        earlier = self.env.directory.find(self.role, self.key)
        again = earlier is not None and earlier.incarnation < self.incarnation
        self._restarts = earlier.restarts + 1 if earlier is not None and again else 0
        self._deaths = self.env.processes.watch()
        self.watch(self._deaths.fileno(), self._look_for_deaths)
        self._handle(of.Begin(living=self._living(), incarnations=self._incarnations()))
        self.env.directory.beat(self.now_us())
        self.at(Instant(self.now_us() + TICK_US), LOOK)

    def _living(self) -> tuple[of.Living, ...]:
        return tuple(
            of.Living(
                role=entry.role,
                key=entry.key,
                incarnation=entry.incarnation,
                pid=entry.pid,
                born=entry.born,
                address=entry.address,
                alert=entry.alert,
                since_us=entry.since_us,
                restarts=entry.restarts,
                ready=entry.ready,
            )
            for entry in self.env.directory.read()
            if entry.role not in (Role.SUPERVISOR, Role.ADMIN)
            and entry.address
            and self.env.processes.alive(entry.pid, entry.born)
        )

    def _incarnations(self) -> dict[Name, int]:
        found: dict[Name, int] = {}
        for name, incarnation in self.env.directory.incarnations().items():
            role, _, key = name.partition("/")
            with suppress(ValueError):
                found[Role(role), key] = incarnation
        return found

    # ------------------------------------------------------------ stimuli

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Handle reports of actors and requests for workers."""
        name = envelope.role, envelope.key
        match envelope.body:
            case supervision.Heartbeat(alert=alert, pace_us=pace_us):
                self._handle(
                    of.Beat(name=name, incarnation=envelope.incarnation, alert=alert, pace_us=pace_us)
                )
            case supervision.ActorReady():
                self._handle(of.Ready(name=name, incarnation=envelope.incarnation))
            case cases.WorkerWanted(busy=busy, waiting=waiting, voiceless=voiceless, lines=lines):
                self._handle(
                    of.Workers(busy=busy, waiting=waiting, voiceless=voiceless, lines=frozenset(lines))
                )
            case supervision.LegsWanted(worker=worker, operators=operators):
                self._handle(of.Legs(worker=worker, operators=operators))
            case supervision.RestartWanted(role=role, key=key, incarnation=incarnation, reason=reason):
                self._handle(of.Stuck(name=(role, key), incarnation=incarnation, reason=reason))
            case body:
                self.log.warning(
                    "a message of an unknown kind is dropped",
                    kind=type(body).__name__,
                    said_by=name_of(*name),
                )

    def timer(self, timer: Hashable, now_us: Instant) -> None:
        """Check for silent actors and write pending events; or start the actors that were created
        together.
        """
        if timer == TOGETHER:
            self._start_them()
            return
        self.at(Instant(now_us + TICK_US), LOOK)
        self.env.directory.beat(now_us)
        self._look_for_deaths()
        self._handle(self._ask_the_kernel(now_us))
        self._write_down()
        if not self.env.directory.is_as_published():
            self.log.error("the actor directory was altered by another process and is republished")
            self._publish()

    def _ask_the_kernel(self, now_us: Instant) -> of.Tick:
        """Return the kernel's state of the silent processes, and the time that this process waited for a
        processor.
        """
        found = {pid: self.env.processes.condition(pid) for pid in suspects(self._roster, now_us)}
        ours = self.env.processes.condition(self._process[0]).waited_us
        waited_us = {
            pid: one.waited_us - self._waited_us[pid] for pid, one in found.items() if pid in self._waited_us
        }
        tick = of.Tick(
            stopped=frozenset(pid for pid, one in found.items() if one.stopped),
            waited_us=waited_us,
            we_waited_us=ours - self._we_waited_us,
        )
        self._waited_us = {pid: one.waited_us for pid, one in found.items()}
        self._we_waited_us = ours
        return tick

    def child_exited(self, child: ActorAddress) -> None:
        """Check which actor has ended."""
        self._look_for_deaths()

    def child_connected(self, child: ActorAddress, real: ActorAddress) -> None:
        """Handle the address that a child has reported."""
        for name, created in self._created.items():
            if created is child:
                del self._created[name]
                self._connected(name, real)
                return

    def _connected(self, name: Name, real: ActorAddress) -> None:
        member = self._roster.members.get(name)
        if member is not None:
            self._handle(of.Connected(name=name, pid=member.pid, address=addresses.to_bytes(real)))

    def _look_for_deaths(self) -> None:
        for pid in self._deaths.dead():
            self._handle(of.Died(pid=pid, cause=self.env.processes.cause_of_death(self, pid)))

    def _stop(self) -> None:
        self._handle(of.Stop())

    # ------------------------------------------------------------ effects

    def _handle(self, stimulus: Stimulus) -> None:
        """Decide and carry out; resulting stimuli are decided next, in order."""
        self._queue.append(stimulus)
        if self._deciding:
            return
        self._deciding = True
        try:
            while self._queue:
                decision = decide(self._roster, self._queue.popleft(), self.now_us())
                self._roster = decision.roster
                for effect in decision.effects:
                    self._do(effect)
        finally:
            self._deciding = False
        self._start_or_wait()

    def _do(self, effect: Effect) -> None:
        match effect:
            case of.Publish():
                self._stale = True
            case of.Create(name=name, cls=cls):
                self._create(name, cls)
            case of.Start():
                self._starts.append(effect)
            case of.Adopt(name=name, pid=pid, born=born, address=address):
                if not self._deaths.add(pid, born):
                    self._queue.append(of.Died(pid=pid, cause=""))
                self._say(
                    addresses.from_bytes(address),
                    AdoptActor(supervisor=self._me, incarnation=self.incarnation),
                    to=name_of(*name),
                )
            case of.End(name=name, address=address):
                self._say(addresses.from_bytes(address), StopActor(), to=name_of(*name))
            case of.Kill(name=name, pid=pid, born=born):
                member = self._roster.members.get(name)
                cause = member.cause if member is not None else ""
                self.log.warning("an actor is killed", whom=name_of(*name), pid=pid, cause=cause)
                self.env.processes.kill(pid, born)
            case of.Restarted(name=name, incarnation=incarnation, pid=pid, cause=cause):
                self._restarted(name, incarnation, pid, cause)
            case of.Alarm(name=name, text=text):
                self._alarm(name_of(*name), text)
            case of.Escalate(reason=reason):
                self._running = False
                self.log.error("the whole actor system is restarted", reason=reason)
                self.env.processes.escalate(self)
            case of.Finished():
                self._running = False
                self._write_down(LAST_WORDS_S)
                self.unwatch(self._deaths.fileno())
                self._deaths.close()
                self._leave()

    def _start_or_wait(self) -> None:
        """Publish changes; while many actors are being created, publish once for several of them."""
        if not self._stale or not self._running:
            return
        coming = sum(1 for member in self._roster.members.values() if member.phase is Phase.CREATING)
        if coming <= FEW:
            self._start_them()
        elif not self._together:
            self._together = True
            self.at(Instant(self.now_us() + TOGETHER_US), TOGETHER)

    def _start_them(self) -> None:
        """Publish the directory, then start the created actors."""
        self._together = False
        self.cancel(TOGETHER)
        if self._stale:
            self._stale = False
            self._publish()
        starts, self._starts = self._starts, []
        for start in starts:
            role, key = start.name
            order = StartActor(
                role=role, key=key, incarnation=start.incarnation, node=self.env.node, supervisor=self._me
            )
            self._say(addresses.from_bytes(start.address), order)

    def _create(self, name: Name, cls: str) -> None:
        fault = _fault_of(cls)
        child = None if fault else self.createActor(cls)
        newborn = None if child is None else self.env.processes.newborn(self, child)
        if child is None or newborn is None:
            cause = f"{cls} could not be created: {fault or 'no process'}"
            self._queue.append(of.NotCreated(name=name, cause=cause))
            return
        self._queue.append(of.Created(name=name, pid=newborn.pid, born=newborn.born))
        if not self._deaths.add(newborn.pid, newborn.born):
            cause = self.env.processes.cause_of_death(self, newborn.pid)
            self._queue.append(of.Died(pid=newborn.pid, cause=cause))
        elif newborn.address is None:
            self._created[name] = child
        else:
            address = addresses.to_bytes(newborn.address)
            self._queue.append(of.Connected(name=name, pid=newborn.pid, address=address))

    def _restarted(self, name: Name, incarnation: int, pid: int, cause: str) -> None:
        role, key = name
        self.log.warning(
            "an actor is restarted", whom=name_of(role, key), incarnation=incarnation, pid=pid, cause=cause
        )
        self._note(ActorStarted(role=role, key=key, incarnation=incarnation, pid=pid, cause=cause))

    def _alarm(self, subject: str, text: str) -> None:
        if text:
            self.log.error("an alarm is raised", alarm=ALARM, subject=subject, text=text)
            self._note(AlarmRaised(alarm=ALARM, subject=subject, text=text))
        else:
            self.log.info("an alarm has ended", alarm=ALARM, subject=subject)
            self._note(AlarmCleared(alarm=ALARM, subject=subject))

    # ------------------------------------------------------------ the directory

    def _publish(self) -> None:
        entries = [self._own_entry()]
        if self._admin is not None:
            pid, born = self._admin
            incarnation = self.env.directory.last_incarnation(Role.NODE)
            entries.append(
                Entry(role=Role.ADMIN, key="", address=b"", pid=pid, born=born, incarnation=incarnation)
            )
        entries.extend(_entry(member) for member in self._roster.members.values() if member.phase in LIVING)
        given = {name_of(*name): last for name, last in self._roster.incarnations.items()}
        self.env.directory.publish(entries, given)

    def _own_entry(self) -> Entry:
        pid, born = self._process
        return Entry(
            role=self.role,
            key=self.key,
            address=self._me,
            pid=pid,
            born=born,
            incarnation=self.incarnation,
            since_us=self._since_us,
            restarts=self._restarts,
            ready=True,
        )

    # ------------------------------------------------------------ the node's stream

    def _note(self, event: Event) -> None:
        if len(self._notes) < MAX_NOTES:
            self._notes.append(event)

    def _write_down(self, wait_s: float = 0.0) -> None:
        """Append the notes to the node's stream on a thread; failed notes are kept for the next attempt."""
        if self._writing is not None:
            writer, number = self._writing
            ended = writer.ended(wait_s)
            if ended is None:
                return
            self._writing = None
            if ended:
                del self._notes[:number]
            else:
                self.log.error("the journal cannot be written", notes=len(self._notes))
        if self._notes:
            notes = tuple(self._notes)
            self._writing = self.env.processes.start_work(lambda: _append(self.env, notes)), len(notes)
            if wait_s > 0:
                self._writing[0].ended(wait_s)


def _append(env: Environment, notes: tuple[Event, ...]) -> None:
    try:
        journal = env.open_journal_as(Journal)
        try:
            journal.append(Append(streams.node(env.node), None, notes))
        finally:
            journal.close()
    except JournalError as error:
        raise WorkFailed(str(error)) from error


def _fault_of(cls: str) -> str:
    """Return the reason why the class cannot be loaded; empty if it can. The child inherits the import."""
    module, _, name = cls.rpartition(".")
    try:
        getattr(import_module(module), name)
    except Exception as error:
        # Any exception of an import is recorded as the cause of a death.
        return f"{type(error).__name__}: {error}"
    return ""


def _entry(member: Member) -> Entry:
    role, key = member.name
    return Entry(
        role=role,
        key=key,
        address=member.address,
        pid=member.pid,
        born=member.born,
        incarnation=member.incarnation,
        alert=member.alert,
        since_us=member.since_us,
        restarts=member.restarts,
        ready=member.phase is Phase.READY,
    )
