"""An operator's browser as the center knows it: a connection that says a tone and keeps what it hears."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from simulator.network.sound import AMPLITUDE
from tests.support.signals import tone, usual_level_db

RATE_HZ: Final = 16_000
FRAME_SAMPLES: Final = 320
FRAME_S: Final = 0.02
_LAST: Final = 50
"""A second, in frames."""


class Headset:
    """See the module. `says` is the tone's frequency."""

    def __init__(self, link: ClientConnection, says: float) -> None:
        self._link = link
        self._says = says
        self._heard: deque[bytes] = deque(maxlen=_LAST)
        self._ends = threading.Event()
        self._threads = [threading.Thread(target=self._say), threading.Thread(target=self._hear)]
        for thread in self._threads:
            thread.start()

    @property
    def connected(self) -> bool:
        """Whether the center still listens, as far as can be seen from here."""
        return self._threads[1].is_alive()

    def level_db(self, hz: float) -> float:
        """How loud this tone was in the last second that was heard."""
        return usual_level_db(b"".join(tuple(self._heard)), hz, rate_hz=RATE_HZ)

    def end(self) -> None:
        """Say and hear nothing more; the connection was closed, or is about to be."""
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def _say(self) -> None:
        due, at = time.monotonic(), 0
        while not self._ends.wait(max(0.0, due - time.monotonic())):
            frame = tone(self._says, FRAME_SAMPLES, amplitude=AMPLITUDE, at=at, rate_hz=RATE_HZ)
            try:
                self._link.send(frame)
            except ConnectionClosed:
                return
            due, at = due + FRAME_S, at + FRAME_SAMPLES

    def _hear(self) -> None:
        with suppress(ConnectionClosed):
            for message in self._link:
                if isinstance(message, bytes):
                    self._heard.append(message)


@contextmanager
def headset(address: str, token: str, says: float) -> Iterator[Headset]:
    """One that is connected, and its end."""
    url = f"{address.replace('http', 'ws', 1)}/v1/voice"
    with connect(url, additional_headers={"Authorization": f"Bearer {token}"}, compression=None) as link:
        made = Headset(link, says)
        try:
            yield made
        finally:
            link.close()
            made.end()
