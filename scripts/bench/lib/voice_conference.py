"""Conferences in a process, for the voice benchmarks: as in a Mixer, without actors.

Mixes the ports of each argument, separated by commas, in a conference; a path with a colon is another node's
voice. Reads the meters ten times a second like a Mixer whose alerts are shown. For every line on standard
input the process prints its figures since the previous line, as JSON. Ends with its standard input.
"""

from __future__ import annotations

import json
import resource
import select
import sys
import time
from functools import partial

from media.conference.beat import Tick
from media.conference.conference import Conference
from media.conference.mixing_thread import Clock, MixingThread
from media.ports.node_port import node_pass
from media.ports.opening import open_port
from media.ports.voice_port import VoicePortSpec

METERS_S = 0.1
SECRET = bytes(32)
"""Secret of nodes that do not exist."""
CORRECTIONS = ("underruns", "overflow_ms", "trimmed_frames", "stretched_frames")


class KeepingConference(Conference):
    """The conference, with the lateness of each of its ticks."""

    def __init__(self, thread: MixingThread, paths: list[str]) -> None:
        super().__init__(thread=thread, open_port=partial(open_port, let_in_by=node_pass(SECRET)))
        self.late_us: list[int] = []
        self.start()
        self.set_members(
            {path: VoicePortSpec(path=path, kind="node" if ":" in path else "tty") for path in paths}
        )
        self._before = self.jitter()

    def run(self, tick: Tick, clock: Clock, priority: str, *, heir_asks: bool) -> None:
        self.late_us.append(tick.late_us)
        super().run(tick, clock, priority, heir_asks=heir_asks)

    def corrections(self) -> list[dict[str, float]]:
        """Return the corrections of each leg's jitter buffer since the last call."""
        before, self._before = self._before, self.jitter()
        return [
            {name: getattr(stats, name) - getattr(before[leg], name) for name in CORRECTIONS}
            for leg, stats in self._before.items()
            if leg in before
        ]

    def take_late_us(self) -> list[int]:
        """Return the lateness of the ticks since the last call, in microseconds."""
        late, self.late_us = self.late_us, []
        return late


def main() -> None:
    """Run the process until its standard input ends."""
    thread = MixingThread()
    conferences = [KeepingConference(thread, paths.split(",")) for paths in sys.argv[1:]]
    began, used, waits, skipped = time.monotonic(), _cpu_s(), _waits(), 0
    while True:
        ready, _, _ = select.select([sys.stdin], [], [], METERS_S)
        for one in conferences:
            one.levels()
            one.status()
        if not ready:
            continue
        if not sys.stdin.readline():
            break
        now, now_used, now_waits = time.monotonic(), _cpu_s(), _waits()
        late = [late_us for one in conferences for late_us in one.take_late_us()]
        paces = [one.status().pace for one in conferences]
        left_out = sum(pace.skipped_ticks for pace in paces)
        figures = {
            "late_us": late,
            "skipped": left_out - skipped,
            "cpu": (now_used - used) / (now - began) / len(conferences),
            "waits_per_tick": (now_waits - waits) / max(1, len(late)),
            "longest_tick_us": max(pace.longest_tick_us for pace in paces),
            "priority": paces[0].priority,
            "faults": sum(pace.faults for pace in paces),
            "jitter": [found for one in conferences for found in one.corrections()],
        }
        began, used, waits, skipped = now, now_used, now_waits, left_out
        print(json.dumps(figures), flush=True)
    for one in conferences:
        one.stop()


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _waits() -> int:
    """Return how often this process gave up the processor to wait."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw


if __name__ == "__main__":
    main()
