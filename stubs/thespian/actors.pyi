# What the center uses of thespian 4.0.1, which ships no types.
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import ClassVar

class ActorSystemException(Exception): ...
class InvalidActorAddress(ActorSystemException): ...
class ActorSystemFailure(ActorSystemException): ...
class ActorSystemRequestTimeout(ActorSystemFailure): ...
class NoCompatibleSystemForActor(ActorSystemException): ...

class ActorAddress:
    def __init__(self, aaddr: object) -> None: ...
    @property
    def addressDetails(self) -> object: ...
    @property
    def actorAddressString(self) -> str: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

class ActorRef:
    """What an actor is hung up in: ActorManager (processes) or simpleSystemBase.ActorRef (one process)."""

class Actor:
    _myRef: object
    def __init__(self) -> None: ...
    def receiveMessage(self, msg: object, sender: ActorAddress) -> ThespianWatch | None: ...
    @property
    def myAddress(self) -> ActorAddress: ...
    def createActor(
        self,
        actorClass: type[Actor] | str,
        targetActorRequirements: Mapping[str, object] | None = None,
        globalName: str | None = None,
        sourceHash: str | None = None,
    ) -> ActorAddress: ...
    def send(self, targetAddr: ActorAddress, msg: object) -> None: ...
    def wakeupAfter(self, timePeriod: timedelta | float, payload: object = None) -> None: ...
    def handleDeadLetters(self, startHandling: bool = True) -> None: ...

class ActorSystemMessage: ...

class ActorExitRequest(ActorSystemMessage):
    def __init__(self, recursive: bool = True) -> None: ...
    @property
    def isRecursive(self) -> bool: ...

class ChildActorExited(ActorSystemMessage):
    def __init__(self, childAddress: ActorAddress) -> None: ...
    childAddress: ActorAddress

class PoisonMessage:
    poisonMessage: object
    details: str | None

class WakeupMessage(ActorSystemMessage):
    delayPeriod: timedelta | float
    payload: object
    def __init__(self, delayPeriod: timedelta | float, payload: object = None) -> None: ...

class ThespianWatch:
    filenos: list[int]
    def __init__(self, filenos: list[int]) -> None: ...

class WatchMessage(ActorSystemMessage):
    ready: list[int]
    def __init__(self, ready: list[int]) -> None: ...

class DeadEnvelope(ActorSystemMessage):
    deadMessage: object
    deadAddress: ActorAddress

class ActorSystem:
    systemAddress: ActorAddress
    capabilities: dict[str, object]
    _systemBase: object
    def __init__(
        self,
        systemBase: str | object | None = None,
        capabilities: Mapping[str, object] | None = None,
        logDefs: Mapping[str, object] | bool | None = None,
        transientUnique: bool = False,
    ) -> None: ...
    def shutdown(self) -> None: ...
    def createActor(
        self,
        actorClass: type[Actor] | str,
        targetActorRequirements: Mapping[str, object] | None = None,
        globalName: str | None = None,
        sourceHash: str | None = None,
    ) -> ActorAddress: ...
    def tell(self, actorAddr: ActorAddress, msg: object) -> None: ...
    def listen(self, timeout: timedelta | float | None = None) -> object: ...
    def ask(
        self, actorAddr: ActorAddress, msg: object, timeout: timedelta | float | None = None
    ) -> object: ...
    @contextmanager
    def private(self) -> Iterator[ActorSystem]: ...
