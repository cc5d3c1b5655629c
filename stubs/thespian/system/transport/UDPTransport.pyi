from socket import socket

from thespian.actors import ActorAddress
from thespian.system.timing import ExpirationTimer
from thespian.system.transport import TransmitIntent
from thespian.system.transport.asyncTransportBase import asyncTransportBase
from thespian.system.transport.wakeupTransportBase import wakeupTransportBase

class UDPEndpoint:
    args: tuple[object, ActorAddress | None, ActorAddress, ActorAddress]

class UDPTransportCopy: ...

class UDPTransport(asyncTransportBase, wakeupTransportBase):
    _adminAddr: ActorAddress
    _parentAddr: ActorAddress | None
    _checkChildren: bool
    _shutdownSignalled: bool
    _pending_actions: list[object]
    socket: socket
    myAddress: ActorAddress
    def close(self) -> None: ...
    @staticmethod
    def getAdminAddr(capabilities: object) -> ActorAddress: ...
    def check_pending_actions(self, current_time: float) -> ExpirationTimer: ...
    def scheduleTransmit(self, addressManager: object, transmitIntent: TransmitIntent) -> None: ...
