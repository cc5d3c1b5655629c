"""Priority of the voice: its thread, and the threads that share an interpreter with it.

Voice works without priority on an idle machine. On a busy one a priority for the mixing thread alone is not
enough: Python runs one thread of a process at a time. An ordinary thread that holds the interpreter without a
processor delays the voice for as long as it waits itself. So all threads of a mixing process run before other
processes, and the voice before them. Their other work is small and soon over; the kernel reserves a twentieth
of each second for all others (sched(7), `sched_rt_runtime_us`).
"""

from __future__ import annotations

import _thread
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from typing import Final

_NICE: Final = -11
_SWITCH_S: Final = 0.0005


class Rank(IntEnum):
    """Real-time priorities (SCHED_RR), within the service's `LimitRTPRIO=10`."""

    BESIDE_VOICE = 9
    VOICE = 10


def share_interpreter() -> None:
    """Let busy threads release the interpreter after 0.5 ms. Applies to the whole process.

    The default is 5 ms, and a tick releases the interpreter at every read and write. Beside one busy thread,
    three legs took up to 24 ms a tick, and now take up to 5 ms.
    """
    sys.setswitchinterval(min(_SWITCH_S, sys.getswitchinterval()))


def raise_thread(rank: Rank, thread: int = 0) -> str:
    """Raise the thread (0: the calling one); return the result: `realtime`, `nice` or `normal`.

    Processes and threads started by the thread do not inherit the priority.
    """
    with suppress(OSError):
        settings = os.SCHED_RR | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(thread, settings, os.sched_param(rank))
        return "realtime"
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, thread, _NICE)
        return "nice"
    return "normal"


def raise_process() -> None:
    """Raise every present thread of this process above other processes, as far as permitted; the voice keeps
    its higher rank.
    """
    for thread in map(int, os.listdir("/proc/self/task")):
        with suppress(OSError):  # a thread that has ended meanwhile
            if os.sched_getparam(thread).sched_priority < Rank.BESIDE_VOICE:
                raise_thread(Rank.BESIDE_VOICE, thread)


def spawn(work: Callable[[], object]) -> None:
    """Run blocking work on a thread of its own; the thread never holds the interpreter without a
    processor.
    """

    def run() -> None:
        raise_thread(Rank.BESIDE_VOICE)
        work()

    # Not threading.Thread: its start() waits for the new thread, and a mixing thread must not wait.
    _thread.start_new_thread(run, ())
