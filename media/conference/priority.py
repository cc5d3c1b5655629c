"""Lets the calling thread run before others: before other processes, and before other threads of this one.

Voice works without the first, on a quiet machine. The second is about Python itself: a thread that computes
keeps the interpreter for 5 ms by default, and a tick gives it up at every read and write: three legs took up
to 24 ms a tick beside one busy thread, and take up to 5 ms so.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

_REALTIME_PRIORITY = 10
_NICE = -11
_SWITCH_S = 0.0005


def share_interpreter() -> None:
    """Have busy threads of this process give up the interpreter after 0.5 ms. Holds for the whole process."""
    sys.setswitchinterval(min(_SWITCH_S, sys.getswitchinterval()))


def raise_thread_priority() -> str:
    """`realtime`, `nice` or `normal`: what could be had for this thread; its children do not inherit it."""
    with suppress(OSError):
        policy = os.SCHED_RR | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(0, policy, os.sched_param(_REALTIME_PRIORITY))
        return "realtime"
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        return "nice"
    return "normal"
