"""One voice on its way between a modem of this node and a bridge of another.

What the modem says goes out at once, in whole frames; what comes for it is said to it every 20 ms
(`media.gate.playout`), silence where there is nothing. Neither direction waits for the other, and the call
that the voice belongs to is not known here: when either side is gone the port is closed, and that is all.
"""

from __future__ import annotations

from typing import Final

from media.gate.hello import Knock
from media.gate.playout import Playout
from media.gate.wire import QUEUE_FRAMES, NodeWire
from media.ports.ports import VoicePort
from media.sound.frames import FRAME_BYTES

ALIVE_US: Final = 100_000
"""A modem that says nothing is no reason to be taken for dead."""
_MOST_WAITING: Final = QUEUE_FRAMES * FRAME_BYTES


class Guest:
    """A connection that has been let in, and the port that it was given. All methods raise VoicePortLost."""

    def __init__(self, knock: Knock, peer: str, wire: NodeWire, port: VoicePort, now_us: int) -> None:
        """Wire and port are the guest's from now on."""
        self.knock = knock
        self.peer = peer
        self.wire = wire
        self.port = port
        self.playout = Playout(now_us)
        self._said = b""

    @property
    def due_us(self) -> int:
        """When it has its next turn."""
        return self.playout.due_us

    def from_modem(self, now_us: int) -> None:
        """The port can be read."""
        # After a stall there is more than anybody wants to hear: the newest counts.
        said = (self._said + self.port.read())[-_MOST_WAITING - FRAME_BYTES + 2 :]
        whole = len(said) // FRAME_BYTES * FRAME_BYTES
        for at in range(0, whole, FRAME_BYTES):
            self.wire.put(said[at : at + FRAME_BYTES], now_us)
        self._said = said[whole:]

    def from_bridge(self, now_us: int) -> None:
        """The wire can be read."""
        for frame in self.wire.take(now_us):
            self.playout.push(frame, now_us)

    def turn(self, now_us: int) -> None:
        """It is due: the modem is told its frame. Here a bridge is found out that says nothing any more."""
        self.from_bridge(now_us)
        self.port.write(self.playout.pop(now_us))
        self.wire.keep_alive(now_us, after_us=ALIVE_US)
