"""What shares an interpreter with the voice runs before other processes, as the voice does."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import os, threading
from media.conference.priority import Rank, raise_process, raise_thread, spawn

def rank(thread=0):
    return [os.sched_getscheduler(thread) & ~os.SCHED_RESET_ON_FORK, os.sched_getparam(thread).sched_priority]

stays = threading.Event()
before = threading.Thread(target=stays.wait)
before.start()
is_voice = threading.Event()
voice = threading.Thread(target=lambda: (raise_thread(Rank.VOICE), is_voice.set(), stays.wait()))
voice.start()
is_voice.wait()
raise_process()
raised = [rank(int(one)) for one in os.listdir("/proc/self/task")]
seen = []
done = threading.Event()
spawn(lambda: (seen.append(rank()), done.set()))
done.wait()
ordinary = threading.Thread(target=lambda: seen.append(rank()))
ordinary.start()
ordinary.join()
stays.set()
print([raised, seen[0], seen[1], raise_thread(Rank.VOICE), rank()])
"""


def test_all_threads_of_a_process_that_mixes_run_before_others_and_what_they_start_does_not() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    raised, spawned, started, got, voice = eval(done.stdout)
    if got != "realtime":
        pytest.skip(f"NOT TESTED: threads before others: this machine gives {got} alone (RLIMIT_RTPRIO)")
    rr = 2
    assert raised == [[rr, 9], [rr, 9], [rr, 10]], "the voice stays before what shares its interpreter"
    assert spawned == [rr, 9]
    assert started == [0, 0]
    assert voice == [rr, 10]
