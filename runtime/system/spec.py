"""What is to run in a node, as plain data: the composition root says it, the Supervisor brings it about."""

from __future__ import annotations

import msgspec

from messages.ids import Role


class ActorSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One actor that is always to be there."""

    role: Role
    key: str = ""
    cls: str
    """Where its class is: `actors.trunk_pool.actor.TrunkPool`. A name: the Supervisor may not import it."""
    group: str
    """Those who are started again together when one of them dies again and again."""
    critical: bool = True
    """Whether the node is started again where even its group's restart did not help.

    What is not critical is left alone for a while instead, with an alarm: a modem that cannot start
    never takes the rest down.
    """


class CrewSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What a crew consists of, and how many there may be. A crew is a place for one live alert."""

    case: str
    leg: str
    bridge: str
    live: int = 50
    """`limits.live_cases`: no more crews than this."""
    idle: int = 3
    """`limits.idle_crews`: this many are kept ready beyond the busy ones."""
    places: tuple[str, ...] = ("user", "psap", "op1")
    """The legs that every crew has; further `opN` come on demand."""
    operators: int = 9
    """No more than this many operators' legs in one crew."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the Supervisor keeps running."""

    actors: tuple[ActorSpec, ...] = ()
    crews: CrewSpec | None = None
    far_journal: bool = False
    """Whether the journal is a server's: who waits for its answer says nothing meanwhile, and is not hung."""
