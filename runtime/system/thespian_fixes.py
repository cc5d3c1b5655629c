"""Corrections of faults in thespian 4.0.1, applied at run time. Each has a test that fails without it.

`apply` refuses any other release, because each correction changes internals. The loop of the datagram
transport is replaced in `runtime.system.transport`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from importlib.metadata import version
from typing import Final, cast

from thespian.actors import ActorAddress, ChildActorExited
from thespian.system import multiprocCommon, systemBase
from thespian.system.addressManager import CannotPickleAddress
from thespian.system.multiprocCommon import ChildInfo, MultiProcAdmin, MultiProcReplicator
from thespian.system.transport import ReceiveEnvelope, TransmitIntent

from runtime import environment, logs
from runtime.errors import WrongEnvironment
from runtime.processes import ChildConnected
from runtime.system import birth

RELEASE: Final = "4.0.1"
CREATE_WITHIN: Final = timedelta(seconds=5)
TELL_WITHIN: Final = timedelta(seconds=2)
OUTPUT_NAME: Final = "actors.out"
GROUP_NAME: Final = "actors.group"
"""Name of a file in the run directory with the system's process group."""

Fix = Callable[[], None]


def report_every_dead_child() -> None:
    """Report every dead child: `_childExited` finds further dead children and reports none of them."""

    def _childExited(self: MultiProcReplicator, childAddr: ActorAddress) -> None:  # noqa: N802, N803
        living: list[ChildInfo] = []
        dead: list[ChildInfo] = []
        for child in getattr(self, "_child_procs", []):
            (living if self._checkChildLiveness(child) else dead).append(child)
        self._child_procs = living
        for child in dead:
            address = getattr(child, "childRealAddr", child.childAddr)
            if address == childAddr:
                continue
            # The child died before it reported its address; its creator knows its pid.
            with suppress(CannotPickleAddress):
                self.transport.scheduleTransmit(
                    None, TransmitIntent(self.transport.myAddress, ChildActorExited(address))
                )

    setattr(MultiProcReplicator, "_childExited", _childExited)  # noqa: B010


def survive_the_loggers_death() -> None:
    """Keep the admin alive when its logger dies: it starts a new logger with `self.logDefs`, which is never
    set.
    """
    setattr(MultiProcAdmin, "logDefs", property(lambda self: self.logdefs))  # noqa: B010


def give_up_soon() -> None:
    """Shorten the waits from outside: 50 s of `createActor` for a dead admin, 60 s of `tell` for a stopped
    actor.
    """
    systemBase.MAX_CHILD_ACTOR_CREATE_DELAY = CREATE_WITHIN
    systemBase.MAX_TELL_PERIOD = TELL_WITHIN


def describe_only_what_is_logged() -> None:
    """Format messages only for logs: each is formatted three times for a disabled debug log, a tenth of its
    cost.
    """

    def of_intent(self: TransmitIntent) -> str:
        return f"TransmitIntent({self.targetAddr}, {type(self.message).__name__})"

    def of_envelope(self: ReceiveEnvelope) -> str:
        return f"ReceiveEnvelope({type(self.message).__name__})"

    setattr(TransmitIntent, "identify", lambda self: _Lazily(of_intent, self))  # noqa: B010
    setattr(ReceiveEnvelope, "identify", lambda self: _Lazily(of_envelope, self))  # noqa: B010


class _Lazily:
    """Description that is made when printed."""

    __slots__ = ("_describe", "_what")

    def __init__(self, describe: Callable[..., str], what: object) -> None:
        self._describe = describe
        self._what = what

    def __str__(self) -> str:
        return self._describe(self._what)


def tell_the_parent_where_a_child_is() -> None:
    """Notify the parent of a child's address by ChildConnected; otherwise it learns it from the child's first
    message.
    """
    original = MultiProcReplicator.h_EndpointConnected

    def h_EndpointConnected(self: MultiProcReplicator, envelope: ReceiveEnvelope) -> bool:  # noqa: N802
        result = original(self, envelope)
        actor = getattr(self, "actorInst", None)
        if actor is not None:
            instance: int = getattr(envelope.message, "childInstance")  # noqa: B009
            for child in getattr(self, "_child_procs", []):
                if child.childNum == instance:
                    # The result is not needed: the handler changes no watch.
                    actor.receiveMessage(ChildConnected(child.childAddr, envelope.sender), envelope.sender)
        return result

    setattr(MultiProcReplicator, "h_EndpointConnected", h_EndpointConnected)  # noqa: B010


def leave_parents_behind() -> None:
    """Drop inherited files in a forked process, and end with the parent until the role is known."""
    start_admin = multiprocCommon.startAdmin
    start_child = multiprocCommon.startChild
    start_logger = multiprocCommon.startupASLogger

    def admin(*args: object) -> None:
        birth.leave_parent_behind()
        env = environment.current()
        birth.output_to(env.logs / OUTPUT_NAME)
        # Not to stderr too: that is a file here, which is never rotated.
        logs.configure(env.logs, "actors", level=logs.configured_level())
        # `startAdmin` makes this process the leader of a new session, forks the admin and ends.
        (env.run / GROUP_NAME).write_text(f"{os.getpid()}\n")
        start_admin(*args)

    def child(*args: object) -> None:
        parent = os.getppid()
        birth.leave_parent_behind()
        # Until the role is known: see `Processes.named`.
        birth.die_with(parent)
        start_child(*args)

    def logger(*args: object) -> None:
        parent = os.getppid()
        birth.leave_parent_behind()
        birth.die_with(parent)
        birth.say_logger(environment.current().run)
        start_logger(*args)

    multiprocCommon.startAdmin = admin
    multiprocCommon.startChild = child
    multiprocCommon.startupASLogger = logger


FIXES: Final[tuple[Fix, ...]] = (
    report_every_dead_child,
    survive_the_loggers_death,
    give_up_soon,
    describe_only_what_is_logged,
    tell_the_parent_where_a_child_is,
    leave_parents_behind,
)

_applied: set[str] = set()


def apply(*, without: frozenset[str] = frozenset()) -> None:
    """Apply the corrections to this process and its forks; only once, however often called.

    `without` names corrections to leave out, for tests of the faults. Raises WrongEnvironment for another
    release of the library.
    """
    found = version("thespian")
    if found != RELEASE:
        raise WrongEnvironment(f"thespian {found} is not the release {RELEASE} that the fixes are made for")
    for fix in FIXES:
        name = cast(str, getattr(fix, "__name__"))  # noqa: B009
        if name not in _applied and name not in without:
            fix()
            _applied.add(name)
