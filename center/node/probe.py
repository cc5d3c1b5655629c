"""Request `GET /healthz` from the web, without waiting: sent at one poll, answered by a later poll.

The request uses the socket in the state directory: faults of a network or a certificate say nothing about the
process. A process that runs and does not answer is as bad as a dead process, and only a request shows this.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Final

from runtime import unix_address

PATIENCE_S: Final = 5.0
"""Silence, in seconds, after which a web counts as hanging: longer than a garbage collection, or the worst
pause in a storm.
"""
MOST_PATIENCE_S: Final = 30.0
"""Time allowed to a web that starts, and the most for a web that has answered, in seconds; a loaded machine
needs long for the imports.
"""
CALM_S: Final = 60.0
"""Time of quick answers, within `PATIENCE_S`, after which the patience is reset, in seconds."""
_REQUEST: Final = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class Patience:
    """Silence allowed to the web, in seconds. Pure.

    On an overloaded machine a new web is slower still, because a new web has to start first. Therefore each
    exchange doubles the patience, until the web has answered quickly for `CALM_S`.
    """

    def __init__(self) -> None:
        self._factor = 1
        self._quick_since_s: float | None = None

    @property
    def seconds(self) -> float:
        """Silence after which the web counts as hanging."""
        return min(PATIENCE_S * self._factor, MOST_PATIENCE_S)

    def answered(self, now_s: float, after_s: float) -> None:
        """Apply an answer that came `after_s` seconds after its request."""
        if after_s > PATIENCE_S:
            self._quick_since_s = None
        elif self._quick_since_s is None:
            self._quick_since_s = now_s
        elif now_s - self._quick_since_s >= CALM_S:
            self._factor = 1

    def exchanged(self) -> None:
        """Apply an exchange: the web was ended for its silence, and another starts."""
        if self.seconds < MOST_PATIENCE_S:
            self._factor *= 2
        self._quick_since_s = None


class Probe:
    """The request in progress, at most one. Call `look` about once a second, or more often."""

    def __init__(self, address: Path) -> None:
        self._address = address
        self._socket: socket.socket | None = None
        self._asked_s = 0.0
        self._unsent = b""
        self._heard = b""
        self._patience = Patience()
        self.healthy = False
        """True if the last request was answered with 200."""
        self.answered_once = False
        """True if a request was answered with 200 since `begin_anew`."""

    def look(self, now_s: float) -> bool:
        """Continue the request, or send the next. Return False if the web has been silent for too long, and
        must be exchanged.
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
        """Drop the request: its web process has ended."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self.healthy = False

    def begin_anew(self) -> None:
        """Reset for another web, which has yet to start."""
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
