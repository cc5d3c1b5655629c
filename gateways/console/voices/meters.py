"""Takes how loud the parties of each alert are, and hands it to those screens that show it.

Readings come as datagrams; what is late or lost is not missed. Nothing of it is kept, and nothing waits for
it. On the event loop alone.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final

from messages.ids import SECOND, Instant
from messages.readings import LevelReading, decode_reading
from runtime import logs
from runtime.clock import Clock
from runtime.published import readings

AT_ONCE: Final = 64
"""So many readings are taken before others have their turn."""
OLD_US: Final = Instant(SECOND)
"""One older than this has waited in front of a web that was stopped."""


class Meters:
    """See the module."""

    def __init__(self, run: Path, clock: Clock, shown: Callable[[LevelReading], None]) -> None:
        self._run = run
        self._clock = clock
        self._shown = shown
        self._socket: socket.socket | None = None
        self.log = logs.get("console.meters")

    def start(self) -> None:
        """Take readings from now on; go without where they cannot be had: nobody's call hangs on them."""
        try:
            self._socket = readings.listen(self._run)
        except OSError as error:
            self.log.error("no readings can be had", reason=str(error))
            return
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._readable)

    def stop(self) -> None:
        """Take no more."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def _readable(self) -> None:
        assert self._socket is not None
        for _ in range(AT_ONCE):
            try:
                data = self._socket.recv(readings.READING_MAX)
            except OSError:
                return
            reading = decode_reading(data)
            if reading is not None and self._clock.now_us() - reading.at_us <= OLD_US:
                self._shown(reading)
