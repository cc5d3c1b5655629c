"""A conference in a process of its own, for the voice benchmarks: as in a ConferenceBridge, without actors.

Mixes the given ports; a path with a colon is another node's voice. Reads its meters ten times a second like a
bridge. For every line on standard input the process prints its figures since the previous line, as JSON. Ends
with its standard input.
"""

from __future__ import annotations

import json
import resource
import select
import sys
import time
from functools import partial

from media.conference.beat import Beat, Tick
from media.conference.conference import Conference
from media.ports.node_port import node_pass
from media.ports.opening import open_port
from media.ports.voice_port import VoicePortSpec

METERS_S = 0.1
SECRET = bytes(32)
"""Secret of nodes that do not exist."""
CORRECTIONS = ("underruns", "overflow_ms", "trimmed_frames", "stretched_frames")


class KeepingBeat(Beat):
    """The beat, with the lateness of each tick."""

    def __init__(self) -> None:
        super().__init__()
        self.late_us: list[int] = []
        self.skipped = 0

    def wait(self) -> Tick:
        tick = super().wait()
        self.late_us.append(tick.late_us)
        self.skipped += tick.skipped
        return tick


def main() -> None:
    """Run the process until its standard input ends."""
    beat = KeepingBeat()
    opens = partial(open_port, let_in_by=node_pass(SECRET))
    conference = Conference(clock=beat, open_port=opens)
    conference.start()
    conference.set_members(
        {path: VoicePortSpec(path=path, kind="node" if ":" in path else "tty") for path in sys.argv[1:]}
    )
    before = conference.jitter()
    began, used, waits = time.monotonic(), _cpu_s(), _waits()
    while True:
        ready, _, _ = select.select([sys.stdin], [], [], METERS_S)
        conference.levels()
        conference.status()
        if not ready:
            continue
        if not sys.stdin.readline():
            break
        now, now_used, now_waits = time.monotonic(), _cpu_s(), _waits()
        late, beat.late_us = beat.late_us, []
        pace = conference.status().pace
        figures = {
            "late_us": late,
            "skipped": beat.skipped,
            "cpu": (now_used - used) / (now - began),
            "waits_per_tick": (now_waits - waits) / max(1, len(late)),
            "longest_tick_us": pace.longest_tick_us,
            "priority": pace.priority,
            "faults": pace.faults,
            "jitter": [
                {name: getattr(stats, name) - getattr(before[leg], name) for name in CORRECTIONS}
                for leg, stats in conference.jitter().items()
                if leg in before
            ],
        }
        before = conference.jitter()
        began, used, waits, beat.skipped = now, now_used, now_waits, 0
        print(json.dumps(figures), flush=True)
    conference.stop()


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _waits() -> int:
    """Return how often this process gave up the processor to wait."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw


if __name__ == "__main__":
    main()
