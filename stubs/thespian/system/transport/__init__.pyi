from datetime import timedelta
from socket import socket

from thespian.actors import ActorAddress
from thespian.system.timing import ExpirationTimer
from thespian.system.transport.streamBuffer import ReceiveBuffer

TRANSMIT_RETRY_PERIOD: timedelta

class Thespian__Run__Result: ...
class Thespian__Run_Expired(Thespian__Run__Result): ...
class Thespian__Run_Terminated(Thespian__Run__Result): ...

class Thespian__Run_HandlerResult(Thespian__Run__Result):
    def __init__(self, val: object) -> None: ...

class TransmitOnly: ...

class SendStatus:
    Sent: object
    Failed: object
    DeadTarget: object

class ReceiveEnvelope(Thespian__Run__Result):
    def __init__(self, sender: ActorAddress, msg: object) -> None: ...
    @property
    def sender(self) -> ActorAddress: ...
    @property
    def message(self) -> object: ...
    def identify(self) -> str: ...

class PauseWithBackoff:
    def backoffPause(self, startPausing: bool = False) -> timedelta: ...

class TransmitIntent(PauseWithBackoff):
    def __init__(
        self,
        targetAddr: ActorAddress,
        msg: object,
        onSuccess: object = None,
        onError: object = None,
        maxPeriod: timedelta | None = None,
        retryPeriod: timedelta = ...,
    ) -> None: ...
    @property
    def targetAddr(self) -> ActorAddress: ...
    @property
    def message(self) -> object: ...
    transmit_retry_period: timedelta
    # While the TCP transport has it:
    socket: socket
    stage: int
    ackbuf: ReceiveBuffer
    extraRead: bytes
    serMsg: bytes
    amtSent: int
    _pauseUntil: ExpirationTimer
    def delay(self, current_time: float | None = None) -> timedelta: ...
    def expired(self) -> bool: ...
    def awaitingTXSlot(self) -> None: ...
    def tx_done(self, status: object) -> None: ...
    def identify(self) -> str: ...
