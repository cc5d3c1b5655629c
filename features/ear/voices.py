"""The microphones of all alerts at this node: which connection of a phone is heard, and since when. Pure: the
time is given, and sockets are passed in.

A phone that suspects a loss opens a second connection beside the first. The first is played until a packet of
the second arrives, and ends half a second later: a false alarm costs a handshake and no sound.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from features.ear.voice.opus import FRAME_SAMPLES, OpusDecoder
from features.ear.voice.playout import Playout
from messages.ids import AlertId

MAX_EARS: Final = 64
"""Alerts with a microphone at a node."""
OFFERS_S: Final = 1.0
MAX_OFFERS: Final = 30
"""Offers of one alert in OFFERS_WITHIN_S, and at most one in OFFERS_S."""
OFFERS_WITHIN_S: Final = 600.0
SILENT_S: Final = 15.0
"""Time without a packet after which a connection ends."""
LONGEST_S: Final = 3_600.0
OVERLAP_S: Final = 0.5
"""Time for which a replaced connection is kept."""
MAX_PACKETS: Final = 70
"""Packets of a connection in a second; a voice has 50."""
MAX_BYTES: Final = 10_000
"""Bytes of a connection in a second; a voice with redundancy has 6,000."""
FRAME_BYTES: Final = 2 * FRAME_SAMPLES


class TooManyOffers(Exception):
    """The alert's phone offers too often, or the node has MAX_EARS. The text says which."""


class Listener(Protocol):
    """Receiver of an alert's frames."""

    @property
    def joined(self) -> bool:
        """True if a conference has the voice."""

    def send(self, frame: bytes) -> None:
        """Send a frame of 20 ms to the conference."""

    def close(self) -> None:
        """End the voice for the conference."""


class Connection:
    """One connection of a phone, and the sound that it brings."""

    def __init__(self, serial: str, now_s: float, max_delay_s: float, end: Callable[[], None]) -> None:
        self.serial: Final = serial
        self.began_s: Final = now_s
        self.last_s = now_s
        """Time of the last packet; of the beginning before the first."""
        self.heard = False
        self.over: Final[list[Callable[[str], None]]] = []
        """Called with the reason once the connection is over."""
        self._decoder: Final = OpusDecoder()
        self.playout: Final = Playout(self._decoder, FRAME_BYTES, max_delay_s)
        self._end: Final = end
        self._second = now_s
        self._packets = self._bytes = 0

    def put(self, number: int, packet: bytes, now_s: float) -> bool:
        """Store a packet; return False for one beyond the limits, which is dropped."""
        if now_s - self._second >= 1:
            self._second, self._packets, self._bytes = now_s, 0, 0
        self._packets += 1
        self._bytes += len(packet)
        if self._packets > MAX_PACKETS or self._bytes > MAX_BYTES:
            return False
        self.last_s, self.heard = now_s, True
        self.playout.put(number, packet, now_s)
        return True

    def close(self, why: str) -> None:
        """End the connection, and notify all that wait for its end."""
        self._end()
        self._decoder.close()
        for told in self.over:
            told(why)
        self.over.clear()


class AlertEar:
    """The microphone of one alert."""

    def __init__(self, listener: Listener) -> None:
        self.listener: Final = listener
        self.playing: Connection | None = None
        """Connection that is heard; None before the first packet."""
        self.coming: Connection | None = None
        """Newest connection, until it is heard."""
        self._leaving: list[tuple[float, Connection]] = []
        self._offers: deque[float] = deque(maxlen=MAX_OFFERS)

    @property
    def newest(self) -> Connection | None:
        """The newest connection; None if there is none."""
        return self.coming or self.playing

    def count_offer(self, now_s: float) -> None:
        """Count an offer. Raises TooManyOffers."""
        full = len(self._offers) == MAX_OFFERS and now_s - self._offers[0] < OFFERS_WITHIN_S
        if full or (self._offers and now_s - self._offers[-1] < OFFERS_S):
            raise TooManyOffers("the alert's phone offers its microphone too often: wait a second")
        self._offers.append(now_s)

    def add(self, connection: Connection) -> None:
        """Let a connection replace the present one, as soon as it is heard."""
        if self.coming is not None:
            self.coming.close("replaced")
        self.coming = connection

    def tick(self, now_s: float) -> None:
        """Send the frame of this moment; replace and end connections. Call every 20 ms."""
        if self.coming is not None and self.coming.heard:
            if self.playing is not None:
                self._leaving.append((now_s + OVERLAP_S, self.playing))
            self.playing, self.coming = self.coming, None
        while self._leaving and self._leaving[0][0] <= now_s:
            self._leaving.pop(0)[1].close("replaced")
        if self.playing is not None and (frame := self.playing.playout.take(now_s)) is not None:
            self.listener.send(frame)
        for one in (self.playing, self.coming):
            if one is not None and now_s - one.last_s > SILENT_S:
                self.drop(one, "silent")
            elif one is not None and now_s - one.began_s > LONGEST_S:
                self.drop(one, "too long")

    def drop(self, connection: Connection, why: str) -> None:
        """End a connection of this alert."""
        connection.close(why)
        if self.playing is connection:
            self.playing = None
        if self.coming is connection:
            self.coming = None
        self._leaving = [(at_s, one) for at_s, one in self._leaving if one is not connection]

    def close(self, why: str) -> None:
        """End all connections, and the voice of the conference."""
        for one in (self.playing, self.coming, *(one for _, one in self._leaving)):
            if one is not None:
                one.close(why)
        self.playing = self.coming = None
        self._leaving = []
        self.listener.close()


class EarState(msgspec.Struct, frozen=True, kw_only=True):
    """State of one alert's microphone, for display."""

    alert: AlertId
    heard: bool
    """True if packets arrive."""
    joined: bool
    """True if a conference has the voice."""
    delay_ms: int
    lost: int
    """Frames concealed or silent so far."""


class Ears:
    """The microphones of all alerts at this node."""

    def __init__(self, listen: Callable[[AlertId], Listener]) -> None:
        self._listen: Final = listen
        self._ears: dict[AlertId, AlertEar] = {}

    def at(self, alert: AlertId) -> AlertEar | None:
        """Return the microphone of an alert; None if there is none."""
        return self._ears.get(alert)

    def open(self, alert: AlertId, now_s: float) -> AlertEar:
        """Return the microphone of an alert for one more offer. Raises TooManyOffers, OSError."""
        ear = self._ears.get(alert)
        if ear is None:
            if len(self._ears) >= MAX_EARS:
                raise TooManyOffers(f"{MAX_EARS} microphones are open at this node: try again later")
            ear = self._ears[alert] = AlertEar(self._listen(alert))
        ear.count_offer(now_s)
        return ear

    def tick(self, now_s: float) -> None:
        """Send the frames of this moment. Call every 20 ms."""
        for alert, ear in list(self._ears.items()):
            ear.tick(now_s)
            if ear.newest is None:
                self.close(alert, "silent")

    def close(self, alert: AlertId, why: str) -> None:
        """End the microphone of an alert."""
        ear = self._ears.pop(alert, None)
        if ear is not None:
            ear.close(why)

    def states(self) -> list[EarState]:
        """Return the state of each microphone."""
        found = []
        for alert, ear in self._ears.items():
            newest = ear.playing or ear.coming
            counts = None if newest is None else newest.playout.counts
            found.append(
                EarState(
                    alert=alert,
                    heard=ear.playing is not None,
                    joined=ear.listener.joined,
                    delay_ms=0 if newest is None else round(1000 * newest.playout.delay_s),
                    lost=0 if counts is None else counts.concealed + counts.silent,
                )
            )
        return found
