"""Asks the web `GET /healthz` without ever waiting: sent at one look, read at a later one.

By its socket in the state directory: what a network or a certificate does is no sign of the process.
A process that runs and does not answer is as bad as one that has died, and only asking tells.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Final

from runtime import unix_address

PATIENCE_S: Final = 5.0
"""Silence for longer than this is being hung: longer than a garbage collection, or a storm's worst pause."""
MOST_PATIENCE_S: Final = 30.0
"""What a web that begins is given, and the most for one that has answered; a loaded machine takes long to
import."""
CALM_S: Final = 60.0
"""So long without an answer later than `PATIENCE_S`, and the machine is no longer slow."""
_REQUEST: Final = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class Patience:
    """How long a silence is borne, in seconds. Pure.

    On an overloaded machine the web's successor is slower still, since it has to begin. So each exchange
    doubles the patience, until the web answers quickly again for a while.
    """

    def __init__(self) -> None:
        self._factor = 1
        self._quick_since_s: float | None = None

    @property
    def seconds(self) -> float:
        """Silence for longer than this is being hung."""
        return min(PATIENCE_S * self._factor, MOST_PATIENCE_S)

    def answered(self, now_s: float, after_s: float) -> None:
        """Follow an answer that came `after_s` seconds after its question."""
        if after_s > PATIENCE_S:
            self._quick_since_s = None
        elif self._quick_since_s is None:
            self._quick_since_s = now_s
        elif now_s - self._quick_since_s >= CALM_S:
            self._factor = 1

    def exchanged(self) -> None:
        """Follow that the web was ended for its silence, and another begins."""
        if self.seconds < MOST_PATIENCE_S:
            self._factor *= 2
        self._quick_since_s = None


class Probe:
    """One question at a time. `look` is to be called about once a second, or more often."""

    def __init__(self, address: Path) -> None:
        self._address = address
        self._socket: socket.socket | None = None
        self._asked_s = 0.0
        self._unsent = b""
        self._heard = b""
        self._patience = Patience()
        self.healthy = False
        """Whether the last question was answered with 200."""
        self.answered_once = False
        """Whether it has ever been, since `another`."""

    def look(self, now_s: float) -> bool:
        """Goes on with the question, or asks the next. False: it has been silent for too long, and is to be
        exchanged.
        """
        if self._socket is None:
            self._ask(now_s)
        else:
            self._go_on(now_s)
        patience_s = self._patience.seconds if self.answered_once else MOST_PATIENCE_S
        if self._socket is not None and now_s - self._asked_s > patience_s:
            self._patience.exchanged()
            self.forget()
            return False
        return True

    def forget(self) -> None:
        """Whoever was asked is gone."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self.healthy = False

    def begin_anew(self) -> None:
        """Somebody else answers from now on, who has yet to begin."""
        self.forget()
        self.answered_once = False

    def _ask(self, now_s: float) -> None:
        asking = socket.socket(
            socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
        )
        self._socket, self._asked_s, self._unsent, self._heard = asking, now_s, _REQUEST, b""
        try:
            with unix_address.folder(self._address) as folder:
                asking.connect(f"{folder}/{self._address.name}")
        except OSError:
            self.forget()
            return
        self._go_on(now_s)

    def _go_on(self, now_s: float) -> None:
        assert self._socket is not None
        try:
            while self._unsent:
                self._unsent = self._unsent[self._socket.send(self._unsent) :]
            while data := self._socket.recv(4096):
                self._heard += data
        except BlockingIOError:
            return
        except OSError:
            self.forget()
            return
        answered = self._heard.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200"))
        self.forget()
        self.healthy = answered
        self.answered_once |= answered
        if answered:
            self._patience.answered(now_s, now_s - self._asked_s)
