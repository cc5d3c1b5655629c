"""A mixer's process for tests: waits for a word on stdin, then mixes the voice ports it was given.

Those of each argument are in a conference of their own.
As a mixer does, it claims them, and says `handed over` for each conference that somebody else has then.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import partial

from media.conference.conference import Conference
from media.conference.mixing_thread import MixingThread
from media.ports.claim import claim
from media.ports.open_ports import OpenPorts
from media.ports.opening import open_port
from media.ports.voice_port import VoicePort, VoicePortSpec

ASKS_BY = signal.SIGUSR2


def main() -> None:
    claimed = OpenPorts(partial(open_port, claim=partial(claim, asks_by=ASKS_BY))).open
    thread = MixingThread()
    signal.signal(ASKS_BY, lambda *_: thread.look_for_heirs())
    conferences = [mixing(thread, claimed) for _ in sys.argv[1:]]
    print("ready", flush=True)
    sys.stdin.readline()
    for conference, paths in zip(conferences, sys.argv[1:], strict=True):
        conference.set_members({path: VoicePortSpec(path=path) for path in paths.split(",")})
        conference.start()
    sys.stdin.read()  # until killed, or until the test is gone
    for conference in conferences:
        conference.stop()


def mixing(thread: MixingThread, opens: Callable[[VoicePortSpec], VoicePort]) -> Conference:
    conference = Conference(thread=thread, open_port=opens, on_change=lambda: tell(conference))
    return conference


def tell(conference: Conference) -> None:
    if conference.status().handed_over:
        os.write(1, b"handed over\n")


if __name__ == "__main__":
    main()
