"""Membership of a node, from the answers of the database. Pure.

The database alone decides about membership; this module decides how long to wait before others are judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec.structs import replace

from messages.ids import SECOND, Instant, NodeId
from model.alarms.active import Key, Words, with_cleared_alarms
from model.membership import CLOCK_OFF_US, RENEW_US, TTL_US, Member

SETTLE_US: Final = Instant(TTL_US + SECOND // 2)
"""Age of a membership at which every living node has renewed its own, in microseconds. Earlier, all nodes may
have been away together: after an outage of the database, the first node must not take all alerts.
"""
BREAK_US: Final = Instant(TTL_US // 2)
"""Longest gap between two own renewals, in microseconds. After a longer gap the others, who renew at other
times, may have been away for a full term although this node's membership has just not ended.
"""
LOOK_US: Final = Instant(SECOND // 10)
"""Interval of the runs, in microseconds."""
SAY_US: Final = Instant(SECOND)
"""Interval of publishing data that is only displayed, in microseconds."""
AT_ONCE: Final = 8
"""Alerts taken in one run, so that other nodes get some too."""

LOST: Final = "node.lost"
_LOST: Final = (
    "Node {node} ({address}) does not respond: other nodes have its alerts, and its lines cannot be used. "
    "Check its power, its network, and its connection to the database."
)
CLOCK: Final = "node.clock"
_CLOCK: Final = (
    "The clock of node {node} is {off_s:.1f} s {which} the database's: the node calls too early or too late, "
    "and takes over no alerts of lost nodes. Check its time server."
)


class MembershipState(msgspec.Struct, frozen=True, kw_only=True):
    """Membership of this node; a new one is no member, as far as known."""

    term: int = 0
    """Term of the valid membership; 0 if none."""
    since: Instant = Instant(0)
    """Time since which the membership has held without a break, as seen by this process."""
    renewed: Instant = Instant(0)
    """Time of the database's last confirmation."""
    tried: Instant = Instant(0)

    @property
    def member(self) -> bool:
        """True if the database has confirmed the membership and not ended it."""
        return self.term > 0


def joined(standing: MembershipState, term: int, now_us: Instant) -> MembershipState:
    """Return the state after a join with this term. Another term starts a new membership."""
    since = standing.since if standing.term == term else now_us
    return replace(standing, term=term, since=since, renewed=now_us, tried=now_us)


def renewed(standing: MembershipState, *, held: bool, now_us: Instant) -> MembershipState:
    """Return the state after a renewal: `held`, or ended by the database."""
    if held:
        since = standing.since if _unbroken(standing, now_us) else now_us
        return replace(standing, since=since, renewed=now_us, tried=now_us)
    return MembershipState(tried=now_us)


def failed(standing: MembershipState, now_us: Instant) -> MembershipState:
    """Return the state after an unreachable database; an overdue membership has ended."""
    if now_us - standing.renewed >= TTL_US:
        return MembershipState(tried=now_us)
    return replace(standing, tried=now_us)


def is_due(standing: MembershipState, now_us: Instant) -> bool:
    """Return True if a renewal or a join is due."""
    return now_us - standing.tried >= RENEW_US


def settled(standing: MembershipState, now_us: Instant) -> bool:
    """Return True if a node that is not seen as a member is certainly none."""
    return standing.member and now_us - standing.since >= SETTLE_US and _unbroken(standing, now_us)


def _unbroken(standing: MembershipState, now_us: Instant) -> bool:
    return now_us - standing.renewed < BREAK_US


def may_claim(
    standing: MembershipState, seen: Iterable[Member], me: NodeId, now_us: Instant, *, reluctant: bool
) -> bool:
    """Return True if this node takes alerts that no node has.

    A `reluctant` node is draining or has a wrong clock: it leaves the alerts to the others, unless all others
    are lost or draining.
    """
    others = any(one.alive and not one.draining and one.node != me for one in seen)
    return settled(standing, now_us) and not (reluctant and others)


def clock_is_off(ahead_us: int) -> bool:
    """Return True if the node's clock differs too much from the database's. `ahead_us`: negative if
    behind.
    """
    return abs(ahead_us) > CLOCK_OFF_US


def clock_alarm(ahead_us: int, me: NodeId) -> dict[Key, str]:
    """Return the alarm about this node's clock; an empty text if the clock is right."""
    which = "ahead of" if ahead_us > 0 else "behind"
    text = _CLOCK.format(node=me, off_s=abs(ahead_us) / SECOND, which=which)
    return {(CLOCK, me): text if clock_is_off(ahead_us) else ""}


def lost_nodes(seen: Iterable[Member], me: NodeId, stands: Words) -> dict[Key, str]:
    """Return the alarms of nodes that are away and have not left; a removed node has none."""
    lost: dict[Key, str] = {
        (LOST, one.node): _LOST.format(node=one.node, address=one.address)
        for one in sorted(seen, key=lambda one: one.node)
        if one.node != me and not one.alive and not one.left
    }
    return with_cleared_alarms(lost, [key for key in stands if key[0] == LOST])
