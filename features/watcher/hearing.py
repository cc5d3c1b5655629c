"""What a watcher has heard of one center, of all its nodes. Pure; a small document that outlives the watcher.

A heartbeat counts once, and only while it is new: it has to say again what the last answer asked it to. What
was kept back on its way, or is sent again by somebody else, does not know that. The watcher's clock alone
decides, so that two clocks that differ wake nobody.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from features.watcher.beat import Beat
from features.watcher.verdict import Heard
from messages.ids import SECOND, Instant, NodeId

FRESH_US: Final = 60 * SECOND
"""So long a challenge may be answered."""


class OfNode(msgspec.Struct, frozen=True, kw_only=True):
    """One node of it."""

    challenge: bytes
    asked_at: Instant
    at: Instant = Instant(0)
    """When the last came that counted; 0: none yet."""


class Hearing(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    heard: Heard
    nodes: dict[NodeId, OfNode] = {}
    roster: bytes = b""
    roster_version: int = 0


def began(now_us: Instant, *, probes: bool) -> Hearing:
    """Nothing was heard yet, and nothing can be missed yet."""
    return Hearing(heard=Heard(beat_at=now_us, well_at=now_us, probed_at=now_us if probes else None))


def resumed(before: Hearing, now_us: Instant, *, probes: bool) -> Hearing:
    """By a watcher that starts again: what it could not hear meanwhile is no silence."""
    fresh = began(now_us, probes=probes).heard
    return replace(before, heard=replace(fresh, planned_until=before.heard.planned_until))


def take(hearing: Hearing, beat: Beat, now_us: Instant, challenge: bytes) -> tuple[Hearing, bool]:
    """Whether it counts, and what is known then. `challenge`: by chance, what is asked next."""
    known = hearing.nodes.get(beat.node)
    if known is None or now_us - known.asked_at > FRESH_US:
        at = Instant(0) if known is None else known.at
        node = OfNode(challenge=challenge, asked_at=now_us, at=at)
        return replace(hearing, nodes=hearing.nodes | {beat.node: node}), False
    if beat.challenge != known.challenge:
        return hearing, False
    node = OfNode(challenge=challenge, asked_at=now_us, at=now_us)
    # Of one that is heard for the first time nobody knows since when it is not well.
    first = not any(one.at for one in hearing.nodes.values())
    good = beat.well or beat.taken or first
    heard = replace(
        hearing.heard,
        beat_at=now_us,
        well_at=now_us if good else hearing.heard.well_at,
        # What was said last: a node that goes is outlived by the others' words.
        planned_until=beat.planned_until,
    )
    nodes = hearing.nodes | {beat.node: node}
    if not beat.roster:
        return replace(hearing, heard=heard, nodes=nodes), True
    return Hearing(heard=heard, nodes=nodes, roster=beat.roster, roster_version=beat.roster_version), True


def asked(hearing: Hearing, node: NodeId) -> bytes:
    """What its next heartbeat has to say."""
    return hearing.nodes[node].challenge
