"""The whole actor system in one process, under a virtual clock: for tests, in a fixed order.

The actors are the same, on Thespian's simpleSystemBase. Every one has an imaginary process that can be killed
(`imaginary_processes`): its memory vanishes, what is told to it is lost, and whoever watches its death is
told; between two messages or in the middle of one (`die_here`). It can be frozen, as by SIGSTOP: what is told
to it waits. Messages can be lost, repeated, delayed and reordered (`Environment.faults`). Descriptors are
watched here too, which the library does not do in one process. Nothing of this runs in a center.
"""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from thespian.actors import Actor, ActorAddress, ActorSystem, ThespianWatch, WakeupMessage, WatchMessage
from thespian.system.simpleSystemBase import ActorRef, ActorSystemBase, PendingSend

from messages.envelope import DecodeError, decode
from messages.ids import SECOND, Instant
from runtime.actor import CenterActor
from runtime.clock import VirtualClock
from runtime.environment import Environment
from runtime.errors import RunError
from runtime.system.imaginary_processes import ImaginaryProcesses

NODES_APART: Final = 1000
MAX_AT_ONCE: Final = 200_000
"""So many messages without the clock moving are an endless loop."""


class Killed(BaseException):
    """Ends the handler of an actor whose process is killed in the middle of it. No handler may catch it."""


class InProcessSystem(ActorSystem):
    """A Thespian actor system with the base below. Several can stand side by side."""

    def __init__(self, env: Environment, clock: VirtualClock) -> None:
        # Not the library's own __init__, which keeps one system for the whole process.
        self.systemAddress = ActorAddress("/ActorSys")
        self.capabilities = {}
        self._isTransientUnique = True
        self.base = InProcessBase(self, env, clock)
        self._systemBase = self.base


class InProcessBase(ActorSystemBase):
    """simpleSystemBase with a virtual clock, watches, faults and imaginary processes."""

    def __init__(self, system: ActorSystem, env: Environment, clock: VirtualClock) -> None:
        self._env = env
        self._clock = clock
        self._queue: deque[PendingSend] = deque()
        self._watched: dict[str, tuple[int, ...]] = {}
        self._poller: select.poll | None = None
        """Of what is watched; none: it is to be made anew."""
        self._running = False
        self._at_work: CenterActor | None = None
        self._frozen: dict[str, list[PendingSend]] = {}
        self.others: list[InProcessBase] = []
        """Of other nodes, to whose actors this one's can speak: see `beside`."""
        self.after_send: Callable[[CenterActor], bool] | None = None
        """Whether the actor that has just sent something is killed there and then, for tests."""
        self.buried: Callable[[CenterActor], None] | None = None
        """Told of every killed actor while its memory is still there: a test closes what a kernel would."""
        self.processes = ImaginaryProcesses(self)
        env.processes = self.processes
        super().__init__(system, logDefs=False)

    # ------------------------------------------------------------ messages

    def actor_send(self, fromActor: ActorAddress, toActor: ActorAddress, msg: object) -> None:  # noqa: N803
        """Queue a message, or do to it what the test wants."""
        self._queue_or_fault(fromActor, toActor, msg)
        if self.after_send is not None and self._at_work is not None and self.after_send(self._at_work):
            raise Killed

    def _queue_or_fault(self, fromActor: ActorAddress, toActor: ActorAddress, msg: object) -> None:  # noqa: N803
        if toActor.actorAddressString not in self.actorRegistry:
            for other in self.others:
                if toActor.actorAddressString in other.actorRegistry:
                    other.take(fromActor, toActor, msg)
                    return
        faults = self._env.faults
        if faults is None or not isinstance(msg, bytes):
            self._queue.append(PendingSend(fromActor, msg, toActor))
            return
        try:
            envelope = decode(msg)
        except DecodeError:
            self._queue.append(PendingSend(fromActor, msg, toActor))
            return
        receiver = self._instance(toActor)
        role = getattr(receiver, "role", None)
        key = receiver.key if isinstance(receiver, CenterActor) else ""
        for delay_s in faults(envelope, role, key):
            self._later(delay_s, PendingSend(fromActor, msg, toActor))

    def beside(self, others: Sequence[InProcessBase], place: int) -> None:
        """Be one of several nodes' systems, before there are actors; no two of them at the same place."""
        self.others = list(others)
        # Thespian names the first actor of every system alike, and all others after it.
        self._primaryCount = place * NODES_APART

    def take(self, fromActor: ActorAddress, toActor: ActorAddress, msg: object) -> None:  # noqa: N803
        """A message from another node's system."""
        self._queue.append(PendingSend(fromActor, msg, toActor))

    @property
    def idle(self) -> bool:
        """Whether there is nothing to be handled now, as far as messages tell."""
        return not self._queue and not self._pendingSends

    def now_us(self) -> Instant:
        """The virtual time, microseconds UTC."""
        return self._clock.now_us()

    @property
    def at_work(self) -> CenterActor | None:
        """Whose handler is running."""
        return self._at_work

    def die_here(self) -> None:
        """Kill the process that is at work, in the middle of what it does. Nothing where none is."""
        if self._at_work is not None:
            raise Killed

    def receive(self, actor: CenterActor, msg: object, sender: ActorAddress) -> None:
        """Have the actor handle a message, and keep the watch that it returns."""
        name = actor.myAddress.actorAddressString
        before, self._at_work = self._at_work, actor
        try:
            watch = actor.receiveMessage(msg, sender)
        except Killed:
            pid, born = self.processes.identity(actor)
            self.processes.kill(pid, born)
            return
        finally:
            self._at_work = before
        self._watch(name, *(watch.filenos if isinstance(watch, ThespianWatch) else ()))

    def _runSingleSend(self, ps: PendingSend) -> None:  # noqa: N802
        waiting = self._frozen.get(ps.toActor.actorAddressString)
        if waiting is None:
            super()._runSingleSend(ps)
        elif not isinstance(ps.msg, WatchMessage):
            waiting.append(ps)

    def freeze(self, address: ActorAddress) -> None:
        """As SIGSTOP: it does nothing more, and what is told to it waits."""
        name = address.actorAddressString
        self._frozen.setdefault(name, [])
        self._watch(name)

    def thaw(self, address: ActorAddress) -> None:
        """As SIGCONT: it goes on with what has waited. Nothing where it was not frozen or has died since."""
        name = address.actorAddressString
        waiting = self._frozen.pop(name, None)
        actor = self.actor_at(address)
        if waiting is None or actor is None:
            return
        self._queue.extend(waiting)
        self._watch(name, *actor.watches)

    def _later(self, delay_s: float, pending: PendingSend) -> None:
        if delay_s <= 0:
            self._queue.append(pending)
        else:
            self._clock.call_at(
                self._clock.now_us() + int(delay_s * SECOND), lambda: self._queue.append(pending)
            )

    def tell(self, anActor: ActorAddress, msg: object) -> None:  # noqa: N803
        """From outside: as said by an actor. Handled when the system runs."""
        self.actor_send(ActorAddress("System:ExternalRequester"), anActor, msg)

    def wakeupAfter(  # noqa: N802
        self,
        fromActor: ActorAddress,  # noqa: N803
        timePeriod: timedelta | float,  # noqa: N803
        payload: object,
    ) -> None:
        """By the virtual clock, and in order."""
        period = timePeriod if isinstance(timePeriod, timedelta) else timedelta(seconds=timePeriod)
        message = WakeupMessage(period, payload)
        when_us = self._clock.now_us() + period // timedelta(microseconds=1)
        self._clock.call_at(when_us, lambda: self._queue.append(PendingSend(fromActor, message, fromActor)))

    def _realizeWakeups(self) -> None:  # noqa: N802
        pass

    def _runSends(self, timeout: object = None, stop_on_available: object = False) -> None:  # noqa: N802
        self.run()

    def run(self) -> None:
        """Handle everything that is to be handled at this instant, in order."""
        if self._running:
            return
        self._running = True
        try:
            handled = 0
            while True:
                while self._queue:
                    handled += 1
                    if handled > MAX_AT_ONCE:
                        raise RunError("the actors talk without end and without time passing")
                    self._runSingleSend(self._queue.popleft())
                # What the library itself wants to say goes into its own list.
                if self._pendingSends:
                    self._queue.extend(self._pendingSends)
                    self._pendingSends.clear()
                elif not self._poll():
                    return
        finally:
            self._running = False

    def _watch(self, name: str, *fds: int) -> None:
        """Tell this actor when one of these descriptors can be read, in place of those before."""
        if fds != self._watched.get(name, ()):
            self._watched[name] = fds
            self._poller = None

    def _poll(self) -> bool:
        """Tell of descriptors that can be read; False where there are none."""
        if self._poller is None:
            self._poller = select.poll()
            for fds in self._watched.values():
                for fd in fds:
                    self._poller.register(fd, select.POLLIN)
        ready = {fd for fd, _ in self._poller.poll(0)}
        if not ready:
            return False
        for name, fds in list(self._watched.items()):
            mine = [fd for fd in fds if fd in ready]
            if mine:
                address = ActorAddress(name)
                self._queue.append(PendingSend(address, WatchMessage(mine), address))
        return True

    # ------------------------------------------------------------ actors

    def _newRefAndActor(  # noqa: N802
        self,
        actorSystem: ActorSystem,  # noqa: N803
        parentAddr: ActorAddress,  # noqa: N803
        actorAddr: ActorAddress,  # noqa: N803
        actorClass: type[Actor] | str,  # noqa: N803
        sourceHash: str | None = None,  # noqa: N803
        targetActorRequirements: object = None,  # noqa: N803
        isTopLevel: bool = False,  # noqa: N803
    ) -> ActorRef:
        ref = super()._newRefAndActor(
            actorSystem, parentAddr, actorAddr, actorClass, sourceHash, targetActorRequirements, isTopLevel
        )
        actor = ref.instance
        if isinstance(actor, CenterActor):
            actor.env = self._env
            self.processes.born(actorAddr, actor)
            # Stands in for what the library would call, which throws the watch away.
            receive = partial(self.receive, actor)
            setattr(actor, "_receive", receive)  # noqa: B010 - the library's own attribute, unknown to types
        return ref

    def _killActor(self, tgt: ActorRef, ps: PendingSend) -> None:  # noqa: N802
        super()._killActor(tgt, ps)
        self._watch(tgt.address.actorAddressString)
        self.processes.left(tgt.address)

    def _instance(self, address: ActorAddress) -> Actor | None:
        ref = self.actorRegistry.get(address.actorAddressString)
        return None if ref is None else ref.instance

    def actor_at(self, address: ActorAddress) -> CenterActor | None:
        """The living actor of this address."""
        actor = self._instance(address)
        return actor if isinstance(actor, CenterActor) else None

    def vanish(self, address: ActorAddress) -> None:
        """What the kernel does to a killed process: its memory is gone, and what is told to it is lost."""
        name = address.actorAddressString
        ref = self.actorRegistry.get(name)
        self._watch(name)
        self._frozen.pop(name, None)
        if ref is None or ref.instance is None:
            return
        actor, ref.instance = ref.instance, None
        if self.buried is not None and isinstance(actor, CenterActor):
            self.buried(actor)
        for attribute in [each for each in vars(actor) if each not in ("_myRef", "_receive")]:
            delattr(actor, attribute)
        setattr(actor, "_over", True)  # noqa: B010
