"""Actor system in one process under a virtual clock: for tests, in a deterministic order.

The actors are unchanged, on Thespian's simpleSystemBase. Every actor has an imaginary process that can be
killed (`imaginary_processes`), between two messages or in the middle of one (`die_here`): its memory
vanishes, messages to it are lost, and its watchers are notified. A process can be frozen, as by SIGSTOP:
messages to it wait. Messages can be lost, repeated, delayed and reordered (`Environment.faults`). Descriptors
are watched here too, unlike in the library's single process. Nothing of this runs in a center.
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
"""Number of messages at one instant that counts as an endless loop."""


class Killed(BaseException):
    """Raised to end the handler of an actor killed in the middle of it. No handler may catch it."""


class InProcessSystem(ActorSystem):
    """Thespian actor system with the base below. Several systems can coexist."""

    def __init__(self, env: Environment, clock: VirtualClock) -> None:
        # The library's __init__ keeps one system for the whole process.
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
        """Poller of the watched descriptors; None if outdated."""
        self._running = False
        self._at_work: CenterActor | None = None
        self._frozen: dict[str, list[PendingSend]] = {}
        self.others: list[InProcessBase] = []
        """Systems of other nodes that receive messages of this one: see `beside`."""
        self.after_send: Callable[[CenterActor], bool] | None = None
        """Test hook: return True to kill the actor that has just sent a message."""
        self.buried: Callable[[CenterActor], None] | None = None
        """Test hook, called for every killed actor with its memory intact, to close what a kernel would
        close.
        """
        self.processes = ImaginaryProcesses(self)
        env.processes = self.processes
        super().__init__(system, logDefs=False)

    # ------------------------------------------------------------ messages

    def actor_send(self, fromActor: ActorAddress, toActor: ActorAddress, msg: object) -> None:  # noqa: N803
        """Queue a message, or apply the faults that the test has set. Raises Killed if the sending actor is
        killed here.
        """
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

    def join_systems(self, others: Sequence[InProcessBase], place: int) -> None:
        """Join the systems of several nodes, before there are actors; each system at a place of its own."""
        self.others = list(others)
        # Thespian names the first actor of every system alike, and derives all other names from it.
        self._primaryCount = place * NODES_APART

    def take(self, fromActor: ActorAddress, toActor: ActorAddress, msg: object) -> None:  # noqa: N803
        """Queue a message from another node's system."""
        self._queue.append(PendingSend(fromActor, msg, toActor))

    @property
    def idle(self) -> bool:
        """True if no message is waiting."""
        return not self._queue and not self._pendingSends

    def now_us(self) -> Instant:
        """Return the virtual time, in microseconds UTC."""
        return self._clock.now_us()

    @property
    def at_work(self) -> CenterActor | None:
        """Actor with a running handler; None if there is none."""
        return self._at_work

    def die_here(self) -> None:
        """Kill the actor whose handler is running, within that handler (raises Killed); no effect if none is
        running.
        """
        if self._at_work is not None:
            raise Killed

    def receive(self, actor: CenterActor, msg: object, sender: ActorAddress) -> None:
        """Run the actor's handler of a message, and keep the returned watch."""
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
        """Freeze the actor, as by SIGSTOP: its messages wait."""
        name = address.actorAddressString
        self._frozen.setdefault(name, [])
        self._watch(name)

    def thaw(self, address: ActorAddress) -> None:
        """Resume a frozen actor, as by SIGCONT, with the messages that waited; no effect otherwise."""
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
        """Send a message from outside, handled when the system runs."""
        self.actor_send(ActorAddress("System:ExternalRequester"), anActor, msg)

    def wakeupAfter(  # noqa: N802
        self,
        fromActor: ActorAddress,  # noqa: N803
        timePeriod: timedelta | float,  # noqa: N803
        payload: object,
    ) -> None:
        """Schedule a wakeup by the virtual clock, in order."""
        period = timePeriod if isinstance(timePeriod, timedelta) else timedelta(seconds=timePeriod)
        message = WakeupMessage(period, payload)
        when_us = self._clock.now_us() + period // timedelta(microseconds=1)
        self._clock.call_at(when_us, lambda: self._queue.append(PendingSend(fromActor, message, fromActor)))

    def _realizeWakeups(self) -> None:  # noqa: N802
        pass

    def _runSends(self, timeout: object = None, stop_on_available: object = False) -> None:  # noqa: N802
        self.run()

    def run(self) -> None:
        """Deliver all messages, timers and descriptors that are due at this instant, in order. Raises
        RunError if the actors send messages without end.
        """
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
                # The library queues its own messages in a separate list.
                if self._pendingSends:
                    self._queue.extend(self._pendingSends)
                    self._pendingSends.clear()
                elif not self._poll():
                    return
        finally:
            self._running = False

    def _watch(self, name: str, *fds: int) -> None:
        """Set the descriptors watched for this actor."""
        if fds != self._watched.get(name, ()):
            self._watched[name] = fds
            self._poller = None

    def _poll(self) -> bool:
        """Queue a message for each actor with a readable descriptor. Return False if there is none."""
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
            # Replaces the library's call, which drops the returned watch.
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
        """Return the living actor at this address; None if there is none."""
        actor = self._instance(address)
        return actor if isinstance(actor, CenterActor) else None

    def vanish(self, address: ActorAddress) -> None:
        """Remove a killed actor as the kernel would: its memory and its messages are lost."""
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
