"""A voice gate in a process of its own, for the benchmark of voices between nodes: as in a VoiceGate.

Offers the given terminals by their paths, and prints its address. For every line on standard input the
process prints the processor time since the previous line, in cores, as JSON. Ends with its standard input.
"""

from __future__ import annotations

import json
import resource
import sys
import time

from media.gate.gate import Gate
from media.gate.wire import listening
from media.ports.voice_port import VoicePortSpec
from scripts.bench.lib.voice_conference import SECRET


def main() -> None:
    """Run the process until its standard input ends."""
    host, *paths = sys.argv[1:]
    offers = {path.removeprefix("/"): VoicePortSpec(path=path) for path in paths}
    gate = Gate(listening(host, (0,)), SECRET, offers.get)
    gate.start()
    print(gate.address[1], flush=True)
    began, used = time.monotonic(), _cpu_s()
    while sys.stdin.readline():
        now, now_used = time.monotonic(), _cpu_s()
        figures = {
            "cpu": (now_used - used) / (now - began),
            "voices": len(gate.status().voices),
            "notes": [note.text for note in gate.take_notes()],
            "silences": sum(voice.silences for voice in gate.status().voices),
            "left_out": sum(voice.left_out for voice in gate.status().voices),
        }
        print(json.dumps(figures), flush=True)
        began, used = now, now_used
    gate.stop()


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
