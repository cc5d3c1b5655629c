"""Voice port during a line test: opened as by a bridge, with all incoming sound kept.

One thread waits for sound and stamps each arrival: reading at fixed times would not show the modem's
clock. The port stays open until `stop`, for any number of calls.
"""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from media.conference.beat import Schedule, monotonic_us
from media.ports.voice_port import PortCounters, VoicePort, VoicePortError
from media.sound.frames import FRAME_BYTES, SAMPLE_BYTES, SILENCE, samples_of
from media.sound.levels import FLOOR_DBFS, dbfs_of
from media.trial.carried import Arrival, RecordedCall

AGAIN_S: Final = 0.2
"""Pause between two attempts to open the port, in seconds."""
LATELY: Final = 10
"""Frames (200 ms) of the present level."""
_IDLE_S: Final = 0.1
_ENDS_S: Final = 5.0
"""Time to wait for a driver to close, in seconds."""


class VoiceProbe:
    """Voice port during a line test. `said`: outgoing frames, repeated without end."""

    def __init__(self, open_port: Callable[[], VoicePort], said: Sequence[bytes]) -> None:
        self._open_port = open_port
        self._said = said
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        self._call: _Call | None = None
        self._rate_hz = 0
        self._counters = PortCounters()
        self.trouble = ""
        """Reason why the port is not open now."""

    def begin(self) -> None:
        """Start to record a call."""
        self._call = _Call(self._counters)
        if not self._thread.is_alive():
            self._thread.start()

    def levels(self) -> tuple[int, int] | None:
        """Return the levels of the last 200 ms in dBFS: incoming and outgoing. None without a call."""
        call = self._call
        return None if call is None or not call.open else call.levels()

    def end(self) -> RecordedCall | None:
        """End the call and return its sound; None if the port was not open."""
        call, self._call = self._call, None
        if call is None or not call.open:
            return None
        return call.carried(self._counters, self._rate_hz)

    def stop(self) -> None:
        """Close the port."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(_ENDS_S)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                port = self._open_port()
            except VoicePortError as error:
                self.trouble = str(error)
                self._ended.wait(AGAIN_S)
                continue
            self.trouble = ""
            try:
                self._carry(port)
            except VoicePortError as error:
                self.trouble = str(error)
            finally:
                port.close()

    def _carry(self, port: VoicePort) -> None:
        while not self._ended.is_set():
            call = self._call
            readable, _, _ = select.select(
                [port.fileno()], [], [], _IDLE_S if call is None else call.wait_s()
            )
            now_us = monotonic_us()
            pcm = port.read() if readable else b""
            if call is not None:
                call.open = True
                if pcm:
                    call.on_sound(pcm, now_us / 1e6)
                if call.is_due(now_us):
                    port.write(call.next_frame(self._said, now_us))
            self._counters, self._rate_hz = port.counters(), port.rate_hz


class _Call:
    """Sound of one call."""

    def __init__(self, counters: PortCounters) -> None:
        self.open = False
        self._before = counters
        self._began_us = monotonic_us()
        self._schedule = Schedule(self._began_us)
        self._arrivals: list[Arrival] = []
        self._heard: list[bytes] = []
        self._frames: list[tuple[int, bytes]] = []

    def wait_s(self) -> float:
        return max(0.0, (self._schedule.due_us - monotonic_us()) / 1e6)

    def is_due(self, now_us: int) -> bool:
        return now_us >= self._schedule.due_us

    def on_sound(self, pcm: bytes, now_s: float) -> None:
        self._arrivals.append(Arrival(now_s, len(pcm) // SAMPLE_BYTES))
        self._heard.append(pcm)

    def next_frame(self, said: Sequence[bytes], now_us: int) -> bytes:
        tick = self._schedule.take(now_us)
        frame = said[tick.number % len(said)] if said else SILENCE
        self._frames.append((tick.number, frame))
        return frame

    def levels(self) -> tuple[int, int]:
        heard, said = b"".join(self._heard[-LATELY:])[-LATELY * FRAME_BYTES :], self._frames[-LATELY:]
        return _dbfs(heard), _dbfs(b"".join(frame for _, frame in said))

    def carried(self, counters: PortCounters, rate_hz: int) -> RecordedCall:
        return RecordedCall(
            began_s=self._began_us / 1e6,
            ended_s=time.monotonic(),
            arrivals=self._arrivals,
            heard=b"".join(self._heard),
            said=self._frames,
            rate_hz=rate_hz,
            read_bytes=counters.read_bytes - self._before.read_bytes,
            written_frames=counters.written_frames - self._before.written_frames,
            dropped_frames=counters.dropped_frames - self._before.dropped_frames,
            realigned=counters.realigned - self._before.realigned,
        )


def _dbfs(pcm: bytes) -> int:
    samples = samples_of(pcm[: len(pcm) // SAMPLE_BYTES * SAMPLE_BYTES]).astype(np.float64)
    return round(dbfs_of(float(np.mean(samples * samples)))) if len(samples) else round(FLOOR_DBFS)
