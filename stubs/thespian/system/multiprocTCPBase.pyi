from typing import ClassVar

from thespian.actors import ActorSystem
from thespian.system.transport.TCPTransport import TCPTransport

class ActorSystemBase:
    transportType: ClassVar[type[TCPTransport]]
    transport: TCPTransport
    def __init__(self, system: ActorSystem, logDefs: object = None) -> None: ...
    def shutdown(self) -> None: ...
