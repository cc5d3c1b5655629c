"""A node's membership among those that share one database: its length, and one node as that has it. Data."""

from __future__ import annotations

from typing import Final

import msgspec

from messages.ids import SECOND, Instant, NodeId

TTL_US: Final = Instant(3 * SECOND // 2)
"""How long a membership lasts that is not renewed."""
RENEW_US: Final = Instant(3 * SECOND // 10)
"""Between two renewals: four may fail."""
CLOCK_OFF_US: Final = Instant(2 * SECOND)
"""A node whose clock is further from the database's than that decides too late, or too early."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One node as the database has it."""

    node: NodeId
    term: int
    until_us: Instant
    """By the database's clock; 0 where it has left in order."""
    address: str
    """Its private address: what its actors and its voice gate listen on."""
    places: bytes
    """What it says of itself, for `runtime.published.peers`."""
    draining: bool
    alive: bool
    """Whether its membership had not ended when it was read."""
    age_us: int = 0
    """How long before that it was renewed, by the database's clock; nothing where it has left."""

    @property
    def left(self) -> bool:
        """Whether it has said itself that it goes."""
        return self.until_us == 0
