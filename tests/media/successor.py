"""A bridge's process for tests: waits for a word on stdin, then mixes the voice ports it was given."""

from __future__ import annotations

import sys

from media.conference import Conference
from media.voice_port import VoicePortSpec


def main() -> None:
    conference = Conference()
    print("ready", flush=True)
    sys.stdin.readline()
    conference.set_members({path: VoicePortSpec(path=path) for path in sys.argv[1:]})
    conference.start()
    sys.stdin.read()  # until killed, or until the test is gone
    conference.stop()


if __name__ == "__main__":
    main()
