"""The modem's side of voice ports: PTYs whose masters say a tone every 20 ms and keep what they hear."""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.signals import is_comfort, tone

FRAME_S = 0.020
FRAME_SAMPLES = 160


@dataclass
class Line:
    """One modem. `path` is a link, as udev's are."""

    path: Path
    hz: float
    master: int = -1
    slave: int = -1
    said_samples: int = 0
    heard: list[tuple[float, bytes]] = field(default_factory=list)
    """What came from the center, with the monotonic time at which it came."""

    def plug(self) -> None:
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        os.set_blocking(self.master, False)
        self.path.symlink_to(os.ttyname(self.slave))

    def unplug(self) -> None:
        self.path.unlink()
        os.close(self.master)
        os.close(self.slave)

    def say(self) -> None:
        frame = tone(self.hz, FRAME_SAMPLES, at=self.said_samples)
        self.said_samples += FRAME_SAMPLES
        with suppress(BlockingIOError):
            os.write(self.master, frame)

    def listen(self) -> None:
        with suppress(BlockingIOError):
            self.heard.append((time.monotonic(), os.read(self.master, 65536)))

    def sounds(self, since: float = 0.0) -> list[tuple[float, bytes]]:
        """What was heard and is not mere silence or comfort noise."""
        return [(at, pcm) for at, pcm in self.heard if at >= since and not is_comfort(pcm)]

    def sound(self, since: float = 0.0) -> bytes:
        return b"".join(pcm for _, pcm in self.sounds(since))


class ModemSide:
    """Some lines, and the thread that is their hardware: its clock does not stop when ours is late."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="modems", daemon=True)

    def __getitem__(self, number: int) -> Line:
        return self.lines[number]

    def _run(self) -> None:
        due, masters = time.monotonic(), {line.master: line for line in self.lines}
        while not self._stopping.is_set():
            while time.monotonic() >= due:
                for line in self.lines:
                    line.say()
                due += FRAME_S
            ready, _, _ = select.select(list(masters), [], [], 0)
            for master in ready:
                masters[master].listen()
            if not ready:
                self._stopping.wait(min(0.002, max(0.0, due - time.monotonic())))


@contextmanager
def modems(folder: Path, *tones_hz: float) -> Iterator[ModemSide]:
    side = ModemSide([Line(folder / f"voice{number}", hz) for number, hz in enumerate(tones_hz)])
    for line in side.lines:
        line.plug()
    side._thread.start()
    try:
        yield side
    finally:
        side._stopping.set()
        side._thread.join(5)
        for line in side.lines:
            line.unplug()
