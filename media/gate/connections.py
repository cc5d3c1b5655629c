"""A connection to a voice gate: a visitor until it is let in, then a guest, over a socket that never waits.

A visitor has yet to say the hello. A guest is one voice on its way between a modem of this node and a bridge
of another. What the modem says goes out at once, in whole frames; what comes for it is said to it every 20 ms
(`media.gate.playout`), silence where there is nothing. Neither direction waits for the other, and the call
that the voice belongs to is not known here: when either side is gone the port is closed, and that is all.
"""

from __future__ import annotations

import os
import socket
from typing import Final

from media.gate.playout import Playout
from media.gate.protocol import NONCE_BYTES, Answer, Doorkeeper, HelloBroken, Knock, verdict
from media.gate.wire import QUEUE_FRAMES, NodeWire
from media.ports.voice_port import VoicePort
from media.sound.frames import FRAME_BYTES

HELLO_US: Final = 1_000_000
"""A hello takes two round trips; a port waits no longer for it either."""
_READ_BYTES: Final = 512


class Visitor:
    """One connection from its being accepted until it is let in or turned away."""

    def __init__(self, made: socket.socket, peer: str, secret: bytes, now_us: int) -> None:
        """The socket is the visitor's until it is taken over with `let_in`."""
        made.setblocking(False)
        self.made = made
        self.peer = peer
        self.until_us = now_us + HELLO_US
        self._door = Doorkeeper(secret, nonce=os.urandom(NONCE_BYTES))

    @property
    def proven(self) -> Knock | None:
        """What is wanted by who knows the secret; None as long as that is not known."""
        return self._door.knock if self._door.proven else None

    def receive(self) -> None:
        """Something has come, or the end. Raises HelloBroken."""
        try:
            data = self.made.recv(_READ_BYTES)
            if not data:
                raise HelloBroken("it hung up during the hello")
            said = self._door.receive(data)
            # Less than a hundred bytes on a new connection: the kernel takes them whole or is out of memory.
            if said and self.made.send(said) != len(said):
                raise HelloBroken("it takes nothing")
        except BlockingIOError:
            return
        except OSError as error:
            raise HelloBroken(error.strerror or str(error)) from error

    def let_in(self) -> socket.socket:
        """Say so, and give the socket away. Raises HelloBroken: it has gone meanwhile."""
        try:
            self.made.send(verdict(Answer.OPEN))
        except OSError as error:
            raise HelloBroken(error.strerror or str(error)) from error
        return self.made

    def turn_away(self, words: str = "") -> None:
        """Close, with these words to who has proven that it may read them."""
        try:
            if words and self._door.proven:
                self.made.send(verdict(Answer.REFUSED, words))
        except OSError:
            pass  # it has gone by itself
        finally:
            self.made.close()


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
