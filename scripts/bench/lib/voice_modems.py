"""Modems of the voice benchmark: every 20 ms each modem sends a frame, and reads the received frames.
One loop serves all modems.

Modems do not wait for the center's processor, so this loop has priority over everything else, and must be
cheap. The frames are made beforehand. The modems' periods of 20 ms begin at one of four moments, so that the
loop wakes up 200 times a second for any number of modems.
"""

from __future__ import annotations

import heapq
import os
import select
import time
import tty
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

FRAME_S = 0.020
FRAME_SAMPLES = 160
MOMENTS = 4
LOST_S = 0.5
"""Time after which a click counts as lost."""
_CLICK = 20_000
_HEARD = 5_000
_MOST_BYTES = 65536


def _frames() -> tuple[bytes, bytes]:
    """Return a frame of a quiet room, and a frame of the room that begins with a click."""
    room = np.rint(np.random.default_rng(1).normal(0, 40, FRAME_SAMPLES)).astype("<i2")
    click = room.copy()
    click[:8] = _CLICK
    return room.tobytes(), click.tobytes()


_ROOM, _WITH_CLICK = _frames()


@dataclass
class Modem:
    """The voice port of one modem."""

    period_s: float
    master: int = -1
    slave: int = -1
    path: str = ""
    awaits_since: float = 0.0
    """Time of the click that this modem must receive; 0 for none."""
    awaits_from: str = ""
    """Path of the modem that sent the click."""
    refused: int = 0
    """Frames that the port did not take."""
    _half: bytes = b""

    def __post_init__(self) -> None:
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        os.set_blocking(self.master, False)
        self.path = os.ttyname(self.slave)

    def say(self, frame: bytes) -> None:
        try:
            os.write(self.master, frame)
        except BlockingIOError:
            self.refused += 1

    def hear(self) -> bytes:
        """Return whole samples: after a pause of the machine the terminal returns 4095 bytes at a time."""
        with suppress(BlockingIOError):
            pcm = self._half + os.read(self.master, _MOST_BYTES)
            whole = len(pcm) // 2 * 2
            self._half = pcm[whole:]
            return pcm[:whole]
        return b""

    def close(self) -> None:
        os.close(self.master)
        os.close(self.slave)


@dataclass
class Heard:
    """Results of the clicks."""

    delays_s: list[float] = field(default_factory=list)
    """Seconds from the write of a sample by one modem until another modem could begin to play it."""
    ways: list[tuple[str, str]] = field(default_factory=list)
    """Paths of the sending and the receiving modem, for each click."""
    lost: int = 0


def run(
    rooms: list[list[Modem]],
    settling_s: float,
    seconds: float,
    click_every_s: float,
    settled: Callable[[], None],
) -> Heard:
    """Run the modems for `settling_s` and then `seconds`; return the results of the clicks.

    After `settling_s`, `settled` is called, which must be quick. From then on a modem of each room in turn
    sends a click every `click_every_s`, and the other modems of the room wait for the click.
    """
    heard = Heard()
    watched = select.epoll()
    by_master = {modem.master: modem for room in rooms for modem in room}
    began = time.monotonic()
    ends = began + settling_s + seconds
    due = [
        (began + number % MOMENTS * FRAME_S / MOMENTS, modem.master)
        for number, modem in enumerate(modem for room in rooms for modem in room)
    ]
    heapq.heapify(due)
    turn = 0
    first = began + settling_s
    clicks = [(first + number * click_every_s / len(rooms), number) for number in range(len(rooms))]
    heapq.heapify(clicks)
    clickers: dict[int, list[Modem]] = {}
    try:
        while (now := time.monotonic()) < ends:
            if first and now >= first:
                first = 0.0
                settled()
            while clicks and clicks[0][0] <= now:
                at, number = clicks[0]
                heapq.heapreplace(clicks, (at + click_every_s, number))
                room = rooms[number]
                turn += 1
                speaker = room[turn % len(room)]
                clickers[speaker.master] = [modem for modem in room if modem is not speaker]
            while due[0][0] <= now:
                at, master = due[0]
                modem = by_master[master]
                heapq.heapreplace(due, (at + modem.period_s, master))
                if listeners := clickers.pop(master, None):
                    modem.say(_WITH_CLICK)
                    said = time.monotonic()
                    for listener in listeners:
                        if listener.awaits_since:
                            continue
                        listener.hear()
                        listener.awaits_since, listener.awaits_from = said, modem.path
                        watched.register(listener.master, select.EPOLLIN)
                else:
                    modem.say(_ROOM)
                if not modem.awaits_since:
                    modem.hear()
            for master, _ in watched.poll(max(0.0, due[0][0] - time.monotonic())):
                modem = by_master[master]
                pcm = modem.hear()
                now = time.monotonic()
                loud = np.flatnonzero(np.frombuffer(pcm, dtype="<i2") > _HEARD)
                if len(loud):
                    heard.delays_s.append(now - modem.awaits_since + loud[0] % FRAME_SAMPLES / 8000)
                    heard.ways.append((modem.awaits_from, modem.path))
                elif now - modem.awaits_since > LOST_S:
                    heard.lost += 1
                else:
                    continue
                modem.awaits_since = 0.0
                watched.unregister(master)
    finally:
        watched.close()
    return heard
