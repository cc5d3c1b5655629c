from collections.abc import Callable
from typing import ClassVar

from thespian.actors import ActorAddress, ActorSystem
from thespian.system.transport import ReceiveEnvelope
from thespian.system.transport.UDPTransport import UDPTransport

class multiprocessCommon:
    transportType: ClassVar[type[UDPTransport]]
    transport: UDPTransport
    def __init__(self, system: ActorSystem, logDefs: object = None) -> None: ...
    def shutdown(self) -> None: ...

class ChildInfo:
    childAddr: ActorAddress
    childRealAddr: ActorAddress
    childNum: int

class MultiProcReplicator:
    transport: UDPTransport
    _child_procs: list[ChildInfo]
    def _checkChildLiveness(self, childInfo: ChildInfo) -> bool: ...
    def h_EndpointConnected(self, envelope: ReceiveEnvelope) -> bool: ...

class MultiProcAdmin(MultiProcReplicator): ...

startAdmin: Callable[..., None]
startChild: Callable[..., None]
startupASLogger: Callable[..., None]
