"""What a node does about its membership, by what the database has answered. Pure.

The database alone says who is a member; here is only how long to wait before others are judged by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec.structs import replace

from messages.ids import SECOND, Instant, NodeId
from model.alarms.standing import Key, Words, nothing_else
from model.membership import CLOCK_OFF_US, RENEW_US, TTL_US, Member

SETTLE_US: Final = Instant(TTL_US + SECOND // 2)
"""A membership of this age has seen every living node renew its own. Before, all may have been away together:
after the database itself was gone, whoever asks first must not take everybody's alerts."""
BREAK_US: Final = Instant(TTL_US // 2)
"""Between two renewals of one's own: after more than that the others, who renew by turns, may have been away
for as long as a membership lasts, though this node's own has just not ended."""
LOOK_US: Final = Instant(SECOND // 10)
"""Between two looks at the others."""
SAY_US: Final = Instant(SECOND)
"""Between two tellings of what is only to be shown."""
AT_ONCE: Final = 8
"""Alerts taken at one look, so that the others get some, too."""

LOST: Final = "node.lost"
_LOST: Final = (
    "Node {node} ({address}) is away: others have its alerts, and its lines cannot be used. Look at its "
    "power, its network, and its way to the database."
)
CLOCK: Final = "node.clock"
_CLOCK: Final = (
    "The clock of node {node} is {off_s:.1f} s {which} the database's: it calls too early or too late, and "
    "leaves alerts that no node has to the others. See to its time server."
)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How this node stands. A new one is no member, as far as it knows."""

    term: int = 0
    """Of the membership that holds; 0 for none."""
    since: Instant = Instant(0)
    """Since when it has held without a break, as far as this process has seen."""
    renewed: Instant = Instant(0)
    """When the database last said so."""
    tried: Instant = Instant(0)

    @property
    def member(self) -> bool:
        """Whether the database has said so, and not taken it back."""
        return self.term > 0


def joined(standing: Standing, term: int, now_us: Instant) -> Standing:
    """The database has said by which term this node is a member. Another term is another beginning."""
    since = standing.since if standing.term == term else now_us
    return replace(standing, term=term, since=since, renewed=now_us, tried=now_us)


def renewed(standing: Standing, *, held: bool, now_us: Instant) -> Standing:
    """The database has renewed the membership, or said that it has ended."""
    if held:
        since = standing.since if _unbroken(standing, now_us) else now_us
        return replace(standing, since=since, renewed=now_us, tried=now_us)
    return Standing(tried=now_us)


def failed(standing: Standing, now_us: Instant) -> Standing:
    """Nobody could be asked. A membership that has not been renewed for so long has ended by now."""
    if now_us - standing.renewed >= TTL_US:
        return Standing(tried=now_us)
    return replace(standing, tried=now_us)


def is_due(standing: Standing, now_us: Instant) -> bool:
    """Whether to renew, or to join, now."""
    return now_us - standing.tried >= RENEW_US


def settled(standing: Standing, now_us: Instant) -> bool:
    """Whether whoever is not seen as a member now is none."""
    return standing.member and now_us - standing.since >= SETTLE_US and _unbroken(standing, now_us)


def _unbroken(standing: Standing, now_us: Instant) -> bool:
    return now_us - standing.renewed < BREAK_US


def may_claim(
    standing: Standing, seen: Iterable[Member], me: NodeId, now_us: Instant, *, reluctant: bool
) -> bool:
    """Return True where this node takes alerts that no node has. A `reluctant` one, which is being drained or
    whose clock is off, leaves them to the others; where all others are lost or being drained, it takes them.
    """
    others = any(one.alive and not one.draining and one.node != me for one in seen)
    return settled(standing, now_us) and not (reluctant and others)


def clock_is_off(ahead_us: int) -> bool:
    """Return True where the node's clock is too far from the database's. `ahead_us`: below 0 if behind."""
    return abs(ahead_us) > CLOCK_OFF_US


def clock_alarm(ahead_us: int, me: NodeId) -> dict[Key, str]:
    """Return the alarm about this node's clock, without words where the clock is right."""
    which = "ahead of" if ahead_us > 0 else "behind"
    text = _CLOCK.format(node=me, off_s=abs(ahead_us) / SECOND, which=which)
    return {(CLOCK, me): text if clock_is_off(ahead_us) else ""}


def lost_nodes(seen: Iterable[Member], me: NodeId, stands: Words) -> dict[Key, str]:
    """The nodes that are away and have not left; one that was struck from the list is none."""
    lost: dict[Key, str] = {
        (LOST, one.node): _LOST.format(node=one.node, address=one.address)
        for one in sorted(seen, key=lambda one: one.node)
        if one.node != me and not one.alive and not one.left
    }
    return nothing_else(lost, [key for key in stands if key[0] == LOST])
