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
from messages.ids import Instant, Role
from messages.union import Body
from runtime.actor import CenterActor

SOCKET_NAME: Final = "http-bridge.sock"
READ_BYTES: Final = 1 << 16
SINGLY_MAX: Final = 8
"""Alerts without a case of which the intake is told one by one. A crew that was given one of more than that
just now looks into its inbox within a second."""


class HttpBridgeActor(CenterActor):
    """The actor."""

    role: ClassVar[Role] = Role.HTTP_BRIDGE

    def started(self) -> None:
        """Listen, in place of an earlier bridge."""
        self._connections: dict[int, tuple[socket.socket, Frames]] = {}
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
                self._pass_all_on([decode(framed).body for framed in frames.feed(data)])
            except (BadFrame, DecodeError) as error:
                self.log.error("dropped the web's connection: not a hint", reason=str(error))
                self._hang_up(fd)
                return

    def _hang_up(self, fd: int) -> None:
        connection, _ = self._connections.pop(fd)
        self.unwatch(fd)
        connection.close()

    def _pass_all_on(self, hints: list[Body]) -> None:
        """Each to whom it is for; what is for the intake is said once, however many alerts it is about.

        A storm is a thousand hints a second, each of which would cost two processes a millisecond.
        """
        changed: list[InboxChanged] = []
        arrived: AlertsArrived | None = None
        for hint in hints:
            match hint:
                case AlertsArrived():
                    arrived = hint
                case InboxChanged():
                    changed.append(hint)
                case ShiftHint():
                    self.tell(Role.OPERATOR_POOL, "", hint)
                case _:
                    self.log.error("dropped: no hint", kind=type(hint).__name__)
        waiting = self._to_cases(changed) if changed else []
        if len(waiting) > SINGLY_MAX:
            arrived, waiting = arrived or AlertsArrived(seq=0), []
        if arrived is not None:
            self.tell(Role.ALERT_INTAKE, "", arrived)
        for hint in waiting:
            self.tell(Role.ALERT_INTAKE, "", hint, hint.alert)

    def _to_cases(self, changed: list[InboxChanged]) -> list[InboxChanged]:
        """To the AlertCases that have the alerts; those that none has, or that are being handed over."""
        have = {entry.alert: entry.key for entry in self.env.directory.all_of(Role.ALERT_CASE) if entry.alert}
        for hint in changed:
            if hint.alert in have:
                self.tell(Role.ALERT_CASE, have[hint.alert], hint, hint.alert)
        return [hint for hint in changed if hint.alert not in have]
