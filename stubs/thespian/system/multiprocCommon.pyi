from collections.abc import Callable

from thespian.actors import ActorAddress
from thespian.system.transport import ReceiveEnvelope
from thespian.system.transport.TCPTransport import TCPTransport

class ChildInfo:
    childAddr: ActorAddress
    childRealAddr: ActorAddress
    childNum: int

class MultiProcReplicator:
    transport: TCPTransport
    _child_procs: list[ChildInfo]
    def _checkChildLiveness(self, childInfo: ChildInfo) -> bool: ...
    def h_EndpointConnected(self, envelope: ReceiveEnvelope) -> bool: ...

class MultiProcAdmin(MultiProcReplicator): ...

startAdmin: Callable[..., None]
startChild: Callable[..., None]
startupASLogger: Callable[..., None]
