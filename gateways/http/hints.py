"""The web's end of the Unix socket to the actors: hints to look at the journal, never more.

Never blocks and never waits: a hint is sent in the call that gives it when the last one is a few
milliseconds old, and is merged with the next ones when not, so that a storm of alerts makes one
message every few milliseconds. While nobody listens the hints are kept, merged, and told when
somebody does; what is lost all the same costs the actors one second, their next look by themselves.
"""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Final
from uuid import uuid4

from gateways.http import bridge_socket
from messages.cases import AlertsArrived, InboxChanged, ShiftHint
from messages.envelope import Envelope, encode
from messages.ids import AlertId, OperatorId, Role
from messages.operators import HeadsetPresent
from messages.union import Body
from runtime.clock import Clock

INTERVAL_S: Final = 0.003
"""The least time between two sendings."""
RETRY_S: Final = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Pauses between attempts to connect; the last one repeats."""
INBOXES_MAX: Final = 4096
"""How many alerts are remembered as changed while nobody listens. Actors that start read all open ones."""


class Merged:
    """What is yet to be said, each thing once."""

    def __init__(self) -> None:
        self.seq = 0
        self._told_seq = 0
        self._inboxes: dict[AlertId, None] = {}
        self._shift = False
        self._headsets: dict[OperatorId, bool] = {}

    def alerts(self, seq: int) -> None:
        """Alerts are in the journal up to this place."""
        self.seq = max(self.seq, seq)

    def inbox(self, alert: AlertId) -> None:
        """Something new lies in this alert's inbox."""
        self._inboxes[alert] = None
        if len(self._inboxes) > INBOXES_MAX:
            del self._inboxes[next(iter(self._inboxes))]

    def shift(self) -> None:
        """Some operator's shift has changed."""
        self._shift = True

    def headset(self, operator: OperatorId, present: bool) -> None:
        """An operator's headset has come or gone."""
        self._headsets[operator] = present

    def again(self) -> None:
        """Whoever listens now may have missed it: say once more that there are alerts."""
        self._told_seq = -1
        self._shift = True

    def __bool__(self) -> bool:
        return self.seq > self._told_seq or bool(self._inboxes or self._shift or self._headsets)

    def take(self) -> list[Body]:
        """Everything that is yet to be said, which is then said."""
        bodies: list[Body] = []
        if self.seq > self._told_seq:
            bodies.append(AlertsArrived(seq=self.seq))
            self._told_seq = self.seq
        bodies.extend(InboxChanged(alert=alert) for alert in self._inboxes)
        self._inboxes.clear()
        if self._shift:
            bodies.append(ShiftHint())
            self._shift = False
        bodies.extend(HeadsetPresent(operator=who, present=there) for who, there in self._headsets.items())
        self._headsets.clear()
        return bodies


class Hints:
    """Tells the actors. To be used on the event loop alone."""

    def __init__(self, path: Path, *, incarnation: int, clock: Clock) -> None:
        self._path = path
        self._incarnation = incarnation
        self._clock = clock
        self._merged = Merged()
        self._unsent = b""
        self._socket: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._failures = 0
        self._last_s = float("-inf")

    @property
    def connected(self) -> bool:
        """Whether somebody listens."""
        return self._socket is not None

    def start(self) -> None:
        """Begin to look for a listener. Within a running loop."""
        self._loop = asyncio.get_running_loop()
        self._connect()

    def stop(self) -> None:
        """Say no more."""
        for handle in (self._timer, self._retry):
            if handle is not None:
                handle.cancel()
        self._timer = self._retry = None
        self._drop(again=False)
        self._loop = None

    def alerts(self, seq: int) -> None:
        """Say that new alerts are in the journal, up to this place."""
        self._merged.alerts(seq)
        self._soon()

    def inbox(self, alert: AlertId) -> None:
        """Say that something new lies in this alert's inbox."""
        self._merged.inbox(alert)
        self._soon()

    def shift(self) -> None:
        """Say that an operator's shift has changed."""
        self._merged.shift()
        self._soon()

    def headset(self, operator: OperatorId, present: bool) -> None:
        """Say that an operator's headset has come or gone."""
        self._merged.headset(operator, present)
        self._soon()

    def _soon(self) -> None:
        if self._loop is None or self._socket is None or self._timer is not None or self._unsent:
            return
        wait_s = self._last_s + INTERVAL_S - self._loop.time()
        if wait_s <= 0:
            self._send()
        else:
            self._timer = self._loop.call_later(wait_s, self._send)

    def _send(self) -> None:
        self._timer = None
        if self._loop is None or self._socket is None or not self._merged:
            return
        self._last_s = self._loop.time()
        self._unsent = b"".join(bridge_socket.frame(self._enveloped(body)) for body in self._merged.take())
        self._push()

    def _push(self) -> None:
        assert self._loop is not None
        if self._socket is None:
            return
        try:
            sent = self._socket.send(self._unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._drop()
            return
        self._unsent = self._unsent[sent:]
        if self._unsent:
            self._loop.add_writer(self._socket.fileno(), self._push)
            return
        self._loop.remove_writer(self._socket.fileno())
        if self._merged:
            self._soon()

    def _enveloped(self, body: Body) -> bytes:
        alert = body.alert if isinstance(body, InboxChanged) else None
        return encode(
            Envelope(
                id=uuid4().hex,
                role=Role.WEB,
                key="",
                incarnation=self._incarnation,
                at_us=self._clock.now_us(),
                body=body,
                alert=alert,
            )
        )

    def _connect(self) -> None:
        assert self._loop is not None
        self._retry = None
        try:
            connection = bridge_socket.connect(self._path)
        except OSError:
            self._later()
            return
        self._socket, self._failures, self._unsent = connection, 0, b""
        self._loop.add_reader(connection.fileno(), self._heard)
        self._send()

    def _heard(self) -> None:
        # The actors say nothing here; whatever is readable is the end, or to be thrown away.
        assert self._socket is not None
        try:
            ended = not self._socket.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            ended = True
        if ended:
            self._drop()

    def _drop(self, *, again: bool = True) -> None:
        if self._socket is None:
            return
        assert self._loop is not None
        self._loop.remove_reader(self._socket.fileno())
        self._loop.remove_writer(self._socket.fileno())
        self._socket.close()
        self._socket, self._unsent = None, b""
        if again:
            self._merged.again()
            self._later()

    def _later(self) -> None:
        assert self._loop is not None
        pause_s = RETRY_S[min(self._failures, len(RETRY_S) - 1)]
        self._failures += 1
        self._retry = self._loop.call_later(pause_s, self._connect)
