"""Connection to a voice gate: a client during the handshake, then a session, on a socket
that never waits.

A session carries one voice between a modem of this node and a Mixer of another. Frames of the modem are sent
at once; frames for the modem are written every 20 ms (`media.gate.playout`), silence if there are none.
Neither direction waits for the other. The gate has no access to the call behind the voice: if either side
disconnects, only the port is closed.
"""

from __future__ import annotations

import os
import socket
from typing import Final

from media.gate.playout import Playout
from media.gate.protocol import (
    NONCE_BYTES,
    Answer,
    GateHandshake,
    HandshakeError,
    VoiceRequest,
    encode_verdict,
)
from media.gate.wire import QUEUE_FRAMES, NodeWire
from media.ports.voice_port import VoicePort
from media.sound.frames import FRAME_BYTES

HANDSHAKE_US: Final = 1_000_000
"""Longest handshake, in microseconds: it takes two round trips, and a port waits no longer either."""
_READ_BYTES: Final = 512


class PendingClient:
    """Client, from the accepted connection until admitted or refused."""

    def __init__(self, made: socket.socket, peer: str, secret: bytes, now_us: int) -> None:
        """Take over the socket, until `admit`."""
        made.setblocking(False)
        self.made = made
        self.peer = peer
        self.until_us = now_us + HANDSHAKE_US
        self._handshake = GateHandshake(secret, nonce=os.urandom(NONCE_BYTES))

    @property
    def proven_request(self) -> VoiceRequest | None:
        """Request of a client that knows the secret; None until that is proven."""
        return self._handshake.request if self._handshake.proven else None

    def receive(self) -> None:
        """Read from the socket. Raises HandshakeError."""
        try:
            data = self.made.recv(_READ_BYTES)
            if not data:
                raise HandshakeError("the peer closed the connection during the handshake")
            reply = self._handshake.receive(data)
            # Less than a hundred bytes on a new connection: the kernel takes all of them or is out of memory.
            if reply and self.made.send(reply) != len(reply):
                raise HandshakeError("the peer accepts no data")
        except BlockingIOError:
            return
        except OSError as error:
            raise HandshakeError(error.strerror or str(error)) from error

    def admit(self) -> socket.socket:
        """Admit the client and release its socket. Raises HandshakeError if the client has disconnected."""
        try:
            self.made.send(encode_verdict(Answer.OPEN))
        except OSError as error:
            raise HandshakeError(error.strerror or str(error)) from error
        return self.made

    def refuse(self, words: str = "") -> None:
        """Close the connection; a client that has proven the secret receives the words."""
        try:
            if words and self._handshake.proven:
                self.made.send(encode_verdict(Answer.REFUSED, words))
        except OSError:
            pass  # the client has disconnected
        finally:
            self.made.close()


ALIVE_US: Final = 100_000
"""Interval of packets without sound, in microseconds, so that a silent modem does not end the session."""
_MOST_WAITING: Final = QUEUE_FRAMES * FRAME_BYTES


class VoiceSession:
    """Session with the port of its voice. All methods raise VoicePortLost."""

    def __init__(
        self, request: VoiceRequest, peer: str, wire: NodeWire, port: VoicePort, now_us: int
    ) -> None:
        """Take over connection and port."""
        self.request = request
        self.peer = peer
        self.wire = wire
        self.port = port
        self.playout = Playout(now_us)
        self._unsent = b""

    @property
    def due_us(self) -> int:
        """Time of its next turn."""
        return self.playout.due_us

    def from_modem(self, now_us: int) -> None:
        """Relay from the port, which is readable."""
        # After a stall there is surplus sound: only the newest is sent.
        samples = (self._unsent + self.port.read())[-_MOST_WAITING - FRAME_BYTES + 2 :]
        whole = len(samples) // FRAME_BYTES * FRAME_BYTES
        for at in range(0, whole, FRAME_BYTES):
            self.wire.put(samples[at : at + FRAME_BYTES], now_us)
        self._unsent = samples[whole:]

    def from_bridge(self, now_us: int) -> None:
        """Relay from the connection, which is readable."""
        for frame in self.wire.take(now_us):
            self.playout.push(frame, now_us)

    def turn(self, now_us: int) -> None:
        """Write the due frame to the modem. A silent bridge is detected here."""
        self.from_bridge(now_us)
        self.port.write(self.playout.pop(now_us))
        self.wire.keep_alive(now_us, after_us=ALIVE_US)
