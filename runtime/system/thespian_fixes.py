"""Faults of thespian 4.0.1, mended in place. Every one has a test that fails without it.

Pinned to exactly this release: `apply` refuses another, because each of these reaches into its inside.
The loop of its datagram transport is replaced in `runtime.system.transport`.
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
"""Where the system's process group is written down, in the run directory."""

Fix = Callable[[], None]


def report_every_dead_child() -> None:
    """When one child's end is handled, `_childExited` looks who else is dead and tells nobody of them."""

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
            # It died before it could say where it is; whoever created it sees its pid.
            with suppress(CannotPickleAddress):
                self.transport.scheduleTransmit(
                    None, TransmitIntent(self.transport.myAddress, ChildActorExited(address))
                )

    setattr(MultiProcReplicator, "_childExited", _childExited)  # noqa: B010


def survive_the_loggers_death() -> None:
    """The admin starts a new logger with `self.logDefs`, never set: the logger's death is its own."""
    setattr(MultiProcAdmin, "logDefs", property(lambda self: self.logdefs))  # noqa: B010


def give_up_soon() -> None:
    """From outside, `createActor` waits 50 s for a dead admin, and `tell` 60 s for a stopped actor."""
    systemBase.MAX_CHILD_ACTOR_CREATE_DELAY = CREATE_WITHIN
    systemBase.MAX_TELL_PERIOD = TELL_WITHIN


def describe_only_what_is_logged() -> None:
    """Every message is turned into text three times for a debug log that is off: a tenth of all its cost."""

    def of_intent(self: TransmitIntent) -> str:
        return f"TransmitIntent({self.targetAddr}, {type(self.message).__name__})"

    def of_envelope(self: ReceiveEnvelope) -> str:
        return f"ReceiveEnvelope({type(self.message).__name__})"

    setattr(TransmitIntent, "identify", lambda self: _Lazily(of_intent, self))  # noqa: B010
    setattr(ReceiveEnvelope, "identify", lambda self: _Lazily(of_envelope, self))  # noqa: B010


class _Lazily:
    """A description that is made when it is printed."""

    __slots__ = ("_describe", "_what")

    def __init__(self, describe: Callable[..., str], what: object) -> None:
        self._describe = describe
        self._what = what

    def __str__(self) -> str:
        return self._describe(self._what)


def tell_the_parent_where_a_child_is() -> None:
    """An actor learns its child's address only when that speaks. Here a ChildConnected tells it."""
    original = MultiProcReplicator.h_EndpointConnected

    def h_EndpointConnected(self: MultiProcReplicator, envelope: ReceiveEnvelope) -> bool:  # noqa: N802
        result = original(self, envelope)
        actor = getattr(self, "actorInst", None)
        if actor is not None:
            instance: int = getattr(envelope.message, "childInstance")  # noqa: B009
            for child in getattr(self, "_child_procs", []):
                if child.childNum == instance:
                    # What it returns is not needed: this changes nothing about what is watched.
                    actor.receiveMessage(ChildConnected(child.childAddr, envelope.sender), envelope.sender)
        return result

    setattr(MultiProcReplicator, "h_EndpointConnected", h_EndpointConnected)  # noqa: B010


def leave_parents_behind() -> None:
    """A forked process keeps every file of its parent, and outlives it even before it knows who it is."""
    start_admin = multiprocCommon.startAdmin
    start_child = multiprocCommon.startChild
    start_logger = multiprocCommon.startupASLogger

    def admin(*args: object) -> None:
        birth.leave_parent_behind()
        env = environment.current()
        birth.output_to(env.logs / OUTPUT_NAME)
        # Not to stderr as well, whatever the starter wanted: that is a file here, which nobody empties.
        logs.configure(env.logs, "actors", level=logs.configured_level())
        # `startAdmin` makes this process the leader of a new session, forks the admin and ends.
        (env.run / GROUP_NAME).write_text(f"{os.getpid()}\n")
        start_admin(*args)

    def child(*args: object) -> None:
        parent = os.getppid()
        birth.leave_parent_behind()
        # Until it knows who it is: see `Processes.named`.
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
    """Mend the library in this process and in all that are forked from it; once, however often it is called.

    `without` names fixes to leave out, for the tests that show what happens then. Raises WrongEnvironment
    for another release of the library.
    """
    found = version("thespian")
    if found != RELEASE:
        raise WrongEnvironment(f"thespian {found} is not the release {RELEASE} that the fixes are made for")
    for fix in FIXES:
        name = cast(str, getattr(fix, "__name__"))  # noqa: B009
        if name not in _applied and name not in without:
            fix()
            _applied.add(name)
