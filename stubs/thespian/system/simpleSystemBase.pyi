from datetime import timedelta

from thespian.actors import Actor, ActorAddress, ActorSystem

class ActorRef:
    @property
    def address(self) -> ActorAddress: ...
    @property
    def parent(self) -> ActorAddress: ...
    instance: Actor | None

class PendingSend:
    sender: ActorAddress
    toActor: ActorAddress
    msg: object
    def __init__(self, sender: ActorAddress, msg: object, toActor: ActorAddress) -> None: ...

class ActorSystemBase:
    system: ActorSystem
    actorRegistry: dict[str, ActorRef | None]
    _pendingSends: list[PendingSend]
    def __init__(self, system: ActorSystem, logDefs: object = None) -> None: ...
    def shutdown(self) -> None: ...
    def newPrimaryActor(
        self,
        actorClass: type[Actor] | str,
        targetActorRequirements: object,
        globalName: str | None,
        sourceHash: str | None,
    ) -> ActorAddress: ...
    def actor_send(self, fromActor: ActorAddress, toActor: ActorAddress, msg: object) -> None: ...
    def wakeupAfter(
        self, fromActor: ActorAddress, timePeriod: timedelta | float, payload: object
    ) -> None: ...
    def tell(self, anActor: ActorAddress, msg: object) -> None: ...
    def _realizeWakeups(self) -> None: ...
    def _runSends(self, timeout: object = None, stop_on_available: object = False) -> None: ...
    def _runSingleSend(self, ps: PendingSend) -> None: ...
    def _killActor(self, tgt: ActorRef, ps: PendingSend) -> None: ...
    def _newRefAndActor(
        self,
        actorSystem: ActorSystem,
        parentAddr: ActorAddress,
        actorAddr: ActorAddress,
        actorClass: type[Actor] | str,
        sourceHash: str | None = None,
        targetActorRequirements: object = None,
        isTopLevel: bool = False,
    ) -> ActorRef: ...
