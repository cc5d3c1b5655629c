"""Lets the voice run before everything else: its thread, and what shares an interpreter with it.

Voice works without it, on a quiet machine. On a busy one the thread that mixes is not enough: Python runs one
thread of a process at a time, and an ordinary thread of the same process that has the interpreter, but not
the processor, keeps the voice waiting for as long as others keep it waiting. So all threads of a process that
mixes run before other processes, and the voice before them. What they have to do besides is little and soon
over; the kernel leaves a twentieth of each second to everybody else (sched(7), `sched_rt_runtime_us`).
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
    """Have busy threads of this process give up the interpreter after 0.5 ms. Holds for the whole process.

    By default they keep it for 5 ms, and a tick gives it up at every read and write: three legs took up
    to 24 ms a tick beside one busy thread, and take up to 5 ms so.
    """
    sys.setswitchinterval(min(_SWITCH_S, sys.getswitchinterval()))


def raise_thread(rank: Rank, thread: int = 0) -> str:
    """`realtime`, `nice` or `normal`: what could be had for this thread (0: the calling one).

    Neither processes nor threads that it starts inherit it.
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
    """Have every thread that this process has run before other processes, as far as can be had."""
    for thread in os.listdir("/proc/self/task"):
        # It may have ended meanwhile, which counts as refused.
        raise_thread(Rank.BESIDE_VOICE, int(thread))


def spawn(work: Callable[[], object]) -> None:
    """Do this, which may wait, on a thread of its own; it never has the interpreter without a processor."""

    def run() -> None:
        raise_thread(Rank.BESIDE_VOICE)
        work()

    # Not threading.Thread: its start() waits for the new thread, and whoever mixes may not wait.
    _thread.start_new_thread(run, ())
