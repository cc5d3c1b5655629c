"""A bridge's process for tests: waits for a word on stdin, then mixes the voice ports it was given.

As a bridge does, it claims them, and says `handed over` when somebody else has.
"""

from __future__ import annotations

import os
import signal
import sys
from functools import partial

from media.conference.conference import Conference
from media.ports.claim import claim
from media.ports.opening import open_port
from media.ports.voice_port import VoicePortSpec

ASKS_BY = signal.SIGUSR2


def main() -> None:
    claimed = partial(open_port, claim=partial(claim, asks_by=ASKS_BY))
    conference = Conference(open_port=claimed, on_change=lambda: tell(conference))
    signal.signal(ASKS_BY, lambda *_: conference.hand_over())
    print("ready", flush=True)
    sys.stdin.readline()
    conference.set_members({path: VoicePortSpec(path=path) for path in sys.argv[1:]})
    conference.start()
    sys.stdin.read()  # until killed, or until the test is gone
    conference.stop()


def tell(conference: Conference) -> None:
    if conference.status().handed_over:
        os.write(1, b"handed over\n")


if __name__ == "__main__":
    main()
