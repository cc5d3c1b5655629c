"""Thespian as it is, and as we mend it: one of its faults each, shown in a process of its own.

    python -m tests.runtime.library FAULT with|without STATE

prints one word for what was seen. `test_thespian_fixes` runs every one both ways.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from thespian.actors import (
    Actor,
    ActorAddress,
    ActorSystem,
    ActorSystemException,
    ChildActorExited,
    ThespianWatch,
)
from thespian.system.transport import TransmitIntent

from runtime import environment, pidfd
from runtime.clock import SystemClock
from runtime.processes import ChildConnected
from runtime.published.directory import MemoryDirectory
from runtime.system import thespian_fixes
from tests.support.ports import free_port
from tests.support.there import is_a
from tests.waiting import comes_true

STEP_S = 3.0
"""Longer than anything that is mended takes, and shorter than what the library takes."""


class Child(Actor):
    """Says its pid."""

    def receiveMessage(self, msg: object, sender: ActorAddress) -> ThespianWatch | None:  # noqa: N802
        if isinstance(msg, str):
            self.send(sender, os.getpid())
        return None


class Parent(Actor):
    """Has two children, and kills the second when it hears of the first one's end."""

    def receiveMessage(self, msg: object, sender: ActorAddress) -> ThespianWatch | None:  # noqa: N802
        match msg:
            case "begin":
                self.pids: list[int] = []
                self.ended = 0
                self.connected = 0
                for _ in range(2):
                    self.send(self.createActor(Child), "pid?")
            case int():
                self.pids.append(msg)
                if len(self.pids) == 2:
                    os.kill(self.pids[0], signal.SIGKILL)
            case ChildActorExited():
                self.ended += 1
                if self.ended == 1:
                    os.kill(self.pids[1], signal.SIGKILL)
                    # Seen dead while the first one's end is handled: not taken off the kernel's list here.
                    os.waitid(os.P_PID, self.pids[1], os.WEXITED | os.WNOWAIT)
            case ChildConnected():
                self.connected += 1
            case "how many?":
                self.send(sender, (self.ended, self.connected))
            case _:
                pass
        return None


def system() -> ActorSystem:
    """The library's own system."""
    return ActorSystem(
        "multiprocUDPBase", {"Admin Port": free_port()}, logDefs={"version": 1}, transientUnique=True
    )


def ask(asked: ActorSystem, actor: ActorAddress, question: object) -> object:
    """One question and its answer."""
    return asked.ask(actor, question, STEP_S)


def _answers(asked: ActorSystem, parent: ActorAddress) -> tuple[int, int]:
    return is_a(tuple, ask(asked, parent, "how many?"))


def report_every_dead_child(state: Path) -> str:
    """Two children die, the second while the first one's end is handled: both ends are told."""
    asked = system()
    parent = asked.createActor(Parent)
    asked.tell(parent, "begin")
    return "both" if comes_true(lambda: _answers(asked, parent)[0] == 2, within_s=STEP_S) else "one"


def survive_the_loggers_death(state: Path) -> str:
    """The logger is killed: the admin still creates actors."""
    asked = system()
    pid = is_a(int, ask(asked, asked.createActor(Child), "pid?"))
    admin = pidfd.parent(pid)
    (logger,) = [
        each for each in pidfd.group_members(os.getpgid(admin)) if pidfd.parent(each) == admin and each != pid
    ]
    born = pidfd.start_time_of(admin)
    os.kill(logger, signal.SIGKILL)
    died = comes_true(lambda: not pidfd.alive(admin, born), within_s=STEP_S)
    return "admin died" if died else "admin lives"


def give_up_soon(state: Path) -> str:
    """The admin has stopped: how long does creating an actor take to fail?"""
    asked = system()
    os.kill(pidfd.parent(is_a(int, ask(asked, asked.createActor(Child), "pid?"))), signal.SIGSTOP)
    failed = threading.Event()

    def create() -> None:
        try:
            asked.createActor(Child)
        except ActorSystemException:
            failed.set()

    threading.Thread(target=create, daemon=True).start()
    return "fails" if failed.wait(STEP_S) else "hangs"


def describe_only_what_is_logged(state: Path) -> str:
    """Is a message turned into text although nobody logs it?"""

    class Loud:
        described = False

        def __str__(self) -> str:
            Loud.described = True
            return "loud"

    TransmitIntent(ActorAddress("/A"), Loud()).identify()
    return "described" if Loud.described else "left alone"


def tell_the_parent_where_a_child_is(state: Path) -> str:
    """Does the parent hear where its children are before they say anything?"""
    asked = system()
    parent = asked.createActor(Parent)
    asked.tell(parent, "begin")
    return "told" if comes_true(lambda: _answers(asked, parent)[1] == 2, within_s=STEP_S / 2) else "not told"


def leave_parents_behind(state: Path) -> str:
    """Do actors keep what their starter had open?"""
    reader, writer = os.pipe()
    asked = system()
    ask(asked, asked.createActor(Child), "pid?")
    os.close(writer)
    os.set_blocking(reader, False)
    try:
        return "closed" if os.read(reader, 1) == b"" else "?"
    except BlockingIOError:
        return "kept"


FAULTS = (
    report_every_dead_child, survive_the_loggers_death, give_up_soon, describe_only_what_is_logged,
    tell_the_parent_where_a_child_is, leave_parents_behind,
)  # fmt: skip


def main() -> None:
    """Show one fault."""
    name, how, place = sys.argv[1:]
    state = Path(place)
    (state / "run").mkdir(parents=True)
    (state / "logs").mkdir()
    os.environ["THESPLOG_FILE"] = str(state / "logs" / "thespian.log")
    environment.install(
        environment.Environment(
            node=environment.NodeId("test"), state=state, clock=SystemClock.anchored(),
            directory=MemoryDirectory(), open_journal=object,
        )
    )  # fmt: skip
    show = next(each for each in FAULTS if each.__name__ == name)
    if how == "with" and name == give_up_soon.__name__:
        thespian_fixes.CREATE_WITHIN = thespian_fixes.timedelta(seconds=1)
    thespian_fixes.apply(without=frozenset({name} if how == "without" else ()))
    print(show(state), flush=True)


if __name__ == "__main__":
    from tests.runtime import library

    library.main()
