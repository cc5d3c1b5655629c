"""What there is to serve alerts with: lines, operators, crews, as the watchdog sees them. Data only."""

from __future__ import annotations

import msgspec

from messages.ids import AlertId, CrewId, Instant, NodeId, OperatorId
from model.alert.parts import Owner


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """At one moment."""

    node: NodeId
    """Where this is: whose crews these are."""
    public: tuple[Instant, ...] = ()
    """When each public line that our own calls may take can be expected to be free; now or earlier: it is."""
    reserved: int = 0
    """So many lines to 112 are free."""
    operators: frozenset[OperatorId] = frozenset()
    """The operators who are on shift and no alert's."""
    on_shift: int = 0
    """The number of operators on shift, free or not."""
    crews: dict[CrewId, Owner] = {}
    """Each AlertCase that has started."""
    holding: dict[AlertId, CrewId] = {}
    """The crew that says that it has an alert, by that alert."""
    idle_crews: int = 0
    """So many of them have no alert."""

    def public_free(self, now_us: Instant) -> int:
        """So many public lines can be taken now."""
        return sum(1 for at in self.public if at <= now_us)
