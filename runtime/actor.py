"""Base class of every actor of the center.

The base class converts bytes to messages and back, drops messages of dead incarnations, runs one tick and any
number of timers over one wakeup, renews watches, and sends heartbeats. No exception leaves a handler, since
Thespian would run the handler again. After an unexpected exception the state in memory is unreliable, so the
actor ends; the Supervisor starts a new one, and starting is recovering.

An actor must not block, must not depend on its transport, and must keep no state outside the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from contextlib import ExitStack, suppress
from datetime import timedelta
from heapq import heappop, heappush
from typing import ClassVar, Final, Protocol, TypeVar

from thespian.actors import (
    Actor,
    ActorAddress,
    ActorExitRequest,
    ActorSystemMessage,
    ChildActorExited,
    ThespianWatch,
    WakeupMessage,
    WatchMessage,
)

from messages import supervision
from messages.envelope import Body, DecodeError, Envelope, decode, encode
from messages.ids import SECOND, AlertId, Instant, NodeId, Role
from runtime import addresses, environment, logs
from runtime.environment import Environment
from runtime.processes import CRASHED, ChildConnected
from runtime.published.directory import Entry, name_of
from runtime.timers import Timers

TICK_US: Final = SECOND
MAX_EARLY: Final = 1000
"""Most messages kept for an actor that has not received its role and key."""

BUSY_SAID_WITHIN_US: Final = SECOND // 5
"""Delay before a change of the alert is reported, in microseconds: an actor becomes busy at the most urgent
moment, and the report is only for display.
"""

_TICK: Final = object()
_BUSY: Final = object()


class Closable(Protocol):
    """Resource that can be closed."""

    def close(self) -> None:
        """Close the resource."""


Kept = TypeVar("Kept", bound=Closable)


class CenterActor(Actor):
    """Actor of the center. A subclass sets `role` and overrides the hooks `started`, `receive`, `tick`,
    `timer`, `stopping` and `child_exited`.
    """

    role: ClassVar[Role]

    def __init__(self) -> None:
        super().__init__()
        self.key = ""
        self.incarnation = 0
        self.env: Environment
        self.log = logs.get("actor")
        self.alert: AlertId | None = None
        """Alert in hand; see `set_alert`."""
        self._running = False
        self._over = False
        self._pid = 0
        self._supervisor: ActorAddress | None = None
        self._supervisor_incarnation = 0
        self._said = 0
        self._name = ""
        self._whom = ""
        self._newest: dict[tuple[NodeId, Role, str], int] = {}
        self._early: list[tuple[bytes, ActorAddress]] = []
        self._timers = Timers()
        self._wakeups: list[Instant] = []
        """Heap of the times of outstanding wakeups."""
        self._watches: dict[int, Callable[[], None]] = {}
        self._pace_us = TICK_US
        self._kept = ExitStack()

    # ------------------------------------------------------------ hooks

    def started(self) -> None:
        """Start work: read the journal, open ports, determine the present state. Role and key are set."""

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Handle a message with `match envelope.body:`, and pass unknown messages to this base."""
        self.log.warning("a message of an unknown kind is dropped", kind=type(envelope.body).__name__)

    def tick(self, now_us: Instant) -> None:
        """Poll and publish again; runs once in `pace_us`."""

    def pace_us(self) -> int:
        """Return the interval of ticks and heartbeats in microseconds: a second, or more while the actor has
        nothing to do. Read after every message, so that an actor with something to do ticks within a second.
        """
        return TICK_US

    def timer(self, timer: Hashable, now_us: Instant) -> None:
        """Handle a timer set by `at`."""

    def stopping(self) -> None:
        """End in order: close everything not registered by `keep`; leave calls up."""

    def child_exited(self, child: ActorAddress) -> None:
        """Handle the end of a child as reported by Thespian; a report may be late, lost or about a reused
        address.
        """

    def child_connected(self, child: ActorAddress, real: ActorAddress) -> None:
        """Handle the address of a created child; `child` is the result of `createActor`."""

    # ------------------------------------------------------------ services for an actor

    def now_us(self) -> Instant:
        """Return the time, in microseconds since 1970 UTC."""
        return self.env.clock.now_us()

    def tell(self, role: Role, key: str, body: Body, alert: AlertId | None = None) -> bool:
        """Send a message to the actor of this role and key on this node. Return False if no such actor is
        known.

        True does not mean that the message arrives. Important messages are repeated until their effect shows.
        """
        return self._tell_entry(self.env.directory.find(role, key), body, alert)

    def tell_line(self, role: Role, key: str, body: Body, alert: AlertId | None = None) -> bool:
        """Send a message to the actor that carries a line's calls, on any node. Return False if none is
        known.
        """
        return self.tell(role, key, body, alert) or self._tell_entry(
            self.env.peers.find(role, key), body, alert
        )

    def tell_node(self, node: NodeId, role: Role, key: str, body: Body, alert: AlertId | None = None) -> bool:
        """Send a message to an actor of a certain node. Return False if no such actor is known."""
        if node == self.env.node:
            return self.tell(role, key, body, alert)
        return self._tell_entry(self.env.peers.find(role, key, node), body, alert)

    def _tell_entry(self, entry: Entry | None, body: Body, alert: AlertId | None) -> bool:
        if entry is None or not entry.address:
            return False
        address = addresses.from_bytes(entry.address)
        self._say(address, body, alert, to=name_of(entry.role, entry.key))
        return True

    def answer(self, sender: ActorAddress, body: Body, alert: AlertId | None = None) -> None:
        """Send a message to the sender of a received message."""
        self._say(sender, body, alert)

    def at(self, when_us: Instant, timer: Hashable) -> None:
        """Call the hook `timer` with this name at that time. A name that is already set is moved."""
        self._timers.set(timer, when_us)
        self._arm()

    def cancel(self, timer: Hashable) -> None:
        """Cancel the timer; no effect if it is not set."""
        self._timers.cancel(timer)

    def watch(self, fd: int, callback: Callable[[], None]) -> None:
        """Call `callback` whenever `fd` is readable, until `unwatch`. Unread data triggers another call."""
        self._watches[fd] = callback

    def unwatch(self, fd: int) -> None:
        """Stop watching the descriptor; required before the descriptor is closed."""
        self._watches.pop(fd, None)

    @property
    def watches(self) -> Collection[int]:
        """Watched descriptors."""
        return self._watches.keys()

    def run_no_sooner(self, when_us: Instant, fd: int, look: Callable[[], None]) -> None:
        """Call `look` now; before `when_us`, stop watching `fd` and call the hook `timer` then."""
        if self.now_us() >= when_us:
            look()
        else:
            # The descriptor stays readable; while watched it would wake this actor over and over.
            self.unwatch(fd)
            self.at(when_us, fd)

    def close_at_end(self, opened: Kept) -> Kept:
        """Register a resource to be closed when the actor ends in order, last opened first; return the
        resource.
        """
        self._kept.callback(opened.close)
        return opened

    def set_alert(self, alert: AlertId | None) -> None:
        """Set the alert in hand, for the heartbeats and, shortly after, the directory."""
        if alert != self.alert:
            self.alert = alert
            self.at(Instant(self.now_us() + BUSY_SAID_WITHIN_US), _BUSY)

    # ------------------------------------------------------------ Thespian's side

    def receiveMessage(  # noqa: N802 - the name is Thespian's
        self, msg: object, sender: ActorAddress
    ) -> ThespianWatch | None:
        """Receive a message from Thespian; return the descriptors to watch, if any. No exception leaves this
        method.
        """
        if self._over:
            return None
        try:
            self._dispatch(msg, sender)
            if self._running and self._pace_us > TICK_US:
                self._quicken()
        except Exception:
            self._crash(msg)
            return None
        # A watch lasts only until the next message, so it is renewed at every message.
        return ThespianWatch(list(self._watches)) if self._watches else None

    def _dispatch(self, msg: object, sender: ActorAddress) -> None:
        match msg:
            case bytes():
                self._take(msg, sender)
            case WakeupMessage():
                self._wake()
            case WatchMessage():
                for fd in msg.ready:
                    callback = self._watches.get(fd)
                    if callback is not None:
                        callback()
            case ChildConnected():
                self.child_connected(msg.child, msg.real)
            case ChildActorExited():
                self.child_exited(msg.childAddress)
            case ActorExitRequest():
                if self._running:
                    self._close()
            case ActorSystemMessage():
                pass
            case _:
                self.log.warning(
                    "a message that is not bytes is dropped", kind=type(msg).__name__, sender=str(sender)
                )

    def _take(self, data: bytes, sender: ActorAddress) -> None:
        try:
            envelope = decode(data)
        except DecodeError as error:
            self.log.error(
                "a message that cannot be decoded is dropped",
                reason=error.reason,
                path=error.path,
                sender=str(sender),
            )
            return
        body = envelope.body
        if not self._running:
            if isinstance(body, supervision.StartActor):
                self._start(body, envelope, sender)
            elif len(self._early) < MAX_EARLY:
                self._early.append((data, sender))
            return
        if envelope.to and envelope.to != self._whom:
            self.log.info("message dropped: its receiver has ended", message=envelope.id, meant=envelope.to)
            return
        who = (envelope.node, envelope.role, envelope.key)
        newest = self._newest.get(who, 0)
        if envelope.incarnation < newest:
            self.log.info("message dropped: its sender has been replaced", message=envelope.id, newest=newest)
            return
        self._newest[who] = envelope.incarnation
        match body:
            case supervision.StartActor():
                return
            case supervision.AdoptActor(supervisor=supervisor, incarnation=incarnation):
                self._adopted(supervisor, incarnation)
            case supervision.StopActor():
                self._stop()
            case _:
                self.receive(envelope, sender)

    # ------------------------------------------------------------ start and end

    def _start(self, order: supervision.StartActor, envelope: Envelope, sender: ActorAddress) -> None:
        if order.role is not self.role:
            raise ValueError(f"started as {order.role}, which {type(self).__name__} is not")
        if not hasattr(self, "env"):
            self.env = environment.current()
        self.key = order.key
        self.incarnation = order.incarnation
        self._whom = name_of(order.role, order.key)
        self._name = f"{order.node}/{order.role}/{order.key}/{order.incarnation}"
        self._newest[(envelope.node, envelope.role, envelope.key)] = envelope.incarnation
        self._pid, _ = self.env.processes.identity(self)
        self.log = logs.get("actor", role=str(order.role), key=order.key, incarnation=order.incarnation)
        self.env.processes.named(self, f"{order.role} {order.key}".rstrip())
        if order.supervisor:
            self._supervisor = addresses.from_bytes(order.supervisor)
            self._supervisor_incarnation = envelope.incarnation
        self._running = True
        self.started()
        self._say(sender, supervision.ActorReady(pid=self._pid))
        self._timers.set(_TICK, Instant(self.now_us() + TICK_US))
        self._arm()
        early, self._early = self._early, []
        for data, sender in early:
            if self._running:
                self._take(data, sender)

    def _adopted(self, supervisor: bytes, incarnation: int) -> None:
        if incarnation >= self._supervisor_incarnation:
            self._supervisor = addresses.from_bytes(supervisor)
            self._supervisor_incarnation = incarnation
            self._beat()

    def _stop(self) -> None:
        """End after an order; only the Supervisor overrides this."""
        self._close()
        self._leave()

    def _close(self) -> None:
        self._running = False
        self.stopping()
        self._watches.clear()
        self._kept.close()

    def _leave(self) -> None:
        """End in order, once all sent messages are on their way."""
        self.send(self.myAddress, ActorExitRequest(recursive=False))

    def _crash(self, msg: object) -> None:
        """Log the exception and end: the state in memory is no longer reliable."""
        self._over = True
        env = self.env if hasattr(self, "env") else environment.current()
        # An exception raised here would make Thespian run the handler again.
        with suppress(Exception):
            self._report(msg)
        env.processes.end(self, CRASHED)

    def _report(self, msg: object) -> None:
        context: dict[str, object] = {"kind": type(msg).__name__}
        if isinstance(msg, bytes):
            try:
                envelope = decode(msg)
            except DecodeError:
                context["bytes"] = len(msg)
            else:
                # The body is not logged: it may hold numbers and names.
                context.update(
                    kind=type(envelope.body).__name__,
                    message=envelope.id,
                    said_by=f"{envelope.role}/{envelope.key}",
                    alert=envelope.alert,
                )
        self.log.exception("the actor crashes", **context)

    def _wake(self) -> None:
        if self._wakeups:
            heappop(self._wakeups)
        while self._running:
            name = self._timers.pop_due(self.now_us())
            if name is None:
                break
            now_us = self.now_us()
            if name is _BUSY:
                self._beat()
            elif name is _TICK:
                # From now, not from the due time: missed ticks are not made up for.
                self._pace_us = self.pace_us()
                self._timers.set(_TICK, Instant(now_us + self._pace_us))
                self._beat()
                self.tick(now_us)
            else:
                self.timer(name, now_us)
        self._arm()

    def _quicken(self) -> None:
        """Tick within a second, if the actor has something to do since the last, slow tick."""
        if self.pace_us() <= TICK_US:
            self._pace_us = TICK_US
            soon_us = Instant(self.now_us() + TICK_US)
            self._timers.set(_TICK, min(soon_us, self._timers.when(_TICK) or soon_us))
            self._arm()

    def _arm(self) -> None:
        """Schedule a wakeup for the earliest timer.

        Thespian cannot cancel a wakeup. Outstanding wakeups are recorded so that none is scheduled twice: a
        surplus wakeup would schedule the next, and so on without end.
        """
        next_us = self._timers.next_us()
        if next_us is None or not self._running:
            return
        if not self._wakeups or next_us < self._wakeups[0]:
            heappush(self._wakeups, next_us)
            self.wakeupAfter(timedelta(microseconds=max(0, next_us - self.now_us())))

    # ------------------------------------------------------------ sending

    def _say(self, address: ActorAddress, body: Body, alert: AlertId | None = None, *, to: str = "") -> None:
        self._said += 1
        self.send(
            address,
            encode(
                Envelope(
                    id=f"{self._name}/{self._said}",
                    role=self.role,
                    key=self.key,
                    incarnation=self.incarnation,
                    at_us=self.now_us(),
                    body=body,
                    alert=alert,
                    node=self.env.node,
                    to=to,
                )
            ),
        )

    def _to_supervisor(self, body: Body) -> None:
        if self._supervisor is not None:
            self._say(self._supervisor, body, self.alert)

    def _beat(self) -> None:
        self._to_supervisor(supervision.Heartbeat(pid=self._pid, alert=self.alert, pace_us=self._pace_us))
