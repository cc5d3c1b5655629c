"""Whoever has connected to a voice gate and is not let in yet: the hello, over a socket that never waits."""

from __future__ import annotations

import os
import socket
from typing import Final

from media.gate.hello import NONCE_BYTES, Answer, Doorkeeper, HelloBroken, Knock, verdict

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
