"""HttpBridge: the actors' end of the web's Unix socket. Passes hints on and keeps nothing.

A hint says where to look in the journal, so that losing one costs a second. Whatever is not framed
or said as the web does ends that connection; the web connects again by itself.
"""

from __future__ import annotations

import socket
from functools import partial
from typing import ClassVar, Final

from gateways.http import bridge_socket
from gateways.http.bridge_socket import BadFrame, Frames
from messages.cases import AlertsArrived, InboxChanged, ShiftHint
from messages.envelope import DecodeError, decode
from messages.ids import SECOND, AlertId, Instant, OperatorId, Role
from messages.operators import HeadsetPresent
from messages.union import Body
from runtime.actor import CenterActor

SOCKET_NAME: Final = "http-bridge.sock"
READ_BYTES: Final = 1 << 16
REST_US: Final = Instant(SECOND // 50)
"""The least time between two tellings: a storm is a thousand hints a second, each of which would cost two
processes a millisecond, and what a busy actor has not taken yet has to be kept."""
SINGLY_MAX: Final = 2
"""Alerts without a case of which the intake is told one by one. A crew that was given one of more than that
just now looks into its inbox within a second."""


class HttpBridgeActor(CenterActor):
    """The actor."""

    role: ClassVar[Role] = Role.HTTP_BRIDGE

    def started(self) -> None:
        """Listen, in place of an earlier bridge."""
        self._connections: dict[int, tuple[socket.socket, Frames]] = {}
        self._arrived: AlertsArrived | None = None
        self._changed: dict[AlertId, InboxChanged] = {}
        self._shift: ShiftHint | None = None
        self._headsets: dict[OperatorId, HeadsetPresent] = {}
        self._rests_until_us = Instant(0)
        self._listener = bridge_socket.listen(self.env.run / SOCKET_NAME)
        self.watch(self._listener.fileno(), self._accept)

    def stopping(self) -> None:
        """Hang up; the web keeps its hints until somebody listens again."""
        for fd in list(self._connections):
            self._hang_up(fd)
        self.unwatch(self._listener.fileno())
        self._listener.close()

    def tick(self, now_us: Instant) -> None:
        """Look whether anybody waits at the door, should a watch have been lost."""
        self._accept()

    def timer(self, timer: object, now_us: Instant) -> None:
        """The rest after the last telling is over."""
        self._pass_on()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except BlockingIOError:
                return
            except OSError as error:
                self.log.warning("a connection of the web's was lost", reason=str(error))
                return
            connection.setblocking(False)
            fd = connection.fileno()
            self._connections[fd] = (connection, Frames())
            self.watch(fd, partial(self._read, fd))

    def _read(self, fd: int) -> None:
        self._hear(fd)
        if self._arrived is not None or self._changed or self._shift is not None or self._headsets:
            self._soon()

    def _hear(self, fd: int) -> None:
        connection, frames = self._connections[fd]
        while True:
            try:
                data = connection.recv(READ_BYTES)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self._hang_up(fd)
                return
            try:
                for framed in frames.feed(data):
                    self._keep(decode(framed).body)
            except (BadFrame, DecodeError) as error:
                self.log.error("dropped the web's connection: not a hint", reason=str(error))
                self._hang_up(fd)
                return

    def _hang_up(self, fd: int) -> None:
        connection, _ = self._connections.pop(fd)
        self.unwatch(fd)
        connection.close()

    def _keep(self, hint: Body) -> None:
        match hint:
            case AlertsArrived():
                self._arrived = hint
            case InboxChanged(alert=alert):
                self._changed[alert] = hint
            case ShiftHint():
                self._shift = hint
            case HeadsetPresent(operator=operator):
                self._headsets[operator] = hint
            case _:
                self.log.error("dropped: no hint", kind=type(hint).__name__)

    def _soon(self) -> None:
        """Pass on what was taken, at once or when the last telling is long enough ago."""
        if self.now_us() >= self._rests_until_us:
            self._pass_on()
        else:
            self.at(self._rests_until_us, "rested")

    def _pass_on(self) -> None:
        """Each to whom it is for; what is for the intake is said once, however many alerts it is about."""
        arrived, self._arrived = self._arrived, None
        changed, self._changed = list(self._changed.values()), {}
        shift, self._shift = self._shift, None
        headsets, self._headsets = self._headsets, {}
        waiting = self._to_cases(changed) if changed else []
        if len(waiting) > SINGLY_MAX:
            arrived, waiting = arrived or AlertsArrived(seq=0), []
        if arrived is not None:
            self.tell(Role.ALERT_INTAKE, "", arrived)
        for hint in waiting:
            self.tell(Role.ALERT_INTAKE, "", hint, hint.alert)
        if shift is not None:
            self.tell(Role.OPERATOR_POOL, "", shift)
        for headset in headsets.values():
            self.tell(Role.OPERATOR_LINES, "", headset)
        self._rests_until_us = Instant(self.now_us() + REST_US)

    def _to_cases(self, changed: list[InboxChanged]) -> list[InboxChanged]:
        """To the AlertCases that have the alerts; those that none has, or that are being handed over."""
        have = {entry.alert: entry.key for entry in self.env.directory.all_of(Role.ALERT_CASE) if entry.alert}
        for hint in changed:
            if hint.alert in have:
                self.tell(Role.ALERT_CASE, have[hint.alert], hint, hint.alert)
        return [hint for hint in changed if hint.alert not in have]
