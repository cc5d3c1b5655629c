class IPActorAddress:
    af: int
    socktype: int
    proto: int
    sockname: tuple[str, int]
    bindname: tuple[str, int]
    @property
    def bindArgs(self) -> tuple[tuple[str, int]]: ...

class UDPv4ActorAddress(IPActorAddress):
    def __init__(
        self, initialIPAddr: str | None = None, initialIPPort: int = 0, external: object = False
    ) -> None: ...
